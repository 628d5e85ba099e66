//! `/financial-centers`

use super::{
    answer::{self, Answer, Items},
    body::Fields,
    problem::Problem,
    request::{Caller, Conditions, Id},
};
use app::{
    domain::{Balance, FinancialCenter, FinancialCenterForm, FinancialCenterId},
    service::Service,
};
use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "financial-centers";

/// All calls on centers.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, replace, change, delete))
        .routes(routes!(restore))
}

/// All centers, archived ones too.
#[utoipa::path(get, path = "/financial-centers", tag = TAG, responses((status = 200, body = Items<Balance>)))]
async fn list(State(service): State<Service>, Caller(actor): Caller) -> Answer {
    let all = service.financial_centers(actor).await?;
    answer::read(Items { items: all.value }, all.position)
}

/// Adds one.
#[utoipa::path(post, path = "/financial-centers", tag = TAG, request_body = FinancialCenterForm,
    responses((status = 201, body = FinancialCenter), (status = 200, description = "a repeat", body = FinancialCenter),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    fields: Fields,
) -> Answer {
    let written = service.add_financial_center(actor, terms, fields.financial_center()?).await?;
    let (version, location) =
        (written.value.version, format!("/api/v1/financial-centers/{}", written.value.id));
    answer::created(written, version, &location)
}

/// One of them.
#[utoipa::path(get, path = "/financial-centers/{id}", tag = TAG, params(("id" = FinancialCenterId, Path)),
    responses((status = 200, body = FinancialCenter), (status = 404, body = Problem), (status = 410, body = Problem)))]
async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FinancialCenterId>,
) -> Answer {
    let row = service.financial_center(actor, id).await?;
    answer::row(&row.value, row.value.version, row.position)
}

/// Replaces one.
#[utoipa::path(put, path = "/financial-centers/{id}", tag = TAG, params(("id" = FinancialCenterId, Path)), request_body = FinancialCenterForm,
    responses((status = 200, body = FinancialCenter), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem)))]
async fn replace(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FinancialCenterId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> Answer {
    let written = service.revise_financial_center(actor, terms, id, fields.whole_financial_center()?).await?;
    answer::row(&written.value, written.value.version, written.position)
}

/// Changes the fields that are given.
#[utoipa::path(patch, path = "/financial-centers/{id}", tag = TAG, params(("id" = FinancialCenterId, Path)), request_body = FinancialCenterForm,
    responses((status = 200, body = FinancialCenter), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 422, body = Problem)))]
async fn change(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FinancialCenterId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> Answer {
    let written = service.revise_financial_center(actor, terms, id, fields.financial_center()?).await?;
    answer::row(&written.value, written.value.version, written.position)
}

/// Deletes one that nothing uses.
#[utoipa::path(delete, path = "/financial-centers/{id}", tag = TAG, params(("id" = FinancialCenterId, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FinancialCenterId>,
    Conditions(terms): Conditions,
) -> Answer {
    answer::gone(service.delete_financial_center(actor, terms, id).await?.position)
}

/// Brings a deleted one back.
#[utoipa::path(post, path = "/financial-centers/{id}/restore", tag = TAG, params(("id" = FinancialCenterId, Path)),
    responses((status = 200, body = FinancialCenter), (status = 404, body = Problem)))]
async fn restore(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FinancialCenterId>,
    Conditions(terms): Conditions,
) -> Answer {
    let written = service.restore_financial_center(actor, terms, id).await?;
    answer::row(&written.value, written.value.version, written.position)
}
