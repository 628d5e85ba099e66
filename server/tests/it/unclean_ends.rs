//! The log of a process that was killed: it is written into the file that it belongs to, in the state that it belongs to,
//! and what else lies beside a file under the name of a log is named and stays as it is.

use crate::{
    backup::url_of,
    database_file::run,
    disk::{Program, founder},
    harness::{Member, TestServer},
    start::{ends, one_clear_line},
};
use server::{backup::backup, db::file::beside};
use sqlx::{Connection, Executor};
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::{
    fs,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tempfile::TempDir;

/// More changes than the log holds before it is written into the file and begun anew.
const MANY: usize = 150;

async fn facts(book: &Path) -> i64 {
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(book)).await;
    let conn = conn.as_mut().expect("it opens");
    sqlx::query_scalar("select count(*) from facts").fetch_one(conn).await.expect("a number")
}

/// The commands that open a book for writing, and two that only read.
fn commands(url: &str) -> [Vec<&str>; 6] {
    [
        vec!["migrate", "--database-url", url],
        vec!["--database-url", url],
        vec!["password", "anna@example.org", "--database-url", url],
        vec!["restore", "backup.db", "--database-url", url],
        vec!["stats", "--database-url", url],
        vec!["backup", "another.db", "--database-url", url],
    ]
}

/// Checks that each command refuses with one line that says this, and changes none of the files.
fn all_refuse(folder: &TempDir, url: &str, files: &[&Path], says: &[&str]) {
    let before: Vec<_> = files.iter().map(|file| fs::read(file).expect("a file")).collect();
    for args in commands(url) {
        let (code, said) = run(folder.path(), &args);
        assert_eq!(code, Some(2), "{args:?}: {said}");
        assert!(says.iter().all(|words| said.contains(words)), "{args:?}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{args:?}: {said}");
        for (file, before) in files.iter().zip(&before) {
            assert!(fs::read(file).is_ok_and(|now| now == *before), "{args:?} changed {}", file.display());
        }
    }
    assert!(!folder.path().join("another.db").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_made_while_the_book_was_served_is_not_merged_with_a_later_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path()).await;
    let anna = founder(program.addr).await;
    let (book, copy) = (program.book.clone(), folder.path().join("copy.db"));
    let (log, lock) = (beside(&book, "-wal"), beside(&book, ".lock"));
    anna.buys("-1").await;
    fs::copy(&book, &copy).expect("a copy");
    for _ in 0..MANY {
        anna.buys("-2").await;
    }
    drop(program);
    let kept = folder.path().join("kept.db");
    fs::rename(&book, &kept).expect("it moves");
    fs::copy(&copy, &book).expect("it is put back");
    all_refuse(
        &folder,
        &url_of(&book),
        &[&book, &log],
        &["book.db-wal do not fit together", "move the log away"],
    );
    // Its own file still takes it.
    fs::rename(&book, &copy).expect("it moves");
    fs::rename(&kept, &book).expect("it moves back");
    assert!(ends(folder.path(), &["migrate", "--database-url", &url_of(&book)]).status.success());
    assert_eq!(facts(&book).await, 1 + i64::try_from(MANY).expect("a number"));
    // And the copy is a book without it.
    fs::rename(&copy, &book).expect("it moves");
    drop(fs::remove_file(&log));
    assert!(lock.exists());
    let (code, said) = run(folder.path(), &["stats", "--database-url", &url_of(&book)]);
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_copied_while_the_book_was_served_is_read_before_it_is_served_although_its_lock_file_came_along()
 {
    let (folder, elsewhere) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let program = Program::start(folder.path()).await;
    let anna = founder(program.addr).await;
    let (book, copy) = (program.book.clone(), elsewhere.path().join("book.db"));
    anna.buys("-1").await;
    // The slow copy of a large folder: the log is written into the file between the two.
    fs::copy(&book, &copy).expect("a copy");
    for _ in 0..MANY {
        anna.buys("-2").await;
    }
    drop(program);
    for ending in ["-wal", ".lock"] {
        fs::copy(beside(&book, ending), beside(&copy, ending)).expect("a copy");
    }
    let log = beside(&copy, "-wal");
    all_refuse(&elsewhere, &url_of(&copy), &[&copy, &log], &["book.db-wal do not fit together"]);
    // A copy of all three in one state is a book.
    for (from, to) in [(book.clone(), copy.clone()), (beside(&book, "-wal"), log)] {
        fs::copy(from, to).expect("a copy");
    }
    assert!(ends(elsewhere.path(), &["migrate", "--database-url", &url_of(&copy)]).status.success());
    assert_eq!(facts(&copy).await, 1 + i64::try_from(MANY).expect("a number"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_of_the_log_was_in_the_file_when_the_process_was_killed_everything_is_there_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = Program::start(folder.path()).await;
    let anna = founder(program.addr).await;
    let book = program.book.clone();
    let mut count = 0;
    for (changes, checkpoint) in [
        (0, None),
        (3, None),
        (3, Some("passive")),
        (MANY, None),
        (2, Some("full")),
        (1, Some("truncate")),
        (0, None),
    ] {
        for _ in 0..changes {
            Member { addr: program.addr, ..anna.clone() }.buys("-1").await;
            count += 1;
        }
        if let Some(kind) = checkpoint {
            let options = SqliteConnectOptions::new().filename(&book);
            let mut other = SqliteConnection::connect_with(&options).await.expect("it opens");
            let sql = sqlx::AssertSqlSafe(format!("pragma wal_checkpoint({kind})"));
            other.execute(sql).await.expect("it is done");
        }
        // The system tells that the file is older than its log, or that it may be younger.
        drop(program);
        program = Program::start(folder.path()).await;
        let found = Member { addr: program.addr, ..anna.clone() }.get("/facts?limit=500").await.is(200);
        assert_eq!(found.body["items"].as_array().map(Vec::len), Some(count), "{changes}, {checkpoint:?}");
    }
    // A file and its log that were copied to another place, with or without the lock file.
    Member { addr: program.addr, ..anna }.buys("-1").await;
    drop(program);
    for suffixes in [&["", "-wal", ".lock"][..], &["", "-wal"]] {
        let elsewhere = tempfile::tempdir().expect("a folder");
        let place = elsewhere.path().join("book.db");
        for suffix in suffixes {
            fs::copy(beside(&book, suffix), beside(&place, suffix)).expect("a copy");
        }
        assert!(ends(elsewhere.path(), &["migrate", "--database-url", &url_of(&place)]).status.success());
        assert_eq!(facts(&place).await, i64::try_from(count + 1).expect("a number"), "{suffixes:?}");
    }
}

/// A book that nobody serves, whose last changes are in its log only.
async fn killed(folder: &TempDir) -> (Member, PathBuf) {
    let program = Program::start(folder.path()).await;
    let anna = founder(program.addr).await;
    anna.buys("-1").await;
    (anna, program.book.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_makes_nobody_read_the_whole_book_unless_its_file_was_touched_since() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, book) = killed(&folder).await;
    // A page of an index that no start reads.
    let options = SqliteConnectOptions::new().filename(&book).read_only(true);
    let mut conn = SqliteConnection::connect_with(&options).await.expect("it opens");
    let sql = "select rootpage from sqlite_schema where name like 'sqlite_autoindex_demos%' or name = 'password_links'";
    let page: i64 = sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("a page");
    conn.close().await.expect("it closes");
    let file = fs::File::options().write(true).open(&book).expect("it opens");
    file.write_all_at(&[0xa5; 4096], u64::try_from(page - 1).expect("a page") * 4096).expect("it is damaged");
    let migrate = || ends(folder.path(), &["migrate", "--database-url", &url_of(&book)]);
    one_clear_line(&migrate(), "do not fit together");
    // The log as one that was written later than the file was changed.
    let log = fs::File::options().write(true).open(beside(&book, "-wal")).expect("a log");
    log.set_modified(SystemTime::now() + Duration::from_secs(60)).expect("its time");
    assert!(migrate().status.success(), "nobody looks");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_another_book_is_recognized_without_a_lock_file() {
    let (folder, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (_, book) = killed(&folder).await;
    assert!(ends(folder.path(), &["migrate", "--database-url", &url_of(&book)]).status.success());
    let program = Program::start(other.path()).await;
    let eve = founder(program.addr).await;
    let log = beside(&book, "-wal");
    eve.buys("-1").await;
    drop(program);
    let other = other.path().join("book.db");
    for _ in 0..2 {
        fs::copy(beside(&other, "-wal"), &log).expect("a copy");
        all_refuse(&folder, &url_of(&book), &[&book, &log], &["book.db-wal", "move the log away"]);
        drop(fs::remove_file(beside(&book, ".lock")));
        drop(fs::remove_file(beside(&book, "-shm")));
    }
    // The whole of another book may be in it.
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&other))
        .await
        .expect("it opens");
    conn.execute("pragma wal_autocheckpoint = 0").await.expect("it is set");
    conn.execute("vacuum").await.expect("every page is in the log");
    fs::copy(beside(&other, "-wal"), &log).expect("a copy");
    all_refuse(&folder, &url_of(&book), &[&book, &log], &["is the log of another file", "move the log away"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_has_the_name_of_a_log_or_a_journal_is_named_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = folder.path().join("book.db");
    let (log, journal) = (beside(&book, "-wal"), beside(&book, "-journal"));
    assert!(ends(folder.path(), &["migrate", "--database-url", &url_of(&book)]).status.success());
    let garbage = b"Dear Anna, here is how the summer was.".repeat(20);
    for of in [&log, &journal] {
        fs::write(of, &garbage).expect("a file");
        let name = of.file_name().and_then(|name| name.to_str()).expect("text").to_owned();
        all_refuse(&folder, &url_of(&book), &[&book, of], &[&name, "and is none", "move it away"]);
        fs::remove_file(of).expect("it is there");
    }
    // Beside no file SQLite would delete it.
    fs::rename(&book, folder.path().join("kept.db")).expect("it moves");
    fs::write(&journal, &garbage).expect("a file");
    all_refuse(&folder, &url_of(&book), &[&journal], &["book.db-journal", "and is none", "move it away"]);
    // The journal of a change to another file, of 9 pages of which the first is in it.
    fs::rename(folder.path().join("kept.db"), &book).expect("it moves back");
    let head = [
        &[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7][..],
        &[1_u32, 7, 9, 512, 4096].map(u32::to_be_bytes).concat(),
        &[0; 484],
    ];
    let page = [&1_u32.to_be_bytes()[..], &[7; 4096], &[0; 4]].concat();
    fs::write(&journal, [head.concat(), page].concat()).expect("a journal");
    let says =
        ["book.db-journal is a journal of another program or of another file", "move the journal away"];
    all_refuse(&folder, &url_of(&book), &[&book, &journal], &says);
    // What SQLite leaves of a journal that is done.
    fs::write(&journal, [0; 512]).expect("a journal");
    assert!(ends(folder.path(), &["migrate", "--database-url", &url_of(&book)]).status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_that_was_killed_while_a_restored_file_got_its_log_is_repeated() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::sqlite().await;
    server.founder("Anna").await.buys("-1").await;
    let book = folder.path().join("book.db");
    backup(&server.database_url, &book).await.expect("a backup");
    let mut conn =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(&book)).await.expect("it opens");
    // What `pragma journal_mode = wal` changes, with the journal as it is until that is committed.
    conn.execute("begin immediate; pragma user_version = 1").await.expect("it is begun");
    let size: i64 = sqlx::query_scalar("pragma page_count").fetch_one(&mut conn).await.expect("a number");
    conn.execute("rollback").await.expect("it is over");
    conn.close().await.expect("it closes");
    let file = fs::File::options().read(true).write(true).open(&book).expect("it opens");
    let mut page = vec![0; 4096];
    file.read_exact_at(&mut page, 0).expect("a page");
    // The sum of a page's bytes as SQLite makes it, from a number of the journal.
    let nonce = 7_u32;
    let sum = (1..=20)
        .map(|n| 4096 - 200 * n)
        .filter(|at| *at > 0)
        .fold(nonce, |sum, at| sum.wrapping_add(u32::from(page[at])));
    let size = u32::try_from(size).expect("a size");
    let journal = [
        &[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7][..],
        &[1, nonce, size, 512, 4096].map(u32::to_be_bytes).concat(),
        &[0; 484],
        &1_u32.to_be_bytes(),
        &page,
        &sum.to_be_bytes(),
    ];
    fs::write(beside(&book, "-journal"), journal.concat()).expect("a journal");
    file.write_all_at(&[2, 2], 18).expect("it is half done");
    let output = ends(folder.path(), &["migrate", "--database-url", &url_of(&book)]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!beside(&book, "-journal").exists());
    assert_eq!(facts(&book).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_backup_and_no_restore_is_written_where_a_log_would_be_read_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::sqlite().await;
    server.founder("Anna").await;
    let (place, good) = (folder.path().join("new.db"), folder.path().join("good.db"));
    backup(&server.database_url, &good).await.expect("a backup");
    for suffix in ["-wal", "-journal"] {
        let log = beside(&place, suffix);
        fs::write(&log, "the log of a book that is elsewhere").expect("a file");
        let said = backup(&server.database_url, &place).await.expect_err("it is refused").to_string();
        assert!(said.contains(&*log.to_string_lossy()) && said.contains("name another file"), "{said}");
        let restoring = ["restore", "good.db", "--database-url", &url_of(&place)];
        let (code, said) = run(folder.path(), &restoring);
        assert!(code == Some(2) && said.contains(&*log.to_string_lossy()), "{said}");
        assert!(!place.exists() && log.exists());
        fs::remove_file(&log).expect("it is there");
    }
    backup(&server.database_url, &place).await.expect("nothing is in its way");
}
