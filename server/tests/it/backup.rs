//! Backups: a backup is a snapshot of the book, and restoring it yields the same book.
//!
//! One file, because both directions are tested on the same generated book with every kind of row.

use crate::{
    figures::household::Writer,
    harness::{Member, TestServer, copy_of, fresh_postgres, pause, with_usual_signals},
    moving::fill,
    on_both_engines,
};
use app::{
    replica::apply::{Book, Outcome},
    service::Snapshot,
    wire::{Frame, ResyncReason},
};
use fastrand::Rng;
use serde_json::json;
use server::{
    backup::{
        BackupError, backup,
        part::PartError,
        restore::{RestoreError, restore},
        schedule::BackupPlan,
    },
    db::{
        beside::empty_file,
        connect::{self, Settings},
        moving::TABLES,
    },
    moving::MoveError,
};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    os::unix::fs::{FileExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tempfile::TempDir;

pub fn url_of(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

pub async fn open_file(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file);
    SqliteConnection::connect_with(&options).await.expect("the file opens")
}

/// Every row of a backup as text, sorted, without the epochs of the logs.
pub async fn rows(file: &Path) -> BTreeMap<&'static str, Vec<String>> {
    let mut conn = open_file(file).await;
    let mut all = BTreeMap::new();
    for table in TABLES {
        let columns = conn.fetch_all(AssertSqlSafe(format!("pragma table_info({table})"))).await;
        let columns = columns.expect("columns").into_iter().map(|row| row.get::<String, _>("name"));
        let mut columns: Vec<_> = columns
            .filter(|name| name != "epoch")
            .map(|name| format!("'{name} ' || quote({name})"))
            .collect();
        columns.sort_unstable();
        let sql = format!("select {} from {table}", columns.join(" || ', ' || "));
        let mut rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut conn).await.expect("rows");
        rows.sort_unstable();
        all.insert(*table, rows);
    }
    all
}

async fn epochs(file: &Path) -> Vec<Vec<u8>> {
    let mut conn = open_file(file).await;
    sqlx::query_scalar("select epoch from households order by id").fetch_all(&mut conn).await.expect("epochs")
}

/// The URLs of empty databases of both engines.
async fn targets(folder: &TempDir) -> [String; 2] {
    [url_of(&folder.path().join("restored.db")), fresh_postgres().await]
}

pub async fn restored(file: &Path, url: &str) -> Result<usize, RestoreError> {
    let opened = connect::open(url, Settings::default()).await.expect("it opens");
    let done = restore(file, &opened.database).await;
    opened.database.close().await;
    done
}

async fn snapshot(member: &Member) -> Snapshot {
    serde_json::from_value(member.get("/snapshot").await.is(200).body).expect("a snapshot")
}

pub fn in_it(folder: &TempDir) -> Vec<String> {
    let names = std::fs::read_dir(folder.path()).expect("a folder");
    let mut names: Vec<_> = names.map(|entry| entry.expect("an entry").file_name().into_string()).collect();
    names.sort_unstable();
    names.into_iter().map(|name| name.expect("text")).collect()
}

pub fn program(url: &str, args: &[&str]) -> Command {
    let mut command = with_usual_signals(env!("CARGO_BIN_EXE_family-budget"));
    command.args(args).env_clear().env("DATABASE_URL", url);
    command
}

#[track_caller]
fn says(output: &Output, code: i32, text: &str) {
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{told}");
    assert!(told.contains(text) && told.trim_end().lines().count() == 1, "{told}");
}

on_both_engines! {
    async fn a_backup_under_writers_its_restore_and_its_backup_have_equal_rows(server: TestServer) {
        let server = server.restarted_with(|config| config.logins_per_minute = 100).await;
        let people = fill(&server).await;
        let seed = fastrand::u64(..);
        println!("seed {seed}");
        let eve = server.founder("Eve").await;
        let mut generator = Writer::new(&eve, Rng::with_seed(seed)).await;
        generator.write(80).await;
        let folder = tempfile::tempdir().expect("a folder");
        let first = folder.path().join("first.db");
        let (enough, before) = (AtomicBool::new(false), eve.head().await);
        let writing = async {
            while !enough.load(Ordering::SeqCst) {
                generator.write(1).await;
                people[0].buys("-0.07").await;
            }
        };
        let backing = async {
            let report = backup(&server.database_url, &first).await;
            enough.store(true, Ordering::SeqCst);
            report.expect("it is written")
        };
        let ((), report) = tokio::join!(writing, backing);
        assert!(eve.head().await > before, "it was written to meanwhile");
        assert_eq!(first.metadata().expect("a file").permissions().mode() & 0o777, 0o600);
        assert_eq!(report.size, first.metadata().expect("a file").len());
        assert_eq!(in_it(&folder), ["first.db"], "nothing stays beside it");
        let written = rows(&first).await;
        assert!(written.iter().all(|(_, rows)| !rows.is_empty()), "something in every table");
        assert_eq!(written["households"].len(), report.households);
        for (n, url) in targets(&folder).await.into_iter().enumerate() {
            assert_eq!(restored(&first, &url).await.expect("it is restored"), report.households);
            let again = folder.path().join(format!("again{n}.db"));
            backup(&url, &again).await.expect("it is written");
            assert_eq!(rows(&again).await, written);
            let (old, new) = (epochs(&first).await, epochs(&again).await);
            assert!(old.iter().zip(&new).all(|(old, new)| old != new && new.len() == 16), "each log has a new name");
        }
        drop(server);
    }

    async fn a_screen_with_later_changes_converges_to_a_restored_book(server: TestServer) {
        let mut server = server;
        let anna = server.founder("Anna").await;
        for n in 1..=5 {
            anna.buys(&format!("-{n}")).await;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("backup.db");
        backup(&server.database_url, &file).await.expect("it is written");
        for n in 6..=9 {
            anna.buys(&format!("-{n}")).await;
        }
        let mut phone = Book::new(snapshot(&anna).await);
        server.stop().await;
        for url in targets(&folder).await {
            restored(&file, &url).await.expect("it is restored");
            let server = TestServer::sqlite().await.restarted_with(|config| config.database_url = url).await;
            let anna = Member { addr: server.addr, ..anna.clone() };
            // The same numbers are used again, and one more.
            for n in 10..=14 {
                anna.buys(&format!("-{n}")).await;
            }
            let at = phone.position();
            let check = at.check.expect("a check");
            let mut socket = anna.socket(&format!("?epoch={}&since={}&check={check}", at.epoch, at.seq)).await;
            let welcome = socket.frame().await;
            assert!(matches!(welcome, Frame::Welcome(_)));
            assert_eq!(phone.apply(welcome), Outcome::Resync, "an earlier version of the page notices by itself");
            assert!(matches!(socket.frame().await, Frame::Resync(resync) if resync.reason == ResyncReason::Epoch));
            phone = Book::new(snapshot(&anna).await);
            let at = phone.position();
            let mut socket = anna.socket(&format!("?epoch={}&since={}", at.epoch, at.seq)).await;
            assert!(matches!(socket.frame().await, Frame::Welcome(_)));
            anna.buys("-15").await;
            assert!(matches!(phone.apply(socket.frame().await), Outcome::Applied(_)));
            assert_eq!(phone.snapshot(), snapshot(&anna).await);
            drop(server);
        }
    }

    async fn a_database_with_rows_is_not_overwritten_by_a_restore(server: TestServer) {
        let mut server = server;
        let anna = server.founder("Anna").await;
        let folder = tempfile::tempdir().expect("a folder");
        let (file, same) = (folder.path().join("backup.db"), folder.path().join("same.db"));
        backup(&server.database_url, &file).await.expect("it is written");
        anna.buys("-1").await;
        server.stop().await;
        let refused = restored(&file, &server.database_url).await;
        assert!(matches!(refused, Err(RestoreError::Move(MoveError::NotEmpty("households")))), "{refused:?}");
        server.restart().await;
        assert_eq!(snapshot(&anna).await.facts.len(), 1);
        backup(&server.database_url, &same).await.expect("it is written");
        assert_eq!(rows(&same).await["facts"].len(), 1);
    }

    async fn a_book_whose_log_has_a_gap_is_not_backed_up_silently(server: TestServer) {
        let anna = server.founder("Anna").await;
        anna.buys("-1").await;
        anna.buys("-2").await;
        let household = anna.household().await.uuid();
        server.execute("delete from change_log where household_id = $1 and seq = 2", household).await;
        let folder = tempfile::tempdir().expect("a folder");
        let error = backup(&server.database_url, &folder.path().join("backup.db")).await.expect_err("it is noticed");
        assert!(matches!(error, BackupError::Hole(of, _) if of == household), "{error}");
        assert_eq!(in_it(&folder), [""; 0]);
    }

    async fn a_household_that_is_being_erased_does_not_prevent_a_backup(server: TestServer) {
        let (anna, ben) = (server.founder("Anna").await, server.founder("Ben").await);
        anna.buys("-1").await;
        ben.buys("-2").await;
        let household = anna.household().await.uuid();
        // The state after one step: no members are left, and part of the log is deleted.
        server.execute("update members set removed_at = 1 where household_id = $1", household).await;
        server.execute("delete from change_log where household_id = $1 and seq = 1", household).await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("backup.db");
        assert_eq!(backup(&server.database_url, &file).await.expect("it is written").households, 1);
        for url in targets(&folder).await {
            assert_eq!(restored(&file, &url).await.expect("it is restored"), 1);
        }
    }

    async fn counters_of_attempts_do_not_prevent_a_restore(server: TestServer) {
        let counting = async |server: TestServer| server.restarted_with(|config| config.logins_per_minute = 5).await;
        let (full, mut server) = (counting(TestServer::sqlite().await).await, counting(server).await);
        full.founder("Anna").await.buys("-1").await;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("backup.db");
        backup(&full.database_url, &file).await.expect("it is written");
        assert!(!rows(&file).await["attempts"].is_empty(), "both have some, of one address");
        let form = json!({ "email": "anna@example.org", "password": "a wrong password" });
        server.stranger().post("/auth/login", form).await.is(401);
        server.stop().await;
        assert_eq!(restored(&file, &server.database_url).await.expect("it is restored"), 1);
    }

    async fn the_schedule_takes_one_backup_a_day_while_the_book_is_served(server: TestServer) {
        let folder = tempfile::tempdir().expect("a folder");
        let plan = BackupPlan { folder: folder.path().to_owned(), keep: NonZeroUsize::MIN };
        let server = server
            .restarted_with(|config| {
                (config.backup, config.pace.backup) = (Some(plan), Duration::from_millis(5));
            })
            .await;
        let anna = server.founder("Anna").await;
        let backups = || in_it(&folder).into_iter().filter(|name| name.ends_with(".db")).collect::<Vec<_>>();
        let mut last = Vec::new();
        for day in 0..3 {
            while backups() == last || backups().len() != 1 {
                pause().await;
            }
            last = backups();
            let file = folder.path().join(&last[0]);
            // The first one may have been taken before anybody registered.
            assert!(day == 0 || rows(&file).await["members"].len() == 1);
            server.clock.advance(Duration::from_secs(86_400));
        }
        assert_eq!(anna.head().await, 1);
    }
}

/// A file as an earlier program wrote it, with that program's schema.
async fn earlier(folder: &TempDir) -> PathBuf {
    let file = folder.path().join("earlier.db");
    std::fs::write(&file, "").expect("a file");
    empty_file(&file, Some(6)).await.expect("it opens").close().await;
    let mut conn = open_file(&file).await;
    let id = "x'00000000000000000000000000000007'";
    for sql in [
        format!("insert into households values ({id}, 'Home', 'EUR', 'UTC', {id}, 1, 1, 5, 5)"),
        format!("insert into accounts values ({id}, 'anna@example.org', 'hash', 'en', 5)"),
        format!("insert into members values ({id}, {id}, {id}, 'Anna', 'owner', 0, 1, 5, null)"),
        format!("insert into change_log values ({id}, 1, 5, {id}, null, null, null, '[]')"),
    ] {
        conn.execute(AssertSqlSafe(sql)).await.expect("a row");
    }
    conn.close().await.expect("it closes");
    file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_an_earlier_program_is_restored_and_stays_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let (book, file) = (earlier(&folder).await, folder.path().join("backup.db"));
    backup(&url_of(&book), &file).await.expect("it is written without being brought up to date");
    let before = std::fs::read(&file).expect("a file");
    for (n, url) in targets(&folder).await.into_iter().enumerate() {
        assert_eq!(restored(&file, &url).await.expect("it is restored"), 1);
        let again = folder.path().join(format!("again{n}.db"));
        backup(&url, &again).await.expect("it is written");
        assert_eq!(rows(&again).await["members"].len(), 1);
    }
    assert_eq!(std::fs::read(&file).expect("a file"), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_are_only_in_the_write_ahead_log_are_in_the_backup() {
    let server = TestServer::sqlite().await;
    let anna = server.founder("Anna").await;
    for n in 1..=3 {
        anna.buys(&format!("-{n}")).await;
    }
    // Files as a killed process leaves them, in a folder with a difficult name.
    let folder = tempfile::tempdir().expect("a folder");
    let deep = folder.path().join("Бюджет 100% #1 ü");
    std::fs::create_dir(&deep).expect("a folder");
    let from = server.database_url.trim_start_matches("sqlite://");
    let (book, file) = (deep.join("book.db"), deep.join("backup 'of' today.db"));
    for ending in ["", "-wal"] {
        std::fs::copy(format!("{from}{ending}"), format!("{}{ending}", book.display()))
            .expect("it is copied");
    }
    assert!(std::fs::metadata(format!("{from}-wal")).expect("a log").len() > 0);
    let report = backup(&url_of(&book), &file).await.expect("it is written");
    assert_eq!((report.households, report.facts), (1, 3));
    assert_eq!(restored(&file, &url_of(&deep.join("restored.db"))).await.expect("it is restored"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_never_overwrites_another_file() {
    let server = TestServer::sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let book = PathBuf::from(server.database_url.trim_start_matches("sqlite://"));
    let (file, link) = (folder.path().join("backup.db"), folder.path().join("link.db"));
    std::os::unix::fs::symlink(&book, &link).expect("a link");
    std::fs::write(&file, "mine").expect("a file");
    for taken in [&book, &link, &file] {
        let refused = backup(&server.database_url, taken).await;
        assert!(matches!(refused, Err(BackupError::Part(PartError::Exists(_)))), "{refused:?}");
    }
    assert_eq!(std::fs::read(&file).expect("a file"), b"mine");
    let nowhere = folder.path().join("missing/backup.db");
    let refused = backup(&server.database_url, &nowhere).await.expect_err("there is no folder").to_string();
    assert!(refused.contains("missing/backup.db"), "{refused}");
    assert_eq!(server.founder("Anna").await.head().await, 1, "the book is as it was");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_file_is_neither_backed_up_nor_restored() {
    let mut server = TestServer::sqlite().await;
    let anna = server.founder("Anna").await;
    let mut writer = Writer::new(&anna, Rng::with_seed(7)).await;
    writer.write(60).await;
    server.stop().await;
    let folder = tempfile::tempdir().expect("a folder");
    let whole = copy_of(&server).await;
    let pages = std::fs::metadata(whole.url.trim_start_matches("sqlite://")).expect("a file").len() / 4096;
    let mut noticed = 0;
    for page in 1..pages {
        let damaged = folder.path().join("damaged.db");
        std::fs::copy(whole.url.trim_start_matches("sqlite://"), &damaged).expect("it is copied");
        let file = std::fs::File::options().write(true).open(&damaged).expect("it opens");
        file.write_all_at(&[0xa5; 4096], page * 4096).expect("it is damaged");
        let backed = backup(&url_of(&damaged), &folder.path().join("backup.db")).await;
        let target = url_of(&folder.path().join(format!("restored{page}.db")));
        let brought = restored(&damaged, &target).await;
        // A damaged page that is unused may go unnoticed.
        if let Err(error) = backed {
            noticed += 1;
            assert!(
                error.to_string().starts_with("no backup was made")
                    || error.to_string().contains("is damaged"),
                "{error}"
            );
            assert!(brought.is_err(), "page {page}");
            assert!(
                !folder.path().join("backup.db").exists()
                    && in_it(&folder).iter().all(|name| !name.starts_with("backup.db"))
            );
        } else {
            std::fs::remove_file(folder.path().join("backup.db")).expect("it is there");
        }
    }
    assert!(noticed * 10 >= pages * 9, "{noticed} of {pages} damaged pages");
    for (name, content) in
        [("text.db", b"not a database, but long enough to be read as one".as_slice()), ("empty.db", b"")]
    {
        let file = folder.path().join(name);
        std::fs::write(&file, content).expect("a file");
        let error =
            restored(&file, &url_of(&folder.path().join("target.db"))).await.expect_err("it is refused");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_backup_leaves_no_file_and_can_be_repeated() {
    let server = TestServer::postgres().await;
    server.founder("Anna").await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("backup.db");
    let mut other = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
    let mut lock = other.begin().await.expect("it begins");
    lock.execute("lock table occurrences in access exclusive mode").await.expect("it is locked");
    let ask = || program(&server.database_url, &["backup", file.to_str().expect("text")]);
    let mut child = ask().spawn().expect("it starts");
    let mut watching = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
    let waits = "select count(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut watching).await.expect("a number") == 0 {
        assert_eq!(child.try_wait().expect("it can be asked"), None, "it is in the middle");
        pause().await;
    }
    let busy = backup(&server.database_url, &file).await;
    assert!(matches!(busy, Err(BackupError::Part(PartError::Busy(_)))), "{busy:?}");
    child.kill().expect("it is there");
    child.wait().expect("it has ended");
    assert_eq!(in_it(&folder).iter().filter(|name| *name == "backup.db").count(), 0);
    lock.rollback().await.expect("it is let go");
    says(&ask().output().expect("it starts"), 0, "Households: 1,");
    assert_eq!(in_it(&folder), ["backup.db"]);
    says(&ask().output().expect("it starts"), 2, "exists already");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_that_serves_an_empty_file_restores_into_it() {
    let server = TestServer::sqlite().await;
    let anna = server.founder("Anna").await;
    anna.buys("-1").await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("backup.db");
    says(
        &program(&server.database_url, &["backup", file.to_str().expect("text")])
            .output()
            .expect("it starts"),
        0,
        "Households: 1, transactions: 1,",
    );
    let empty = TestServer::sqlite().await;
    let ask = || {
        // The serving process has another working directory.
        let mut command = program(&empty.database_url, &["restore", "backup.db"]);
        command.current_dir(folder.path()).output().expect("it starts")
    };
    says(&ask(), 0, "Households: 1.");
    let there = Member { addr: empty.addr, ..anna.clone() };
    assert_eq!(snapshot(&there).await.facts, snapshot(&anna).await.facts);
    assert_eq!(there.buys("-2").await.seq(), 3);
    says(&ask(), 2, "not empty");
    assert_eq!(there.get("/auth/me").await.is(200).body["member"]["name"], json!("Anna"));
}
