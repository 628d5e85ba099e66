//! The work of one request is bounded: ranges of months, numbers of rows, reads of the log.

use crate::{
    harness::{Member, PASSWORD, TestServer, email, free_port},
    on_both_engines,
};
use app::{
    domain::{Day, Month},
    wire::Frame,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// The household's current month, as the server sees it.
async fn this_month(member: &Member) -> Month {
    let today = member.get("/snapshot").await.is(200).body["today"].clone();
    serde_json::from_value::<Day>(today).expect("a day").month()
}

async fn grid(anna: &Member, from: &str, to: &str) -> (u16, Value) {
    let call =
        anna.client.post(format!("http://{}/api/ui/plan_grid", anna.addr)).header("cookie", &anna.cookie);
    let call = call.header("content-type", "application/json").header("accept", "application/json");
    let answer = call.body(json!({ "from": from, "to": to }).to_string()).send().await.expect("an answer");
    (answer.status().as_u16(), serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default())
}

async fn records(anna: &Member, center: &str, date: &str, amount: &str) {
    let article = anna.article("expense").await;
    let body =
        json!({ "amount": amount, "article_id": article, "financial_center_id": center, "date": date });
    anna.post("/facts", body).await.is(201);
}

/// The months of a history and the balances at their ends.
fn rows(reply: &Value) -> Vec<(Month, String)> {
    let row = |row: &Value| {
        let month = serde_json::from_value(row["month"].clone()).expect("a month");
        (month, row["balance"].as_str().unwrap_or_default().to_owned())
    };
    reply["items"].as_array().expect("months").iter().map(row).collect()
}

on_both_engines! {
    async fn ranges_end_with_the_calendar_and_wide_ones_are_refused(server: TestServer) {
        let anna = server.founder("Anna").await;
        let center = anna.center().await;
        let path = format!("/financial-centers/{center}/history");
        let last = rows(&anna.get(&format!("{path}?from=9999-10&to=9999-12")).await.is(200).body);
        assert_eq!(last.len(), 3);
        assert_eq!(rows(&anna.get(&format!("{path}?to=9999-12")).await.is(200).body).len(), 12);
        for query in ["from=1900-01&to=9999-12", "from=1900-01", "from=9999-12&to=1900-01"] {
            anna.get(&format!("{path}?{query}")).await.refuses("from", "out_of_range");
        }
        anna.get(&format!("{path}?from=1926-12&to=2026-11")).await.is(200);
        anna.get(&format!("{path}?from=1926-11&to=2026-11")).await.refuses("from", "out_of_range");
        let (status, body) = grid(&anna, "9999-10", "9999-12").await;
        assert_eq!((status, body["months"].as_array().map(Vec::len)), (200, Some(3)));
        assert_eq!(grid(&anna, "9999-12", "9999-12").await.1["months"].as_array().map(Vec::len), Some(1));
        for (from, to) in [("1900-01", "9999-12"), ("2026-01", "2028-01"), ("2026-02", "2026-01")] {
            assert_eq!(grid(&anna, from, to).await.0, 422, "{from} {to}");
        }
        anna.get("/plans?from=9999-01&to=9999-12").await.is(200);
        anna.get("/plans?from=1900-01&to=9999-12").await.refuses("to", "out_of_range");
        anna.get("/plans?from=2026-02&to=2026-01").await.refuses("to", "out_of_range");
        anna.get("/summary?month=9999-12").await.is(200);
        for query in ["from=1926-12-31&to=2026-11-01", "from=2026-11-05&to=2026-11-05", "from=1900-01-01", "to=9999-12-31"] {
            anna.get(&format!("/facts?{query}")).await.is(200);
        }
        for query in ["from=1900-01-01&to=9999-12-31", "from=1926-11-30&to=2026-11-01", "from=2026-11-05&to=2026-11-04"] {
            anna.get(&format!("/facts?{query}")).await.refuses("from", "out_of_range");
        }
    }

    async fn a_mistyped_year_neither_shifts_a_history_nor_hides_this_year(server: TestServer) {
        let anna = server.founder("Anna").await;
        let now = this_month(&anna).await;
        let jar = anna.post("/financial-centers", json!({ "name": "Jar", "opening_balance": "100" })).await.is(201).id();
        let path = format!("/financial-centers/{jar}/history");
        let (first, _) = now.plus(-2).days();
        records(&anna, &jar, &first.to_string(), "-10").await;
        let expected = [(now.plus(-2), "90.00".to_owned()), (now.plus(-1), "90.00".into()), (now, "90.00".into())];
        assert_eq!(rows(&anna.get(&path).await.is(200).body), expected, "it begins with the first transaction");
        for date in ["2226-01-05", "9999-12-31"] {
            records(&anna, &jar, date, "-1").await;
            assert_eq!(rows(&anna.get(&path).await.is(200).body), expected, "{date}");
        }
        let body = json!({ "amount": "-1", "article_id": anna.article("expense").await, "financial_center_id": jar, "date": "0026-11-25" });
        anna.post("/facts", body).await.refuses("date", "not_a_date");
        let ahead = rows(&anna.get(&format!("{path}?from=2226-01&to=2226-01")).await.is(200).body);
        assert_eq!(ahead, [("2226-01".parse().expect("a month"), "89.00".to_owned())], "it is there for who asks");
        records(&anna, &jar, "1926-11-25", "-5").await;
        let moved = rows(&anna.get(&path).await.is(200).body);
        assert_eq!((moved.len(), moved[11].clone()), (12, (now, "85.00".into())), "a year ends with this month");
    }

    async fn the_history_of_an_account_begins_when_the_account_does(server: TestServer) {
        let anna = server.founder("Anna").await;
        let now = this_month(&anna).await;
        let jar = anna.post("/financial-centers", json!({ "name": "Jar", "opening_balance": "7" })).await.is(201).id();
        let path = format!("/financial-centers/{jar}/history");
        let expected = [(now, "7.00".to_owned())];
        assert_eq!(rows(&anna.get(&path).await.is(200).body), expected);
        let asked = format!("{path}?from={}&to={now}", now.plus(-30));
        assert_eq!(rows(&anna.get(&asked).await.is(200).body), expected, "whoever asks for more");
        let before = format!("{path}?from={}&to={}", now.plus(-3), now.plus(-1));
        assert_eq!(rows(&anna.get(&before).await.is(200).body), []);
        let (day, _) = now.plus(-1).days();
        records(&anna, &jar, &day.to_string(), "1").await;
        assert_eq!(rows(&anna.get(&path).await.is(200).body), [(now.plus(-1), "8.00".to_owned()), (now, "8.00".into())]);
        // Also if nothing was ever recorded in it.
        let purse = anna.post("/financial-centers", json!({ "name": "Purse", "opening_balance": "3" })).await.is(201).id();
        server.clock.advance(Duration::from_secs(31 * 24 * 60 * 60));
        let later = this_month(&anna).await;
        assert!(later > now);
        let months = (0..).map(|n| now.plus(n)).take_while(|month| *month <= later);
        let expected: Vec<_> = months.map(|month| (month, "3.00".to_owned())).collect();
        let path = format!("/financial-centers/{purse}/history");
        assert_eq!(rows(&anna.get(&path).await.is(200).body), expected);
    }

    async fn the_number_of_rows_of_a_household_is_limited(server: TestServer) {
        let anna = server.founder("Anna").await;
        let count = async |path: &str| anna.get(path).await.is(200).body["items"].as_array().map_or(0, Vec::len);
        let food = anna.article("expense").await;
        let account = anna.center().await;
        for (path, most, code, body) in [
            ("/articles", 1000, "too_many_articles", json!({ "name": "One", "kind": "expense" })),
            ("/financial-centers", 200, "too_many_financial_centers", json!({ "name": "One" })),
            ("/recurring", 500, "too_many_recurring", json!({
                "target": "fact", "article_id": food, "financial_center_id": account, "amount": "-1", "every": 1,
                "unit": "month", "starts_on": "2100-01-01",
            })),
        ] {
            let there = count(path).await;
            let mut last = String::new();
            for _ in there..most {
                last = anna.post(path, body.clone()).await.is(201).id();
            }
            let head = anna.head().await;
            let refused = anna.post(path, body.clone()).await.problem(409, code);
            assert!(refused.body["detail"].as_str().is_some_and(|words| words.contains("at most")), "{}", refused.body);
            assert_eq!((count(path).await, anna.head().await), (most, head), "nothing has changed");
            // Deleting a row makes room for a new one, and then the deleted one cannot be restored.
            let one = format!("{path}/{last}");
            anna.delete(&one).await.is(204);
            anna.post(path, body.clone()).await.is(201);
            anna.post(&format!("{one}/restore"), json!({})).await.problem(409, code);
            assert_eq!(count(path).await, most);
        }
        let ben = server.founder("Ben").await;
        ben.post("/articles", json!({ "name": "One", "kind": "expense" })).await.is(201);
    }

    async fn fifty_invitations_are_open_at_most(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut ids = Vec::new();
        for _ in 0..50 {
            ids.push(anna.post("/invites", json!({})).await.is(201).id());
        }
        anna.post("/invites", json!({})).await.problem(409, "too_many_invites");
        anna.delete(&format!("/invites/{}", ids[0])).await.is(204);
        anna.post("/invites", json!({})).await.is(201);
        anna.post("/invites", json!({})).await.problem(409, "too_many_invites");
        server.clock.advance(Duration::from_secs(8 * 24 * 60 * 60));
        anna.post("/invites", json!({})).await.is(201);
    }

    async fn the_hundred_and_first_session_replaces_the_one_unseen_for_longest(server: TestServer) {
        let anna = server.founder("Anna").await;
        server.clock.advance(Duration::from_secs(120));
        let second = anna.log_in().await;
        let mut socket = second.socket("").await;
        socket.frame().await;
        // A hundred passwords take a loaded machine longer than a silent socket may live.
        let closed = socket.reading();
        for _ in 2..100 {
            server.clock.advance(Duration::from_secs(1));
            anna.log_in().await;
        }
        // The first device is in use, so the second session is replaced.
        anna.get("/auth/me").await.is(200);
        let newest = anna.log_in().await;
        second.get("/auth/me").await.problem(401, "not_signed_in");
        assert_eq!(closed.await.expect("it reads to the end"), 4501);
        anna.get("/auth/me").await.is(200);
        assert_eq!(newest.get("/auth/sessions").await.is(200).body["items"].as_array().map(Vec::len), Some(100));
    }

    async fn a_household_has_at_most_fifty_members(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut last = None;
        for n in 1..49 {
            last = Some(server.guest(&anna, &format!("Guest{n}")).await);
        }
        let carl = server.founder("Carl").await;
        carl.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
        let invite = anna.invite().await;
        let form = json!({ "name": "Late", "email": email("late"), "password": PASSWORD, "invite": invite });
        server.stranger().post("/auth/register", form.clone()).await.problem(409, "too_many_members");
        let ben = server.founder("Ben").await;
        ben.post("/auth/join", json!({ "invite": invite })).await.problem(409, "too_many_members");
        let last = last.expect("forty-eight came");
        last.delete(&format!("/members/{}", last.id.as_str().expect("an id"))).await.is(204);
        server.stranger().post("/auth/register", form).await.is(201);
        // A former member who returns takes a place as well.
        let me = carl.get("/auth/me").await.is(200).body["member"]["id"].clone();
        anna.delete(&format!("/members/{}", me.as_str().expect("an id"))).await.is(204);
        let dora = server.guest(&anna, "Dora").await;
        let invite = json!({ "invite": anna.invite().await });
        carl.post("/auth/join", invite.clone()).await.problem(409, "too_many_members");
        ben.post("/auth/join", invite.clone()).await.problem(409, "too_many_members");
        dora.delete(&format!("/members/{}", dora.id.as_str().expect("an id"))).await.is(204);
        carl.post("/auth/join", invite).await.is(200);
    }

    async fn the_log_is_read_in_portions_of_bytes(server: TestServer) {
        let anna = server.founder("Anna").await;
        let article = anna.article("expense").await;
        let month: Month = "2030-01".parse().expect("a month");
        let start = anna.head().await;
        for n in 1..=12 {
            let cell = |at| json!({ "article_id": article, "month": month.plus(at), "amount": n.to_string() });
            let body = json!({ "items": (0..500).map(cell).collect::<Vec<_>>() });
            anna.put("/plans", body).await.is(200);
        }
        // Everything arrives in order, and no response is large.
        let (mut seen, mut answers) = (start, 0);
        while seen < start + 12 {
            let answer = anna.get(&format!("/events?since={seen}&limit=500")).await.is(200).body;
            let size = answer.to_string().len();
            assert!(size <= 1024 * 1024, "{size} bytes");
            for event in answer["items"].as_array().expect("events") {
                seen += 1;
                assert_eq!(event["seq"], seen);
                assert_eq!(event["changes"].as_array().map(Vec::len), Some(500));
            }
            answers += 1;
        }
        assert!((2..=12).contains(&answers), "{answers}");
        let epoch = anna.get("/snapshot").await.body["epoch"].as_str().expect("an epoch").to_owned();
        let mut screen = anna.socket(&format!("?epoch={epoch}&since={start}")).await;
        screen.frame().await;
        for seq in start + 1..=start + 12 {
            // Too large for a frame, so only announced.
            let Frame::Reload { seq: announced, data, .. } = screen.frame().await else { panic!("a change") };
            assert_eq!((announced, data.count), (seq, 500));
        }
    }
}

#[tokio::test]
async fn invented_methods_share_one_label() {
    let port = free_port();
    let server = TestServer::with(|config| config.admin_addr = Some(port)).await;
    let client = reqwest::Client::new();
    for n in 0..20 {
        let method = Method::from_bytes(format!("BREW{n}").as_bytes()).expect("a method");
        client.request(method, server.url("/healthz")).send().await.expect("an answer");
    }
    let text =
        reqwest::get(format!("http://{port}/metrics")).await.expect("it answers").text().await.expect("text");
    assert!(!text.contains("BREW"), "{text}");
    assert!(text.contains("family_budget_http_requests_total{method=\"other\""), "{text}");
}
