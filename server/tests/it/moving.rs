//! Moving a book from a SQLite file to PostgreSQL: everything arrives, or nothing.

use crate::harness::{Member, TestServer, Visitor, fresh_postgres, pause};
use app::wire::Frame;
use serde_json::{Value, json};
use server::{
    backup::{
        backup,
        relocation::{RelocationError, run},
        restore::Prepared,
    },
    db::{
        connect::{self, ConnectError, Settings},
        moving::TABLES,
    },
    moving::MoveError,
};
use sqlx::{AssertSqlSafe, Connection, Executor};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::{
    fs,
    os::unix::fs::{FileExt, MetadataExt, PermissionsExt},
    path::Path,
    process::Command,
    time::SystemTime,
};

/// A book with rows in every table.
async fn full() -> (TestServer, Vec<Member>) {
    let server = TestServer::sqlite().await.restarted_with(|config| config.logins_per_minute = 100).await;
    let people = fill(&server).await;
    (server, people)
}

/// Writes rows into every table; attempts to sign in must be counted.
pub async fn fill(server: &TestServer) -> Vec<Member> {
    let anna = server.founder("Anna").await;
    let ben = server.guest(&anna, "Ben").await;
    anna.invite().await;
    for n in 1..=20 {
        anna.buys(&format!("-{n}.05")).await;
    }
    ben.delete(&format!("/facts/{}", ben.buys("-7").await.id())).await.is(204);
    ben.log_in().await;
    let link = format!("/members/{}/password-link", ben.id.as_str().expect("an id"));
    anna.post(&link, json!({})).await.is(201);
    // Two thousand entries and the recurring ones.
    let mut visitor = Visitor::of(server);
    visitor.post(&format!("/demo/{:0>40}/anna", "moving"), &[]).await.leads_to("/");
    let demo = visitor.member(server.stranger());
    let today = anna.get("/snapshot").await.is(200).body["today"].clone();
    let mut weekly = anna.purchase("-12.50").await;
    (weekly["unit"], weekly["starts_on"]) = (json!("week"), today.clone());
    let id = anna.post("/recurring", weekly).await.is(201).id();
    anna.post(&format!("/recurring/{id}/skip"), json!({ "day": today })).await.is(200);
    vec![anna, ben, demo]
}

/// What a member sees, without the epoch.
async fn seen(member: &Member) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/snapshot",
        "/facts?limit=500",
        "/recurring",
        "/articles",
        "/financial-centers",
        "/members",
        "/invites",
        "/auth/me",
    ] {
        let mut body = member.get(path).await.is(200).body;
        if let Some(epoch) = body.get_mut("epoch") {
            *epoch = Value::Null;
        }
        all.push(body);
    }
    all
}

async fn history(member: &Member) -> Value {
    let epoch = member.get("/snapshot").await.is(200).body["epoch"].clone();
    let epoch = epoch.as_str().expect("an epoch");
    member.get(&format!("/events?epoch={epoch}&since=0&limit=500")).await.is(200).body
}

async fn rows(url: &str) -> i64 {
    let mut target = PgConnection::connect(url).await.expect("PostgreSQL answers");
    let counts: Vec<_> = TABLES.iter().map(|table| format!("(select count(*) from {table})")).collect();
    let sql = AssertSqlSafe(format!("select {}", counts.join(" + ")));
    sqlx::query_scalar(sql).fetch_one(&mut target).await.expect("a number")
}

async fn execute(url: &str, sql: &'static str) {
    let mut target = PgConnection::connect(url).await.expect("PostgreSQL answers");
    target.execute(sql).await.expect("it is done");
}

/// An empty target whose tables exist already.
async fn prepared(sql: &'static str) -> String {
    let url = fresh_postgres().await;
    connect::open(&url, Settings::default()).await.expect("it opens").database.close().await;
    execute(&url, sql).await;
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moved_book_is_the_same_for_everybody_and_continues() {
    let (mut server, people) = full().await;
    let (mut before, mut told) = (Vec::new(), Vec::new());
    for member in &people {
        before.push((seen(member).await, history(member).await));
    }
    let old = people[0].get("/snapshot").await.body;
    server.stop().await;
    let to = fresh_postgres().await;
    run(&server.database_url, &to, |table, rows| told.push((table.to_owned(), rows)))
        .await
        .expect("it moves");
    assert_eq!(told.iter().map(|(table, _)| table.as_str()).collect::<Vec<_>>(), TABLES);
    assert!(told.iter().all(|(_, rows)| *rows > 0), "the book of this test has rows everywhere: {told:?}");

    let moved = server.restarted_with(|config| config.database_url = to).await;
    for (member, (seen_before, history_before)) in people.iter().zip(before) {
        assert_eq!(seen(member).await, seen_before);
        assert_eq!(history(member).await, history_before);
    }
    let anna = &people[0];
    let query = format!("?epoch={}&since={}", old["epoch"].as_str().expect("an id"), old["seq"]);
    let mut screen = anna.socket(&query).await;
    assert!(matches!(screen.frame().await, Frame::Welcome(_)));
    assert!(matches!(screen.frame().await, Frame::Resync(_)), "the old log does not go on");
    assert_eq!(anna.buys("-1").await.seq(), old["seq"].as_i64().expect("a number") + 1);
    drop(moved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_with_rows_a_missing_file_and_the_wrong_direction_are_refused() {
    let server = TestServer::postgres().await;
    server.founder("Anna").await;
    let folder = tempfile::tempdir().expect("a folder");
    let (empty, missing) = (folder.path().join("empty.db"), folder.path().join("missing.db"));
    let url = |path: &Path| format!("sqlite://{}", path.display());
    connect::open(&url(&empty), Settings::default()).await.expect("it opens").database.close().await;
    let before = rows(&server.database_url).await;
    let refused = async |from: &str, to: &str| run(from, to, |_, _| {}).await.expect_err("it is refused");
    let full = refused(&url(&empty), &server.database_url).await;
    assert!(matches!(full, RelocationError::Move(MoveError::NotEmpty("households"))), "{full}");
    assert_eq!(rows(&server.database_url).await, before);
    let to = fresh_postgres().await;
    assert!(matches!(refused(&url(&missing), &to).await, RelocationError::Connect(ConnectError::NoFile(_))));
    assert!(!missing.exists(), "and none is made");
    assert!(matches!(refused(&to, &url(&empty)).await, RelocationError::Direction));
    assert!(matches!(refused(&url(&empty), &url(&missing)).await, RelocationError::Direction));
    let served = TestServer::sqlite().await;
    let error = refused(&served.database_url, &to).await.to_string();
    assert!(error.contains("in use by another family-budget"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_or_incomplete_copy_leaves_the_target_empty() {
    let (mut server, _) = full().await;
    server.stop().await;
    let from = &server.database_url;
    let fails = "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$;
        create trigger refuse before insert on occurrences execute function refuse()";
    let to = prepared(fails).await;
    let error = run(from, &to, |_, _| {}).await.expect_err("it fails").to_string();
    assert!(error.contains("no room"), "{error}");
    assert_eq!(rows(&to).await, 0);
    // A cent more in one row, and a missing row: each is detected.
    for (spoils, says) in [
        (
            "create function spoil() returns trigger language plpgsql as $$ begin
            if new.amount = -105 then new.amount = -106; end if; return new; end $$;
          create trigger spoil before insert on facts for each row execute function spoil()",
            "sum of amount of facts",
        ),
        (
            "create function spoil() returns trigger language plpgsql as $$ begin
            if new.amount = -105 then return null; end if; return new; end $$;
          create trigger spoil before insert on facts for each row execute function spoil()",
            "rows of facts",
        ),
    ] {
        let to = prepared(spoils).await;
        let error = run(from, &to, |_, _| {}).await.expect_err("it is noticed").to_string();
        assert!(error.contains(says) && error.contains("in household"), "{error}");
        assert_eq!(rows(&to).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_move_leaves_the_target_empty_and_can_be_repeated() {
    let (mut server, people) = full().await;
    server.stop().await;
    let waits = "create function wait() returns trigger language plpgsql as $$ begin perform pg_sleep(600); return new; end $$;
        create trigger wait before insert on change_log execute function wait()";
    let to = prepared(waits).await;
    let ask = |from: &str, to: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_family-budget"));
        command.args(["move", "--from", from, "--to", to]).env_clear();
        command
    };
    let mut child = ask(&server.database_url, &to).spawn().expect("it starts");
    let mut watching = PgConnection::connect(&to).await.expect("PostgreSQL answers");
    let asleep = "select count(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
    while sqlx::query_scalar::<_, i64>(asleep).fetch_one(&mut watching).await.expect("a number") == 0 {
        assert_eq!(child.try_wait().expect("it can be asked"), None, "it is in the middle");
        pause().await;
    }
    child.kill().expect("it is there");
    child.wait().expect("it has ended");
    let end = "select count(pg_terminate_backend(pid, 20000)) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";
    sqlx::query(end).execute(&mut watching).await.expect("what it left behind ends");
    assert_eq!(rows(&to).await, 0);
    execute(&to, "drop trigger wait on change_log").await;
    let output = ask(&server.database_url, &to).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("adds up"));
    let again = ask(&server.database_url, &to).output().expect("it starts");
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("not empty"));
    let moved = server.restarted_with(|config| config.database_url = to).await;
    assert_eq!(people[0].get("/auth/me").await.is(200).body["member"]["name"], json!("Anna"));
    drop(moved);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_book_is_a_book() {
    let (server, people) = full().await;
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.db");
    let options: SqliteConnectOptions = server.database_url.parse().expect("a URL");
    let mut beside = SqliteConnection::connect_with(&options).await.expect("the file opens");
    let writing = async {
        for n in 1..=20 {
            people[0].buys(&format!("-{n}")).await;
        }
    };
    let backup = async {
        sqlx::query("vacuum into $1").bind(copy.to_str()).execute(&mut beside).await.expect("it is copied");
    };
    tokio::join!(writing, backup);
    let head = people[0].head().await;
    let restored =
        server.restarted_with(|config| config.database_url = format!("sqlite://{}", copy.display())).await;
    let kept = people[0].head().await;
    assert!((head - 20..=head).contains(&kept), "{kept} of {head}");
    assert_eq!(people[0].buys("-1").await.seq(), kept + 1);
    drop(restored);
}

/// The bytes of a file, its mode, owner and times, and what stands beside it.
fn traits_of(file: &Path) -> (Vec<u8>, u32, u32, SystemTime, Vec<std::ffi::OsString>) {
    let found = file.metadata().expect("a file");
    let folder = fs::read_dir(file.parent().expect("its folder")).expect("a folder");
    let mut beside: Vec<_> = folder.flatten().map(|entry| entry.file_name()).collect();
    beside.sort();
    let bytes = fs::read(file).expect("it can be read");
    (bytes, found.permissions().mode(), found.uid(), found.modified().expect("its time"), beside)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_reads_a_backup_leaves_it_as_it_is() {
    let server = TestServer::sqlite().await;
    server.founder("Anna").await.buys("-1.05").await;
    let (folder, out) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let file = folder.path().join("backup.db");
    backup(&server.database_url, &file).await.expect("it is written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("its mode");
    let (before, from) = (traits_of(&file), format!("sqlite://{}", file.display()));
    let to = fresh_postgres().await;
    let [place, copy] = ["new.db", "copy.db"].map(|name| out.path().join(name).display().to_string());
    let commands: [&[&str]; 4] = [
        &["move", "--from", &from, "--to", &to],
        &["stats", "--database-url", &from],
        &["backup", &copy, "--database-url", &from],
        &["restore", &file.display().to_string(), "--database-url", &format!("sqlite://{place}")],
    ];
    for args in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_family-budget")).args(args).env_clear().output();
        let output = output.expect("it starts");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(traits_of(&file) == before, "{args:?} changes the backup, or what is beside it");
    }
    // So a change of it is still noticed, by a move too.
    let changed = folder.path().join("changed.db");
    fs::write(&changed, &before.0).expect("a copy");
    let at = before.0.windows(6).rposition(|bytes| bytes == b"Anna's").expect("the name of the household");
    let opened = fs::File::options().write(true).open(&changed).expect("it opens");
    opened.write_all_at(b"Eva", at as u64).expect("it is changed");
    let error = run(&format!("sqlite://{}", changed.display()), &fresh_postgres().await, |_, _| {}).await;
    let error = error.expect_err("it is refused").to_string();
    assert!(error.starts_with("nothing was copied") && error.contains("has been changed since"), "{error}");
    Prepared::of(&file).await.expect("the backup itself is accepted");
}
