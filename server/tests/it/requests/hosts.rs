//! Which host a request names, and which hosts answers name.

use super::{answer, status};
use crate::harness::{Member, PASSWORD, TestServer, cookie_of, email};
use serde_json::json;

#[tokio::test]
async fn a_request_with_an_ambiguous_destination_is_refused() {
    let server = TestServer::usual().await;
    let host = server.addr.to_string();
    for path in ["/api/v1/facts", "/sign-in", "/healthz", "/pkg/x.css", "/api/v1/budget/ws", "/nowhere"] {
        for (name, headers) in [
            ("no Host", String::new()),
            ("two Hosts", format!("host: {host}\r\nhost: {host}\r\n")),
            ("two different Hosts", format!("host: {host}\r\nhost: evil.example\r\n")),
            ("an empty Host", "host: \r\n".into()),
            ("a Host with a user", format!("host: user@{host}\r\n")),
            ("a Host with a path", format!("host: {host}/x\r\n")),
            ("two names in one Host", format!("host: {host}, evil.example\r\n")),
            ("a port that is none", "host: localhost:99999\r\n".into()),
            (
                "two Origins",
                format!("host: {host}\r\norigin: http://{host}\r\norigin: http://evil.example\r\n"),
            ),
            (
                "the same Origin twice",
                format!("host: {host}\r\norigin: http://{host}\r\norigin: http://{host}\r\n"),
            ),
        ] {
            let request = format!("GET {path} HTTP/1.1\r\nconnection: close\r\n{headers}\r\n");
            let answer = answer(&server, &request).await;
            assert_eq!(status(&answer), "400", "{path} with {name}: {answer}");
            assert!(answer.contains("\"code\":\"malformed_headers\""), "{path} with {name}: {answer}");
        }
    }
    for (target, expected) in [
        (format!("http://{host}/healthz"), "200"),
        ("http://evil.example/healthz".to_owned(), "400"),
        (format!("http://user@{host}/healthz"), "400"),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        assert_eq!(status(&answer(&server, &request).await), expected, "{target}");
    }
    let right =
        answer(&server, &format!("GET /healthz HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")).await;
    assert_eq!(status(&right), "200");
    assert_eq!(
        status(&answer(&server, "GET /healthz HTTP/1.0\r\n\r\n").await),
        "200",
        "HTTP/1.0 has no Host"
    );
}

#[tokio::test]
async fn no_answer_leads_to_another_site() {
    let server = TestServer::usual().await;
    let host = server.addr.to_string();
    for path in [
        r"/\evil.example/",
        r"/\/evil.example/",
        r"//evil.example/",
        r"///evil.example/",
        r"/\\evil.example/",
        "/%5cevil.example/",
        "/%2fevil.example/",
    ] {
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\nconnection: close\r\n\r\n");
        let answer = answer(&server, &request).await;
        leads_nowhere_else(&answer, path);
    }
    for referer in [
        r"http://x/\evil.example",
        "http://x//evil.example",
        "http://evil.example/x",
        "https://evil.example",
        r"http://x\evil.example/y",
    ] {
        for path in ["/language", "/api/ui/record_fact"] {
            let body = "language=en";
            let request = format!(
                "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\nreferer: {referer}\r\naccept: text/html\r\nconnection: close\r\n\
                 content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let answer = answer(&server, &request).await;
            leads_nowhere_else(&answer, &format!("{path} from {referer}"));
        }
    }
}

#[track_caller]
fn leads_nowhere_else(answer: &str, from: &str) {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    let location =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("location: ").map(str::to_owned));
    if let Some(location) = location {
        let path = location.strip_prefix('/').unwrap_or_else(|| panic!("{from} leads to {location}"));
        assert!(!path.starts_with(['/', '\\']), "{from} leads to {location}");
    }
}

#[tokio::test]
async fn an_invitation_never_names_a_foreign_host() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let own = format!("http://{}/join/", server.addr);
    for host in [
        "evil.example",
        "evil.example:3000",
        "localhost.evil.example",
        "198.51.100.7",
        "2130706433",
        // Hosts of some home network that are not known to be this machine.
        "192.168.1.66:3000",
        "10.0.0.99",
        "[fd00::66]",
        "evil",
        "printer.local",
    ] {
        for path in ["/api/v1/invites", "/api/ui/invite"] {
            let request = format!(
                "POST {path} HTTP/1.1\r\nhost: {host}\r\ncookie: {}\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}",
                anna.cookie
            );
            let answer = answer(&server, &request).await;
            assert!(answer.contains(&own) && !answer.contains(host), "{path} of {host}: {answer}");
        }
    }
    let url = anna.post("/invites", json!({})).await.is(201).body["url"].clone();
    assert!(url.as_str().is_some_and(|url| url.starts_with(&own)), "{url}");
}

#[tokio::test]
async fn a_target_with_another_host_than_its_header_is_refused() {
    let server = TestServer::usual().await;
    let (addr, port) = (server.addr.to_string(), server.addr.port());
    let named = |text: &str| text.replace("{addr}", &addr).replace("{port}", &port.to_string());
    for (target, host, expected) in [
        ("http://{addr}/healthz", "{addr}", "200"),
        ("HTTP://{addr}/healthz", "{addr}", "200"),
        ("http://LOCALHOST:{port}/healthz", "localhost:{port}", "200"),
        ("http://localhost/healthz", "localhost:80", "200"),
        ("http://localhost:80/healthz", "localhost", "200"),
        ("https://localhost:443/healthz", "localhost", "200"),
        ("http://evil.example/healthz", "{addr}", "400"),
        ("http://{addr}/healthz", "evil.example", "400"),
        ("http://{addr}.evil.example/healthz", "{addr}", "400"),
        ("http://evil.example:{port}/healthz", "{addr}", "400"),
        ("http://localhost:{port}/healthz", "{addr}", "400"),
        ("http://localhost:1/healthz", "localhost:{port}", "400"),
        ("http://localhost:443/healthz", "localhost", "400"),
        ("http://user@{addr}/healthz", "{addr}", "400"),
        ("http://user:password@{addr}/healthz", "{addr}", "400"),
        ("http://{addr}@evil.example/healthz", "{addr}", "400"),
    ] {
        let (target, host) = (named(target), named(host));
        let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let answer = answer(&server, &request).await;
        assert_eq!(status(&answer), expected, "{target} of {host}: {answer}");
    }
    let old = format!("GET http://{addr}/healthz HTTP/1.0\r\n\r\n");
    assert_eq!(status(&answer(&server, &old).await), "400", "nothing else reads a target's host");
}

#[tokio::test]
async fn each_public_url_has_its_own_cookie_and_https_is_remembered() {
    let urls = ["http://nas.lan:3000", "https://budget.example"];
    let server =
        TestServer::with(|config| config.public_urls = urls.map(|url| url.parse().expect("a URL")).to_vec())
            .await;
    for (host, secure) in [("budget.example", true), ("nas.lan:3000", false), ("inner:8080", true)] {
        let form = json!({ "name": "A", "email": email("a"), "password": PASSWORD, "household": "A" });
        let headers = [("host", host)];
        let reply = server
            .stranger()
            .call(reqwest::Method::POST, "/auth/register", &headers, Some(form.to_string()))
            .await
            .is(201);
        let cookie = reply.header("set-cookie").to_owned();
        assert_eq!(
            (cookie.starts_with("__Host-session="), cookie.contains("Secure")),
            (secure, secure),
            "{host}: {cookie}"
        );
        let anna = Member { cookie: cookie_of(&reply), ..server.stranger() };
        let me = anna.call(reqwest::Method::GET, "/auth/me", &headers, None).await.is(200);
        assert_eq!(me.headers.contains_key("strict-transport-security"), secure, "{host}");
        // A cookie that was set over TLS is not accepted without TLS, nor the other way round.
        let other = if secure { "nas.lan:3000" } else { "budget.example" };
        anna.call(reqwest::Method::GET, "/auth/me", &[("host", other)], None)
            .await
            .problem(401, "not_signed_in");
    }
}
