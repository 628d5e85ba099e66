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
    let access =
        Access { public_urls: vec!["https://budget.example".parse().expect("a URL")], ..Access::default() };
    assert!(access.secure(&headers("budget.example", None)));
    assert!(access.allows_socket(&headers("inner:3000", Some("https://budget.example")), true));
    assert!(!access.allows_socket(&headers("inner:3000", Some("http://inner:3000")), true));
    assert!(!access.allows_socket(&headers("budget.example", Some("http://budget.example")), true));
    for bad in [
        "budget.example",
        "ftp://x",
        "https://x/path",
        "https://x?y",
        "https://u@x",
        "https://x:",
        "https://x:99999",
        "https://:443",
        "",
    ] {
        assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
    }
}

#[test]
fn a_public_url_with_the_default_port_equals_the_origin_that_browsers_send() {
    for (url, origin) in [
        ("https://budget.example:443", "https://budget.example"),
        ("http://Budget.example:80/", "http://budget.example"),
        ("https://budget.example:80", "https://budget.example:80"),
        ("http://[::1]:80", "http://[::1]"),
    ] {
        let access = Access { public_urls: vec![url.parse().expect("a URL")], ..Access::default() };
        assert!(access.is_ours(origin, &HeaderMap::new()), "{url}");
        assert_eq!(access.base_url(&HeaderMap::new(), None), origin);
    }
}

#[test]
fn each_public_url_decides_whether_its_cookies_are_secure() {
    let urls =
        ["http://nas.lan:3000", "https://budget.example", "http://both.example", "https://both.example"];
    let access =
        Access { public_urls: urls.map(|url| url.parse().expect("a URL")).to_vec(), ..Access::default() };
    for (host, secure, base) in [
        ("nas.lan:3000", false, "http://nas.lan:3000"),
        ("budget.example", true, "https://budget.example"),
        ("BUDGET.example:443", true, "https://budget.example"),
        ("both.example", true, "https://both.example"),
        // A proxy has changed the host: cookies are `Secure` all the same.
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
fn without_a_public_url_a_link_names_only_addresses_and_names_of_this_machine() {
    let access = Access { machine: Machine::called("NAS\n"), ..Access::default() };
    let here = Some("192.168.1.5:3000".parse().expect("an address"));
    let reached = "http://192.168.1.5:3000";
    for (host, base) in [
        // Hosts that members of a household open.
        ("192.168.1.5:3000", reached),
        ("192.168.1.5", "http://192.168.1.5"),
        ("192.168.1.5:8080", "http://192.168.1.5:8080"),
        ("[::ffff:192.168.1.5]:3000", "http://[::ffff:192.168.1.5]:3000"),
        ("nas:3000", "http://nas:3000"),
        ("NAS.local:3000", "http://nas.local:3000"),
        ("nas.lan", "http://nas.lan"),
        ("nas.home.arpa", "http://nas.home.arpa"),
        ("localhost:3000", "http://localhost:3000"),
        ("budget.localhost", "http://budget.localhost"),
        ("127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("[::1]:3000", "http://[::1]:3000"),
        // Addresses and names of a home network that are not this machine's.
        ("192.168.1.6:3000", reached),
        ("10.0.0.1", reached),
        ("172.17.0.2", reached),
        ("169.254.169.254", reached),
        ("[fd00::1]", reached),
        ("[fe80::1]", reached),
        ("0.0.0.0:3000", reached),
        ("[::]:3000", reached),
        ("evil", reached),
        ("printer.local", reached),
        ("nas2", reached),
        ("nas-2.local", reached),
        ("evil.nas", reached),
        ("evil.nas.local", reached),
        ("nas.local.", reached),
        // Public names.
        ("evil.example:3000", reached),
        ("nas.evil.example", reached),
        ("nas.local.evil.example", reached),
        ("nas.fritz.box", reached),
        ("localhost.evil.example", reached),
        ("192.168.1.5.evil.example", reached),
        ("127.0.0.1.evil.example", reached),
        ("198.51.100.7", reached),
        ("[2001:db8::1]", reached),
        // Addresses in other notations, and texts that are no host.
        ("2130706433", reached),
        ("0x7f000001", reached),
        ("0x7f.1", reached),
        ("127.1", reached),
        ("192.168.1.05", reached),
        ("user@nas", reached),
        ("nas:", reached),
        ("nas:99999", reached),
        ("nas/x", reached),
        ("nas\\x", reached),
        ("nas#x", reached),
        ("nas?x", reached),
        ("nas,evil", reached),
        ("nas'x", reached),
        ("na%73", reached),
        ("a b", reached),
        ("<script>", reached),
        (".", reached),
        ("..local", reached),
        (".local", reached),
        ("[nas]", reached),
        ("", reached),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a header"));
        assert_eq!(access.base_url(&headers, here), base, "{host}");
    }
}

#[test]
fn a_target_with_another_host_than_the_host_header_does_not_agree() {
    let host = named("budget.example:80").expect("a host");
    for (target, agrees_with_it) in [
        ("/plan", true),
        ("*", true),
        ("http://budget.example/plan", true),
        ("http://BUDGET.example:80/plan", true),
        ("https://budget.example:80/", true),
        ("https://budget.example/", false),
        ("http://budget.example:8080/", false),
        ("http://evil.example/plan", false),
        ("http://budget.example@evil.example/", false),
        ("http://me@budget.example/", false),
        ("evil.example:80", false),
    ] {
        assert_eq!(agrees(&target.parse().expect("a target"), &host), agrees_with_it, "{target}");
    }
}

#[test]
fn only_a_trusted_proxy_determines_the_client_address() {
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
    // The client's own entry may not be text; the proxy's entry behind it counts all the same.
    let mut headers = HeaderMap::new();
    let value = header::HeaderValue::from_bytes(b"\xff, 198.51.100.1").expect("a header");
    headers.insert("x-forwarded-for", value);
    headers.append("x-forwarded-for", "10.2.3.4".parse().expect("a header"));
    let client = access.client("10.0.0.1".parse().expect("an address"), &headers);
    assert_eq!(client.to_string(), "198.51.100.1");
    for bad in ["", "10.0.0.0/33", "proxy.example", "10.0.0"] {
        assert!(bad.parse::<Proxy>().is_err(), "{bad}");
    }
}
