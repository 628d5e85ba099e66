//! What another program writes into the database file while it is served: another file, or damage.

use crate::{
    backup::url_of,
    database_file::path_of,
    disk::{Program, founder, readiness},
    harness::TestServer,
    start::{ends, one_clear_line},
};
use server::{backup::backup, db::file::beside};
use sqlx::{Connection, Executor};
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::{fs, os::unix::fs::FileExt, path::Path, process::Command};

/// Copies a file over another one, which stays the same file for the system.
fn copy_over(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg(from).arg(to).status().expect("cp").success());
}

async fn gauge(program: &Program, name: &str) -> String {
    let text = reqwest::get(format!("http://{}/metrics", program.admin)).await.expect("figures");
    let text = text.text().await.expect("text");
    let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
    line.expect("the figure").rsplit(' ').next().expect("a number").to_owned()
}

/// The book of another household, a backup of the same one, and a file that is no database.
async fn others(folder: &Path, book: &Path) -> [std::path::PathBuf; 3] {
    let [other, same, letter] = ["other.db", "same.db", "letter.txt"].map(|name| folder.join(name));
    let server = TestServer::sqlite().await;
    server.founder("Eve").await.buys("-7").await;
    backup(&server.database_url, &other).await.expect("a backup");
    backup(&url_of(book), &same).await.expect("a backup");
    fs::write(&letter, "Dear Anna, here is how the summer was.".repeat(10)).expect("a file");
    [other, same, letter]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_another_one_was_copied_over_is_neither_read_nor_written_any_more() {
    for n in 0..3 {
        let folder = tempfile::tempdir().expect("a folder");
        let program = Program::start(folder.path()).await;
        let anna = founder(program.addr).await;
        anna.buys("-1").await;
        let other = &others(folder.path(), &program.book).await[n];
        let purchase = anna.purchase("-2").await;
        assert_eq!(gauge(&program, "family_budget_store_readable").await, "1");
        assert_eq!(gauge(&program, "family_budget_store_writable").await, "1");
        copy_over(other, &program.book);
        for reply in
            [anna.get("/facts").await, anna.post("/facts", purchase).await, anna.get("/snapshot").await]
        {
            let reply = reply.problem(503, "database_displaced");
            assert_eq!(reply.header("retry-after"), "10", "{}", reply.body);
            assert!(reply.body["detail"].as_str().expect("text").contains("overwritten"), "{}", reply.body);
        }
        assert_eq!(program.readiness().await, (503, "not ready: database_displaced".into()));
        assert_eq!(gauge(&program, "family_budget_store_readable").await, "0");
        assert_eq!(gauge(&program, "family_budget_store_writable").await, "0");
        let book = program.book.clone();
        assert_eq!(program.stop().await, Some(0));
        let is_as_copied = || fs::read(&book).expect("a file") == fs::read(other).expect("a file");
        assert!(is_as_copied(), "the log of the former file is not written into {}", other.display());
        if n == 2 {
            continue;
        }
        // Nor is it by the next process.
        let log = beside(&book, "-wal");
        assert!(log.metadata().expect("it is left").len() > 0);
        let args = ["migrate", "--database-url", &url_of(&book)];
        one_clear_line(&ends(folder.path(), &args), "is not the file that");
        assert!(is_as_copied());
        fs::remove_file(&log).expect("it is there");
        let program = Program::start(folder.path()).await;
        assert_eq!(program.readiness().await, (200, "ready".into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_killed_process_is_written_into_its_own_file_and_into_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path()).await;
    founder(program.addr).await.buys("-1").await;
    let book = program.book.clone();
    let [other, ..] = others(folder.path(), &book).await;
    drop(program);
    let [kept, log] = ["kept.db", "kept.db-wal"].map(|name| folder.path().join(name));
    fs::copy(&book, &kept).expect("a copy");
    fs::copy(beside(&book, "-wal"), &log).expect("a copy");
    copy_over(&other, &book);
    let migrate = || ends(folder.path(), &["migrate", "--database-url", &url_of(&book)]);
    one_clear_line(&migrate(), "book.db-wal belongs to");
    copy_over(&kept, &book);
    assert!(migrate().status.success(), "its own");
    // Files that somebody put there together, beside the lock of another one.
    copy_over(&other, &book);
    fs::copy(&log, beside(&book, "-wal")).expect("a copy");
    one_clear_line(&migrate(), "remove");
    copy_over(&kept, &book);
    fs::write(beside(&book, ".lock"), "0badc0de\n").expect("a lock file");
    one_clear_line(&migrate(), "book.db.lock instead");
    fs::remove_file(beside(&book, ".lock")).expect("it is there");
    assert!(migrate().status.success());
    let options = SqliteConnectOptions::new().filename(&book);
    let mut conn = SqliteConnection::connect_with(&options).await.expect("it opens");
    let facts: i64 =
        sqlx::query_scalar("select count(*) from facts").fetch_one(&mut conn).await.expect("a number");
    assert_eq!(facts, 1, "what was only in the log is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_database_is_named_and_reported() {
    let server = TestServer::sqlite().await;
    let anna = server.founder("Anna").await;
    anna.buys("-1").await;
    let book = path_of(&server);
    let options = SqliteConnectOptions::new().filename(&book);
    let mut other = SqliteConnection::connect_with(&options).await.expect("the file opens");
    other.execute("pragma wal_checkpoint(truncate)").await.expect("everything is in the file");
    // All but the page with the header.
    let file = fs::File::options().write(true).open(&book).expect("it opens");
    for page in 1..file.metadata().expect("a file").len() / 4096 {
        file.write_all_at(&[0xa5; 4096], page * 4096).expect("it is damaged");
    }
    // A change of the log, after which the connections read the pages again.
    other.execute("pragma user_version = 7").await.expect("it is written");
    let reply = anna.get("/facts").await.problem(503, "database_damaged");
    assert_eq!(reply.header("retry-after"), "10");
    assert!(reply.body["detail"].as_str().expect("text").contains("damaged"), "{}", reply.body);
    let form = serde_json::json!({ "email": anna.email, "password": crate::harness::PASSWORD });
    anna.post("/auth/login", form).await.problem(503, "database_damaged");
    assert_eq!(readiness(server.addr).await, (503, "not ready: database_damaged".into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_that_a_reading_met_is_reported_and_ends_writing_until_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path()).await;
    let anna = founder(program.addr).await;
    let purchase = anna.purchase("-1").await;
    let options = SqliteConnectOptions::new().filename(&program.book);
    let mut other = SqliteConnection::connect_with(&options).await.expect("the file opens");
    other.execute("pragma wal_checkpoint(truncate)").await.expect("everything is in the file");
    let sql = "select rootpage from sqlite_schema where tbl_name = 'plans' and rootpage > 1";
    let pages: Vec<i64> = sqlx::query_scalar(sql).fetch_all(&mut other).await.expect("numbers");
    let file = fs::File::options().read(true).write(true).open(&program.book).expect("it opens");
    let places: Vec<_> =
        pages.iter().map(|page| (u64::try_from(*page).expect("a page") - 1) * 4096).collect();
    let mut whole = vec![[0; 4096]; places.len()];
    for (page, at) in whole.iter_mut().zip(&places) {
        file.read_exact_at(page, *at).expect("a page");
        file.write_all_at(&[0xa5; 4096], *at).expect("it is damaged");
    }
    // A change of the log, after which the connections read the pages again.
    other.execute("pragma user_version = 7").await.expect("it is written");
    assert_eq!(program.readiness().await, (200, "ready".into()), "nobody has read there");
    anna.get("/plans?month=2026-11").await.problem(503, "database_damaged");
    // Repaired behind the program's back, of which it cannot know.
    for (page, at) in whole.iter().zip(&places) {
        file.write_all_at(page, *at).expect("it is repaired");
    }
    other.execute("pragma user_version = 8").await.expect("it is written");
    anna.get("/plans?month=2026-11").await.is(200);
    let before = anna.head().await;
    assert_eq!(program.readiness().await, (503, "not ready: database_damaged".into()));
    assert_eq!(gauge(&program, "family_budget_store_readable").await, "0");
    assert_eq!(gauge(&program, "family_budget_store_writable").await, "0");
    anna.post("/facts", purchase.clone()).await.problem(503, "database_damaged");
    assert_eq!(anna.head().await, before);
    other.close().await.expect("it closes");
    assert_eq!(program.stop().await, Some(0));
    let program = Program::start(folder.path()).await;
    assert_eq!(gauge(&program, "family_budget_store_readable").await, "1");
    crate::harness::Member { addr: program.addr, ..anna }.post("/facts", purchase).await.is(201);
}
