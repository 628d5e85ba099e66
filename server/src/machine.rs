//! The host name of the machine that the program runs on.

use std::net::IpAddr;

/// The machine's names.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// The host name in lower case; `None` if the system does not report one.
    name: Option<String>,
}

impl Machine {
    /// Domains of a local network, in which a router or the machine itself announces names. The last three
    /// are reserved for that (RFC 6762, RFC 8375, and by ICANN); nobody can register a name in the others.
    const LOCAL: [&str; 5] = ["lan", "localdomain", "local", "home.arpa", "internal"];

    /// The machine that this runs on.
    #[must_use]
    pub fn this() -> Self {
        std::fs::read_to_string("/proc/sys/kernel/hostname")
            .map_or_else(|_| Self::default(), |name| Self::called(&name))
    }

    /// A machine of this name.
    #[must_use]
    pub fn called(name: &str) -> Self {
        let name = name.trim().to_lowercase();
        let is_a_name =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        Self { name: Some(name).filter(|_| is_a_name) }
    }

    /// Whether a host, without its port, can only be this machine: loopback, the address that the request
    /// arrived at, or this machine's name, alone or in a domain of the local network.
    #[must_use]
    pub fn is_named_by(&self, host: &str, here: Option<IpAddr>) -> bool {
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = address.parse::<IpAddr>() {
            let address = address.to_canonical();
            return address.is_loopback() || Some(address) == here;
        }
        let host = host.to_lowercase();
        if host == "localhost" || host.ends_with(".localhost") {
            return true;
        }
        let Some(own) = self.name.as_deref() else { return false };
        let first = own.split('.').next().unwrap_or(own);
        // Browsers parse `2130706433` and `0x7f.1` as addresses.
        let is_number =
            host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit()));
        !is_number
            && (host == own
                || host.strip_prefix(first).is_some_and(|rest| {
                    rest.is_empty()
                        || rest.strip_prefix('.').is_some_and(|domain| Self::LOCAL.contains(&domain))
                }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_name_comes_from_the_system() {
        let known = |name: &str, host: &str| Machine::called(name).is_named_by(host, None);
        assert!(known("nas.example.org", "nas.example.org") && known("nas.example.org", "nas.local"));
        assert!(!known("nas.example.org", "www.example.org") && !known("nas.example.org", "nas.example.com"));
        for name in ["", " ", "a b", "nas/x", "nas:80", "<x>"] {
            assert!(!known(name, name) && !known(name, "evil") && !known(name, ".local"), "{name:?}");
        }
        assert!(!known("10", "10") && !known("0x7f", "0x7f"), "a browser reads an address");
        assert!(!Machine::default().is_named_by("nas", None));
    }
}
