//! `/household`, `/members`, `/invites`

use super::{
    answer::{self, Items, RestAnswer},
    body::Fields,
};
use crate::http::{
    problem::Problem,
    request::{Caller, Conditions, From, Id},
};
use app::{
    command::Command,
    domain::{Household, Invite, InviteId, InviteLink, Member, MemberId},
    service::{HouseholdForm, MemberForm, Service},
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "household";

/// The name of the household, typed to confirm.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the body is read field by field")]
struct Confirmation {
    /// The current name, exactly.
    name: String,
}

/// The routes of the household, its members and invitations.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(show, change))
        .routes(routes!(close, reopen))
        .routes(routes!(members))
        .routes(routes!(change_member, remove_member))
        .routes(routes!(hand_over))
        .routes(routes!(invites, invite))
        .routes(routes!(withdraw))
}

/// Returns the household.
#[utoipa::path(get, path = "/household", tag = TAG, responses((status = 200, body = Household)))]
async fn show(State(service): State<Service>, Caller(actor): Caller) -> RestAnswer {
    let household = service.household(actor).await?;
    answer::row(&household.value, household.position)
}

/// Changes name, currency or time zone.
#[utoipa::path(patch, path = "/household", tag = TAG, params(crate::http::request::Conditional), request_body = HouseholdForm,
    responses((status = 200, body = Household), (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let written = service
        .write(actor, terms, Command::ReviseHousehold(fields.household()?))
        .await?
        .of::<Household>()?;
    answer::row(&written.value, written.position)
}

/// Deletes the household; for its owner only. From now on it accepts no changes, and on the day `erase_on`,
/// seven days later, it is erased with everything in it.
#[utoipa::path(post, path = "/household/deletion", tag = TAG, params(crate::http::request::Conditional), request_body = Confirmation,
    responses((status = 200, body = Household), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem)))]
async fn close(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let written = service.close_household(actor, terms, fields.one("name")?).await?;
    answer::row(&written.value, written.position)
}

/// Cancels the deletion of the household.
#[utoipa::path(delete, path = "/household/deletion", tag = TAG, params(crate::http::request::Conditional),
    responses((status = 200, body = Household), (status = 403, body = Problem), (status = 412, body = Problem)))]
async fn reopen(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
) -> RestAnswer {
    let written = service.reopen_household(actor, terms).await?;
    answer::row(&written.value, written.position)
}

/// Lists everybody who is or was a member of the household.
#[utoipa::path(get, path = "/members", tag = TAG, responses((status = 200, body = Items<Member>)))]
async fn members(State(service): State<Service>, Caller(actor): Caller) -> RestAnswer {
    let members = service.members(actor).await?;
    answer::read(Items { items: members.value }, members.position)
}

/// Changes one's own name or colour.
#[utoipa::path(patch, path = "/members/{id}", tag = TAG, params(("id" = MemberId, Path), crate::http::request::Conditional), request_body = MemberForm,
    responses((status = 200, body = Member), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn change_member(
    State(service): State<Service>,
    Caller(actor): Caller,
    Id(id): Id<MemberId>,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let command = Command::ReviseMember { id, form: fields.member()? };
    let written = service.write(actor, terms, command).await?.of::<Member>()?;
    answer::row(&written.value, written.position)
}

/// Removes a member, or leaves the household. The member's records stay, with their name.
#[utoipa::path(delete, path = "/members/{id}", tag = TAG, params(("id" = MemberId, Path), crate::http::request::Conditional),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem)))]
async fn remove_member(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    Id(id): Id<MemberId>,
) -> RestAnswer {
    answer::gone(service.remove_member(actor, terms, id).await?.position)
}

/// Makes another member the owner; for the owner only.
#[utoipa::path(post, path = "/members/{id}/owner", tag = TAG, params(("id" = MemberId, Path), crate::http::request::Conditional),
    responses((status = 200, body = Member), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 410, body = Problem), (status = 412, body = Problem)))]
async fn hand_over(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    Id(id): Id<MemberId>,
) -> RestAnswer {
    let written = service.hand_over(actor, terms, id).await?;
    answer::row(&written.value, written.position)
}

/// Lists the valid invitations.
#[utoipa::path(get, path = "/invites", tag = TAG, responses((status = 200, body = Items<Invite>)))]
async fn invites(State(service): State<Service>, Caller(actor): Caller) -> RestAnswer {
    Ok(Json(Items { items: service.invites(actor).await? }).into_response())
}

/// Creates an invitation; only this response contains its link.
#[utoipa::path(post, path = "/invites", tag = TAG, params(crate::http::request::Repeatable), responses((status = 201, body = InviteLink), (status = 200, description = "a repeat", body = InviteLink),
        (status = 410, body = Problem)))]
async fn invite(
    State(service): State<Service>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    From(identity): From,
) -> RestAnswer {
    let link = service.invite(actor, terms, identity.base_url).await?;
    let status = if link.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, answer::position(link.position), Json(link.value)).into_response())
}

/// Revokes an invitation; for the owner and for its maker.
#[utoipa::path(delete, path = "/invites/{id}", tag = TAG, params(("id" = InviteId, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn withdraw(State(service): State<Service>, Caller(actor): Caller, Id(id): Id<InviteId>) -> RestAnswer {
    service.withdraw_invite(actor, id).await?;
    answer::nothing()
}
