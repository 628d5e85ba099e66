//! Which pages may speak for a signed-in person.

use axum::http::{HeaderMap, Uri, header};
use http::uri::Authority;

/// An address that the program is reached at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// `https://budget.example`, without a path.
    pub origin: String,
    /// Reached over TLS.
    pub secure: bool,
}

/// The text is not a public URL.
#[derive(Debug, thiserror::Error)]
#[error("a public URL is http:// or https:// with a host and no path, for example https://budget.example")]
pub struct NotAPublicUrl;

impl std::str::FromStr for PublicUrl {
    type Err = NotAPublicUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let uri: Uri = text.parse().map_err(|_| NotAPublicUrl)?;
        let (scheme, authority) = (uri.scheme_str(), uri.authority());
        match (scheme, authority) {
            (Some(scheme @ ("http" | "https")), Some(authority))
                if uri.path() == "/" && uri.query().is_none() && !authority.as_str().contains('@') =>
            {
                let origin = format!("{scheme}://{}", authority.as_str().to_lowercase());
                Ok(Self { origin, secure: scheme == "https" })
            }
            _ => Err(NotAPublicUrl),
        }
    }
}

/// Where the program is reached. Without configured URLs an origin is ours when its host and port equal
/// the request's `Host`, so that `localhost`, 127.0.0.1 and an address of the home network all work.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Configured; exactly these are ours.
    pub public_urls: Vec<PublicUrl>,
}

impl Access {
    /// Whether cookies travel over TLS only.
    #[must_use]
    pub fn secure(&self) -> bool {
        !self.public_urls.is_empty() && self.public_urls.iter().all(|url| url.secure)
    }

    /// The address that this request reached us at.
    #[must_use]
    pub fn base_url(&self, headers: &HeaderMap) -> String {
        let host = text(headers, header::HOST.as_str()).unwrap_or_default().to_lowercase();
        let configured = self.public_urls.iter().find(|url| url.origin.ends_with(&format!("//{host}")));
        match configured.or_else(|| self.public_urls.first()) {
            Some(url) => url.origin.clone(),
            // The host came from the request: only what can stand in an authority goes on.
            None => host.parse::<Authority>().map_or_else(|_| String::new(), |host| format!("http://{host}")),
        }
    }

    /// Whether a page of this origin is ours.
    #[must_use]
    pub fn is_ours(&self, origin: &str, headers: &HeaderMap) -> bool {
        if !self.public_urls.is_empty() {
            return self.public_urls.iter().any(|url| url.origin == origin.to_lowercase());
        }
        let host = text(headers, header::HOST.as_str()).unwrap_or_default();
        let from = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        !host.is_empty() && from.is_some_and(|from| from.eq_ignore_ascii_case(host))
    }

    /// Whether a socket may be opened: a browser always names the page's origin, and a cookie without
    /// one comes from something that pretends to be a browser.
    #[must_use]
    pub fn allows_socket(&self, headers: &HeaderMap, has_cookie: bool) -> bool {
        match text(headers, header::ORIGIN.as_str()) {
            Some(origin) => self.is_ours(origin, headers),
            None => !has_cookie && !headers.contains_key(header::ORIGIN),
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(host: &str, origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("a header"));
        }
        headers
    }

    #[test]
    fn without_configuration_the_host_of_the_request_is_ours() {
        let access = Access::default();
        for (host, origin, ours) in [
            ("localhost:3000", "http://localhost:3000", true),
            ("192.168.1.5:3000", "http://192.168.1.5:3000", true),
            ("localhost:3000", "http://127.0.0.1:3000", false),
            ("localhost:3000", "http://localhost:3001", false),
            ("localhost:3000", "http://evil.example", false),
            ("localhost:3000", "null", false),
        ] {
            assert_eq!(access.allows_socket(&headers(host, Some(origin)), true), ours, "{host} {origin}");
        }
        assert!(!access.allows_socket(&headers("localhost", None), true), "a cookie without an origin");
        assert!(access.allows_socket(&headers("localhost", None), false), "a program without a cookie");
    }

    #[test]
    fn configured_urls_are_exactly_ours() {
        let access = Access { public_urls: vec!["https://budget.example".parse().expect("a URL")] };
        assert!(access.secure());
        assert!(access.allows_socket(&headers("inner:3000", Some("https://budget.example")), true));
        assert!(!access.allows_socket(&headers("inner:3000", Some("http://inner:3000")), true));
        assert!(!access.allows_socket(&headers("budget.example", Some("http://budget.example")), true));
        for bad in ["budget.example", "ftp://x", "https://x/path", "https://u@x", ""] {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }
}
