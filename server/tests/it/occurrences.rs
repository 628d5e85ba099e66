//! Days of a recurring entry after a change of its rhythm, its deletion, or an edit by somebody else.

use crate::{
    harness::{Member, Reply},
    on_both_engines,
    recurring::{days, hasty, later, row, today, until, weekly},
};
use app::domain::Day;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

pub const DAY: Duration = Duration::from_secs(24 * 3600);

/// The first open days, counted in days from `start`.
async fn open(anna: &Member, id: &str, start: Day, count: usize) -> Vec<i64> {
    let row = row(anna, id).await;
    let after = |day: Day| (0..).find(|n| start.plus_days(*n) == Some(day)).expect("not before the first");
    row.open_days().take(count).map(after).collect()
}

/// A call for the day `n` days after `start`.
async fn on(anna: &Member, id: &str, what: &str, start: Day, n: i64) -> Reply {
    anna.post(&format!("/recurring/{id}/{what}"), json!({ "day": later(start, n) })).await
}

/// A call with the version that was seen.
pub async fn over(anna: &Member, path: &str, body: Value, version: i64) -> Reply {
    let version = format!("\"{version}\"");
    anna.call(Method::POST, path, &[("if-match", version.as_str())], Some(body.to_string())).await
}

/// Waits until the program has checked everything that is due: a row that is due now is recorded then.
async fn checked(anna: &Member) {
    let mut phone = anna.socket("").await;
    phone.frame().await;
    let before = days(anna).await.len();
    let more = json!({ "automatic": true, "times": 1, "comment": "fence" });
    let fence = weekly(anna, 0, more).await;
    until(anna, &mut phone, async || row(anna, &fence).await.due_days(today(anna).await).next().is_none())
        .await;
    assert!(days(anna).await.len() > before);
}

on_both_engines! {
    async fn reopening_a_day_after_a_change_of_rhythm_opens_no_other(server: TestServer) {
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 21, json!({})).await;
        let start = row(&anna, &id).await.starts_on;
        for n in [0, 7, 14, 21] {
            on(&anna, &id, "confirm", start, n).await.is(201);
        }
        anna.patch(&format!("/recurring/{id}"), json!({ "starts_on": later(start, 1) })).await.is(200);
        assert_eq!(open(&anna, &id, start, 2).await, [22, 29]);
        on(&anna, &id, "reopen", start, 7).await.is(200);
        assert_eq!(open(&anna, &id, start, 3).await, [7, 22, 29], "the day itself, though the rhythm has it no more");
        assert_eq!(days(&anna).await, [later(start, 0), later(start, 14), later(start, 21)]);
        on(&anna, &id, "reopen", start, 0).await.is(200);
        assert_eq!(open(&anna, &id, start, 4).await, [0, 7, 22, 29]);
        // A third rhythm; what was read can be written back.
        let read = anna.patch(&format!("/recurring/{id}"), json!({ "every": 2 })).await.is(200).body;
        let written = anna.put(&format!("/recurring/{id}"), read.clone()).await.is(200).body;
        assert_eq!(written["reopened"], read["reopened"]);
        assert_eq!(open(&anna, &id, start, 4).await, [0, 7, 29, 43]);
        on(&anna, &id, "confirm", start, 7).await.is(201);
        on(&anna, &id, "skip", start, 0).await.is(200);
        assert_eq!(open(&anna, &id, start, 2).await, [29, 43]);
        on(&anna, &id, "confirm", start, 8).await.refuses("day", "not_found");
    }

    async fn a_new_rhythm_opens_nothing_between_settled_days(server: TestServer) {
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 28, json!({ "every": 2 })).await;
        let start = row(&anna, &id).await.starts_on;
        on(&anna, &id, "confirm", start, 14).await.is(201);
        assert_eq!(open(&anna, &id, start, 3).await, [0, 28, 42]);
        anna.patch(&format!("/recurring/{id}"), json!({ "every": 1 })).await.is(200);
        assert_eq!(open(&anna, &id, start, 3).await, [0, 28, 35], "what was due stays, 7 and 21 never were");
        // A later first day removes the days before it.
        anna.patch(&format!("/recurring/{id}"), json!({ "starts_on": later(start, 30) })).await.is(200);
        assert_eq!(open(&anna, &id, start, 2).await, [30, 37]);
    }

    async fn nothing_is_recorded_for_the_time_while_it_was_deleted(server: TestServer) {
        let server = hasty(server).await;
        let anna = server.founder("Anna").await;
        let cat = anna.post("/articles", json!({ "name": "Cat", "kind": "expense" })).await.is(201).id();
        let mut phone = anna.socket("").await;
        phone.frame().await;
        let id = weekly(&anna, 7, json!({ "automatic": true, "article_id": cat })).await;
        let path = format!("/recurring/{id}");
        let start = row(&anna, &id).await.starts_on;
        until(&anna, &mut phone, async || days(&anna).await.len() == 2).await;
        anna.delete(&path).await.is(204);
        server.clock.advance(10 * DAY);
        // A merge moves a deleted entry to another category; the time of its deletion stays the same.
        let dog = anna.post("/articles", json!({ "name": "Dog", "kind": "expense" })).await.is(201).id();
        anna.post(&format!("/articles/{cat}/merge"), json!({ "into": dog })).await.is(200);
        server.clock.advance(9 * DAY);
        anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        checked(&anna).await;
        let on_dog = anna.get(&format!("/facts?article_id={dog}")).await.is(200).body;
        let on_dog = on_dog["items"].as_array().expect("facts").iter().filter(|fact| fact["comment"] != "fence");
        let on_dog: Vec<_> = on_dog.map(|fact| fact["date"].clone()).collect();
        assert_eq!(on_dog, [json!(later(start, 7)), json!(later(start, 0))], "neither 14 nor 21");
        assert_eq!(open(&anna, &id, start, 2).await, [28, 35]);
        // An entry restored on one of its days is open on that day.
        anna.delete(&path).await.is(204);
        server.clock.advance(9 * DAY);
        anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        checked(&anna).await;
        assert_eq!(open(&anna, &id, start, 2).await, [42, 49], "35 is today, and recorded");
        on(&anna, &id, "confirm", start, 28).await.refuses("day", "not_found");
        assert_eq!(on(&anna, &id, "confirm", start, 35).await.is(200).body["date"], json!(later(start, 35)));
    }

    async fn a_deletion_that_is_undone_at_once_changes_no_day(server: TestServer) {
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 21, json!({})).await;
        let path = format!("/recurring/{id}");
        let start = row(&anna, &id).await.starts_on;
        on(&anna, &id, "skip", start, 7).await.is(200);
        anna.delete(&path).await.is(204);
        anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        assert_eq!(open(&anna, &id, start, 4).await, [0, 14, 21, 28]);
        anna.delete(&path).await.is(204);
        server.clock.advance(14 * DAY);
        anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        assert_eq!(open(&anna, &id, start, 5).await, [0, 14, 21, 35, 42], "28 passed while it was away");
        on(&anna, &id, "confirm", start, 14).await.is(201);
        assert_eq!(open(&anna, &id, start, 3).await, [0, 21, 35]);
    }

    async fn plans_of_months_in_which_it_was_deleted_are_not_raised(server: TestServer) {
        let server = hasty(server).await;
        let anna = server.founder("Anna").await;
        let food = anna.article("expense").await;
        let mut phone = anna.socket("").await;
        phone.frame().await;
        let month = today(&anna).await.month();
        let body = json!({ "target": "plan", "article_id": food, "amount": "50", "starts_on": month.days().0 });
        let path = format!("/recurring/{}", anna.post("/recurring", body).await.is(201).id());
        let plans = async || {
            let all = anna.get(&format!("/plans?from={month}&to={}", month.plus(12))).await.is(200).body;
            let all = all["items"].as_array().expect("plans").clone();
            all.into_iter().map(|plan| plan["month"].clone()).collect::<Vec<_>>()
        };
        until(&anna, &mut phone, async || plans().await.len() == 2).await;
        anna.delete(&path).await.is(204);
        let then = month.plus(4);
        while today(&anna).await.month() < then {
            server.clock.advance(DAY);
        }
        anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        let mut phone = anna.socket("").await;
        phone.frame().await;
        until(&anna, &mut phone, async || plans().await.len() >= 4).await;
        checked(&anna).await;
        assert_eq!(plans().await, [month, month.plus(1), then, then.plus(1)].map(|month| json!(month)));
    }

    async fn the_base_version_is_checked_even_if_the_day_is_settled(server: TestServer) {
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 21, json!({})).await;
        let start = row(&anna, &id).await.starts_on;
        let seen = row(&anna, &id).await.version;
        let (recorded, skipped, free) = (later(start, 0), later(start, 7), later(start, 14));
        let fact = on(&anna, &id, "confirm", start, 0).await.is(201).id();
        on(&anna, &id, "skip", start, 7).await.is(200);
        let (head, now) = (anna.head().await, row(&anna, &id).await);
        let version = now.version;
        for what in ["confirm", "skip", "reopen"] {
            for day in [&recorded, &skipped, &free] {
                let path = format!("/recurring/{id}/{what}");
                let stale = over(&anna, &path, json!({ "day": day }), seen).await.problem(412, "stale");
                assert_eq!(stale.body["current"]["version"], json!(version), "{what} {day}");
            }
        }
        assert_eq!((anna.head().await, row(&anna, &id).await), (head, now));
        let path = format!("/recurring/{id}/confirm");
        let same = over(&anna, &path, json!({ "day": recorded }), version).await.is(200);
        assert_eq!((same.id(), same.seq()), (fact, head));
        let again = over(&anna, &format!("/recurring/{id}/reopen"), json!({ "day": skipped }), version).await.is(200);
        assert_eq!(again.seq(), head + 1);
    }

    async fn a_transaction_that_was_changed_since_stays_when_its_day_is_reopened(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let id = weekly(&anna, 7, json!({})).await;
        let start = row(&anna, &id).await.starts_on;
        let fact = on(&anna, &id, "confirm", start, 0).await.is(201).id();
        let path = format!("/facts/{fact}");
        ben.patch(&path, json!({ "amount": "-13.37" })).await.is(200);
        let (head, before) = (anna.head().await, row(&anna, &id).await);
        let refused = on(&anna, &id, "reopen", start, 0).await.refuses("day", "edited");
        let words = refused.body["errors"][0]["detail"].as_str().expect("words").to_owned();
        assert!(words.contains("changed since") && words.contains("delete"), "{words}");
        assert_eq!((anna.head().await, row(&anna, &id).await), (head, before), "nothing happened");
        assert_eq!(anna.get(&path).await.is(200).body["amount"], "-13.37");
        // An undone deletion is a change too; a deleted transaction does not prevent reopening its day.
        ben.delete(&path).await.is(204);
        ben.post(&format!("{path}/restore"), json!({})).await.is(200);
        on(&anna, &id, "reopen", start, 0).await.refuses("day", "edited");
        ben.delete(&path).await.is(204);
        on(&anna, &id, "reopen", start, 0).await.is(200);
        assert_eq!(open(&anna, &id, start, 2).await, [0, 7]);
        anna.get(&path).await.problem(410, "gone");
        let again = on(&anna, &id, "confirm", start, 0).await.is(201);
        assert_ne!(again.id(), fact);
        on(&anna, &id, "reopen", start, 0).await.is(200);
        assert_eq!(days(&anna).await, Vec::<String>::new(), "what nobody changed goes with its day");
    }
}
