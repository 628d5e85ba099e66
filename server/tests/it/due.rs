//! Which recurring entries are checked for due days: none of which nothing can be recorded.

use crate::{
    harness::{Member, TestServer},
    on_both_engines,
    recurring::{row, today, weekly},
};
use app::domain::Day;
use serde_json::json;
use server::{
    db::{Database, due},
    ledger::Ledger,
};
use sqlx::{AssertSqlSafe, Executor, Row};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const NEVER: Duration = Duration::from_secs(1000 * 24 * 60 * 60);

/// The number of rows that the next round reads.
async fn considered(server: &TestServer, database: &Database) -> usize {
    let latest = server.clock.today("Pacific/Kiritimati");
    let mut tx = database.glance().await.expect("it answers");
    due::due(&mut tx, latest, latest.month().plus(1).days().1).await.expect("rows").len()
}

/// Runs rounds until nothing more is recorded; returns how many days were recorded.
async fn settled(ledger: &Ledger) -> usize {
    let mut count = 0;
    loop {
        match ledger.settle_due().await.expect("it looks") {
            0 => return count,
            more => count += more,
        }
    }
}

on_both_engines! {
    async fn days_too_far_in_the_past_are_left_to_people_and_not_checked_every_minute(server: TestServer) {
        // The program itself checks once, at startup.
        let server = server.restarted_with(|config| config.pace.due = NEVER).await;
        let (ledger, database) = (server.ledger().await, server.database().await);
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 0, json!({ "automatic": true })).await;
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (1, 0));
        server.clock.advance(100 * DAY);
        assert_eq!(considered(&server, &database).await, 1);
        // Days 42 to 98.
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (9, 0));
        let waiting = |row: app::domain::Recurring, today: Day| row.due_days(today).count();
        let again = anna.log_in().await;
        assert_eq!(waiting(row(&again, &id).await, today(&again).await), 5, "days 7 to 35");
        server.clock.advance(5 * DAY);
        assert_eq!(considered(&server, &database).await, 1, "day 105 is looked at as soon as it begins");
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (1, 0));
        // Settling a day that was left to people does not change that.
        let first = row(&again, &id).await.open_days().next().expect("a day");
        again.post(&format!("/recurring/{id}/skip"), json!({ "day": first })).await.is(200);
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (0, 0));
    }

    async fn days_left_to_people_by_a_wrong_clock_are_checked_again(server: TestServer) {
        let server = server.restarted_with(|config| config.pace.due = NEVER).await;
        let (ledger, database) = (server.ledger().await, server.database().await);
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 0, json!({ "automatic": true })).await;
        assert_eq!(settled(&ledger).await, 1);
        server.clock.advance(700 * DAY);
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (9, 0));
        server.clock.go_back(700 * DAY);
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (0, 0));
        for week in 1..=3 {
            server.clock.advance(7 * DAY);
            assert_eq!((settled(&ledger).await, considered(&server, &database).await), (1, 0), "week {week}");
        }
        assert_eq!(row(&anna, &id).await.due_days(today(&anna).await).count(), 0);
    }

    async fn a_reopened_due_day_is_not_recorded_automatically_again(server: TestServer) {
        let server = server.restarted_with(|config| config.pace.due = NEVER).await;
        let (ledger, database) = (server.ledger().await, server.database().await);
        let anna = server.founder("Anna").await;
        let id = weekly(&anna, 7, json!({ "automatic": true })).await;
        assert_eq!(settled(&ledger).await, 2);
        let first = row(&anna, &id).await.starts_on;
        let call = async |anna: &Member, what: &str, day: Day| {
            anna.post(&format!("/recurring/{id}/{what}"), json!({ "day": day })).await
        };
        call(&anna, "reopen", first).await.is(200);
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (0, 0));
        assert_eq!(row(&anna, &id).await.due_days(today(&anna).await).collect::<Vec<_>>(), [first]);
        // Neither after a new rhythm nor after deletion and restoration; the following days are recorded.
        anna.patch(&format!("/recurring/{id}"), json!({ "every": 2 })).await.is(200);
        anna.delete(&format!("/recurring/{id}")).await.is(204);
        anna.post(&format!("/recurring/{id}/restore"), json!({})).await.is(200);
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (0, 0));
        server.clock.advance(14 * DAY);
        let anna = anna.log_in().await;
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (1, 0));
        assert_eq!(row(&anna, &id).await.due_days(today(&anna).await).collect::<Vec<_>>(), [first]);
        // A day that was skipped ahead and reopened before it was due is recorded automatically.
        let next = row(&anna, &id).await.next_automatic_day(today(&anna).await).expect("a day");
        call(&anna, "skip", next).await.is(200);
        call(&anna, "reopen", next).await.is(200);
        server.clock.advance(14 * DAY);
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (1, 0));
        let anna = anna.log_in().await;
        call(&anna, "confirm", first).await.is(201);
        assert_eq!(row(&anna, &id).await.due_days(today(&anna).await).count(), 0);
    }

    async fn a_plan_is_raised_in_time_whatever_was_left_to_people(server: TestServer) {
        let server = server.restarted_with(|config| config.pace.due = NEVER).await;
        // In the middle of a month: at its end the next month has begun in other time zones, and 31 days
        // later it may be over.
        while !(10..=15).contains(&server.clock.today("UTC").day_of_month()) {
            server.clock.advance(DAY);
        }
        let (ledger, database) = (server.ledger().await, server.database().await);
        let anna = server.founder("Anna").await;
        let body = json!({
            "target": "plan", "amount": "10", "article_id": anna.article("expense").await, "unit": "month", "every": 1,
            "automatic": true, "starts_on": today(&anna).await,
        });
        anna.post("/recurring", body).await.is(201);
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (2, 0), "this month and the next");
        server.clock.advance(365 * DAY);
        let caught_up = settled(&ledger).await;
        assert!((3..=4).contains(&caught_up), "{caught_up}");
        assert_eq!(considered(&server, &database).await, 0);
        server.clock.advance(31 * DAY);
        assert_eq!((settled(&ledger).await, considered(&server, &database).await), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn due_entries_are_found_by_index_and_nothing_else_is_read() {
    let server = TestServer::sqlite().await;
    let (_, _, sql) = server::db::all_statements()
        .into_iter()
        .find(|(file, name, _)| (*file, *name) == ("due", "DUE"))
        .expect("the statement");
    let sql = sql.replace("$1", "'2026-11-25'").replace("$2", "'2026-12-31'");
    let Database::Sqlite { readers, .. } = server.database().await else { panic!("SQLite") };
    let rows = readers.fetch_all(AssertSqlSafe(format!("explain query plan {sql}"))).await.expect("a plan");
    let steps: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    for index in ["recurring_due (target=? AND next_on<?)", "recurring_passed (passed_on>?)"] {
        assert!(steps.iter().any(|step| step.contains(index)), "{index}: {steps:?}");
    }
    assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{steps:?}");
}
