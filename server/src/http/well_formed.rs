//! Rules for every request and every response.
//!
//! They concern no single route: the headers that name a request's destination, how long a request may take,
//! and where a response may redirect to.

use super::{
    Web, encoded,
    html::wants_page,
    problem::{self, Audience, Refused},
    session,
};
use crate::security::{PublicUrl, agrees, host};
use app::error::AppError;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;

/// A browser remembers for a year that this address is reached over TLS only.
const HSTS: &str = "max-age=31536000";

/// Refuses a request whose host, origin or member is ambiguous, since an intermediary may interpret it differently than
/// this program, and a call whose query is not text. The pages do not store what is in their addresses.
pub async fn well_formed(State(web): State<Web>, request: Request, next: Next) -> Response {
    let is_repeated = |name: &HeaderName| request.headers().get_all(name).iter().nth(1).is_some();
    let is_ambiguous = [header::ORIGIN, session::BUDGET_MEMBER].iter().any(is_repeated);
    let query = request.uri().query().filter(|_| request.uri().path().starts_with("/api/"));
    let error = if !is_addressed(&request) || is_ambiguous {
        AppError::MalformedHeaders
    } else if query.is_some_and(|query| !encoded::is_text(query.as_bytes())) {
        AppError::Malformed
    } else {
        return next.run(request).await;
    };
    refused(error, &audience(&web, &request))
}

/// Whether a request names one host. A target with a host of its own (`GET http://budget.example/`) overrides
/// `Host` (RFC 9112, 3.2.2), which the handlers read; so the two must be equal.
fn is_addressed(request: &Request) -> bool {
    let headers = request.headers();
    match headers.get_all(header::HOST).iter().count() {
        0 => request.version() < Version::HTTP_11 && request.uri().authority().is_none(),
        1 => host(headers).is_some_and(|host| agrees(request.uri(), &host)),
        _ => false,
    }
}

/// Limits the time of a request, including identifying the caller: whoever asked has gone, or would wait for
/// ever. A commit that has begun is completed.
pub async fn in_time(State(web): State<Web>, request: Request, next: Next) -> Response {
    let audience = audience(&web, &request);
    match tokio::time::timeout(web.limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a request was not answered in time and is given up");
            refused(AppError::Unavailable, &audience)
        }
    }
}

/// Who reads a refusal before the caller is identified.
fn audience(web: &Web, request: &Request) -> Audience {
    let cookies = CookieJar::from_headers(request.headers());
    let language = session::language_of(&cookies, request.headers());
    let frame = wants_page(request).then(|| web.frame(language, session::theme_of(&cookies), None));
    Audience { language, instance: request.uri().path().to_owned(), frame }
}

fn refused(error: AppError, audience: &Audience) -> Response {
    problem::render(Refused(error).into_response(), audience)
}

/// Sets the headers of every response, and removes redirects to other sites.
pub async fn harden(State(web): State<Web>, request: Request, next: Next) -> Response<Body> {
    let secure = web.access.secure(request.headers());
    let path = request.uri().path();
    let of_the_api = path == "/api/v1" || path.starts_with("/api/v1/");
    // Its name stays the same from build to build.
    let is_script_of_a_page = path.ends_with(".js") && !path.starts_with("/pkg/");
    let asked = request.headers().get(header::HOST).cloned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
    if of_the_api {
        // A response of the API carries a household's figures.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    if is_script_of_a_page {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    }
    let ours = &web.access.public_urls;
    if headers.get(header::LOCATION).is_some_and(|location| !stays_here(location, asked.as_ref(), ours)) {
        headers.insert(header::LOCATION, HeaderValue::from_static("/"));
    }
    response
}

/// Whether a browser that follows this location stays at the host that it requested, or at one of the public
/// URLs, which a proxy may have replaced. Browsers treat a backslash as a slash and ignore tabs, so
/// `/\evil.example` is another host.
fn stays_here(location: &HeaderValue, host: Option<&HeaderValue>, ours: &[PublicUrl]) -> bool {
    let Ok(location) = location.to_str() else { return false };
    let location: String = location.chars().filter(|c| !c.is_ascii_control()).collect();
    if let Some(path) = location.trim_start().strip_prefix('/') {
        return !path.starts_with(['/', '\\']);
    }
    // The library redirects the post of a plain form to the absolute address of its page.
    let rest = location.strip_prefix("http://").or_else(|| location.strip_prefix("https://"));
    let authority = rest.and_then(|rest| rest.split(['/', '\\', '?', '#']).next());
    let scheme = if location.starts_with("https://") { "https" } else { "http" };
    let origin = authority.map(|authority| format!("{scheme}://{}", authority.to_lowercase()));
    if origin.is_some_and(|origin| ours.iter().any(|url| url.origin == origin)) {
        return true;
    }
    let host = host.and_then(|host| host.to_str().ok());
    authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
}

/// The method as a metrics label: callers can invent methods, and a label is kept for ever.
#[must_use]
pub fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_location_at_the_same_host_stays_here() {
        let host = HeaderValue::from_static("budget.example:3000");
        for (location, stays) in [
            ("/", true),
            ("/plan", true),
            ("/settings?saved=you#you-title", true),
            ("http://budget.example:3000/?__err=x", true),
            ("https://Budget.Example:3000", true),
            (" /plan", true),
            (r"https://budget.example:3000\plan", true),
            ("//evil.example", false),
            (r"/\evil.example", false),
            (r"\\evil.example", false),
            (r"\/evil.example", false),
            ("/\t/evil.example", false),
            ("/\t\\evil.example", false),
            (" //evil.example", false),
            ("https://evil.example/budget.example:3000", false),
            (r"https://evil.example\@budget.example:3000", false),
            ("https://budget.example:3000@evil.example/", false),
            ("https://budget.example:3000.evil.example/", false),
            ("javascript:alert(1)", false),
            ("evil.example", false),
            ("", false),
        ] {
            let value = HeaderValue::from_bytes(location.as_bytes()).expect("a header");
            assert_eq!(stays_here(&value, Some(&host), &[]), stays, "{location:?}");
        }
        assert!(!stays_here(&HeaderValue::from_static("http:///x"), None, &[]), "nobody's host is not ours");
    }

    #[test]
    fn a_location_at_a_public_url_stays_here_whatever_host_a_proxy_asked() {
        let host = HeaderValue::from_static("10.0.0.7:3000");
        let ours = ["https://budget.example".parse().expect("a URL")];
        for (location, stays) in [
            ("https://budget.example/plan?__err=x", true),
            ("https://Budget.Example", true),
            ("http://budget.example/plan", false),
            ("https://budget.example:444/plan", false),
            ("https://budget.example.evil.example/", false),
            ("https://budget.example@evil.example/", false),
        ] {
            assert_eq!(
                stays_here(&HeaderValue::from_static(location), Some(&host), &ours),
                stays,
                "{location}"
            );
        }
    }

    #[test]
    fn invented_methods_share_one_label() {
        let invented = |name: &[u8]| method_label(&Method::from_bytes(name).expect("a method"));
        assert_eq!((invented(b"BREW"), invented(b"PROPFIND"), invented(b"get")), ("other", "other", "other"));
        assert_eq!((invented(b"GET"), invented(b"DELETE")), ("GET", "DELETE"));
    }
}
