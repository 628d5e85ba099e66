//! Writes that the store refuses, and the working connections that they leave behind.

use crate::{
    database_file::path_of,
    disk::{becomes_ready, readiness},
    harness::{PATIENCE, TestServer, pause},
};
use server::db::{
    Database,
    attempts::{self, Quota},
    connect::{self, Settings},
    refusal,
    writers::Writers,
};
use sqlx::{AssertSqlSafe, Connection, Executor};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::time::timeout;

async fn store() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("book.db").display());
    (folder, connect::open(&url, Settings::default()).await.expect("it opens").database)
}

async fn count(database: &Database, key: u32) -> sqlx::Result<()> {
    let mut tx = database.begin().await?;
    attempts::count(&mut tx, &key.to_be_bytes().repeat(500), 0, Quota { share: 1, window: 1_000_000 })
        .await?;
    tx.commit().await
}

async fn counted(database: &Database) -> i64 {
    let Database::Sqlite { readers, .. } = database else { panic!("this is SQLite") };
    sqlx::query_scalar("select count(*) from attempts").fetch_one(readers).await.expect("a number")
}

#[tokio::test]
async fn a_transaction_without_a_free_page_is_refused_and_the_next_one_works() {
    let (_folder, database) = store().await;
    let Database::Sqlite { writer, .. } = &database else { panic!("this is SQLite") };
    for round in 0..3 {
        writer.execute("pragma max_page_count = 1").await.expect("as many pages as there are");
        let mut written = 0;
        let error = loop {
            match count(&database, round * 1000 + written).await {
                Ok(()) => written += 1,
                Err(error) => break error,
            }
            assert!(written < 1000, "there is an end to it");
        };
        assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("13"));
        assert_eq!(refusal::answer(&error).map(|answer| answer.code()), Some("disk_full"));
        writer.execute("pragma max_page_count = 1000000").await.expect("there is room");
        count(&database, round * 1000 + 999).await.expect("it writes");
    }
    database.ping().await.expect("reading works");
}

#[tokio::test]
async fn a_write_cancelled_at_any_moment_leaves_a_working_connection() {
    let (_folder, database) = store().await;
    let mut before = 0;
    for polls in 0..60 {
        {
            let mut given_up = Box::pin(count(&database, polls * 2));
            for _ in 0..polls % 20 {
                if futures_util::poll!(&mut given_up).is_ready() {
                    break;
                }
                // Sometimes the store is faster than the cancellation.
                if polls % 3 == 0 { pause().await } else { tokio::task::yield_now().await }
            }
        }
        timeout(PATIENCE, count(&database, polls * 2 + 1))
            .await
            .expect("nobody holds it")
            .expect("it writes");
        let now = counted(&database).await;
        assert!(
            (1..=2).contains(&(now - before)),
            "the one that was given up is there or not: {before} {now}"
        );
        before = now;
    }
}

/// A write much smaller than a change.
async fn count_little(database: &Database, key: u8) -> sqlx::Result<()> {
    let mut tx = database.begin().await?;
    attempts::count(&mut tx, &[key], 0, Quota { share: 1, window: 1_000_000 }).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_write_without_room_is_reported_at_once_though_a_smaller_one_fits() {
    let (_folder, database) = store().await;
    let Database::Sqlite { writer, readers, .. } = &database else { panic!("this is SQLite") };
    // Set for each connection again: one whose transaction failed is discarded.
    let no_more_pages = async || writer.execute("pragma max_page_count = 1").await.expect("as there are");
    assert!(database.takes_writes().await);
    no_more_pages().await;
    let mut key = 0;
    while count(&database, key).await.is_ok() {
        key += 1;
        assert!(key < 1000, "there is an end to it");
    }
    assert!(!database.takes_writes().await, "at once");
    no_more_pages().await;
    count_little(&database, 1).await.expect("so little fits");
    no_more_pages().await;
    assert!(!database.takes_writes().await, "which does not mean that a change would");
    // A process that has not tried to write yet finds out by a probe.
    let another = Database::Sqlite {
        writer: writer.clone(),
        readers: readers.clone(),
        file: None,
        writers: Writers::default(),
    };
    no_more_pages().await;
    assert!(!another.takes_writes().await, "a probe is as large as a change");
    writer.execute("pragma max_page_count = 1000000").await.expect("there is room");
    let before = counted(&database).await;
    count_little(&database, 2).await.expect("it writes");
    assert!(database.takes_writes().await, "a probe says so");
    assert_eq!(counted(&database).await, before + 1, "which leaves nothing behind");
}

#[tokio::test]
async fn a_write_without_room_is_reported_at_once_though_a_probe_fits() {
    let (_folder, database) = store().await;
    let Database::Sqlite { writer, .. } = &database else { panic!("this is SQLite") };
    let pages: i64 = sqlx::query_scalar("pragma page_count").fetch_one(writer).await.expect("a number");
    let limit = format!("pragma max_page_count = {}", pages + 100);
    writer.execute(AssertSqlSafe(limit)).await.expect("room for a probe");
    assert!(database.takes_writes().await);
    let mut tx = database.begin().await.expect("it begins");
    let quota = Quota { share: 1, window: 1_000_000 };
    let mut key = 0_u32;
    let error = loop {
        let counted = attempts::count(&mut tx, &key.to_be_bytes().repeat(500), 0, quota).await;
        match counted {
            Ok(_) => key += 1,
            Err(error) => break error,
        }
        assert!(key < 1000, "there is an end to it");
    };
    assert_eq!(refusal::answer(&error).map(|answer| answer.code()), Some("disk_full"));
    drop(tx);
    assert!(!database.takes_writes().await, "at once");
    count_little(&database, 1).await.expect("it writes");
    assert!(database.takes_writes().await, "a probe, which is as large as a usual change, found room");
}

#[tokio::test]
async fn after_a_write_that_ended_without_a_commit_a_probe_is_made_again() {
    let (_folder, database) = store().await;
    let Database::Sqlite { writer, .. } = &database else { panic!("this is SQLite") };
    assert!(database.takes_writes().await);
    // Filled up by somebody else.
    writer.execute("pragma max_page_count = 1").await.expect("as many pages as there are");
    let row = "insert into attempts (key, free_at) values (randomblob(2000), 0)";
    let mut written = 0;
    while writer.execute(row).await.is_ok() {
        written += 1;
        assert!(written < 1000, "there is an end to it");
    }
    assert!(database.takes_writes().await, "it worked a moment ago, and nobody has tried since");
    drop(database.begin().await.expect("it begins"));
    assert!(!database.takes_writes().await, "what was given up may have found no room");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_the_disk_refuses_is_reported_at_once_though_a_probe_fits() {
    let server = TestServer::postgres().await;
    let database = server.database().await;
    let Database::Postgres(pool, _) = &database else { panic!("this is PostgreSQL") };
    for statement in [
        "create function has_no_room() returns trigger language plpgsql as \
         'begin raise exception ''no room'' using errcode = ''53100''; end'",
        "create constraint trigger has_no_room after insert on attempts deferrable initially deferred \
         for each row when (octet_length(new.key) = 1) execute function has_no_room()",
    ] {
        pool.execute(statement).await.expect("it stands");
    }
    assert!(database.takes_writes().await);
    let error = count_little(&database, 1).await.expect_err("the commit is refused");
    assert_eq!(refusal::answer(&error).map(|answer| answer.code()), Some("disk_full"));
    assert!(!database.takes_writes().await, "at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_locked_by_another_program_is_reported() {
    let server = TestServer::sqlite().await;
    let anna = server.founder("Anna").await;
    let purchase = anna.purchase("-1").await;
    let options = SqliteConnectOptions::new().filename(path_of(&server));
    let mut other = SqliteConnection::connect_with(&options).await.expect("the file opens");
    other.execute("begin immediate").await.expect("it is held");
    let reply = anna.post("/facts", purchase.clone()).await.problem(503, "database_locked");
    assert_eq!(reply.header("retry-after"), "1");
    anna.get("/facts").await.is(200);
    other.execute("rollback").await.expect("it is free");
    anna.post("/facts", purchase).await.is(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_only_postgresql_can_be_read_and_is_reported() {
    let server = TestServer::postgres().await;
    let anna = server.founder("Anna").await;
    let purchase = anna.purchase("-1").await;
    let name = server.database_url.rsplit('/').next().expect("a name");
    let become_read_only = async |on: &str| {
        let mut connection = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
        let set = format!("alter database {name} set default_transaction_read_only = {on}");
        connection.execute("set default_transaction_read_only = off").await.expect("it may");
        connection.execute(AssertSqlSafe(set)).await.expect("it is set");
        let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                   where datname = current_database() and pid <> pg_backend_pid()";
        connection.execute(end).await.expect("the others begin anew");
    };
    become_read_only("on").await;
    let reply = anna.post("/facts", purchase.clone()).await.problem(503, "database_read_only");
    assert_eq!(reply.header("retry-after"), "10");
    let said = reply.body["detail"].as_str().expect("a sentence");
    assert!(said.contains("database does not accept changes") && !said.contains("disk"), "{said}");
    anna.get("/facts").await.is(200);
    assert_eq!(readiness(server.addr).await, (200, "read-only: database_read_only".into()));
    become_read_only("off").await;
    anna.post("/facts", purchase).await.is(201);
    becomes_ready(server.addr).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_in_postgresql_is_reported_and_ends_writing_until_a_restart() {
    let mut server = TestServer::postgres().await;
    let anna = server.founder("Anna").await;
    let purchase = anna.purchase("-1").await;
    let database = server.database().await;
    let Database::Postgres(pool, _) = &database else { panic!("this is PostgreSQL") };
    for statement in [
        "create function is_damaged() returns trigger language plpgsql as \
         'begin raise exception ''invalid page'' using errcode = ''XX001''; end'",
        "create trigger is_damaged before insert on facts for each row execute function is_damaged()",
    ] {
        pool.execute(statement).await.expect("it stands");
    }
    assert_eq!(readiness(server.addr).await, (200, "ready".into()), "nobody has met it");
    anna.post("/facts", purchase.clone()).await.problem(503, "database_damaged");
    pool.execute("drop trigger is_damaged on facts").await.expect("it is repaired");
    assert_eq!(readiness(server.addr).await, (503, "not ready: database_damaged".into()));
    anna.post("/facts", purchase.clone()).await.problem(503, "database_damaged");
    anna.get("/facts").await.is(200);
    server.restart().await;
    becomes_ready(server.addr).await;
    anna.post("/facts", purchase).await.is(201);
}
