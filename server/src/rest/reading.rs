//! `/summary`, `/snapshot`, `/events`

use super::{
    answer::{self, Answer, Items},
    problem::Problem,
    request::{Caller, Filter},
};
use app::{
    domain::{Month, Reason, Refusals, Summary},
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

/// Which month.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MonthQuery {
    /// `2026-11`; the current one when absent.
    #[param(value_type = Option<Month>)]
    month: Option<String>,
}

/// From where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SinceQuery {
    /// The last change that is known; 0 for all.
    #[param(minimum = 0)]
    since: Option<i64>,
    /// The log that it is a number of.
    epoch: Option<Uuid>,
    /// What that change, or the snapshot, carried as `check`.
    #[param(value_type = Option<String>, pattern = "^[0-9a-fA-F]{8}$")]
    check: Option<Check>,
    /// 1 to 500, 100 when absent. Fewer come where they are large: the last one is `Budget-Seq`, and until
    /// then there is at least one.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<i64>,
}

/// All calls that read across tables.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(summary)).routes(routes!(snapshot)).routes(routes!(events))
}

/// A month at a glance.
#[utoipa::path(get, path = "/summary", tag = TAG, params(MonthQuery),
    responses((status = 200, body = Summary), (status = 422, body = Problem)))]
async fn summary(
    State(service): State<Service>,
    Caller(actor): Caller,
    Filter(query): Filter<MonthQuery>,
) -> Answer {
    let mut refusals = Refusals::default();
    let month: Option<Month> = refusals.given("month", query.month.as_ref());
    refusals.finish().map_err(AppError::from)?;
    let summary = service.summary(actor, month).await?;
    answer::read(summary.value, summary.position)
}

/// Everything Today shows, read in one transaction.
#[utoipa::path(get, path = "/snapshot", tag = TAG, responses((status = 200, body = Snapshot)))]
async fn snapshot(State(service): State<Service>, Caller(actor): Caller) -> Answer {
    let snapshot = service.snapshot(actor).await?;
    let position = snapshot.position;
    answer::read(snapshot, position)
}

/// The log after `since`; 410 when it is not a number of this log, or of another change than `check` says, or
/// when the next change was written by a later version of the program: a snapshot says where to go on.
#[utoipa::path(get, path = "/events", tag = TAG, params(SinceQuery),
    responses((status = 200, body = Items<Event>), (status = 410, body = Problem), (status = 422, body = Problem)))]
async fn events(
    State(service): State<Service>,
    Caller(actor): Caller,
    Filter(query): Filter<SinceQuery>,
) -> Answer {
    let (since, limit) = (query.since.unwrap_or(0), query.limit.unwrap_or(100));
    let mut refusals = Refusals::default();
    if since < 0 {
        refusals.add("since", Reason::OutOfRange);
    }
    if !(1..=500).contains(&limit) {
        refusals.add("limit", Reason::OutOfRange);
    }
    refusals.finish().map_err(AppError::from)?;
    let since = Since { seq: since, epoch: query.epoch, check: query.check };
    let events = service.events(actor, since, limit).await?;
    answer::read(Items { items: events.value }, events.position)
}
