//! Expired rows are deleted in small steps, and a clock that jumps ends nothing for good.

use crate::{
    harness::{Member, PATIENCE, TestServer, fresh_postgres, pause},
    on_both_engines,
};
use serde_json::json;
use server::{
    db::{
        Database,
        connect::{self, Settings},
        invites, sessions,
    },
    ledger::cleaning::Rhythm,
};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::time::Duration;
use tokio::time::timeout;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads a number from the database.
async fn number(server: &TestServer, sql: &'static str) -> i64 {
    if server.database_url.starts_with("sqlite:") {
        let options: SqliteConnectOptions = server.database_url.parse().expect("a URL");
        let mut connection = SqliteConnection::connect_with(&options).await.expect("the file opens");
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a number")
    } else {
        let mut connection = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a number")
    }
}

async fn becomes(server: &TestServer, sql: &'static str, wanted: i64) {
    let reached = async {
        while number(server, sql).await != wanted {
            pause().await;
        }
    };
    timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("{sql} never becomes {wanted}"));
}

const SEEN: &str = "select count(*) from sessions where last_seen_at >= created_at + 60000";
const SESSIONS: &str = "select count(*) from sessions";
const INVITES: &str = "select count(*) from invites";

async fn restless(server: TestServer, steady: Duration) -> TestServer {
    server
        .restarted_with(|config| config.pace.cleaning = Rhythm { every: Duration::from_millis(5), steady })
        .await
}

async fn expected(anna: &Member) -> usize {
    let all = anna.get("/recurring").await.is(200).body;
    let row: app::domain::Recurring = serde_json::from_value(all["items"][0].clone()).expect("a row");
    let today =
        anna.get("/snapshot").await.is(200).body["today"].as_str().expect("a day").parse().expect("a day");
    row.due_days(today).count()
}

async fn recorded(anna: &Member) -> Vec<String> {
    let facts = anna.get("/facts?limit=500").await.is(200).body;
    let mut days: Vec<_> =
        facts["items"].as_array().expect("rows").iter().map(|row| row["date"].to_string()).collect();
    days.sort_unstable();
    days
}

on_both_engines! {
    async fn sessions_seen_just_before_shutdown_are_stored(server: TestServer) {
        let mut server = server;
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        server.clock.advance(Duration::from_secs(61));
        anna.get("/auth/me").await.is(200);
        becomes(&server, SEEN, 1).await;
        // The writer has stored everything and is idle.
        ben.get("/auth/me").await.is(200);
        server.stop().await;
        assert_eq!(number(&server, SEEN).await, 2);
    }

    async fn rows_that_ended_long_ago_are_deleted_and_others_stay(server: TestServer) {
        let server = restless(server, Duration::ZERO).await;
        let anna = server.founder("Anna").await;
        let old = anna.log_in().await;
        let ended = anna.log_in().await;
        ended.post("/auth/logout", json!({})).await.is(204);
        server.guest(&anna, "Ben").await;
        anna.invite().await;
        server.clock.advance(40 * DAY);
        // Anna returns now and then, the others do not.
        anna.get("/auth/me").await.is(200);
        becomes(&server, "select count(*) from sessions where last_seen_at > created_at", 1).await;
        // An invitation is valid for a week, and kept for a month.
        becomes(&server, INVITES, 0).await;
        assert_eq!(number(&server, SESSIONS).await, 4);
        let link = anna.invite().await;
        server.clock.advance(40 * DAY);
        old.get("/auth/me").await.problem(401, "not_signed_in");
        anna.get("/auth/me").await.is(200);
        becomes(&server, INVITES, 0).await;
        server.stranger().get("/auth/me").await.problem(401, "not_signed_in");
        assert_eq!(number(&server, SESSIONS).await, 4, "kept for a month after its end");
        server.clock.advance(15 * DAY);
        becomes(&server, SESSIONS, 1).await;
        anna.get("/auth/me").await.is(200);
        anna.post("/auth/join", json!({ "invite": link })).await.problem(410, "invite_ended");
    }

    async fn a_clock_that_jumps_forward_and_back_ends_no_session_and_records_no_years(server: TestServer) {
        const YEARS: Duration = Duration::from_secs(5 * 366 * 24 * 60 * 60);
        let server = restless(server, Duration::from_secs(3600)).await;
        let server = server.restarted_with(|config| config.pace.due = Duration::from_millis(5)).await;
        let anna = server.founder("Anna").await;
        let phone = anna.log_in().await;
        let row = json!({
            "amount": "-9.99", "article_id": anna.article("expense").await, "financial_center_id": anna.center().await,
            "unit": "week", "every": 1, "automatic": true,
            "starts_on": anna.get("/snapshot").await.is(200).body["today"],
        });
        anna.post("/recurring", row).await.is(201);
        let first = async { while recorded(&anna).await.is_empty() { pause().await } };
        timeout(PATIENCE, first).await.expect("today is recorded");
        server.clock.advance(YEARS);
        anna.get("/auth/me").await.problem(401, "not_signed_in");
        let later = anna.log_in().await;
        // A weekly row: only as many days as fit into the catch-up period.
        let caught_up = async { while recorded(&later).await.len() < 1 + 62 / 7 { pause().await } };
        timeout(PATIENCE, caught_up).await.expect("the last weeks are recorded");
        let waiting = expected(&later).await;
        assert!((245..=255).contains(&waiting), "years wait for people: {waiting}");
        server.guest(&later, "Ben").await;
        assert_eq!(recorded(&later).await.len(), 1 + 9);
        server.clock.go_back(YEARS);
        for session in [&anna, &phone, &later] {
            session.get("/auth/me").await.is(200);
        }
        assert_eq!(expected(&anna).await, 0);
        // A week later it continues normally.
        server.clock.advance(7 * DAY);
        let next = async { while recorded(&anna).await.len() < 11 { pause().await } };
        timeout(PATIENCE, next).await.expect("the next week is recorded");
    }

    async fn no_household_is_erased_on_its_day_by_a_clock_that_jumped_there(server: TestServer) {
        let server = restless(server, Duration::from_secs(3600)).await;
        let server = server.restarted_with(|config| config.pace.due = Duration::from_millis(5)).await;
        let (anna, carl) = (server.founder("Anna").await, server.founder("Carl").await);
        let row = json!({
            "amount": "-1", "article_id": carl.article("expense").await, "financial_center_id": carl.center().await,
            "unit": "week", "every": 1, "automatic": true,
            "starts_on": carl.get("/snapshot").await.is(200).body["today"],
        });
        carl.post("/recurring", row).await.is(201);
        anna.post("/household/deletion", json!({ "name": "Anna's" })).await.is(200);
        // What is recorded as often as households are erased shows that it is looked for them.
        for (weeks, count) in [(0, 1), (2, 3), (1, 4)] {
            server.clock.advance(7 * weeks * DAY);
            let due = async { while recorded(&carl).await.len() < count { pause().await } };
            timeout(PATIENCE, due).await.expect("the weeks are recorded");
        }
        anna.delete("/household/deletion").await.problem(409, "erasure_due");
        server.clock.go_back(21 * DAY);
        assert!(anna.delete("/household/deletion").await.is(200).body["erase_on"].is_null(), "it is kept");
    }
}

/// Creates this many ended sessions and invitations, and as many valid ones.
async fn filled(url: &str, count: i64) -> Database {
    let opened = connect::open(url, Settings::default()).await.expect("it opens");
    let (id, numbers) = match &opened.database {
        Database::Sqlite { .. } => (
            "randomblob(16)",
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < COUNT)",
        ),
        Database::Postgres(..) => ("gen_random_uuid()", "with n(i) as (select generate_series(1, COUNT))"),
    };
    let hash =
        if url.starts_with("sqlite:") { "randomblob(32)" } else { "decode(md5(random()::text || i), 'hex')" };
    let numbers = numbers.replace("COUNT", &(2 * count).to_string());
    let statements = [
        format!(
            "insert into households (id, name, currency, time_zone, epoch, seq, version, created_at, changed_at) values ({id}, 'x', 'EUR', 'UTC', {id}, 0, 1, 0, 0)"
        ),
        format!(
            "insert into accounts (id, email, password_hash, language, created_at) values ({id}, 'x@example.org', '', 'en', 0)"
        ),
        format!(
            "insert into members (household_id, id, account_id, name, role, colour, version, created_at) select h.id, {id}, a.id, 'x', 'owner', 0, 1, 0 from households h, accounts a"
        ),
        format!(
            "{numbers} insert into sessions (id, account_id, household_id, token_hash, device, created_at, last_seen_at, expires_at) \
                 select {id}, m.account_id, m.household_id, {hash}, 'x', 0, 0, i from n, members m"
        ),
        format!(
            "{numbers} insert into invites (household_id, id, token_hash, created_by, created_at, expires_at) \
                 select m.household_id, {id}, {hash}, m.id, 0, i from n, members m"
        ),
        format!("{numbers} insert into attempts (key, free_at) select {hash}, i from n"),
    ];
    let mut tx = opened.database.begin().await.expect("it begins");
    for sql in statements {
        let done = match tx.sqlite() {
            Some(lite) => lite.execute(AssertSqlSafe(sql.clone())).await.map(|_| ()),
            None => tx.postgres().expect("one of both").execute(AssertSqlSafe(sql.clone())).await.map(|_| ()),
        };
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    tx.commit().await.expect("it lasts");
    opened.database
}

async fn plan(database: &Database, sql: &str, values: [&str; 2]) -> String {
    let sql = sql.replace("$1", values[0]).replace("$2", values[1]);
    let mut tx = database.read().await.expect("it begins");
    let rows: Vec<String> = match tx.sqlite() {
        Some(lite) => {
            let rows =
                lite.fetch_all(AssertSqlSafe(format!("explain query plan {sql}"))).await.expect("a plan");
            rows.iter().map(|row| row.get("detail")).collect()
        }
        None => {
            let rows =
                tx.postgres().expect("one of both").fetch_all(AssertSqlSafe(format!("explain {sql}"))).await;
            rows.expect("a plan").iter().map(|row| row.get(0)).collect()
        }
    };
    rows.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_step_deletes_a_few_rows_by_index() {
    const COUNT: i64 = 5000;
    let folder = tempfile::tempdir().expect("a folder");
    let lite = format!("sqlite://{}", folder.path().join("book.db").display());
    for url in [lite, fresh_postgres().await] {
        let database = filled(&url, COUNT).await;
        for (file, name, sql) in server::db::all_statements() {
            if !["sessions", "invites", "attempts"].contains(&file)
                || !["EXPIRED", "OVER", "DELETE"].contains(&name)
            {
                continue;
            }
            let values = if name == "DELETE" {
                ["'00000000-0000-0000-0000-000000000000'"; 2]
            } else {
                ["5000", "200"]
            };
            let plan = plan(&database, sql, values).await;
            assert!(plan.to_lowercase().contains("index"), "{file}: {plan}");
            for whole in ["SCAN sessions", "SCAN invites", "SCAN attempts", "Seq Scan"] {
                assert!(!plan.contains(whole), "{file}: {plan}");
            }
        }
        let mut deleted = Vec::new();
        loop {
            let mut tx = database.begin().await.expect("it begins");
            let counts = [
                sessions::delete_expired(&mut tx, COUNT, 2000).await.expect("some"),
                invites::delete_expired(&mut tx, COUNT, 2000).await.expect("some"),
                server::db::attempts::forget(&mut tx, COUNT, 2000).await.expect("some"),
            ];
            tx.commit().await.expect("it lasts");
            deleted.push(counts);
            if counts == [0; 3] {
                break;
            }
        }
        assert_eq!(
            deleted,
            [[2000; 3], [2000; 3], [1000; 3], [0; 3]],
            "no more than asked for, and nothing that lasts"
        );
        database.close().await;
    }
}
