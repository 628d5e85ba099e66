//! Which pages may speak for a signed-in person.

use axum::http::{HeaderMap, Uri, header};
use http::uri::Authority;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

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

/// A proxy, or a network of proxies, whose word on where a request came from counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proxy(IpNet);

/// The text is no address and no network.
#[derive(Debug, thiserror::Error)]
#[error("a trusted proxy is an address or a network, for example 127.0.0.1 or 10.0.0.0/8")]
pub struct NotAProxy;

impl std::str::FromStr for Proxy {
    type Err = NotAProxy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let net = text.parse::<IpAddr>().map(IpNet::from).or_else(|_| text.parse());
        net.map(Self).map_err(|_| NotAProxy)
    }
}

/// Where the program is reached. Without configured URLs an origin is ours when its host and port equal
/// the request's `Host`, so that `localhost`, 127.0.0.1 and an address of the home network all work.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Configured; exactly these are ours.
    pub public_urls: Vec<PublicUrl>,
    /// Who may say where a request came from.
    pub proxies: Vec<Proxy>,
}

impl Access {
    /// The public URLs that this request may have been sent to: those of its host.
    fn asked_for<'a>(&'a self, headers: &HeaderMap) -> impl Iterator<Item = &'a PublicUrl> {
        let host = host(headers).map(|host| host.as_str().to_lowercase()).unwrap_or_default();
        self.public_urls.iter().filter(move |url| {
            let authority = url.origin.split_once("://").map_or("", |(_, authority)| authority);
            without_usual_port(authority, url.secure) == without_usual_port(&host, url.secure)
        })
    }

    /// Whether the browser of this request reaches us over TLS: then its cookies never travel without it.
    /// Where a proxy has changed the host it is assumed as soon as one public URL says so.
    #[must_use]
    pub fn secure(&self, headers: &HeaderMap) -> bool {
        let mut asked_for = self.asked_for(headers).peekable();
        if asked_for.peek().is_some() {
            return asked_for.any(|url| url.secure);
        }
        self.public_urls.iter().any(|url| url.secure)
    }

    /// The address for links to this program that others will open: a public URL where there is one. Else
    /// the request's `Host`, if it can be nobody else's; else the address that the request arrived at.
    #[must_use]
    pub fn base_url(&self, headers: &HeaderMap, reached_at: Option<SocketAddr>) -> String {
        let secure = self.secure(headers);
        let asked_for = self.asked_for(headers).find(|url| url.secure == secure);
        if let Some(url) = asked_for.or_else(|| self.public_urls.first()) {
            return url.origin.clone();
        }
        let here = reached_at.map(|addr| addr.ip().to_canonical());
        if let Some(host) = host(headers).filter(|host| is_nearby(host.host(), here)) {
            return format!("http://{}", host.as_str().to_lowercase());
        }
        reached_at.map_or_else(String::new, |addr| {
            format!("http://{}", SocketAddr::new(addr.ip().to_canonical(), addr.port()))
        })
    }

    /// Where a request came from. What a trusted proxy adds to `X-Forwarded-For` is believed, from the last
    /// entry back to the first that no trusted proxy wrote; what stands before that anybody can invent.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let is_trusted = |address: &IpAddr| self.proxies.iter().any(|Proxy(net)| net.contains(address));
        let mut client = peer.to_canonical();
        let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
        let entries: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        for entry in entries.into_iter().rev() {
            let address = entry.parse().or_else(|_| entry.parse().map(|socket: SocketAddr| socket.ip()));
            match address {
                Ok(address) if is_trusted(&client) => client = address.to_canonical(),
                _ => break,
            }
        }
        client
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

/// The host and port that a request names, if it names one and nothing else.
#[must_use]
pub fn host(headers: &HeaderMap) -> Option<Authority> {
    let text = text(headers, header::HOST.as_str())?;
    let named = |c: char| c.is_ascii_alphanumeric() || "-._~[]:".contains(c);
    let host: Authority = text.parse().ok().filter(|_| text.chars().all(named))?;
    let port = text.strip_prefix(host.host())?;
    let port_is_right = port.is_empty() || host.port_u16().is_some();
    (port_is_right && !host.host().is_empty()).then_some(host)
}

fn without_usual_port(authority: &str, secure: bool) -> &str {
    authority.strip_suffix(if secure { ":443" } else { ":80" }).unwrap_or(authority)
}

/// Whether a host can only be this machine or one of the same network: `localhost`, a name without a
/// domain or of a domain that is never sold, a private address, or the address that the request arrived at.
fn is_nearby(host: &str, here: Option<IpAddr>) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(address) if Some(address) == here => true,
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Err(_) => {
            let name = address.to_lowercase();
            // Browsers read `2130706433` and `0x7f.1` as addresses.
            let is_number =
                name.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
            let own = [".localhost", ".local", ".lan", ".home.arpa", ".internal"];
            !is_number && (!name.contains('.') || own.iter().any(|domain| name.ends_with(domain)))
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
        let access = Access {
            public_urls: vec!["https://budget.example".parse().expect("a URL")],
            ..Access::default()
        };
        assert!(access.secure(&headers("budget.example", None)));
        assert!(access.allows_socket(&headers("inner:3000", Some("https://budget.example")), true));
        assert!(!access.allows_socket(&headers("inner:3000", Some("http://inner:3000")), true));
        assert!(!access.allows_socket(&headers("budget.example", Some("http://budget.example")), true));
        for bad in ["budget.example", "ftp://x", "https://x/path", "https://u@x", ""] {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn each_public_url_decides_for_itself_whether_cookies_travel_over_tls_only() {
        let urls =
            ["http://nas.lan:3000", "https://budget.example", "https://both.example", "http://both.example"];
        let access =
            Access { public_urls: urls.map(|url| url.parse().expect("a URL")).to_vec(), ..Access::default() };
        for (host, secure, base) in [
            ("nas.lan:3000", false, "http://nas.lan:3000"),
            ("budget.example", true, "https://budget.example"),
            ("BUDGET.example:443", true, "https://budget.example"),
            ("both.example", true, "https://both.example"),
            // A proxy has changed the host: no cookie goes without TLS because of that.
            ("inner:3000", true, "http://nas.lan:3000"),
            ("evil.example", true, "http://nas.lan:3000"),
        ] {
            let headers = headers(host, None);
            assert_eq!(access.secure(&headers), secure, "{host}");
            assert_eq!(access.base_url(&headers, None), base, "{host}");
        }
        assert!(!Access::default().secure(&headers("localhost", None)));
    }

    #[test]
    fn without_a_public_url_a_link_names_a_host_that_is_ours_or_the_address_that_was_reached() {
        let access = Access::default();
        let here = Some("203.0.113.5:3000".parse().expect("an address"));
        let reached = "http://203.0.113.5:3000";
        for (host, base) in [
            ("localhost:3000", "http://localhost:3000"),
            ("127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("[::1]:3000", "http://[::1]:3000"),
            ("192.168.1.5", "http://192.168.1.5"),
            ("NAS:3000", "http://nas:3000"),
            ("nas.local", "http://nas.local"),
            ("203.0.113.5:8080", "http://203.0.113.5:8080"),
            ("evil.example", reached),
            ("evil.example:3000", reached),
            ("local", "http://local"),
            ("local.evil.example", reached),
            ("127.0.0.1.evil.example", reached),
            ("198.51.100.7", reached),
            ("2130706433", reached),
            ("0x7f000001", reached),
            ("[2001:db8::1]", reached),
            ("user@localhost", reached),
            ("localhost:", reached),
            ("localhost:99999", reached),
            ("localhost/x", reached),
            ("a b", reached),
            ("<script>", reached),
            ("", reached),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().expect("a header"));
            assert_eq!(access.base_url(&headers, here), base, "{host}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_says_where_a_request_came_from() {
        let proxies = ["10.0.0.0/8", "127.0.0.1", "fd00::/8"].map(|text| text.parse().expect("a proxy"));
        let access = Access { proxies: proxies.to_vec(), ..Access::default() };
        for (peer, forwarded, client) in [
            ("203.0.113.9", None, "203.0.113.9"),
            ("203.0.113.9", Some("198.51.100.1"), "203.0.113.9"),
            ("10.0.0.1", None, "10.0.0.1"),
            ("10.0.0.1", Some("198.51.100.1"), "198.51.100.1"),
            ("::ffff:10.0.0.1", Some("198.51.100.1:4711"), "198.51.100.1"),
            ("127.0.0.1", Some("1.1.1.1, 198.51.100.1, 10.2.3.4"), "198.51.100.1"),
            ("127.0.0.1", Some("1.1.1.1, nonsense, 10.2.3.4"), "10.2.3.4"),
            ("127.0.0.1", Some("10.9.9.9"), "10.9.9.9"),
            ("127.0.0.1", Some(""), "127.0.0.1"),
            ("fd00::1", Some("[2001:db8::1]:80"), "2001:db8::1"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(forwarded) = forwarded {
                headers.insert("x-forwarded-for", forwarded.parse().expect("a header"));
            }
            let expected: IpAddr = client.parse().expect("an address");
            assert_eq!(
                access.client(peer.parse().expect("an address"), &headers),
                expected,
                "{peer} {forwarded:?}"
            );
        }
        for bad in ["", "10.0.0.0/33", "proxy.example", "10.0.0"] {
            assert!(bad.parse::<Proxy>().is_err(), "{bad}");
        }
    }
}
