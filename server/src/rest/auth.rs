//! `/auth`: registering, signing in, and one's sessions.

use super::{
    answer::{self, Items, RestAnswer},
    body::Fields,
};
use crate::http::{Web, session};
use crate::http::{
    problem::Problem,
    request::{Caller, Conditions, From, Id},
};
use app::{
    domain::{Household, Me, Member, Session, SessionId},
    service::{BudgetService, MeForm, Read, RegisterForm, SignedIn},
};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

const TAG: &str = "auth";

/// The result of signing in.
#[derive(Serialize, ToSchema)]
struct Entered {
    /// The member.
    member: Member,
    /// The household.
    household: Household,
}

/// The credentials of an account.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the body is read field by field")]
struct Credentials {
    /// The email.
    email: String,
    /// The password.
    password: String,
}

/// The current and the new password.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the body is read field by field")]
struct PasswordChange {
    /// The current password.
    old: String,
    /// The new password, at least eight characters.
    new: String,
}

/// The password, to confirm.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the body is read field by field")]
struct Password {
    /// The current password.
    password: String,
}

/// The token at the end of a password link, and the new password.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the body is read field by field")]
struct PasswordByLink {
    /// The token.
    token: String,
    /// The new password, at least eight characters.
    new: String,
}

/// The token at the end of an invitation link.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "only its schema is used: the body is read field by field")]
struct Join {
    /// The token.
    invite: String,
}

/// The routes of accounts and sessions.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(logout))
        .routes(routes!(join))
        .routes(routes!(me, change_me))
        .routes(routes!(password))
        .routes(routes!(delete))
        .routes(routes!(delete_by_email))
        .routes(routes!(use_link))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
}

fn entered(secure: bool, status: StatusCode, signed_in: SignedIn) -> RestAnswer {
    let SignedIn { me: Read { value: me, position }, token, .. } = signed_in;
    let cookie = [(header::SET_COOKIE, session::cookie(&token, secure))];
    Ok((
        status,
        answer::position(position),
        cookie,
        Json(Entered { member: me.member, household: me.household }),
    )
        .into_response())
}

/// Founds a household, or joins one with `invite`.
#[utoipa::path(post, path = "/auth/register", tag = TAG, params(crate::http::request::Repeatable), request_body = RegisterForm,
    responses((status = 201, body = Entered), (status = 200, description = "a repeat", body = Entered),
        (status = 401, description = "a repeat with another password", body = Problem), (status = 410, body = Problem), (status = 422, body = Problem)))]
async fn register(
    State(web): State<Web>,
    From(identity): From,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let secure = identity.secure;
    let signed_in = web.ledger.register(identity.device, terms, fields.registration()?).await?;
    let status = if signed_in.repeated { StatusCode::OK } else { StatusCode::CREATED };
    entered(secure, status, signed_in)
}

/// Signs in.
#[utoipa::path(post, path = "/auth/login", tag = TAG, request_body = Credentials,
    responses((status = 200, body = Entered), (status = 401, body = Problem)))]
async fn login(State(web): State<Web>, From(identity): From, fields: Fields) -> RestAnswer {
    let (email, password) = fields.pair("email", "password")?;
    let secure = identity.secure;
    let signed_in = web.ledger.log_in(identity.device, email, password).await?;
    entered(secure, StatusCode::OK, signed_in)
}

/// Signs out and closes this session's sockets.
#[utoipa::path(post, path = "/auth/logout", tag = TAG, responses((status = 204), (status = 401, body = Problem)))]
async fn logout(State(web): State<Web>, From(identity): From, Caller(actor): Caller) -> RestAnswer {
    web.ledger.log_out(actor).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session::cookie("", identity.secure))]).into_response())
}

/// Joins another household with this account; the session moves there.
#[utoipa::path(post, path = "/auth/join", tag = TAG, request_body = Join,
    responses((status = 200, body = Me), (status = 409, body = Problem), (status = 410, body = Problem)))]
async fn join(State(web): State<Web>, Caller(actor): Caller, fields: Fields) -> RestAnswer {
    let me = web.ledger.join(actor, fields.one("invite")?).await?;
    answer::read(me.value, me.position)
}

/// Returns who is signed in.
#[utoipa::path(get, path = "/auth/me", tag = TAG, responses((status = 200, body = Me), (status = 401, body = Problem)))]
async fn me(State(web): State<Web>, Caller(actor): Caller) -> RestAnswer {
    let me = web.ledger.me(actor).await?;
    answer::read(me.value, me.position)
}

/// Changes one's name, colour or language, or switches to another household.
#[utoipa::path(patch, path = "/auth/me", tag = TAG, params(crate::http::request::Conditional), request_body = MeForm,
    responses((status = 200, body = Me), (status = 422, body = Problem)))]
async fn change_me(
    State(web): State<Web>,
    Caller(actor): Caller,
    Conditions(terms): Conditions,
    fields: Fields,
) -> RestAnswer {
    let me = web.ledger.change_me(actor, terms, fields.me()?).await?;
    answer::read(me.value, me.position)
}

/// Sets a new password; all other sessions end.
#[utoipa::path(post, path = "/auth/password", tag = TAG, request_body = PasswordChange,
    responses((status = 204), (status = 422, body = Problem)))]
async fn password(State(web): State<Web>, Caller(actor): Caller, fields: Fields) -> RestAnswer {
    let (old, new) = fields.pair("old", "new")?;
    web.ledger.change_password(actor, old, new).await?;
    answer::nothing()
}

/// Deletes the account. The person leaves every household; their records stay, with their name. The owner of
/// a household must hand it over or delete it first.
#[utoipa::path(post, path = "/auth/delete", tag = TAG, request_body = Password,
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn delete(
    State(web): State<Web>,
    From(identity): From,
    Caller(actor): Caller,
    fields: Fields,
) -> RestAnswer {
    web.ledger.delete_account(actor, fields.one("password")?).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, session::cookie("", identity.secure))]).into_response())
}

/// Deletes the account with this email and password, without a session, under the rules of `/auth/delete`: whoever left
/// or was removed from their only household cannot sign in. Each call counts as an attempt to sign in.
#[utoipa::path(post, path = "/auth/delete-by-email", tag = TAG, request_body = Credentials,
    responses((status = 204), (status = 401, body = Problem), (status = 409, body = Problem)))]
async fn delete_by_email(State(web): State<Web>, From(identity): From, fields: Fields) -> RestAnswer {
    let (email, password) = fields.pair("email", "password")?;
    web.ledger.delete_account_by_email(identity.device, email, password).await?;
    answer::nothing()
}

/// Sets a new password by a link from the household's owner; all sessions of the account end.
#[utoipa::path(post, path = "/auth/password-link", tag = TAG, request_body = PasswordByLink,
    responses((status = 204), (status = 410, body = Problem), (status = 422, body = Problem)))]
async fn use_link(State(web): State<Web>, fields: Fields) -> RestAnswer {
    let (token, new) = fields.pair("token", "new")?;
    web.ledger.use_password_link(token, new).await?;
    answer::nothing()
}

/// Lists one's signed-in devices.
#[utoipa::path(get, path = "/auth/sessions", tag = TAG, responses((status = 200, body = Items<Session>)))]
async fn sessions(State(web): State<Web>, Caller(actor): Caller) -> RestAnswer {
    Ok(Json(Items { items: web.ledger.sessions(actor).await? }).into_response())
}

/// Signs a device out.
#[utoipa::path(delete, path = "/auth/sessions/{id}", tag = TAG, params(("id" = SessionId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn end_session(State(web): State<Web>, Caller(actor): Caller, Id(id): Id<SessionId>) -> RestAnswer {
    web.ledger.end_session(actor, id).await?;
    answer::nothing()
}
