//! `/financial-centers`

use super::{
    answer::{self, Items, RestAnswer},
    body::Fields,
    rows::row_calls,
};
use crate::http::{
    problem::Problem,
    request::{Caller, Conditions, Filter, Id},
};
use app::{
    command::Command,
    domain::{
        Balance, FinancialCenter, FinancialCenterForm, FinancialCenterId, Month, MonthBalance, Refusals,
    },
    error::AppError,
    service::Service,
};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "financial-centers";

/// The routes of financial centers.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(history)).merge(rows())
}

/// Lists all centers, including archived ones.
#[utoipa::path(get, path = "/financial-centers", tag = TAG, responses((status = 200, body = Items<Balance>)))]
async fn list(State(service): State<Service>, Caller(actor): Caller) -> RestAnswer {
    let all = service.financial_centers(actor).await?;
    answer::read(Items { items: all.value }, all.position)
}

/// A range of months; the twelve months up to the current one by default. The history begins when the account
/// was created.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MonthsQuery {
    /// The first month, `2026-01`.
    #[param(value_type = Option<Month>)]
    from: Option<String>,
    /// The last month, inclusive; at most 1,200 months.
    #[param(value_type = Option<Month>)]
    to: Option<String>,
}

/// Lists the balance of a center at the end of each month.
#[utoipa::path(get, path = "/financial-centers/{id}/history", tag = TAG,
    params(("id" = FinancialCenterId, Path), MonthsQuery),
    responses((status = 200, body = Items<MonthBalance>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn history(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<FinancialCenterId>,
    Filter(query): Filter<MonthsQuery>,
) -> RestAnswer {
    let mut refusals = Refusals::default();
    let from: Option<Month> = refusals.given("from", query.from.as_ref());
    let to: Option<Month> = refusals.given("to", query.to.as_ref());
    refusals.finish().map_err(AppError::from)?;
    let months = service.center_history(actor, id, from, to).await?;
    answer::read(Items { items: months.value }, months.position)
}

row_calls! {
    tag: "financial-centers",
    paths: ["/financial-centers", "/financial-centers/{id}", "/financial-centers/{id}/restore"],
    row: FinancialCenter, form: FinancialCenterForm, id: FinancialCenterId,
    fields: [financial_center, whole_financial_center],
    show: financial_center,
    commands: [AddFinancialCenter, ReviseFinancialCenter, DeleteFinancialCenter, RestoreFinancialCenter],
}
