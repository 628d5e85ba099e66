//! Finds the person behind a request's cookie, for the API, the pages and the sockets.

use super::{
    Web,
    html::wants_page,
    problem::{self, Audience},
};
use crate::{ledger::Ledger, listen::ReachedAt};
use app::{
    domain::{Language, Reason, Theme},
    error::AppError,
    service::{Actor, BudgetService, Device, Identity},
};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use std::net::SocketAddr;

/// `__Host-`: a browser accepts such a cookie only over TLS, for this host alone and every path.
const fn name(access_is_secure: bool) -> &'static str {
    if access_is_secure { "__Host-session" } else { "session" }
}

/// The session's secret, if the request carries one. For `secure` see [`crate::security::Access::secure`].
#[must_use]
pub fn token(cookies: &CookieJar, secure: bool) -> Option<String> {
    cookies.get(name(secure)).map(|cookie| cookie.value().to_owned()).filter(|token| !token.is_empty())
}

/// The cookie that begins a session; with an empty token, the one that ends it.
#[must_use]
pub fn cookie(token: &str, secure: bool) -> String {
    let cookie = Cookie::build((name(secure), token.to_owned()))
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .path("/");
    // Sixty days: the lifetime of an unused session.
    let seconds = if token.is_empty() { 0 } else { 60 * 24 * 60 * 60 };
    format!("{}; Max-Age={seconds}", cookie.build())
}

/// The header by which a write names its member.
pub(super) const BUDGET_MEMBER: HeaderName = HeaderName::from_static("budget-member");

/// The member whom a write names.
fn named_member(request: &Request) -> Option<HeaderValue> {
    let named = request.headers().get(BUDGET_MEMBER);
    named.filter(|_| !request.method().is_safe()).cloned()
}

/// The signed-in person as the member whom a write names, one of the account's own. What sends it may show another
/// household of the account than the session is in by now, and another account may have signed in since.
async fn acting(web: &Web, actor: Actor, named: HeaderValue) -> Result<Actor, AppError> {
    let member = named.to_str().ok().and_then(|named| named.trim().parse().ok());
    let member = member.ok_or_else(|| AppError::field("Budget-Member", Reason::NotAnId))?;
    web.ledger.acting_as(actor, member).await
}

/// The cookie that names the session in which the person has signed out while the server could not be reached. Set by
/// `public/signing-out.js` and `frontend/shell/offline.js`. A later session of the browser has another name.
const LEFT: &str = "signed-out";

/// Whether the browser is to have its session ended.
#[must_use]
pub fn is_left(cookies: &CookieJar) -> bool {
    cookies.get(LEFT).is_some()
}

/// The person behind the cookies. Ends the session first in which the person has signed out.
///
/// # Errors
/// Nobody is signed in, or the database does not answer.
pub async fn caller(ledger: &Ledger, cookies: &CookieJar, secure: bool) -> Result<Actor, AppError> {
    let actor = ledger.actor(token(cookies, secure).ok_or(AppError::NotSignedIn)?).await?;
    if cookies.get(LEFT).is_some_and(|left| left.value() == actor.session.to_string()) {
        return match ledger.log_out(actor).await {
            // Another request may have ended it just before.
            Ok(()) | Err(AppError::NotFound) => Err(AppError::NotSignedIn),
            Err(error) => Err(error),
        };
    }
    Ok(actor)
}

/// Identifies the caller, passes the request on, and renders a refusal in the caller's language.
pub async fn identify(State(web): State<Web>, request: Request, next: Next) -> Response {
    let cookies = CookieJar::from_headers(request.headers());
    let actor = caller(&web.ledger, &cookies, web.access.secure(request.headers())).await;
    introduce(&web, &cookies, actor, request, next).await
}

/// The same for a socket, which identifies the caller itself, together with where its stream begins.
pub async fn unidentified(State(web): State<Web>, request: Request, next: Next) -> Response {
    let cookies = CookieJar::from_headers(request.headers());
    introduce(&web, &cookies, Err(AppError::NotSignedIn), request, next).await
}

async fn introduce(
    web: &Web,
    cookies: &CookieJar,
    actor: Result<Actor, AppError>,
    mut request: Request,
    next: Next,
) -> Response {
    let language =
        actor.as_ref().map_or_else(|_| language_of(cookies, request.headers()), |actor| actor.language);
    let member = actor.as_ref().ok().map(|actor| actor.member);
    let actor = match (actor, named_member(&request)) {
        (Ok(actor), Some(named)) => acting(web, actor, named).await,
        (actor, _) => actor,
    };
    let theme = theme_of(cookies);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let address = peer.map(|peer| web.access.client(peer, request.headers()).to_string());
    let device = Device {
        name: header_text(request.headers(), header::USER_AGENT).unwrap_or_default().to_owned(),
        address: address.unwrap_or_default(),
        language,
    };
    let reached_at = request.extensions().get::<ReachedAt>().map(|reached| reached.0);
    let base_url = web.access.base_url(request.headers(), reached_at);
    let secure = web.access.secure(request.headers());
    // The cookie lives as long as the session, and every visit prolongs both.
    let asks = [Method::GET, Method::HEAD].contains(request.method());
    let renewed = token(cookies, secure)
        .filter(|_| actor.is_ok() && asks && accepts_pages(request.headers()))
        .and_then(|token| HeaderValue::from_str(&cookie(&token, secure)).ok());
    let audience = Audience {
        language,
        instance: request.uri().path().to_owned(),
        frame: wants_page(&request).then(|| web.frame(language, theme, member)),
    };
    request.extensions_mut().insert(Identity { actor, language, theme, device, base_url, secure });
    let mut response = problem::render(next.run(request).await, &audience);
    if let Some(cookie) = renewed {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The language for a caller who is not signed in: the one chosen on a page, or the browser's preference.
#[must_use]
pub fn language_of(cookies: &CookieJar, headers: &HeaderMap) -> Language {
    let chosen = cookies.get("language").and_then(|cookie| cookie.value().parse().ok());
    chosen
        .or_else(|| header_text(headers, header::ACCEPT_LANGUAGE).and_then(Language::preferred))
        .unwrap_or_default()
}

/// The theme chosen in this browser.
#[must_use]
pub fn theme_of(cookies: &CookieJar) -> Theme {
    cookies.get("theme").and_then(|cookie| cookie.value().parse().ok()).unwrap_or_default()
}

fn accepts_pages(headers: &HeaderMap) -> bool {
    header_text(headers, header::ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
