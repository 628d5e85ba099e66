//! `/financial-centers`

use super::{
    answer::{self, Answer, Items},
    body::Fields,
    problem::Problem,
    request::{Caller, Conditions, Id},
    rows::row_calls,
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
    OpenApiRouter::new().routes(routes!(list)).merge(rows())
}

/// All centers, archived ones too.
#[utoipa::path(get, path = "/financial-centers", tag = TAG, responses((status = 200, body = Items<Balance>)))]
async fn list(State(service): State<Service>, Caller(actor): Caller) -> Answer {
    let all = service.financial_centers(actor).await?;
    answer::read(Items { items: all.value }, all.position)
}

row_calls! {
    tag: "financial-centers",
    paths: ["/financial-centers", "/financial-centers/{id}", "/financial-centers/{id}/restore"],
    row: FinancialCenter, form: FinancialCenterForm, id: FinancialCenterId,
    fields: [financial_center, whole_financial_center],
    calls: [add_financial_center, financial_center, revise_financial_center, delete_financial_center, restore_financial_center],
}
