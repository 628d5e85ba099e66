//! `/password-links`: a new password for a member who is locked out.

use super::answer::{self, Items, RestAnswer};
use crate::http::{
    problem::Problem,
    request::{Caller, Conditions, From, Id},
};
use app::{
    domain::{MemberId, OpenPasswordLink, PasswordLink},
    service::Service,
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "household";

/// The routes for owners; the links are used by `POST /auth/password-link`.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(make, withdraw))
}

/// Lists the valid password links; for the owner only.
#[utoipa::path(get, path = "/password-links", tag = TAG,
    responses((status = 200, body = Items<OpenPasswordLink>), (status = 403, body = Problem)))]
async fn list(State(service): State<Service>, Caller(actor): Caller) -> RestAnswer {
    Ok(Json(Items { items: service.password_links(actor).await? }).into_response())
}

/// Creates a link by which a member sets a new password, once and within a day. Only this response contains
/// the link; it replaces the member's previous one. For the owner only, and only for an editor who belongs to
/// no other household.
#[utoipa::path(post, path = "/members/{id}/password-link", tag = TAG, params(("id" = MemberId, Path), crate::http::request::Repeatable),
    responses((status = 201, body = PasswordLink), (status = 200, description = "a repeat", body = PasswordLink),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 410, body = Problem)))]
async fn make(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    Id(id): Id<MemberId>,
    From(identity): From,
) -> RestAnswer {
    let link = service.make_password_link(actor, terms, id, identity.base_url).await?;
    let status = if link.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, answer::position(link.position), Json(link.value)).into_response())
}

/// Revokes the link of a member.
#[utoipa::path(delete, path = "/members/{id}/password-link", tag = TAG, params(("id" = MemberId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn withdraw(State(service): State<Service>, Caller(actor): Caller, Id(id): Id<MemberId>) -> RestAnswer {
    service.withdraw_password_link(actor, id).await?;
    answer::nothing()
}
