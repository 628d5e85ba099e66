//! `/recurring`

use super::{
    answer::{self, Items, RestAnswer},
    body::Fields,
    rows::row_calls,
};
use crate::http::{
    problem::Problem,
    request::{Caller, Conditions, Id},
};
use app::{
    command::Command,
    domain::{Fact, OccurrenceForm, Recurring, RecurringForm, RecurringId},
    service::Service,
};
use axum::extract::State;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "recurring";

/// An occurrence, by its day.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: the field is read by its name")]
struct DayForm {
    /// The day, `2026-11-30`.
    day: String,
}

/// The routes of recurring entries.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(confirm))
        .routes(routes!(skip))
        .routes(routes!(reopen))
        .merge(rows())
}

/// Lists all recurring entries, by their next day.
#[utoipa::path(get, path = "/recurring", tag = TAG, responses((status = 200, body = Items<Recurring>)))]
async fn list(State(service): State<Service>, Caller(actor): Caller) -> RestAnswer {
    let all = service.all_recurring(actor).await?;
    answer::read(Items { items: all.value }, all.position)
}

row_calls! {
    tag: "recurring",
    paths: ["/recurring", "/recurring/{id}", "/recurring/{id}/restore"],
    row: Recurring, form: RecurringForm, id: RecurringId,
    fields: [recurring, whole_recurring],
    show: recurring,
    commands: [AddRecurring, ReviseRecurring, DeleteRecurring, RestoreRecurring],
}

/// Records the transaction of an occurrence. If somebody already recorded it, returns that one.
#[utoipa::path(post, path = "/recurring/{id}/confirm", tag = TAG, params(("id" = RecurringId, Path), crate::http::request::Conditional),
    request_body = OccurrenceForm,
    responses((status = 201, body = Fact), (status = 200, description = "it was recorded before", body = Fact),
        (status = 404, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem)))]
async fn confirm(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<RecurringId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let command = Command::ConfirmOccurrence { id, form: fields.occurrence()? };
    let written = service.write(actor, terms, command).await?.of::<Fact>()?;
    let location = format!("/api/v1/facts/{}", written.value.id);
    answer::created(written, &location)
}

/// Skips an occurrence.
#[utoipa::path(post, path = "/recurring/{id}/skip", tag = TAG, params(("id" = RecurringId, Path), crate::http::request::Conditional),
    request_body = DayForm,
    responses((status = 200, body = Recurring), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn skip(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<RecurringId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let command = Command::SkipOccurrence { id, day: fields.day()? };
    let written = service.write(actor, terms, command).await?.of::<Recurring>()?;
    answer::row(&written.value, written.position)
}

/// Reopens an occurrence. A transaction that was recorded for it is deleted, unless it was changed since:
/// then the occurrence stays settled.
#[utoipa::path(post, path = "/recurring/{id}/reopen", tag = TAG, params(("id" = RecurringId, Path), crate::http::request::Conditional),
    request_body = DayForm,
    responses((status = 200, body = Recurring), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn reopen(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<RecurringId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let command = Command::ReopenOccurrence { id, day: fields.day()? };
    let written = service.write(actor, terms, command).await?.of::<Recurring>()?;
    answer::row(&written.value, written.position)
}
