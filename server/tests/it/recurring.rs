//! `/recurring`: recurring entries and their occurrences.

use crate::{
    harness::{Member, PATIENCE, TestServer, pause},
    on_both_engines,
};
use app::{
    domain::{Day, Recurring},
    wire::{Change, Frame},
};
use serde_json::{Value, json};
use std::time::Duration;

pub async fn today(anna: &Member) -> Day {
    anna.get("/snapshot").await.is(200).body["today"].as_str().expect("a day").parse().expect("a day")
}

pub fn later(day: Day, days: i64) -> String {
    day.plus_days(days).expect("within the calendar").to_string()
}

/// A weekly entry that started this many days ago.
pub async fn weekly(anna: &Member, days_ago: i64, more: Value) -> String {
    let mut body = anna.purchase("-12.50").await;
    body["comment"] = json!("milk");
    body["unit"] = json!("week");
    body["starts_on"] = json!(later(today(anna).await, -days_ago));
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    anna.post("/recurring", body).await.is(201).id()
}

pub async fn row(anna: &Member, id: &str) -> Recurring {
    let body = anna.get(&format!("/recurring/{id}")).await.is(200).body;
    serde_json::from_value(body).expect("a row")
}

/// The days of all facts, in order.
pub async fn days(anna: &Member) -> Vec<String> {
    let facts = anna.get("/facts?limit=500").await.is(200).body;
    let days = facts["items"].as_array().expect("facts").iter().map(|fact| fact["date"].as_str());
    let mut days: Vec<String> = days.map(|day| day.expect("a day").to_owned()).collect();
    days.sort_unstable();
    days
}

/// Makes the program check for due entries all the time.
pub async fn hasty(server: TestServer) -> TestServer {
    server.restarted_with(|config| config.pace.due = Duration::from_millis(5)).await
}

/// Reads the stream until a condition holds.
pub async fn until(anna: &Member, socket: &mut crate::harness::Socket, done: impl AsyncFn() -> bool) {
    let waited = async {
        while !done().await {
            socket.frame().await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.unwrap_or_else(|_| panic!("{} waits", anna.email));
}

on_both_engines! {
    async fn a_row_is_added_changed_deleted_and_restored_like_any_other(server: TestServer) {
        let anna = server.founder("Anna").await;
        let first = later(today(&anna).await, 3);
        let mut body = anna.purchase("-950").await;
        body["starts_on"] = json!(first);
        body["comment"] = json!("rent");
        let start = anna.head().await;
        let made = anna.post("/recurring", body.clone()).await.is(201);
        assert_eq!((made.seq(), made.body["unit"].clone(), made.body["every"].clone()), (start + 1, json!("month"), json!(1)));
        assert_eq!((made.body["amount"].clone(), made.body["open_from"].clone()), (json!("-950.00"), json!(first)));
        let path = format!("/recurring/{}", made.id());
        let round = anna.put(&path, made.body.clone()).await.is(200);
        assert_eq!(round.body["starts_on"], made.body["starts_on"], "what was read can be written");
        let changed = json!({ "every": 2, "unit": "week", "amount": "-1000", "times": 5 });
        let changed = anna.patch(&path, changed).await.is(200).body;
        assert_eq!((changed["amount"].clone(), changed["comment"].clone(), changed["times"].clone()), (json!("-1000.00"), json!("rent"), json!(5)));
        assert_eq!(anna.patch(&path, json!({ "times": null })).await.is(200).body["times"], Value::Null);
        anna.delete(&path).await.is(204);
        anna.get(&path).await.problem(410, "gone");
        assert_eq!(anna.get("/recurring").await.is(200).body["items"], json!([]));
        anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        let all = anna.get("/recurring").await.is(200).body;
        assert_eq!(all["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(anna.get("/snapshot").await.is(200).body["recurring"], all["items"]);
    }

    async fn a_day_is_confirmed_in_one_change_with_its_transaction(server: TestServer) {
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 7, json!({})).await;
        let first = row(&anna, &id).await.starts_on;
        let mut phone = anna.socket("").await;
        phone.frame().await;
        let path = format!("/recurring/{id}/confirm");
        let fact = anna.post(&path, json!({ "day": first })).await.is(201);
        assert_eq!(
            [&fact.body["amount"], &fact.body["date"], &fact.body["comment"]],
            [&json!("-12.50"), &json!(first), &json!("milk")]
        );
        let Frame::Commit(commit) = phone.frame().await else { panic!("a change") };
        let [made, moved] = commit.entries.as_slice() else { panic!("two rows: {commit:?}") };
        assert!(matches!(&made.change, Change::FactCreated(row) if json!(row) == fact.body), "{made:?}");
        let Change::RecurringUpdated(moved) = &moved.change else { panic!("{moved:?}") };
        assert_eq!(moved.open_days().next(), first.plus_days(7));
        // With the actual amount and day.
        let really = json!({ "day": later(first, 7), "amount": "-13", "date": later(first, 8) });
        let fact = anna.post(&path, really).await.is(201).body;
        assert_eq!([&fact["amount"], &fact["date"]], [&json!("-13.00"), &json!(later(first, 8))]);
        anna.post(&path, json!({ "day": later(first, 15) })).await.refuses("day", "not_found");
        anna.post(&path, json!({ "day": later(first, -7) })).await.refuses("day", "not_found");
        anna.post(&path, json!({})).await.refuses("day", "required");
        anna.post(&path, json!({ "day": later(first, 14), "amount": "0" })).await.refuses("amount", "zero");
    }

    async fn concurrent_confirmations_of_one_day_return_the_same_transaction(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let id = weekly(&anna, 0, json!({})).await;
        let day = row(&anna, &id).await.starts_on;
        let calls: Vec<_> = (0..16)
            .map(|n| {
                let (who, path) = (if n % 2 == 0 { anna.clone() } else { ben.clone() }, format!("/recurring/{id}/confirm"));
                tokio::spawn(async move { who.post(&path, json!({ "day": day })).await })
            })
            .collect();
        let (mut ids, mut created) = (Vec::new(), 0);
        for call in calls {
            let reply = call.await.expect("it is answered");
            assert!(reply.status.is_success(), "{}", reply.body);
            created += usize::from(reply.status == 201);
            ids.push(reply.id());
        }
        ids.dedup();
        assert_eq!((ids.len(), created, days(&anna).await.len()), (1, 1, 1));
        ben.post(&format!("/recurring/{id}/skip"), json!({ "day": day })).await.refuses("day", "settled");
    }

    async fn days_are_skipped_and_reopened_in_any_order(server: TestServer) {
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 14, json!({ "times": 4 })).await;
        let start = row(&anna, &id).await.starts_on;
        let nth = |n: i64| later(start, 7 * n);
        let call = async |what: &str, n: i64| anna.post(&format!("/recurring/{id}/{what}"), json!({ "day": nth(n) })).await;
        let open = async || row(&anna, &id).await.open_days().map(|day| day.to_string()).collect::<Vec<_>>();
        call("skip", 2).await.is(200);
        call("confirm", 0).await.is(201);
        assert_eq!(open().await, [nth(1), nth(3)]);
        let skipped = anna.head().await;
        assert_eq!(call("skip", 2).await.is(200).seq(), skipped, "a second time changes nothing");
        call("confirm", 2).await.refuses("day", "settled");
        call("skip", 3).await.is(200);
        call("confirm", 1).await.is(201);
        assert_eq!(open().await, Vec::<String>::new(), "all are settled");
        assert_eq!(days(&anna).await, [nth(0), nth(1)]);
        // A recorded day is reopened with its transaction deleted; a skipped one is open again.
        call("reopen", 0).await.is(200);
        call("reopen", 2).await.is(200);
        assert_eq!((open().await, days(&anna).await), (vec![nth(0), nth(2)], vec![nth(1)]));
        let head = anna.head().await;
        assert_eq!(call("reopen", 2).await.is(200).seq(), head, "it is open");
        call("reopen", 7).await.refuses("day", "not_found");
    }

    async fn a_new_rhythm_keeps_settled_days(server: TestServer) {
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 7, json!({})).await;
        let (path, start) = (format!("/recurring/{id}"), row(&anna, &id).await.starts_on);
        anna.post(&format!("{path}/confirm"), json!({ "day": start })).await.is(201);
        anna.post(&format!("{path}/confirm"), json!({ "day": later(start, 7) })).await.is(201);
        anna.patch(&path, json!({ "every": 2 })).await.is(200);
        assert_eq!(row(&anna, &id).await.open_days().next(), start.plus_days(14));
        // A shorter rhythm: from today on.
        anna.patch(&path, json!({ "every": 1, "starts_on": later(start, 1) })).await.is(200);
        assert_eq!(row(&anna, &id).await.open_days().next(), start.plus_days(8));
        anna.patch(&path, json!({ "target": "plan" })).await.refuses("target", "in_use");
        anna.patch(&path, json!({ "starts_on": later(start, -400) })).await.refuses("starts_on", "too_early");
    }

    async fn an_automatic_entry_is_recorded_once_per_day_and_continues_after_a_pause(server: TestServer) {
        let mut server = hasty(server).await;
        let anna = server.founder("Anna").await;
        let mut phone = anna.socket("").await;
        phone.frame().await;
        let id = weekly(&anna, 21, json!({ "automatic": true })).await;
        let start = row(&anna, &id).await.starts_on;
        let nth = |n: i64| later(start, 7 * n);
        until(&anna, &mut phone, async || days(&anna).await.len() >= 4).await;
        assert_eq!(days(&anna).await, [nth(0), nth(1), nth(2), nth(3)]);
        // Off for two weeks, and back.
        server.stop().await;
        server.clock.advance(Duration::from_secs(14 * 24 * 3600));
        server.restart().await;
        let mut phone = anna.socket("").await;
        phone.frame().await;
        until(&anna, &mut phone, async || days(&anna).await.len() >= 6).await;
        assert_eq!(days(&anna).await, (0..6).map(nth).collect::<Vec<_>>());
        assert_eq!(row(&anna, &id).await.open_days().next().map(|day| day.to_string()), Some(nth(6)));
    }

    async fn a_day_begins_in_the_households_time_zone_even_when_the_clocks_change(server: TestServer) {
        let server = hasty(server).await;
        let mut anna = server.founder("Anna").await;
        anna.patch("/household", json!({ "time_zone": "Europe/Berlin" })).await.is(200);
        let mut body = anna.purchase("-1").await;
        body["automatic"] = json!(true);
        body["unit"] = json!("year");
        for day in ["2027-03-28", "2027-03-29"] {
            body["starts_on"] = json!(day);
            anna.post("/recurring", body.clone()).await.is(201);
        }
        // On 28 March 2027 Berlin goes from UTC+1 to UTC+2: that day begins at 23:00 UTC and ends at 22:00.
        let go_to = |instant: &str| {
            let then: jiff::Timestamp = instant.parse().expect("an instant");
            let ahead = then.as_millisecond() - server.clock.now().millis();
            server.clock.advance(Duration::from_millis(u64::try_from(ahead).expect("it lies ahead")));
        };
        go_to("2027-03-27T22:58:00Z");
        anna = anna.log_in().await;
        let other = server.founder("Olga").await;
        other.patch("/household", json!({ "time_zone": "Europe/Kaliningrad" })).await.is(200);
        let mut phone = other.socket("").await;
        phone.frame().await;
        // One round of the program over everything due, observed by a row that is due in it.
        let pass = async |phone: &mut crate::harness::Socket, count: usize| {
            weekly(&other, 0, json!({ "automatic": true, "times": 1 })).await;
            until(&other, phone, async || days(&other).await.len() >= count).await;
        };
        pass(&mut phone, 1).await;
        assert_eq!(days(&anna).await, Vec::<String>::new(), "a minute to midnight");
        go_to("2027-03-27T23:00:30Z");
        let mut annas = anna.socket("").await;
        annas.frame().await;
        until(&anna, &mut annas, async || !days(&anna).await.is_empty()).await;
        assert_eq!(days(&anna).await, ["2027-03-28"]);
        go_to("2027-03-28T21:59:00Z");
        pass(&mut phone, 2).await;
        assert_eq!(days(&anna).await, ["2027-03-28"], "a minute to midnight in summer time");
        go_to("2027-03-28T22:00:30Z");
        until(&anna, &mut annas, async || days(&anna).await.len() >= 2).await;
        assert_eq!(days(&anna).await, ["2027-03-28", "2027-03-29"]);
    }

    async fn recurring_plans_are_added_to_this_month_and_the_next(server: TestServer) {
        let server = hasty(server).await;
        let anna = server.founder("Anna").await;
        let mut phone = anna.socket("").await;
        phone.frame().await;
        let food = anna.article("expense").await;
        let month = today(&anna).await.month();
        anna.put(&format!("/plans/{food}/{month}"), json!({ "amount": "100" })).await.is(200);
        let body = json!({ "target": "plan", "article_id": food, "amount": "50", "starts_on": month.days().0 });
        anna.post("/recurring", body).await.is(201);
        let plans = async || {
            let all = anna.get(&format!("/plans?from={month}&to={}", month.plus(12))).await.is(200).body;
            let all = all["items"].as_array().expect("plans").clone();
            all.into_iter().map(|plan| (plan["month"].clone(), plan["amount"].clone())).collect::<Vec<_>>()
        };
        until(&anna, &mut phone, async || plans().await.len() >= 2).await;
        assert_eq!(plans().await, [(json!(month), json!("150.00")), (json!(month.plus(1)), json!("50.00"))]);
        let refused = json!({ "target": "plan", "article_id": food, "amount": "-50" });
        anna.post("/recurring", refused).await.refuses("amount", "negative");
        anna.patch("/household", json!({ "currency": "USD" })).await.refuses("currency", "in_use");
    }

    async fn what_a_recurring_entry_needs_cannot_be_deleted(server: TestServer) {
        let anna = server.founder("Anna").await;
        let cat = anna.post("/articles", json!({ "name": "Cat", "kind": "expense" })).await.is(201).id();
        let jar = anna.post("/financial-centers", json!({ "name": "Jar" })).await.is(201).id();
        let id = weekly(&anna, 0, json!({ "article_id": cat, "financial_center_id": jar })).await;
        let day = row(&anna, &id).await.starts_on;
        anna.delete(&format!("/articles/{cat}")).await.problem(409, "in_use");
        anna.delete(&format!("/financial-centers/{jar}")).await.problem(409, "in_use");
        anna.patch(&format!("/financial-centers/{jar}"), json!({ "currency": "USD" })).await.problem(409, "in_use");
        anna.patch(&format!("/financial-centers/{jar}"), json!({ "archived": true })).await.is(200);
        let confirm = format!("/recurring/{id}/confirm");
        anna.post(&confirm, json!({ "day": day })).await.refuses("financial_center_id", "archived");
        anna.patch(&format!("/recurring/{id}"), json!({ "amount": "-2" })).await.is(200);
        // After a merge it uses the other category.
        let dog = anna.post("/articles", json!({ "name": "Dog", "kind": "expense" })).await.is(201).id();
        anna.post(&format!("/articles/{cat}/merge"), json!({ "into": dog })).await.is(200);
        assert_eq!(row(&anna, &id).await.article_id.to_string(), dog);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_book_record_each_day_once() {
    let server = hasty(TestServer::postgres().await).await;
    let beside = server.beside().await;
    let anna = server.founder("Anna").await;
    let mut phone = anna.socket("").await;
    phone.frame().await;
    let mut rows = Vec::new();
    for _ in 0..4 {
        rows.push(weekly(&anna, 7 * 8, json!({ "automatic": true })).await);
    }
    let settled = async || {
        for id in &rows {
            if row(&anna, id).await.due_days(today(&anna).await).next().is_some() {
                return false;
            }
        }
        true
    };
    let waited = async {
        while !settled().await {
            pause().await;
        }
    };
    tokio::time::timeout(PATIENCE, waited).await.expect("all is settled");
    assert_eq!(days(&anna).await.len(), 4 * 9);
    drop(beside);
}
