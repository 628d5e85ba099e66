//! Bad input is refused clearly and changes nothing.

use crate::{harness::TestServer, on_both_engines};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

on_both_engines! {
    async fn a_fact_with_anything_wrong_is_refused_and_nothing_changes(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.founder("Ben").await;
        let good = anna.purchase("-1").await;
        let path = format!("/facts/{}", anna.buys("-1").await.id());
        let before = (anna.head().await, anna.get("/snapshot").await.body);
        let long = "9".repeat(400);
        let foreign = ben.article("expense").await;
        let foreign_center = ben.center().await;
        let missing = Uuid::new_v4().to_string();
        for (field, value, code) in [
            ("amount", json!("0"), "zero"),
            ("amount", json!("1.234"), "too_many_digits"),
            ("amount", json!("1e9"), "not_a_number"),
            ("amount", json!("12 50"), "ambiguous"),
            ("amount", json!("-1\u{a0}2345"), "ambiguous"),
            ("amount", json!(long), "too_large"),
            ("amount", json!(""), "required"),
            ("amount", Value::Null, "required"),
            ("amount", json!(true), "wrong_type"),
            ("amount", json!([1]), "wrong_type"),
            ("article_id", json!(foreign), "not_found"),
            ("article_id", json!(missing), "not_found"),
            ("article_id", json!("groceries"), "not_an_id"),
            ("financial_center_id", json!(foreign_center), "not_found"),
            ("date", json!("2026-02-30"), "not_a_date"),
            ("date", json!("20 November"), "not_a_date"),
            ("comment", json!("a\u{0}b"), "control_character"),
            ("comment", json!("x".repeat(501)), "too_long"),
            ("colour", json!("red"), "unknown_field"),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            anna.post("/facts", body).await.refuses(field, code);
            let mut change = json!({});
            change[field] = value;
            anna.patch(&path, change).await.refuses(field, code);
        }
        for (text, code) in [("1e9", "not_a_number"), ("1.234", "too_many_digits"), (long.as_str(), "too_large"), ("0.0", "zero")] {
            let body = good.to_string().replace("\"-1\"", text);
            anna.call(Method::POST, "/facts", &[], Some(body)).await.refuses("amount", code);
        }
        anna.post("/facts", json!({})).await.refuses("amount", "required").refuses("article_id", "required");
        anna.put(&path, json!({ "amount": "-1" })).await.refuses("article_id", "required").refuses("date", "required");
        assert_eq!((anna.head().await, anna.get("/snapshot").await.body), before);
    }
}

#[tokio::test]
async fn an_amount_written_as_a_number_is_parsed_from_its_text() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let body = anna.purchase("AMOUNT").await.to_string().replace("\"AMOUNT\"", "-99999999999.99");
    let fact = anna.call(Method::POST, "/facts", &[], Some(body)).await.is(201);
    assert_eq!(fact.body["amount"], "-99999999999.99", "a float would have rounded it");
}

#[tokio::test]
async fn a_body_that_cannot_be_parsed_is_refused() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let head = anna.head().await;
    for body in ["", "{", "[]", "null", "{\"amount\": \"1\",}", "{\"a\": 1} x"] {
        anna.call(Method::POST, "/facts", &[], Some(body.to_owned())).await.problem(400, "malformed");
    }
    let url = server.url("/api/v1/facts");
    let send = |kind: &'static str, body: Vec<u8>| {
        let request = anna.client.post(&url).header("cookie", &anna.cookie).header("content-type", kind);
        async move { request.body(body).send().await.expect("an answer") }
    };
    let invalid = send("application/json", b"{\"comment\":\"\xff\xfe\"}".to_vec()).await;
    assert_eq!(invalid.status(), 400);
    assert_eq!(invalid.headers()["content-type"], "application/problem+json");
    assert_eq!(send("application/json", vec![b' '; 5 * 1024 * 1024]).await.status(), 413);
    assert_eq!(send("text/plain", b"{}".to_vec()).await.status(), 415);
    assert_eq!(send("application/x-www-form-urlencoded", b"amount=1".to_vec()).await.status(), 415);
    anna.call(Method::POST, "/facts", &[("idempotency-key", "not a uuid")], Some("{}".into()))
        .await
        .refuses("Idempotency-Key", "not_an_id");
    anna.call(Method::POST, "/nowhere", &[], Some("{}".into())).await.problem(404, "not_found");
    for path in ["", "/", "/nowhere", "/nowhere/", "/facts/", "/budget", "/auth"] {
        for method in [Method::GET, Method::POST] {
            // Also if a browser shows the answer.
            let page = [("accept", "text/html")];
            let missing = anna.call(method, path, &page, None).await.problem(404, "not_found");
            assert_eq!(missing.header("cache-control"), "no-store", "{path}");
        }
    }
    anna.call(Method::PUT, "/facts", &[], Some("{}".into())).await.problem(405, "method_not_allowed");
    anna.get("/facts/not-an-id").await.problem(404, "not_found");
    for query in ["limit=0", "limit=501", "from=yesterday", "article_id=x", "cursor=x"] {
        anna.get(&format!("/facts?{query}")).await.problem(422, "invalid");
    }
    assert_eq!(anna.head().await, head);
}

on_both_engines! {
    async fn a_field_that_stands_twice_in_an_object_is_refused_and_nothing_changes(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (article, center) = (anna.article("expense").await, anna.center().await);
        let before = (anna.head().await, anna.get("/snapshot").await.body);
        let fact = format!(r#"{{"amount":"-1","amount":"-2","article_id":"{article}","financial_center_id":"{center}"}}"#);
        let post = async |path: &str, body: &str| anna.call(Method::POST, path, &[], Some(body.to_owned())).await;
        post("/facts", &fact).await.refuses("amount", "duplicate");
        post("/auth/password", r#"{"old":"a","new":"b","old":"c"}"#).await.refuses("old", "duplicate");
        let part = format!(r#"{{"article_id":"{article}","amount":"-1"}}"#);
        let twice = format!(r#"{{"article_id":"{article}","amount":"-1","amount":"-1"}}"#);
        post("/splits", &format!(r#"{{"financial_center_id":"{center}","parts":[{part},{twice}]}}"#)).await
            .refuses("parts.1.amount", "duplicate");
        // The calls of the browser are never written by hand.
        let form = format!(r#"{{"command":{{"command":"record_fact","with":{fact}}},"terms":{{}}}}"#);
        let call = anna.client.post(server.url("/api/ui/write")).header("cookie", &anna.cookie).header("content-type", "application/json");
        assert_eq!(call.header("accept", "application/json").body(form).send().await.expect("an answer").status(), 400);
        assert_eq!((anna.head().await, anna.get("/snapshot").await.body), before);
    }

    async fn a_query_that_is_not_text_is_refused(server: TestServer) {
        let anna = server.founder("Anna").await;
        for query in ["/facts?tag=%ff", "/facts?tag=a%FFb", "/summary?month=%C0%80", "/facts?%ff=1", "/events?since=%ED%A0%80"] {
            anna.get(query).await.problem(400, "malformed");
        }
        anna.get("/facts?tag=%D1%91").await.is(200);
    }
}

#[tokio::test]
async fn a_malformed_socket_request_is_refused_like_any_other() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let own = format!("http://{}", server.addr);
    let ask = async |query: &str| {
        anna.call(Method::GET, &format!("/budget/ws{query}"), &[("origin", &own)], None).await
    };
    ask("").await.problem(400, "malformed");
    ask("?since=many").await.refuses("since", "not_a_number");
    ask("?since=-1").await.refuses("since", "out_of_range");
}

#[tokio::test]
async fn server_functions_have_the_same_limits() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let head = anna.head().await;
    let call = async |kind: &'static str, body: Vec<u8>| {
        let request = anna.client.post(server.url("/api/ui/record_fact")).header("cookie", &anna.cookie);
        let request = request.header("content-type", kind).header("accept", "application/json");
        request.body(body).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(call("application/json", vec![b' '; 5 * 1024 * 1024]).await, 413);
    assert_eq!(call("application/json", b"{\"form\":".to_vec()).await, 400);
    assert_eq!(call("application/json", b"{\"form\":{\"comment\":\"\xff\"}}".to_vec()).await, 400);
    assert_eq!(call("application/json", b"{\"form\":{\"amount\":\"0\"}}".to_vec()).await, 422);
    assert_eq!(call("application/x-www-form-urlencoded", b"form[amount]=0".to_vec()).await, 422);
    assert_eq!(call("text/plain", b"x".to_vec()).await, 400);
    assert_eq!(anna.head().await, head);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_write() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let body = anna.purchase("-1").await.to_string();
    for (name, value) in
        [("origin", "http://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")]
    {
        anna.call(Method::POST, "/facts", &[(name, value)], Some(body.clone()))
            .await
            .problem(403, "foreign_origin");
    }
    let own = format!("http://{}", server.addr);
    anna.call(Method::POST, "/facts", &[("origin", &own), ("sec-fetch-site", "same-origin")], Some(body))
        .await
        .is(201);
}

#[tokio::test]
async fn with_configured_public_urls_only_their_pages_can_write() {
    let server =
        TestServer::with(|config| config.public_urls = vec!["http://budget.example".parse().expect("a URL")])
            .await;
    let anna = server.founder("Anna").await;
    let body = anna.purchase("-1").await.to_string();
    let own = format!("http://{}", server.addr);
    for headers in [vec![("origin", own.as_str())], vec![("origin", &own), ("sec-fetch-site", "same-origin")]]
    {
        anna.call(Method::POST, "/facts", &headers, Some(body.clone())).await.problem(403, "foreign_origin");
    }
    anna.call(Method::POST, "/facts", &[("origin", "http://budget.example")], Some(body)).await.is(201);
}

#[tokio::test]
async fn a_page_prolongs_the_cookie_of_its_session() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let page = async |cookie: &str| {
        let request = anna.client.get(server.url("/")).header("accept", "text/html").header("cookie", cookie);
        let answer = request.send().await.expect("a page");
        answer.headers().get("set-cookie").map(|value| value.to_str().expect("text").to_owned())
    };
    let renewed = page(&anna.cookie).await.expect("a cookie");
    assert!(renewed.starts_with(&anna.cookie) && renewed.contains("Max-Age=5184000"), "{renewed}");
    assert_eq!(page("session=nonsense").await, None);
}

#[tokio::test]
async fn a_refusal_is_in_the_language_of_the_request() {
    let server = TestServer::usual().await;
    let stranger = server.stranger();
    let russian = [("accept-language", "ru-RU,ru;q=0.9,en;q=0.8")];
    let reply = stranger.call(Method::GET, "/facts", &russian, None).await.problem(401, "not_signed_in");
    assert_eq!(reply.body["detail"], "Вход не выполнен. Войдите и повторите.");
    assert_eq!(stranger.get("/facts").await.body["detail"], "You are not signed in. Sign in and try again.");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_no_larger_than_its_request() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let center = anna.center().await;
    let list = |count: usize, row: &str| format!("[{}]", vec![row; count].join(","));
    let split = |parts: String| format!(r#"{{"financial_center_id":"{center}","parts":{parts}}}"#);
    let plans = |items: String| format!(r#"{{"items":{items}}}"#);
    let ui = |parts: String| {
        let form = format!(r#"{{"split":{{"financial_center_id":"{center}","parts":{parts}}}}}"#);
        format!(r#"{{"command":{{"command":"record_group","with":{form}}},"terms":{{}}}}"#)
    };
    let names: Vec<String> = (0..5000).map(|n| format!(r#""{n}":0"#)).collect();
    let broken = r#"{"id":"x","article_id":"x","amount":"x","a":1,"b":2,"c":3,"d":4}"#;
    for (method, path, body, first, most) in [
        (Method::POST, "/api/v1/splits", split(list(20_000, "{}")), Some(("parts", "out_of_range")), 1),
        (Method::POST, "/api/v1/splits", split(list(51, "{}")), Some(("parts", "out_of_range")), 1),
        (Method::POST, "/api/v1/splits", split(list(50, broken)), Some(("parts.0.a", "unknown_field")), 100),
        (Method::PUT, "/api/v1/plans", plans(list(20_000, "{}")), Some(("items", "out_of_range")), 1),
        (Method::PUT, "/api/v1/plans", plans(list(501, "{}")), Some(("items", "out_of_range")), 1),
        (
            Method::PUT,
            "/api/v1/plans",
            plans(list(500, r#"{"a":1}"#)),
            Some(("items.0.a", "unknown_field")),
            100,
        ),
        (
            Method::POST,
            "/api/v1/facts",
            format!("{{{}}}", names.join(",")),
            Some(("0", "unknown_field")),
            100,
        ),
        // Server functions have another format.
        (Method::POST, "/api/ui/write", ui(list(20_000, "{}")), None, 1),
    ] {
        let request = anna.client.request(method, server.url(path)).header("cookie", &anna.cookie);
        let request = request.header("content-type", "application/json").header("accept", "application/json");
        let answer = request.body(body.clone()).send().await.expect("an answer");
        assert_eq!(answer.status(), 422, "{path} {}", &body[..60]);
        let text = answer.text().await.expect("text");
        assert!(text.len() < 20_000, "{path}: {} bytes for {}", text.len(), body.len());
        let problem: Value = serde_json::from_str(&text).expect("JSON");
        if let Some((field, code)) = first {
            let errors = problem["errors"].as_array().expect("refused fields");
            assert!(errors.len() <= most, "{path}: {} of them", errors.len());
            assert_eq!((&errors[0]["field"], &errors[0]["code"]), (&json!(field), &json!(code)), "{path}");
        }
    }
}
