//! Summary, snapshot, events, health.

use crate::{
    harness::{PASSWORD, TestServer, email},
    on_both_engines,
};
use reqwest::Method;
use serde_json::json;

on_both_engines! {
    async fn every_answer_to_a_member_carries_a_position(server: TestServer) {
        let anna = server.founder("Anna").await;
        let fact = anna.buys("-1").await;
        let path = format!("/facts/{}", fact.id());
        let epoch = fact.header("budget-epoch").to_owned();
        let login = anna.post("/auth/login", json!({ "email": anna.email, "password": PASSWORD })).await.is(200);
        let mut replies = vec![login, anna.post("/facts", json!({})).await.is(422), anna.get("/facts/x").await.is(404),
            anna.get("/nowhere").await.is(404), anna.put("/invites", json!({})).await.is(405),
            anna.call(Method::PATCH, &path, &[("if-match", "9")], Some("{}".into())).await.is(412)];
        for read in ["/auth/me", "/auth/sessions", "/household", "/members", "/invites", "/facts", &path, "/articles",
            "/financial-centers", "/summary", "/snapshot", "/events"] {
            replies.push(anna.get(read).await.is(200));
        }
        replies.push(anna.post("/invites", json!({})).await.is(201));
        for reply in replies {
            assert_eq!((reply.seq(), reply.header("budget-epoch")), (fact.seq(), epoch.as_str()), "{}", reply.body);
        }
        let founded = server.stranger().post("/auth/register", json!({ "name": "B", "email": email("b"), "password": PASSWORD, "household": "B" })).await;
        assert_eq!(founded.is(201).seq(), 1);
        assert_eq!(server.stranger().get("/facts").await.problem(401, "not_signed_in").header("budget-seq"), "", "a stranger learns nothing");
    }

    async fn the_summary_counts_per_currency_and_leaves_transfers_out(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (expense, income, transfer) = (anna.article("expense").await, anna.article("income").await, anna.article("transfer").await);
        let child = anna.post("/articles", json!({ "name": "Below", "kind": "expense", "parent_id": expense })).await.is(201).id();
        let yen = anna.post("/financial-centers", json!({ "name": "Yen", "currency": "JPY" })).await.is(201).id();
        let card = anna.center().await;
        for (article, center, amount, date) in [
            (&expense, &card, "-10.00", "2026-11-01"),
            (&child, &card, "-5.50", "2026-11-30"),
            (&expense, &card, "2.00", "2026-11-15"),
            (&income, &card, "100", "2026-11-02"),
            (&transfer, &card, "-50", "2026-11-03"),
            (&expense, &yen, "-700", "2026-11-04"),
            (&expense, &card, "-99", "2026-10-31"),
            (&expense, &card, "-99", "2026-12-01"),
        ] {
            let body = json!({ "amount": amount, "article_id": article, "financial_center_id": center, "date": date });
            anna.post("/facts", body).await.is(201);
        }
        let summary = anna.get("/summary?month=2026-11").await.is(200).body;
        assert_eq!(summary["totals"], json!([
            { "currency": "EUR", "income": "100.00", "spent": "13.50" },
            { "currency": "JPY", "income": "0", "spent": "700" },
        ]));
        let of = |article: &str, currency: &str| {
            let rows = summary["articles"].as_array().unwrap().iter();
            rows.filter(|row| row["article_id"] == article && row["currency"] == currency).map(|row| row["fact"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(of(&expense, "EUR"), ["-13.50"], "own and below");
        assert_eq!(of(&child, "EUR"), ["-5.50"]);
        let balances: Vec<_> = summary["financial_centers"].as_array().unwrap().iter().map(|row| row["balance"].clone()).collect();
        assert!(balances.contains(&json!("-161.50")) && balances.contains(&json!("-700")), "{balances:?}");
        anna.get("/summary?month=2026-13").await.refuses("month", "not_a_date");
    }

    async fn the_snapshot_and_the_log_agree(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let fact = ben.buys("-1.25").await;
        let snapshot = anna.get("/snapshot").await.is(200);
        assert_eq!(snapshot.body["seq"], fact.seq());
        assert_eq!(snapshot.seq(), fact.seq());
        assert_eq!(snapshot.body["facts"], json!([fact.body]));
        assert_eq!(snapshot.body["me"], anna.id);
        assert_eq!(snapshot.body["members"].as_array().map(Vec::len), Some(2));
        let month = &snapshot.body["month"]["articles"][0];
        assert_eq!((month["sum"].as_str(), month["currency"].as_str()), (Some("-1.25"), Some("EUR")));
        let events = anna.get("/events").await.is(200);
        let items = events.body["items"].as_array().cloned().unwrap();
        let numbers: Vec<_> = items.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
        assert_eq!(numbers, [1, 2, 3]);
        assert_eq!(items[2]["changes"][0]["event"], "budget_fact_created");
        assert_eq!(items[2]["changes"][0]["data"], fact.body);
        assert_eq!(items[2]["member_id"], ben.id);
        let epoch = events.header("budget-epoch").to_owned();
        let rest = anna.get(&format!("/events?since=2&epoch={epoch}&limit=1")).await.is(200);
        assert_eq!(rest.body["items"], json!([items[2]]));
        anna.get("/events?since=4").await.problem(410, "gone");
        anna.get(&format!("/events?since=1&epoch={}", uuid::Uuid::new_v4())).await.problem(410, "gone");
        anna.get("/events?since=-1").await.refuses("since", "out_of_range");
    }
}

#[tokio::test]
async fn health_and_documentation_are_served() {
    let server = TestServer::usual().await;
    assert_eq!(reqwest::get(server.url("/healthz")).await.expect("an answer").status(), 200);
    assert_eq!(reqwest::get(server.url("/readyz")).await.expect("an answer").status(), 200);
    let document = server.stranger().get("/openapi.json").await.is(200).body;
    for path in [
        "/api/v1/facts",
        "/api/v1/facts/{id}/restore",
        "/api/v1/auth/register",
        "/api/v1/budget/ws",
        "/api/v1/snapshot",
    ] {
        assert!(document["paths"][path].is_object(), "{path} is described");
    }
    assert_eq!(document["info"]["title"], "Family Budget");
    assert_eq!(
        serde_json::to_value(server::router::document()).expect("JSON"),
        document,
        "the command prints the same"
    );
    let page = reqwest::get(server.url("/api/docs/")).await.expect("an answer");
    assert_eq!(page.status(), 200);
}

#[tokio::test]
async fn the_document_lists_required_fields() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let document = server.stranger().get("/openapi.json").await.is(200).body;
    let mut compared = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let Some(post) = operations.get("post").filter(|post| post["requestBody"].is_object()) else {
            continue;
        };
        let schema = &post["requestBody"]["content"]["application/json"]["schema"];
        let name =
            schema["$ref"].as_str().and_then(|place| place.rsplit('/').next()).expect("a schema by name");
        let required =
            document["components"]["schemas"][name]["required"].as_array().cloned().unwrap_or_default();
        let nobody = uuid::Uuid::new_v4().to_string();
        let path = path.strip_prefix("/api/v1").expect("below the API").replace("{id}", &nobody);
        let reply = anna.post(&path, json!({})).await;
        if reply.status != 422 {
            continue;
        }
        let refused = reply.body["errors"].as_array().expect("refusals").iter();
        let missing: Vec<_> = refused.map(|error| &error["field"]).collect();
        // More may be missing: whether some fields are required depends on others.
        for field in &required {
            assert!(missing.contains(&field), "{path} takes a {name} without {field}: {}", reply.body);
        }
        compared += 1;
    }
    assert!(compared >= 10, "only {compared} bodies were compared");
}

#[tokio::test]
async fn a_page_is_rendered_with_its_rows_and_a_stranger_is_redirected_to_sign_in() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let mut body = anna.purchase("-1234.50").await;
    body["comment"] = json!("<script>alert(1)</script>");
    anna.post("/facts", body).await.is(201);
    let page =
        anna.client.get(server.url("/")).header("cookie", &anna.cookie).send().await.expect("an answer");
    let policy = page.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(
        policy.contains("default-src 'self'")
            && policy.contains("'nonce-")
            && !policy.contains("unsafe-inline"),
        "{policy}"
    );
    assert_eq!(page.headers()["cache-control"], "no-store");
    let html = page.text().await.expect("text");
    assert!(html.contains("\u{2212}1\u{202f}234.50"), "the row is in the page");
    assert!(!html.contains("<script>alert"), "what people type is text");
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let answer = client.get(server.url("/")).header("accept", "text/html").send().await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().ok()),
        (303, Some("/sign-in"))
    );
    let missing = client.get(server.url("/nowhere")).send().await.expect("an answer");
    assert_eq!(missing.status(), 404);
}

on_both_engines! {
    async fn facts_are_found_by_a_tag_page_by_page(server: TestServer) {
        let anna = server.founder("Anna").await;
        let eve = server.founder("Eve").await;
        let note = async |who: &crate::harness::Member, comment: String| {
            let mut body = who.purchase("-1").await;
            body["comment"] = json!(comment);
            who.post("/facts", body).await.is(201).id()
        };
        let mut tagged = Vec::new();
        for n in 0..7 {
            tagged.push(note(&anna, format!("petrol {n} #Trip_ё")).await);
            for other in ["#trip_её", "#tripxе", "trip_е", "a#trip_е"] {
                note(&anna, other.to_owned()).await;
            }
        }
        note(&eve, "#trip_е".to_owned()).await;
        tagged.reverse();
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = anna.get(&format!("/facts?tag=trip_%D0%B5&limit=3{cursor}")).await.is(200).body;
            let rows = page["items"].as_array().expect("facts").iter();
            found.extend(rows.map(|row| row["id"].as_str().expect("an id").to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(found, tagged);
        assert_eq!(anna.get("/facts?tag=%23nothing").await.is(200).body["items"], json!([]));
        anna.get("/facts?tag=two%20words").await.refuses("tag", "unknown_word");
    }

    async fn a_balance_has_a_history_that_ends_with_the_balance(server: TestServer) {
        let anna = server.founder("Anna").await;
        let eve = server.founder("Eve").await;
        let jar = json!({ "name": "Jar", "opening_balance": "100" });
        let jar = anna.post("/financial-centers", jar).await.is(201).id();
        let expense = anna.article("expense").await;
        for (date, amount) in [("2025-12-31", "-10"), ("2026-02-01", "-5.50"), ("2026-02-28", "1"), ("2026-04-01", "-3")] {
            let body = json!({ "amount": amount, "article_id": expense, "financial_center_id": jar, "date": date });
            anna.post("/facts", body).await.is(201);
        }
        let gone = json!({ "amount": "-99", "article_id": expense, "financial_center_id": jar, "date": "2026-01-05" });
        let gone = anna.post("/facts", gone).await.is(201).id();
        anna.delete(&format!("/facts/{gone}")).await.is(204);
        let path = format!("/financial-centers/{jar}/history");
        let rows = anna.get(&format!("{path}?from=2025-12&to=2026-04")).await.is(200).body;
        let row = |month: &str, balance: &str| json!({ "month": month, "balance": balance });
        assert_eq!(rows["items"], json!([
            row("2025-12", "90.00"), row("2026-01", "90.00"),
            row("2026-02", "85.50"), row("2026-03", "85.50"), row("2026-04", "82.50"),
        ]));
        let last = anna.get(&path).await.is(200).body;
        let last = last["items"].as_array().expect("months").last().cloned();
        assert_eq!(last.expect("this month")["balance"], "82.50");
        anna.get(&format!("{path}?from=2026-05&to=2026-04")).await.refuses("from", "out_of_range");
        anna.get(&format!("{path}?from=1900-01&to=2026-04")).await.refuses("from", "out_of_range");
        eve.get(&path).await.problem(404, "not_found");
    }
}
