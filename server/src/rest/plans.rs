//! `/plans`

use super::{
    answer::{self, Items, RestAnswer},
    body::Fields,
};
use crate::http::{
    problem::Problem,
    request::{Caller, Conditions, Filter, Segments},
};
use app::{
    command::Command,
    domain::{ArticleId, Month, Plan, PlanForm, Refusals},
    error::AppError,
    service::{Service, Terms},
};
use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "plans";

/// A month, or a range of months; only `month`, or `from` and `to`.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MonthsQuery {
    /// The month, `2026-11`.
    #[param(value_type = Option<Month>)]
    month: Option<String>,
    /// The first month.
    #[param(value_type = Option<Month>)]
    from: Option<String>,
    /// The last month, inclusive; at most 1,200 months.
    #[param(value_type = Option<Month>)]
    to: Option<String>,
}

/// Several plans in one change.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: the fields are read one by one")]
struct Plans {
    /// At most 500 plans, each article and month once.
    items: Vec<PlanForm>,
}

/// The routes of plans.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list, set_all)).routes(routes!(set))
}

/// Lists the plans of one month or of several.
#[utoipa::path(get, path = "/plans", tag = TAG, params(MonthsQuery),
    responses((status = 200, body = Items<Plan>), (status = 422, body = Problem)))]
async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Filter(query): Filter<MonthsQuery>,
) -> RestAnswer {
    let mut refusals = Refusals::default();
    let month = ("month", query.month.as_ref());
    let either = |name, given: Option<_>| given.map_or(month, |given| (name, Some(given)));
    let (first, last) = (either("from", query.from.as_ref()), either("to", query.to.as_ref()));
    let from: Option<Month> = refusals.required(first.0, first.1);
    // A month that is refused is refused once.
    let to: Option<Month> = if first == last { from } else { refusals.required(last.0, last.1) };
    let (from, to) = refusals.and(from.zip(to)).map_err(AppError::from)?;
    let plans = service.plans(actor, from, to).await?;
    answer::read(Items { items: plans.value }, plans.position)
}

/// Sets the plan of an article in a month; empty or zero removes it.
#[utoipa::path(put, path = "/plans/{article_id}/{month}", tag = TAG,
    params(("article_id" = ArticleId, Path), ("month" = Month, Path, example = "2026-11"), crate::http::request::Conditional), request_body = PlanForm,
    responses((status = 200, body = Plan), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn set(
    State(service): State<Service>,
    Caller(actor): Caller,
    Segments((article_id, month)): Segments<(String, String)>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let form = PlanForm { version: terms.base_version, ..fields.plan(article_id, month)? };
    let written = service
        .write(actor, Terms { base_version: None, ..terms }, Command::SetPlans(vec![form]))
        .await?
        .of::<Vec<Plan>>()?;
    let plan = written.value.into_iter().next().ok_or(AppError::Internal)?;
    answer::row(&plan, written.position)
}

/// Sets several plans in one change.
#[utoipa::path(put, path = "/plans", tag = TAG, params(crate::http::request::Repeatable), request_body = Plans,
    responses((status = 200, body = Items<Plan>), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn set_all(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let written = service.write(actor, terms, Command::SetPlans(fields.plans()?)).await?.of::<Vec<Plan>>()?;
    answer::read(Items { items: written.value }, written.position)
}
