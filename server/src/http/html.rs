//! Pages that the server draws whole, among them refusals for people.

use super::Web;
use app::{
    domain::{Language, MemberId, Theme},
    plain::PageFrame,
};
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

impl Web {
    /// What every page needs.
    #[must_use]
    pub fn frame(&self, language: Language, theme: Theme, member: Option<MemberId>) -> PageFrame {
        PageFrame { language, theme, options: self.options.clone(), member, has_worker: self.keeps_files }
    }
}

/// A page with its content security policy: it may load our own files only, and runs no program but the small
/// scripts among them.
pub fn page(status: StatusCode, html: String) -> Response {
    let mut page = (status, html).into_response();
    page.headers_mut().extend(headers());
    page
}

/// The headers of a page.
pub(super) fn headers() -> HeaderMap {
    const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
                          form-action 'self'; frame-ancestors 'none'";
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        // Most carry names of a household. The one without data, /offline, is kept by the service worker alone, with the
        // build that it belongs to.
        (header::CACHE_CONTROL, "no-store"),
    ];
    headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

/// Whether a refusal of a request is read by a person, in a browser that shows what it gets: it asks for a page, or
/// posts a plain form. The API is for programs.
#[must_use]
pub fn wants_page(request: &Request) -> bool {
    let path = request.uri().path();
    if path == "/api/v1" || path.starts_with("/api/v1/") {
        return false;
    }
    let text = |name| {
        let value = request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        value.unwrap_or_default().to_ascii_lowercase()
    };
    let (accept, kind) = (text(header::ACCEPT), text(header::CONTENT_TYPE));
    let of_a_form = ["application/x-www-form-urlencoded", "multipart/form-data"]
        .iter()
        .any(|form| kind.starts_with(form));
    accept.contains("text/html") || of_a_form && !path.starts_with("/api/") && !accept.contains("json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn a_browser_that_shows_what_it_gets_wants_a_page_and_a_program_does_not() {
        const FORM: &str = "application/x-www-form-urlencoded";
        for (path, accept, kind, page) in [
            ("/sign-in", "text/html,application/xhtml+xml,*/*;q=0.8", FORM, true),
            ("/sign-in", "*/*", FORM, true),
            ("/sign-in", "*/*", "multipart/form-data; boundary=x", true),
            ("/sign-in", "application/json", FORM, false),
            ("/sign-in", "*/*", "", false),
            ("/plan", "text/html", "", true),
            ("/api/ui/record_fact", "text/html", FORM, true),
            ("/api/ui/record_fact", "*/*", FORM, false),
            ("/api/ui/record_fact", "application/json", "application/json", false),
            ("/api/v1/facts", "text/html", "", false),
            ("/api/v1", "text/html", "", false),
        ] {
            let request = Request::builder().uri(path).header("accept", accept).header("content-type", kind);
            let request = request.body(Body::empty()).expect("a request");
            assert_eq!(wants_page(&request), page, "{path} {accept} {kind}");
        }
    }
}
