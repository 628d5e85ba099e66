//! The network of an address: what one customer of a provider has. Every limit per address counts by it.

use std::net::{IpAddr, Ipv6Addr};

/// Returns an IPv4 address itself, and the first 64 bits of an IPv6 address, since one customer usually has
/// all addresses with that prefix.
#[must_use]
pub fn of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        IpAddr::V4(address) => address.into(),
    }
}

/// The network of an address as text; the database keeps hashes of it. A text that is not an address is
/// returned as it is.
#[must_use]
pub fn name(address: &str) -> String {
    match address.parse().map(of) {
        Ok(network @ IpAddr::V6(_)) => format!("{network}/64"),
        Ok(network) => network.to_string(),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_network_is_an_address_of_ipv4_or_64_bits_of_ipv6() {
        for (address, expected) in [
            ("203.0.113.9", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("::1", "::/64"),
            ("", ""),
        ] {
            assert_eq!(name(address), expected, "{address}");
        }
    }
}
