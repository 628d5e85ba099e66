//! The pages that work without WebAssembly: forms that are posted and answered with a page.
//!
//! A refused form comes back with what was typed and what to correct. An accepted one redirects to another
//! page, so that reloading posts nothing.

mod demo;
mod enter;
mod password;
mod settings;
mod today;
mod worker;

pub use today::record;
pub use worker::worker_routes;

use crate::http::{Web, encoded::is_text, html::page, request::From, session};
use app::{
    api::book::Opening,
    domain::AccountId,
    error::AppError,
    plain::{self, Filled, PageFrame},
    service::{Actor, BudgetService, Identity, SignedIn},
};
use axum::{
    Router,
    body::to_bytes,
    extract::{FromRequest, FromRequestParts, Path, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{AppendHeaders, IntoResponse, Response},
    routing::get,
};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// All plain pages.
pub fn routes(web: &Web) -> Router<Web> {
    let pages = Router::new()
        .route("/sign-in", get(enter::sign_in_page).post(enter::sign_in))
        .route("/delete-account", get(async || go("/sign-in")).post(enter::delete_account))
        .route("/sign-out", get(async || go("/")).post(enter::sign_out))
        .route("/register", get(enter::register_page).post(enter::register))
        .route("/join/{token}", get(enter::join_page).post(enter::join))
        .route("/password/{token}", get(password::page).post(password::set))
        .route("/language", get(async || go("/")).post(enter::language))
        .route("/settings", get(settings::page))
        .route("/settings/{section}", get(async || go("/settings")).post(settings::save));
    if web.demo { pages.merge(demo::routes()) } else { pages }
}

/// The posted fields, each once.
struct Posted(BTreeMap<String, String>);

impl Posted {
    /// The fields of a form in its usual encoding; no other one has names and values.
    fn of_form(headers: &HeaderMap, body: &[u8]) -> Result<Self, AppError> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/x-www-form-urlencoded" | "" if is_text(body) => {
                let (posted, count) = (Self::read(body), form_urlencoded::parse(body).count());
                // Which of two values is meant cannot be known.
                if posted.0.len() == count { Ok(posted) } else { Err(AppError::Malformed) }
            }
            "application/x-www-form-urlencoded" | "" => Err(AppError::Malformed),
            _ => Err(AppError::UnsupportedMediaType),
        }
    }

    /// Those of a query, of two with one name the last. One that is not text has none.
    fn of_query(query: Option<String>) -> Self {
        let query = query.filter(|query| is_text(query.as_bytes())).unwrap_or_default();
        Self::read(query.as_bytes())
    }

    fn read(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The value of a field, if the field is present; it may be empty.
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// The form as it is shown again: without its passwords.
    fn refused(mut self, error: AppError) -> Filled {
        for secret in ["password", "old", "new", "confirm_password"] {
            self.0.remove(secret);
        }
        Filled { values: self.0, refusal: Some(error) }
    }
}

impl FromRequest<Web> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let From(identity) =
            From::from_request_parts(&mut parts, web).await.map_err(IntoResponse::into_response)?;
        // `rest::body::limited` has read it, and limits its size.
        let posted = match to_bytes(body, usize::MAX).await {
            Ok(body) => Self::of_form(&parts.headers, &body),
            Err(_) => Err(AppError::Malformed),
        };
        posted.map_err(|error| failed(web, &identity, &error))
    }
}

/// The field that names the member on whose page a form was.
const MEMBER: &str = "member";

/// The signed-in person as the member on whose page a form was. Somebody else may have signed in in the browser since, and
/// would do what they never saw.
async fn acting(web: &Web, actor: Actor, posted: &Posted) -> Result<Actor, AppError> {
    match posted.text(MEMBER) {
        Some(member) => {
            let member = member.parse().map_err(|_| AppError::OtherMember)?;
            web.ledger.acting_as(actor, member).await
        }
        None => Ok(actor),
    }
}

/// The variable segments of the path. No page has a path that is not UTF-8.
struct Segments<T>(T);

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Segments<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        if let Ok(Path(segments)) = Path::from_request_parts(parts, web).await {
            return Ok(Self(segments));
        }
        let From(identity) =
            From::from_request_parts(parts, web).await.map_err(IntoResponse::into_response)?;
        Err(failed(web, &identity, &AppError::NotFound))
    }
}

fn frame(web: &Web, identity: &Identity) -> PageFrame {
    let member = identity.actor.as_ref().ok().map(|actor| actor.member);
    web.frame(identity.language, identity.theme, member)
}

/// The page of a form: as first seen, or refused, with what was typed, what to correct and the refusal's
/// status.
fn form_page(
    web: &Web,
    identity: &Identity,
    refusal: Option<&AppError>,
    draw: impl FnOnce(&PageFrame) -> String,
) -> Response {
    let html = draw(&frame(web, identity));
    match refusal {
        None => page(StatusCode::OK, html),
        Some(error) => refused_page(error, page(StatusCode::OK, html)),
    }
}

/// A page with the status of a refusal, and the time after which trying again may help.
fn refused_page(error: &AppError, mut page: Response) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *page.status_mut() = status;
    if let Some(seconds) = error.retry_after_seconds() {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    page
}

fn failed(web: &Web, identity: &Identity, error: &AppError) -> Response {
    if *error == AppError::NotSignedIn {
        return go("/sign-in");
    }
    refused_page(error, page(StatusCode::OK, plain::failed(&frame(web, identity), error)))
}

/// Redirects to another page of ours, by GET. `well_formed` catches a path that leads to another site.
fn go(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
        Err(_) => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("/"))]).into_response()
        }
    }
}

/// Loads the book before a live page is rendered; whoever is not signed in is redirected.
pub async fn open_book(
    State(web): State<Web>,
    From(identity): From,
    mut request: Request,
    next: Next,
) -> Response {
    // The router treats a path with a trailing slash as the same, so its data must be loaded as well.
    if let Some(path) = request.uri().path().strip_suffix('/').filter(|path| !path.is_empty()) {
        return go(path);
    }
    let of_the_book = ["/", "/plan", "/household"].contains(&request.uri().path());
    // A `HEAD` request gets the status and headers of the page.
    let asks = [Method::GET, Method::HEAD].contains(request.method());
    if !asks || !of_the_book {
        return next.run(request).await;
    }
    let read = match identity.actor.clone() {
        Ok(actor) => Opening::read(&web.ledger, actor).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(opening) => {
            request.extensions_mut().insert(opening);
            render(&web, &identity, request, next).await
        }
        Err(error) => failed(&web, &identity, &error),
    }
}

/// A live page, rendered where it keeps nobody else waiting.
async fn render(web: &Web, identity: &Identity, request: Request, next: Next) -> Response {
    match web.workshop.carry_out(next.run(request)).await {
        Ok(page) => page,
        Err(error) => failed(web, identity, &error),
    }
}

/// Begins the session and redirects to the book.
async fn enter_book(web: &Web, identity: &Identity, signed_in: &SignedIn, path: &str) -> Response {
    (begin_session(web, identity, signed_in).await, go(path)).into_response()
}

/// The cookie that begins the session. The browser's previous session is ended, since nobody could reach it any
/// more.
async fn begin_session(
    web: &Web,
    identity: &Identity,
    signed_in: &SignedIn,
) -> AppendHeaders<[(HeaderName, String); 1]> {
    if let Ok(before) = identity.actor
        && let Err(error) = web.ledger.log_out(before).await
    {
        tracing::warn!(%error, "a session that was replaced goes on");
    }
    AppendHeaders([(header::SET_COOKIE, session::cookie(&signed_in.token, identity.secure))])
}

/// The cookie of a choice of this browser, kept for a year.
fn choice(name: &str, value: &str) -> AppendHeaders<[(HeaderName, String); 1]> {
    AppendHeaders([(header::SET_COOKIE, format!("{name}={value}; Path=/; SameSite=Lax; Max-Age=31536000"))])
}

/// The cookie from which the sign-in page learns which account was just deleted, so that nothing of it stays on this
/// device; `None` for the one that ends it.
fn just_deleted(account: Option<AccountId>) -> AppendHeaders<[(HeaderName, String); 1]> {
    let (account, seconds) = account.map_or((String::new(), 0), |account| (account.to_string(), 600));
    let cookie = format!("deleted={account}; Path=/sign-in; HttpOnly; SameSite=Lax; Max-Age={seconds}");
    AppendHeaders([(header::SET_COOKIE, cookie)])
}

/// The path of the page that a form was on, from `Referer`.
fn origin_page(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let (_, after_scheme) = referer.split_once("://")?;
    after_scheme.find('/').map(|at| after_scheme[at..].to_owned())
}
