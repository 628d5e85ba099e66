//! Which origins may act for a signed-in person.

use crate::machine::Machine;
use axum::http::{HeaderMap, Uri, header};
use http::uri::Authority;
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

/// An address under which the program is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// `https://budget.example`, without a path and without the default port, as a browser writes it.
    pub origin: String,
    /// Whether the scheme is https.
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
        let authority = uri.authority().and_then(|authority| named(authority.as_str()));
        match (uri.scheme_str(), authority) {
            (Some(scheme @ ("http" | "https")), Some(authority))
                if uri.path() == "/" && uri.query().is_none() =>
            {
                let (authority, secure) = (authority.as_str().to_lowercase(), scheme == "https");
                let origin = format!("{scheme}://{}", without_usual_port(&authority, secure));
                Ok(Self { origin, secure })
            }
            _ => Err(NotAPublicUrl),
        }
    }
}

/// A proxy, or a network of proxies, whose `X-Forwarded-For` is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proxy(IpNet);

/// The text is neither an address nor a network.
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

/// How the program is reached. Without configured URLs an origin is ours if its host and port equal the
/// request's `Host`, so that `localhost`, 127.0.0.1 and an address of the home network all work.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The configured URLs; if there are any, exactly these are ours.
    pub public_urls: Vec<PublicUrl>,
    /// The trusted proxies.
    pub proxies: Vec<Proxy>,
    /// The names of this machine.
    pub machine: Machine,
}

impl Access {
    /// The public URLs that this request may have been sent to: those with its host.
    fn asked_for<'a>(&'a self, headers: &HeaderMap) -> impl Iterator<Item = &'a PublicUrl> {
        let host = host(headers).map(|host| host.as_str().to_lowercase()).unwrap_or_default();
        self.public_urls.iter().filter(move |url| {
            let authority = url.origin.split_once("://").map_or("", |(_, authority)| authority);
            authority == without_usual_port(&host, url.secure)
        })
    }

    /// Whether the browser of this request reaches us over TLS, so that its cookies must be `Secure`. If a
    /// proxy has changed the host, this is assumed as soon as one public URL is https.
    #[must_use]
    pub fn secure(&self, headers: &HeaderMap) -> bool {
        let mut asked_for = self.asked_for(headers).peekable();
        if asked_for.peek().is_some() {
            return asked_for.any(|url| url.secure);
        }
        self.public_urls.iter().any(|url| url.secure)
    }

    /// The base of links to this program that other people will open: a public URL if there is one.
    ///
    /// Otherwise the request's `Host`, but only if this machine knows that it is meant: an invitation is a
    /// key to a household, and whoever answers at the host in the link could use it. A stranger cannot choose
    /// the `Host` of somebody else's request, except by a name of their own that resolves to this machine for
    /// a while (DNS rebinding). So neither a name nor an address is trusted because it looks like one of a
    /// home network. Known are the address that the request arrived at, this machine's own name, and
    /// loopback. For any other host the link names the address that the request arrived at: whoever opened
    /// `http://nas.local:3000` on a machine not called `nas` gets `http://192.168.1.5:3000`, which works as
    /// well. Behind a proxy, or in a container, people cannot reach that address, and only a public URL
    /// helps.
    #[must_use]
    pub fn base_url(&self, headers: &HeaderMap, reached_at: Option<SocketAddr>) -> String {
        let secure = self.secure(headers);
        let asked_for = self.asked_for(headers).find(|url| url.secure == secure);
        if let Some(url) = asked_for.or_else(|| self.public_urls.first()) {
            return url.origin.clone();
        }
        let reached_at = reached_at.map(|addr| SocketAddr::new(addr.ip().to_canonical(), addr.port()));
        let here = reached_at.map(|addr| addr.ip());
        if let Some(host) = host(headers).filter(|host| self.machine.is_named_by(host.host(), here)) {
            return format!("http://{}", host.as_str().to_lowercase());
        }
        reached_at.map_or_else(String::new, |addr| format!("http://{addr}"))
    }

    /// The address of the client. `X-Forwarded-For` is read from the last entry back to the first that no
    /// trusted proxy wrote; anybody can invent the entries before that.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let is_trusted = |address: &IpAddr| self.proxies.iter().any(|Proxy(net)| net.contains(address));
        let mut client = peer.to_canonical();
        // Entry by entry: an entry that a client invents, even one that is not text, hides none that a proxy
        // added.
        let lines = headers.get_all("x-forwarded-for").into_iter();
        let entries: Vec<&[u8]> =
            lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).collect();
        for entry in entries.into_iter().rev() {
            let entry = str::from_utf8(entry).unwrap_or_default().trim();
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

    /// Whether a socket may be opened. A browser always sends the page's origin; a cookie without one comes
    /// from something that pretends to be a browser.
    #[must_use]
    pub fn allows_socket(&self, headers: &HeaderMap, has_cookie: bool) -> bool {
        match text(headers, header::ORIGIN.as_str()) {
            Some(origin) => self.is_ours(origin, headers),
            None => !has_cookie && !headers.contains_key(header::ORIGIN),
        }
    }
}

/// The host and port of a request's `Host`, if it holds one authority and nothing else.
#[must_use]
pub fn host(headers: &HeaderMap) -> Option<Authority> {
    named(text(headers, header::HOST.as_str())?)
}

/// A host, with or without a port, and nothing else.
fn named(text: &str) -> Option<Authority> {
    let usual = |c: char| c.is_ascii_alphanumeric() || "-._~[]:".contains(c);
    let host: Authority = text.parse().ok().filter(|_| text.chars().all(usual))?;
    let port = text.strip_prefix(host.host())?;
    let port_is_right = port.is_empty() || host.port_u16().is_some();
    (port_is_right && !host.host().is_empty()).then_some(host)
}

/// Whether a request's target names the same host as its `Host`, or none: intermediaries go by the target.
#[must_use]
pub fn agrees(target: &Uri, host: &Authority) -> bool {
    target.authority().is_none_or(|named| {
        let secure = target.scheme_str() == Some("https");
        without_usual_port(named.as_str(), secure)
            .eq_ignore_ascii_case(without_usual_port(host.as_str(), secure))
    })
}

fn without_usual_port(authority: &str, secure: bool) -> &str {
    authority.strip_suffix(if secure { ":443" } else { ":80" }).unwrap_or(authority)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests;
