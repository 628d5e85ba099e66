//! The pages that need no program in the browser: forms that are posted and answered with a page.
//!
//! A form that is refused comes back with what was typed and what to correct; one that is done leads to
//! another page, so that loading that one again posts nothing.

mod demo;
mod enter;
mod password;
mod settings;

use crate::{rest::request::From, router::Web, session};
use app::{
    api::book::Opening,
    error::AppError,
    plain::{self, Filled, Frame},
    service::{BudgetService, Identity, SignedIn},
};
use axum::{
    Router,
    body::Bytes,
    extract::{FromRequestParts, Path, Request, State},
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
        .route("/sign-out", get(async || go("/")).post(enter::sign_out))
        .route("/register", get(enter::register_page).post(enter::register))
        .route("/join/{token}", get(enter::join_page).post(enter::join))
        .route("/password/{token}", get(password::page).post(password::set))
        .route("/language", get(async || go("/")).post(enter::language))
        .route("/settings", get(settings::page))
        .route("/settings/{section}", get(async || go("/settings")).post(settings::save));
    if web.demo { pages.merge(demo::routes()) } else { pages }
}

/// What was posted. Of a field that comes twice the last one counts.
struct Posted(BTreeMap<String, String>);

impl Posted {
    fn read(body: &Bytes) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field that is there, if only empty.
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// The form as it comes back: without its passwords.
    fn refused(mut self, error: AppError) -> Filled {
        for secret in ["password", "old", "new"] {
            self.0.remove(secret);
        }
        Filled { values: self.0, refusal: Some(error) }
    }
}

/// The variable segments of the path. Those that are no UTF-8 are on no page of ours.
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

fn frame(web: &Web, identity: &Identity) -> Frame {
    Frame { language: identity.language, theme: identity.theme, options: web.options.clone() }
}

/// A page, with what the browser may do in it: our own files, and no program but the small one that
/// fills in the time zone.
fn page(status: StatusCode, html: String) -> Response {
    const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
                          form-action 'self'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // It carries a household's names.
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, html).into_response()
}

/// The page of a form: as it is first seen, or refused with what was typed, what to correct, and that status.
fn form_page(
    web: &Web,
    identity: &Identity,
    refusal: Option<&AppError>,
    draw: impl FnOnce(&Frame) -> String,
) -> Response {
    page(refusal.map_or(StatusCode::OK, status), draw(&frame(web, identity)))
}

/// The status of a refusal.
fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn failed(web: &Web, identity: &Identity, error: &AppError) -> Response {
    if *error == AppError::NotSignedIn {
        return go("/sign-in");
    }
    page(status(error), plain::failed(&frame(web, identity), error))
}

/// To another page of ours, by GET. Where the path would lead elsewhere is seen by `well_formed`.
fn go(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response(),
        Err(_) => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("/"))]).into_response()
        }
    }
}

/// Reads the book for a live page before it is written; whoever is not signed in goes elsewhere.
pub async fn open_book(
    State(web): State<Web>,
    From(identity): From,
    mut request: Request,
    next: Next,
) -> Response {
    // The router takes a path with a slash at its end for the same, and it must be read for as well.
    if let Some(path) = request.uri().path().strip_suffix('/').filter(|path| !path.is_empty()) {
        return go(path);
    }
    let of_the_book = ["/", "/plan", "/household"].contains(&request.uri().path());
    if request.method() != Method::GET || !of_the_book {
        return next.run(request).await;
    }
    let read = match identity.actor.clone() {
        Ok(actor) => Opening::read(&web.live.ledger, actor).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(opening) => {
            request.extensions_mut().insert(opening);
            next.run(request).await
        }
        Err(error) => failed(&web, &identity, &error),
    }
}

/// The session begins, and the book opens. A session that this browser had before ends: nobody could
/// reach it any more.
async fn enter_book(web: &Web, identity: &Identity, signed_in: &SignedIn, path: &str) -> Response {
    if let Ok(before) = identity.actor
        && let Err(error) = web.live.ledger.log_out(before).await
    {
        tracing::warn!(%error, "a session that was replaced goes on");
    }
    let cookie = session::cookie(&signed_in.token, identity.secure);
    (AppendHeaders([(header::SET_COOKIE, cookie)]), go(path)).into_response()
}

/// A choice of this browser, kept for a year.
fn choice(name: &str, value: &str) -> AppendHeaders<[(HeaderName, String); 1]> {
    AppendHeaders([(header::SET_COOKIE, format!("{name}={value}; Path=/; SameSite=Lax; Max-Age=31536000"))])
}

/// The page of ours that a form was on.
fn origin_page(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let (_, after_scheme) = referer.split_once("://")?;
    after_scheme.find('/').map(|at| after_scheme[at..].to_owned())
}
