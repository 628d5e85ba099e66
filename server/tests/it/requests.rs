//! Rules for every request: headers, bodies, time limits; and a request that fails alone.

mod hosts;

use crate::harness::{PATIENCE, TestServer, Visitor};
use serde_json::{Value, json};
use sqlx::{Connection, Executor};
use sqlx_postgres::PgConnection;
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
async fn a_path_that_is_not_text_is_answered_with_a_page() {
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
