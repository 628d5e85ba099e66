//! A restore into a file that nobody serves: in full, or nothing of it is left.

use crate::{
    backup::{in_it, program, url_of},
    disk::Small,
    harness::{Kept, fresh_postgres},
    interrupted::{PART, backup_in, ended, locked, until, until_waiting},
    start::{ends, one_clear_line},
};
use rustix::process::Signal;
use server::stats::read;
use sqlx::{Connection, Executor};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::Path,
    process::Stdio,
};

/// A restore that has begun to write and waits, until it is dropped, for a lock on the file that it writes to.
async fn begun(target: &Path, args: &[&str]) -> (Kept, SqliteConnection) {
    let part = format!("{}{PART}", target.display());
    let options = SqliteConnectOptions::new().filename(&part).create_if_missing(true);
    let mut held = SqliteConnection::connect_with(&options).await.expect("it opens");
    held.execute("create table x (y int); begin exclusive").await.expect("it is locked");
    let mut child = Kept(program(&url_of(target), args).spawn().expect("it starts"));
    // What is left of an earlier one is emptied first.
    until(&mut child, || fs::metadata(&part).is_ok_and(|found| found.len() == 0)).await;
    (child, held)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_restore_leaves_no_file_and_the_next_removes_what_a_killed_one_left() {
    let (folder, out) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let file = backup_in(&folder).await;
    let target = out.path().join("book.db");
    let restore = ["restore", &file];
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let (child, _held) = begun(&target, &restore).await;
        assert_eq!(in_it(&out), [format!("book.db{PART}")]);
        assert_eq!(ended(child, signal).await, Some(code));
        assert_eq!(in_it(&out), [""; 0]);
    }
    let (child, held) = begun(&target, &restore).await;
    assert_eq!(ended(child, Signal::KILL).await, None);
    drop(held);
    assert_eq!(in_it(&out), [format!("book.db{PART}")]);
    let other = out.path().join("other.db");
    assert!(program(&url_of(&other), &restore).status().expect("it starts").success());
    assert_eq!(in_it(&out), ["other.db"], "the file alone, and what a killed one left is gone");
    assert_eq!(other.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_restore_into_an_empty_book_leaves_it_empty() {
    let (folder, out) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let file = backup_in(&folder).await;
    let (target, link) = (out.path().join("book.db"), out.path().join("link.db"));
    std::os::unix::fs::symlink("book.db", &link).expect("a link");
    assert!(ends(out.path(), &["migrate", "--database-url", "sqlite://book.db"]).status.success());
    if target.metadata().expect("a file").uid() == 0 {
        chown(&target, Some(1234), Some(1235)).expect("it may");
    }
    let owner = |found: fs::Metadata| (found.uid(), found.gid());
    let before = (fs::read(&target).expect("a file"), owner(target.metadata().expect("a file")));
    let (child, _held) = begun(&target, &["restore", &file]).await;
    assert_eq!(ended(child, Signal::TERM).await, Some(143));
    assert_eq!(in_it(&out), ["book.db", "book.db.lock", "link.db"]);
    assert_eq!(read(&url_of(&target)).await.expect("it can be read").households.len(), 0);
    let restored = program(&url_of(&link), &["restore", &file]).status();
    assert!(restored.expect("it starts").success());
    assert_eq!(read(&url_of(&target)).await.expect("it can be read").households.len(), 1);
    assert_eq!(owner(target.metadata().expect("a file")), before.1, "it belongs to whom it belonged to");
    assert!(link.is_symlink());
    let again = program(&url_of(&link), &["restore", &file]).output().expect("it starts");
    one_clear_line(&again, "not empty");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_without_room_for_the_book_leaves_the_room_that_there_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = backup_in(&folder).await;
    let Some(small) = Small::mount() else { return };
    let ballast = fs::File::create(small.path().join("ballast")).expect("a file");
    let free = || rustix::fs::statvfs(small.path()).map(|disk| disk.f_bavail).expect("a disk");
    // Room for the first pages only.
    while free() > 20 {
        let length = ballast.metadata().expect("a file").len();
        std::os::unix::fs::FileExt::write_all_at(&ballast, &[1; 4096], length).expect("room");
    }
    let room = free();
    for target in ["book.db", "deep/book.db"] {
        let target = small.path().join(target);
        let output = program(&url_of(&target), &["restore", &file]).output().expect("it starts");
        one_clear_line(&output, "the disk is full: make room");
        let left = fs::read_dir(small.path()).expect("a folder").flatten();
        let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
        assert_eq!(left, ["ballast"], "{}", target.display());
        assert_eq!(free(), room);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_beside_the_log_of_another_file_is_refused() {
    let (folder, out) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let file = backup_in(&folder).await;
    fs::write(out.path().join("book.db-wal"), "the log of a book that was moved away").expect("a file");
    let refused = program(&url_of(&out.path().join("book.db")), &["restore", &file]).output();
    one_clear_line(&refused.expect("it starts"), "book.db-wal lies beside");
    assert_eq!(in_it(&out), ["book.db-wal"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_whose_connection_the_server_ends_says_that_it_can_be_repeated_and_then_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, url) = (backup_in(&folder).await, fresh_postgres().await);
    let empty = program(&url, &["migrate"]).status();
    assert!(empty.expect("it starts").success());
    let mut held = locked(&url).await;
    let mut restoring = program(&url, &["restore", &file]);
    let mut restoring = Kept(restoring.stderr(Stdio::piped()).spawn().expect("it starts"));
    until_waiting(&url, &mut restoring, 1).await;
    let mut other = PgConnection::connect(&url).await.expect("PostgreSQL answers");
    let sql = "select pg_terminate_backend(pid) from pg_stat_activity \
               where datname = current_database() and wait_event_type = 'Lock'";
    other.execute(sql).await.expect("it is ended");
    assert_eq!(restoring.over().await.code(), Some(2));
    let said = std::io::read_to_string(restoring.stderr.take().expect("its output")).expect("text");
    assert!(said.contains("nothing was restored") && said.contains("can be repeated"), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    held.execute("rollback").await.expect("it is over");
    assert!(program(&url, &["restore", &file]).status().expect("it starts").success());
    assert_eq!(read(&url).await.expect("it can be read").households.len(), 1);
}
