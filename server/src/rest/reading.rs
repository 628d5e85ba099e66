//! `/summary`, `/snapshot`, `/events`

use super::answer::{self, Items, RestAnswer};
use crate::http::{
    problem::Problem,
    request::{Caller, Filter},
};
use app::{
    domain::{Month, Refusals, Summary},
    error::AppError,
    service::{Event, Service, Since, Snapshot},
    wire::Check,
};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

const TAG: &str = "reading";

/// A month.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MonthQuery {
    /// The month, `2026-11`; the current one by default.
    #[param(value_type = Option<Month>)]
    month: Option<String>,
}

/// A position to read from.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SinceQuery {
    /// The last change that is known; 0 for all.
    #[param(value_type = Option<i64>, minimum = 0)]
    since: Option<String>,
    /// The epoch of the log that `since` refers to.
    #[param(value_type = Option<Uuid>)]
    epoch: Option<String>,
    /// The `check` of that change or of the snapshot.
    #[param(pattern = "^[0-9a-fA-F]{8}$")]
    check: Option<String>,
    /// Page size, 1 to 500; default 100. Large changes make a page shorter: `Budget-Seq` is the last change
    /// on it, and until the end of the log every page has at least one.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 500)]
    limit: Option<String>,
}

/// The routes that read across tables.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(summary)).routes(routes!(snapshot)).routes(routes!(events))
}

/// Returns the figures of a month.
#[utoipa::path(get, path = "/summary", tag = TAG, params(MonthQuery),
    responses((status = 200, body = Summary), (status = 422, body = Problem)))]
async fn summary(
    State(service): State<Service>,
    Caller(actor): Caller,
    Filter(query): Filter<MonthQuery>,
) -> RestAnswer {
    let mut refusals = Refusals::default();
    let month: Option<Month> = refusals.given("month", query.month.as_ref());
    refusals.finish().map_err(AppError::from)?;
    let summary = service.summary(actor, month).await?;
    answer::read(summary.value, summary.position)
}

/// Returns everything that Today shows, read in one transaction.
#[utoipa::path(get, path = "/snapshot", tag = TAG, responses((status = 200, body = Snapshot)))]
async fn snapshot(State(service): State<Service>, Caller(actor): Caller) -> RestAnswer {
    let snapshot = service.snapshot(actor).await?;
    let position = snapshot.position;
    answer::read(snapshot, position)
}

/// Returns the log after `since`. Answers 410 if `since` is not a number of this log, belongs to another
/// change than `check` says, or if the next change was written by a later version of the program: then a
/// snapshot gives the position to continue from.
#[utoipa::path(get, path = "/events", tag = TAG, params(SinceQuery),
    responses((status = 200, body = Items<Event>), (status = 410, body = Problem), (status = 422, body = Problem)))]
async fn events(
    State(service): State<Service>,
    Caller(actor): Caller,
    Filter(query): Filter<SinceQuery>,
) -> RestAnswer {
    let mut refusals = Refusals::default();
    let since = refusals.number("since", query.since.as_ref(), 0..=i64::MAX).unwrap_or(0);
    let limit = refusals.number("limit", query.limit.as_ref(), 1..=500).unwrap_or(100);
    let epoch: Option<Uuid> = refusals.given("epoch", query.epoch.as_ref());
    let check: Option<Check> = refusals.given("check", query.check.as_ref());
    refusals.finish().map_err(AppError::from)?;
    let since = Since { seq: since, epoch, check };
    let events = service.events(actor, since, limit).await?;
    answer::read(Items { items: events.value }, events.position)
}
