//! A full disk while nobody serves the book: what only reads works, and the rest names the cause.

use crate::{
    backup::{program, url_of},
    database_file::run,
    disk::{Program, Small, founder, readiness},
    harness::Kept,
    start::{address_in, one_clear_line, ready},
};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Output,
};

fn fill(folder: &Path) {
    let mut file = File::options().create(true).append(true).open(folder.join("ballast")).expect("a file");
    while file.write_all(&[1; 512]).is_ok() {}
}

fn names_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> =
        fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// A command on the book, and how it ends.
fn ends_with(book: &Path, args: &[&str]) -> Output {
    let mut command = program(&url_of(book), args);
    command.env("FAMILY_BUDGET_ADDR", "127.0.0.1:0").env("LEPTOS_HASH_FILES", "false");
    command.output().expect("it ends")
}

/// Counts the book, and backs it up to another disk.
fn can_be_read(book: &Path) {
    let out = tempfile::tempdir().expect("a folder");
    let counted = ends_with(book, &["stats"]);
    assert!(counted.status.success(), "{}", String::from_utf8_lossy(&counted.stderr));
    assert!(String::from_utf8_lossy(&counted.stdout).contains("Full"), "{counted:?}");
    let copy = out.path().join("copy.db");
    let saved = ends_with(book, &["backup", &copy.display().to_string()]);
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stderr));
    assert!(String::from_utf8_lossy(&saved.stdout).contains("transactions: 1,"), "{saved:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_a_stopped_book_is_counted_and_backed_up_and_whoever_serves_it_is_told_why_not() {
    let Some(small) = Small::mount() else { return };
    let program = Program::start(small.path()).await;
    founder(program.addr).await.buys("-1").await;
    let book = program.book.clone();
    program.stop().await;
    let before = names_in(small.path());
    assert!(
        !before.iter().any(|path| path.display().to_string().ends_with("-wal")),
        "it was written: {before:?}"
    );
    fill(small.path());
    can_be_read(&book);
    for args in [&[][..], &["migrate"]] {
        one_clear_line(&ends_with(&book, args), "its disk is full; make room there");
    }
    let url = url_of(&book);
    let (code, said) = run(small.path(), &["password", "anna@example.org", "--database-url", &url]);
    assert!(code == Some(2) && said.contains("its disk is full; make room there"), "{said}");
    let backup = ends_with(&book, &["backup", &small.path().join("copy.db").display().to_string()]);
    one_clear_line(&backup, "make room on");
    assert!(!small.path().join("copy.db").exists());
    fs::remove_file(small.path().join("ballast")).expect("it is there");
    assert!(ends_with(&book, &["migrate"]).status.success());
    assert_eq!(names_in(small.path()), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_a_book_with_a_log_is_served_for_reading() {
    let Some(small) = Small::mount() else { return };
    let killed = Program::start(small.path()).await;
    let mut anna = founder(killed.addr).await;
    anna.buys("-1").await;
    let book = killed.book.clone();
    drop(killed);
    fill(small.path());
    can_be_read(&book);
    let out = tempfile::tempdir().expect("a folder");
    let log = out.path().join("log");
    let mut serving = program(&url_of(&book), &["serve", "--addr", "127.0.0.1:0", "--log", "json"]);
    serving.env("LEPTOS_HASH_FILES", "false").stdout(File::create(&log).expect("a file"));
    let _serving = Kept(serving.spawn().expect("it starts"));
    let addr = address_in(&log).await;
    ready(&addr).await;
    anna.addr = addr.parse().expect("an address");
    assert_eq!(anna.get("/facts").await.is(200).body["items"].as_array().map(Vec::len), Some(1));
    let purchase = anna.purchase("-2").await;
    // The log was written into the file, which left room for another one.
    fill(small.path());
    anna.post("/facts", purchase.clone()).await.problem(503, "disk_full");
    assert_eq!(readiness(anna.addr).await, (200, "read-only: disk_full".into()));
    assert_eq!(anna.get("/facts").await.is(200).body["items"].as_array().map(Vec::len), Some(1));
    fs::remove_file(small.path().join("ballast")).expect("it is there");
    anna.post("/facts", purchase).await.is(201);
}
