//! Commands that a signal or a crash ends: what they had begun to write is removed, at the latest by the next one.

use crate::{
    backup::{in_it, open_file, program, url_of},
    disk::{Program, founder},
    harness::{Kept, PATIENCE, TestServer, fresh_postgres, pause, send, with_usual_signals},
    start::{address_in, ready},
};
use app::wire::Frame;
use rustix::process::Signal;
use server::db::connect::{self, Settings};
use sqlx::{Connection, Executor};
use sqlx_postgres::PgConnection;
use std::{fs::File, os::unix::fs::PermissionsExt, path::Path, process::Command};
use tempfile::TempDir;
use tokio::time::timeout;

pub const PART: &str = ".family-budget.part";

/// A PostgreSQL database whose table of occurrences nobody can read.
pub async fn locked(url: &str) -> PgConnection {
    let mut conn = PgConnection::connect(url).await.expect("PostgreSQL answers");
    conn.execute("begin").await.expect("it begins");
    conn.execute("lock table occurrences in access exclusive mode").await.expect("it is locked");
    conn
}

/// Waits until that many connections wait for the lock. Those of a command that ended wait as well.
pub async fn until_waiting(url: &str, child: &mut Kept, count: i64) {
    let mut watching = PgConnection::connect(url).await.expect("PostgreSQL answers");
    let waits = "select count(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let waiting = async {
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut watching).await.expect("a number") < count {
            assert_eq!(child.try_wait().expect("it can be asked"), None, "it is in the middle");
            pause().await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it waits for the lock");
}

/// Waits until a condition holds; the process must not end before.
pub async fn until(child: &mut Kept, holds: impl Fn() -> bool) {
    let holding = async {
        while !holds() {
            assert_eq!(child.try_wait().expect("it can be asked"), None, "it ends too early");
            pause().await;
        }
    };
    timeout(PATIENCE, holding).await.expect("in time");
}

/// Sends a signal; returns the exit code.
pub async fn ended(mut child: Kept, signal: Signal) -> Option<i32> {
    send(child.id(), signal);
    child.over().await.code()
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
        let mut child = Kept(command.current_dir(folder.path()).spawn().expect("it starts"));
        until_waiting(&server.database_url, &mut child, count).await;
        child
    };
    for (signal, count, code) in [(Signal::TERM, 1, 143), (Signal::INT, 2, 130)] {
        let child = begin("a.db", count).await;
        assert_eq!(in_it(&folder), [format!("a.db{PART}"), "other.db.part".to_owned()]);
        assert_eq!(ended(child, signal).await, Some(code));
        assert_eq!(in_it(&folder), ["other.db.part"]);
    }
    assert_eq!(ended(begin("b.db", 3).await, Signal::KILL).await, None);
    assert_eq!(in_it(&folder), [format!("b.db{PART}"), "other.db.part".to_owned()]);
    let running = [begin("c.db", 4).await, begin("d.db", 5).await];
    let parts = [format!("c.db{PART}"), format!("d.db{PART}"), "other.db.part".to_owned()];
    assert_eq!(in_it(&folder), parts, "those that are being written stay");
    for child in running {
        assert_eq!(ended(child, Signal::TERM).await, Some(143));
    }
    assert_eq!(in_it(&folder), ["other.db.part"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_backup_of_a_file_leaves_neither_the_copy_nor_its_journal() {
    let (folder, held) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let book = backup_in(&held).await;
    // A backup waits for some seconds until it can read.
    let mut writer = open_file(Path::new(&book)).await;
    writer.execute("begin exclusive").await.expect("nobody else uses it");
    let (part, journal) =
        (|name: &str| format!("{name}{PART}"), |name: &str| format!("{name}{PART}-journal"));
    let begin = async |name: &str| {
        let mut command = program(&url_of(Path::new(&book)), &["backup", name]);
        let mut child = Kept(command.current_dir(folder.path()).spawn().expect("it starts"));
        until(&mut child, || folder.path().join(part(name)).exists()).await;
        child
    };
    let with_journal = |name: &str| std::fs::write(folder.path().join(journal(name)), "x").expect("a file");
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::QUIT, 131), (Signal::HUP, 129)] {
        let child = begin("a.db").await;
        with_journal("a.db");
        assert_eq!(ended(child, signal).await, Some(code));
        assert_eq!(in_it(&folder), [""; 0]);
    }
    assert_eq!(ended(begin("b.db").await, Signal::KILL).await, None);
    with_journal("b.db");
    assert_eq!(in_it(&folder), [part("b.db"), journal("b.db")]);
    let mut running = begin("c.db").await;
    assert_eq!(in_it(&folder), [part("c.db")]);
    writer.execute("rollback").await.expect("it can be read");
    assert!(running.over().await.success());
    assert_eq!(in_it(&folder), ["c.db"]);
}

/// The signals that a process ignores: the first is the lowest bit.
#[cfg(target_os = "linux")]
fn ignored(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a process");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a set of signals");
    u64::from_str_radix(ignored.trim(), 16).expect("a set of signals")
}

/// A shell that runs a command of its arguments in other circumstances.
fn shell(circumstances: &str, args: &[&str]) -> Command {
    let mut command = with_usual_signals("/bin/sh");
    command.args(["-c", &format!("{circumstances}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_family-budget")]);
    command.args(args).env_clear().env("LEPTOS_HASH_FILES", "false");
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_readable_by_its_owner_only_whatever_the_umask_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = url_of(Path::new(&backup_in(&folder).await));
    for umask in ["000", "777"] {
        let file = folder.path().join(umask);
        let args = ["backup", file.to_str().expect("text"), "--database-url", &book];
        let made = shell(&format!("umask {umask}"), &args).status();
        assert!(made.expect("it starts").success(), "{umask}");
        assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600, "{umask}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_that_was_ignored_when_the_program_began_stays_ignored() {
    let server = TestServer::postgres().await;
    server.founder("Anna").await;
    let (folder, ignoring) = (tempfile::tempdir().expect("a folder"), "trap '' HUP INT QUIT");
    // As under `nohup`, and in the background of a script.
    let mut held = locked(&server.database_url).await;
    let mut command = shell(ignoring, &["backup", "a.db", "--database-url", &server.database_url]);
    let mut backup = Kept(command.current_dir(folder.path()).spawn().expect("it starts"));
    until_waiting(&server.database_url, &mut backup, 1).await;
    for signal in [Signal::HUP, Signal::INT, Signal::QUIT] {
        send(backup.id(), signal);
    }
    held.execute("rollback").await.expect("it goes on");
    assert!(backup.over().await.success());
    assert_eq!(in_it(&folder), ["a.db"]);
    let (book, log) = (url_of(&folder.path().join("book.db")), folder.path().join("log"));
    let args = ["serve", "--addr", "127.0.0.1:0", "--log", "json", "--database-url", &book];
    let mut serving = shell(ignoring, &args);
    let serving = Kept(serving.stdout(File::create(&log).expect("a file")).spawn().expect("it starts"));
    let addr = address_in(&log).await;
    ready(&addr).await;
    #[cfg(target_os = "linux")]
    assert_eq!(ignored(serving.id()) & 0b111, 0b111, "HUP, INT and QUIT are the first three");
    send(serving.id(), Signal::INT);
    ready(&addr).await;
    assert_eq!(ended(serving, Signal::TERM).await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_whose_terminal_is_gone_tells_every_screen_and_ends_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path()).await;
    let anna = founder(program.addr).await;
    let mut screen = anna.socket("").await;
    assert!(matches!(screen.frame().await, Frame::Welcome(_)));
    let (ended, last) = tokio::join!(program.ends_after(Signal::HUP), screen.frame());
    assert!(matches!(last, Frame::Bye(_)), "{last:?}");
    assert_eq!(ended, Some(0));
    assert!(!folder.path().join("book.db-wal").exists(), "the log was written into the file");
}

/// A backup with a household.
pub async fn backup_in(folder: &TempDir) -> String {
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
        let mut child = Kept(restore(&file).spawn().expect("it starts"));
        until_waiting(&target, &mut child, count).await;
        child
    };
    for (signal, count, code) in [(Signal::TERM, 1, 143), (Signal::INT, 2, 130)] {
        let child = begin(count).await;
        let copy = copies().pop().expect("a copy");
        assert!(is_private(&temporary.path().join(copy).join("copy.db")), "nobody else can read it");
        assert_eq!(ended(child, signal).await, Some(code));
        assert_eq!(copies(), [""; 0]);
    }
    assert_eq!(ended(begin(3).await, Signal::KILL).await, None);
    let killed = copies();
    assert_eq!(killed.len(), 1);
    let running = begin(4).await;
    let used = copies();
    assert!(used.len() == 1 && used != killed, "{killed:?} is removed, {used:?} is in use");
    assert_eq!(restore("missing.db").status().expect("it starts").code(), Some(2));
    assert_eq!(copies(), used, "what is in use stays");
    assert_eq!(ended(running, Signal::KILL).await, None);
    assert_eq!(copies(), used);
    let book = url_of(&folder.path().join("book.db"));
    let mut serving = program(&book, &["serve", "--addr", "127.0.0.1:0"]);
    serving.env("TMPDIR", temporary.path()).env("LEPTOS_HASH_FILES", "false");
    let mut serving = Kept(serving.spawn().expect("it starts"));
    until(&mut serving, || copies().is_empty()).await;
    ended(serving, Signal::KILL).await;
    assert_eq!(in_it(&temporary), foreign);
}

fn is_private(file: &Path) -> bool {
    file.metadata().expect("a file").permissions().mode().trailing_zeros() >= 6
}
