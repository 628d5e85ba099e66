//! Rules for every request: headers, bodies, time limits; and a request that fails alone.

use crate::harness::{Member, PASSWORD, PATIENCE, TestServer, Visitor, cookie_of, email};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Sends raw bytes and reads until the other side closes, or the response is complete.
async fn answer(server: &TestServer, request: &str) -> String {
    let mut stream = TcpStream::connect(server.addr).await.expect("the server is there");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(PATIENCE, read).await.expect("it ends").expect("it is read");
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

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
async fn a_body_with_malformed_chunks_is_refused_as_unreadable() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let head = format!(
        "host: {0}\r\ncookie: {1}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n",
        server.addr, anna.cookie
    );
    for path in ["/api/v1/facts", "/api/ui/record_fact", "/sign-in"] {
        for body in [
            "zz\r\n{}\r\n0\r\n\r\n",
            "2\r\n{}}}\r\n0\r\n\r\n",
            "fffffffffffffffff\r\n{}\r\n",
            "-1\r\n{}\r\n0\r\n\r\n",
        ] {
            let answer = answer(&server, &format!("POST {path} HTTP/1.1\r\n{head}{body}")).await;
            assert_eq!(status(&answer), "400", "{path} {body:?}: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_sends_too_much_can_read_the_refusal() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let size = 8 * 1024 * 1024;
    for (path, announced) in [
        ("/api/v1/facts", true),
        ("/api/v1/facts", false),
        ("/api/ui/record_fact", true),
        ("/sign-in", false),
    ] {
        // Sends everything before reading anything, as many programs do.
        let mut stream = TcpStream::connect(server.addr).await.expect("the server is there");
        let length =
            if announced { format!("content-length: {size}") } else { "transfer-encoding: chunked".into() };
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\ncontent-type: application/json\r\n{length}\r\n\r\n",
            server.addr, anna.cookie
        );
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        if !announced {
            stream.write_all(format!("{size:x}\r\n").as_bytes()).await.expect("it is sent");
        }
        let part = vec![b' '; 64 * 1024];
        for _ in 0..size / part.len() {
            stream.write_all(&part).await.expect("the connection is not cut while it sends");
        }
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("the answer is not thrown away");
        let answer = String::from_utf8_lossy(&answer);
        assert_eq!(status(&answer), "413", "{path}: {answer}");
        assert!(path == "/sign-in" || answer.contains("payload_too_large"), "{path}: {answer}");
    }
    anna.buys("-1").await;
}

#[tokio::test]
async fn a_path_that_is_no_text_has_a_page_that_says_so() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let mut visitor = Visitor::of(&server);
    for path in ["/demo/%ff", "/demo/%ff/%ff", "/join/%ff", "/password/%ff"] {
        let page = visitor.open(path).await.is(404);
        assert!(
            page.html.contains("<!DOCTYPE html>") && page.html.contains("There is nothing here"),
            "{}",
            page.html
        );
    }
    let mut signed_in = Visitor::signed_in(&server, &anna);
    for path in ["/demo/%ff/%ff", "/join/%ff", "/settings/%ff"] {
        let page = signed_in.post(path, &[]).await.is(404);
        assert!(page.html.contains("There is nothing here"), "{path}: {}", page.html);
    }
    for path in ["/facts/%ff", "/articles/%ff", "/transfers/%ff"] {
        anna.get(path).await.problem(404, "not_found");
    }
    anna.put("/plans/%ff/%ff", json!({ "amount": "1" })).await.problem(404, "not_found");
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
async fn responses_of_the_api_are_not_cached() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let stranger = server.stranger();
    for reply in [
        anna.get("/snapshot").await.is(200),
        anna.get("/nowhere").await.is(404),
        anna.post("/facts", json!({})).await.is(422),
        anna.post("/auth/logout", json!({})).await.is(204),
        stranger.get("/facts").await.is(401),
        stranger.get("/openapi.json").await.is(200),
    ] {
        assert_eq!(reply.header("cache-control"), "no-store");
    }
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

#[cfg(feature = "trial")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_ends_its_request_alone() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let mut socket = anna.socket("").await;
    socket.frame().await;
    for place in ["handler", "task", "thread"] {
        let panics = || anna.client.get(server.url(&format!("/trial/panic/{place}"))).send();
        let (one, written, other) = tokio::join!(panics(), anna.buys("-1"), panics());
        for failed in [one.expect("an answer"), other.expect("an answer")] {
            assert_eq!(failed.status(), 500, "{place}");
            let problem: Value = serde_json::from_str(&failed.text().await.expect("text")).expect("JSON");
            assert_eq!(problem["code"], "internal", "{place}");
        }
        let app::wire::Frame::Commit(commit) = socket.frame().await else { panic!("a change") };
        assert_eq!(commit.seq, written.seq(), "the socket goes on");
    }
}

#[cfg(feature = "trial")]
#[tokio::test]
async fn a_request_that_is_not_answered_in_time_is_cancelled() {
    let server = TestServer::with(|config| config.pace.request = Duration::from_millis(100)).await;
    let answer = tokio::time::timeout(crate::harness::PATIENCE, reqwest::get(server.url("/trial/stall")));
    let answer = answer.await.expect("it is given up").expect("an answer");
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "1");
    let problem: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
    assert_eq!(problem["code"], "unavailable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identifying_the_caller_counts_towards_the_time_limit() {
    let server = TestServer::postgres().await;
    let anna = server.founder("Anna").await;
    let server = server
        .restarted_with(|config| {
            config.pace.request = Duration::from_millis(500);
            config.store.statement_timeout = Duration::from_secs(600);
        })
        .await;
    let mut other = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
    other.execute("begin; lock table sessions in access exclusive mode").await.expect("nobody reads them");
    for path in ["/api/v1/facts", "/api/v1/nowhere", "/", "/sign-in", "/nowhere.css"] {
        let request = anna.client.get(server.url(path)).header("cookie", &anna.cookie);
        let answering = request.header("accept-language", "ru").send();
        let answer =
            tokio::time::timeout(PATIENCE, answering).await.expect("it is given up").expect("an answer");
        assert_eq!(answer.status(), 503, "{path}");
        assert_eq!(answer.headers()["retry-after"], "1", "{path}");
        let problem: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
        assert_eq!((&problem["code"], &problem["instance"]), (&json!("unavailable"), &json!(path)));
        let detail = problem["detail"].as_str().expect("words");
        assert!(detail.contains('е'), "in the language of who asks: {detail}");
    }
    other.execute("rollback").await.expect("it is free");
    anna.get("/facts").await.is(200);
}
