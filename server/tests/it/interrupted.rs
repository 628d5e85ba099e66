//! Commands that a signal or a crash ends: what they had begun to write is removed, at the latest by the next one.

use crate::{
    backup::{in_it, program, url_of},
    harness::{TestServer, free_port, fresh_postgres, pause},
};
use rustix::process::{Pid, Signal, kill_process};
use server::db::connect::{self, Settings};
use sqlx::{Connection, Executor};
use sqlx_postgres::PgConnection;
use std::{
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command},
};
use tempfile::TempDir;

const PART: &str = ".family-budget.part";

/// A PostgreSQL database whose table of occurrences nobody can read.
async fn locked(url: &str) -> PgConnection {
    let mut conn = PgConnection::connect(url).await.expect("PostgreSQL answers");
    conn.execute("begin").await.expect("it begins");
    conn.execute("lock table occurrences in access exclusive mode").await.expect("it is locked");
    conn
}

/// Waits until that many connections wait for the lock. Those of a command that ended wait as well.
async fn until_waiting(url: &str, child: &mut Child, count: i64) {
    let mut watching = PgConnection::connect(url).await.expect("PostgreSQL answers");
    let waits = "select count(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut watching).await.expect("a number") < count {
        assert_eq!(child.try_wait().expect("it can be asked"), None, "it is in the middle");
        pause().await;
    }
}

/// Sends a signal; returns the exit code.
fn ended(mut child: Child, signal: Signal) -> Option<i32> {
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a process")).expect("a process");
    kill_process(pid, signal).expect("it is there");
    child.wait().expect("it ends").code()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_backup_leaves_no_file_and_the_next_removes_what_a_killed_one_left() {
    let server = TestServer::postgres().await;
    server.founder("Anna").await;
    let folder = tempfile::tempdir().expect("a folder");
    // Named like a file of this program, but nobody can tell.
    std::fs::write(folder.path().join("other.db.part"), "x").expect("a file");
    let _lock = locked(&server.database_url).await;
    let begin = async |name: &str, count: i64| {
        let mut command = program(&server.database_url, &["backup", name]);
        let mut child = command.current_dir(folder.path()).spawn().expect("it starts");
        until_waiting(&server.database_url, &mut child, count).await;
        child
    };
    for (signal, count) in [(Signal::TERM, 1), (Signal::INT, 2)] {
        let child = begin("a.db", count).await;
        assert_eq!(in_it(&folder), [format!("a.db{PART}"), "other.db.part".to_owned()]);
        assert_eq!(ended(child, signal), Some(130));
        assert_eq!(in_it(&folder), ["other.db.part"]);
    }
    assert_eq!(ended(begin("b.db", 3).await, Signal::KILL), None);
    assert_eq!(in_it(&folder), [format!("b.db{PART}"), "other.db.part".to_owned()]);
    let running = [begin("c.db", 4).await, begin("d.db", 5).await];
    let parts = [format!("c.db{PART}"), format!("d.db{PART}"), "other.db.part".to_owned()];
    assert_eq!(in_it(&folder), parts, "those that are being written stay");
    for child in running {
        assert_eq!(ended(child, Signal::TERM), Some(130));
    }
    assert_eq!(in_it(&folder), ["other.db.part"]);
}

/// A backup with a household.
async fn backup_in(folder: &TempDir) -> String {
    let server = TestServer::sqlite().await;
    server.founder("Anna").await;
    let file = folder.path().join("backup.db").to_str().expect("text").to_owned();
    assert!(program(&server.database_url, &["backup", &file]).status().expect("it starts").success());
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_restore_leaves_no_copy_and_the_next_command_removes_what_a_killed_one_left() {
    let (folder, temporary) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let file = backup_in(&folder).await;
    let target = fresh_postgres().await;
    connect::open(&target, Settings::default()).await.expect("it opens").database.close().await;
    let _lock = locked(&target).await;
    // Folders of others.
    let foreign = ["family-budget-8f0c2f4e-6f3c-4a49-9a39-1f4f6f1f4c11", "family-budget-notes"];
    for name in foreign {
        std::fs::create_dir(temporary.path().join(name)).expect("a folder");
        std::fs::write(temporary.path().join(name).join("letter.txt"), "x").expect("a file");
    }
    let copies = || {
        let mut all = in_it(&temporary);
        all.retain(|name| !foreign.contains(&&**name));
        all
    };
    let restore = |file: &str| -> Command {
        let mut command = program(&target, &["restore", file]);
        command.env("TMPDIR", temporary.path());
        command
    };
    let begin = async |count: i64| {
        let mut child = restore(&file).spawn().expect("it starts");
        until_waiting(&target, &mut child, count).await;
        child
    };
    for (signal, count) in [(Signal::TERM, 1), (Signal::INT, 2)] {
        let child = begin(count).await;
        let copy = copies().pop().expect("a copy");
        assert!(is_private(&temporary.path().join(copy).join("copy.db")), "nobody else can read it");
        assert_eq!(ended(child, signal), Some(130));
        assert_eq!(copies(), [""; 0]);
    }
    assert_eq!(ended(begin(3).await, Signal::KILL), None);
    let killed = copies();
    assert_eq!(killed.len(), 1);
    let running = begin(4).await;
    let used = copies();
    assert!(used.len() == 1 && used != killed, "{killed:?} is removed, {used:?} is in use");
    assert_eq!(restore("missing.db").status().expect("it starts").code(), Some(2));
    assert_eq!(copies(), used, "what is in use stays");
    assert_eq!(ended(running, Signal::KILL), None);
    assert_eq!(copies(), used);
    let book = url_of(&folder.path().join("book.db"));
    let mut serving = program(&book, &["serve", "--addr", &free_port().to_string()]);
    serving.env("TMPDIR", temporary.path()).env("LEPTOS_HASH_FILES", "false");
    let mut serving = serving.spawn().expect("it starts");
    while !copies().is_empty() {
        assert_eq!(serving.try_wait().expect("it can be asked"), None, "it serves");
        pause().await;
    }
    ended(serving, Signal::KILL);
    assert_eq!(in_it(&temporary), foreign);
}

fn is_private(file: &Path) -> bool {
    file.metadata().expect("a file").permissions().mode().trailing_zeros() >= 6
}
