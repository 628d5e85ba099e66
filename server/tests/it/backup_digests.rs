//! The digests of a backup: a changed cell is refused, wherever it is, and backups without digests are not.

use crate::{
    backup::{open_file, restored, rows, url_of},
    harness::TestServer,
    moving::fill,
    on_both_engines,
};
use fastrand::Rng;
use server::{
    backup::{
        backup,
        restore::{Prepared, RestoreError},
        verified::CopyError,
    },
    db::connect::{self, Settings},
};
use sqlx::{AssertSqlSafe, Executor, Row};
use sqlx_sqlite::SqliteConnection;
use std::{
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

async fn texts(conn: &mut SqliteConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(conn).await.expect("rows")
}

/// A cell of a table: its column, the row by number, and its value as SQLite writes it, text as bytes.
struct Cell {
    table: String,
    column: String,
    row: i64,
    kind: String,
    bytes: Vec<u8>,
}

/// A random cell of each column of each table.
async fn cells(file: &Path, rng: &mut Rng) -> Vec<Cell> {
    let mut conn = open_file(file).await;
    let mut cells = Vec::new();
    for table in texts(&mut conn, "select name from sqlite_master where type = 'table'").await {
        for column in texts(&mut conn, &format!("select name from pragma_table_info('{table}')")).await {
            let sql = format!(
                "select rowid as row, typeof({column}) as kind, cast({column} as blob) as bytes from {table} \
                 where {column} is not null and {column} <> ''"
            );
            let found = conn.fetch_all(AssertSqlSafe(sql)).await.expect("rows");
            let Some(row) = rng.choice(&found) else { continue };
            cells.push(Cell {
                table: table.clone(),
                column,
                row: row.get("row"),
                kind: row.get("kind"),
                bytes: row.get("bytes"),
            });
        }
    }
    cells
}

/// Changes one bit of a cell, in the table and in its indexes, as SQLite itself would write it.
async fn flip(file: &Path, cell: &Cell, rng: &mut Rng) {
    let mut conn = open_file(file).await;
    conn.execute("pragma foreign_keys = off").await.expect("it is off");
    conn.execute("pragma ignore_check_constraints = on").await.expect("it is off");
    let Cell { table, column, row, kind, bytes } = cell;
    // A change that a unique index refuses is replaced by another.
    for _ in 0..100 {
        let value = if kind == "integer" {
            let number: i64 = String::from_utf8_lossy(bytes).parse().expect("a number");
            (number ^ 1 << rng.u32(0..40)).to_string()
        } else {
            let mut flipped = bytes.clone();
            let at = rng.usize(0..flipped.len());
            flipped[at] ^= 1 << rng.u32(0..8);
            let hex: String = flipped.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("cast(x'{hex}' as {kind})")
        };
        let sql = format!("update {table} set {column} = {value} where rowid = {row}");
        if conn.execute(AssertSqlSafe(sql)).await.is_ok_and(|done| done.rows_affected() == 1) {
            return;
        }
    }
    panic!("{table}.{column} takes no change");
}

async fn backed_up(server: &TestServer, folder: &TempDir) -> PathBuf {
    fill(server).await;
    let file = folder.path().join("backup.db");
    backup(&server.database_url, &file).await.expect("it is written");
    file
}

on_both_engines! {
    async fn a_changed_bit_in_any_cell_of_a_backup_is_refused(server: TestServer) {
        let seed = fastrand::u64(..);
        println!("seed {seed}");
        let (mut rng, folder) = (Rng::with_seed(seed), tempfile::tempdir().expect("a folder"));
        let file = backed_up(&server, &folder).await;
        let cells = cells(&file, &mut rng).await;
        assert!(cells.len() > 120, "{} columns", cells.len());
        let mut accepted = Vec::new();
        for cell in &cells {
            let changed = folder.path().join("changed.db");
            std::fs::copy(&file, &changed).expect("it is copied");
            flip(&changed, cell, &mut rng).await;
            if Prepared::of(&changed).await.is_ok() {
                accepted.push(format!("{}.{}", cell.table, cell.column));
            }
        }
        assert!(accepted.is_empty(), "accepted: {accepted:?}");
        Prepared::of(&file).await.expect("the backup itself is accepted");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_byte_anywhere_in_the_file_is_refused_or_changes_no_row() {
    let (server, seed) = (TestServer::sqlite().await, fastrand::u64(..));
    println!("seed {seed}");
    let (mut rng, folder) = (Rng::with_seed(seed), tempfile::tempdir().expect("a folder"));
    let file = backed_up(&server, &folder).await;
    let written = rows(&file).await;
    let length = file.metadata().expect("a file").len();
    for n in 0..25 {
        let changed = folder.path().join("changed.db");
        let target = folder.path().join(format!("target{n}.db"));
        std::fs::copy(&file, &changed).expect("it is copied");
        let (at, mut byte) = (rng.u64(0..length), [0]);
        let opened = std::fs::File::options().read(true).write(true).open(&changed).expect("it opens");
        opened.read_exact_at(&mut byte, at).expect("a byte");
        opened.write_all_at(&[byte[0] ^ rng.u8(1..)], at).expect("it is written");
        if restored(&changed, &url_of(&target)).await.is_ok() {
            assert!(rows(&target).await == written, "byte {at}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_row_is_refused_whatever_became_of_the_name_of_the_digests_table() {
    let (server, folder) = (TestServer::sqlite().await, tempfile::tempdir().expect("a folder"));
    server.founder("Anna").await;
    let file = folder.path().join("backup.db");
    backup(&server.database_url, &file).await.expect("it is written");
    open_file(&file).await.execute("update members set name = 'Annabel'").await.expect("it is changed");
    let written = std::fs::read(&file).expect("it is there");
    // The kind and the three names of the table in `sqlite_master`, and those of its index.
    let (name, kind) = (b"backup_digests", b"table");
    let places = (0..written.len()).filter(|at| written[*at..].starts_with(name));
    let mut damaged: Vec<usize> = places.flat_map(|at| at..at + name.len()).collect();
    let entry = (0..written.len()).filter(|at| written[*at..].starts_with(b"tablebackup_digests"));
    damaged.extend(entry.flat_map(|at| at..at + kind.len()));
    assert_eq!(damaged.len(), 5 * name.len() + kind.len());
    let changed = folder.path().join("changed.db");
    let mut accepted = Vec::new();
    for at in damaged {
        // The bit of upper and lower case, which SQLite does not tell apart, and another.
        for bit in [0x20, 0x01] {
            let mut bytes = written.clone();
            bytes[at] ^= bit;
            std::fs::write(&changed, bytes).expect("it is written");
            if Prepared::of(&changed).await.is_ok() {
                accepted.push((at, bit));
            }
        }
    }
    assert!(accepted.is_empty(), "accepted with a changed bit: {accepted:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_lost_its_digests_is_refused_in_words_and_changes_nothing() {
    let (server, folder) = (TestServer::sqlite().await, tempfile::tempdir().expect("a folder"));
    let file = backed_up(&server, &folder).await;
    open_file(&file).await.execute("drop table backup_digests").await.expect("there are some");
    let target = folder.path().join("target.db");
    let refused = restored(&file, &url_of(&target)).await.expect_err("it is refused");
    assert_eq!(
        refused.to_string(),
        format!(
            "nothing was restored: {} has been changed since it was written: its digests are missing; use another \
             backup",
            file.display()
        )
    );
    assert!(rows(&target).await.values().all(Vec::is_empty), "nothing was changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_refusal_names_the_file_and_the_table() {
    let (server, folder) = (TestServer::sqlite().await, tempfile::tempdir().expect("a folder"));
    let file = backed_up(&server, &folder).await;
    let mut conn = open_file(&file).await;
    conn.execute("update change_log set changes = replace(changes, '-1.05', '-9.05')")
        .await
        .expect("it is changed");
    drop(conn);
    let target = folder.path().join("target.db");
    let refused = restored(&file, &url_of(&target)).await.expect_err("it is refused");
    assert!(
        matches!(&refused, RestoreError::Copy(CopyError::Changed { table, .. }) if table == "change_log"),
        "{refused}"
    );
    assert_eq!(
        refused.to_string(),
        format!(
            "nothing was restored: {} has been changed since it was written: the rows of change_log do not match \
             their digest; use another backup",
            file.display()
        )
    );
    assert!(rows(&target).await.values().all(Vec::is_empty), "nothing was changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_without_digests_and_a_book_that_was_a_backup_are_restored() {
    let mut server = TestServer::sqlite().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = backed_up(&server, &folder).await;
    let written = rows(&file).await;
    // As an earlier version wrote it.
    let older = folder.path().join("older.db");
    std::fs::copy(&file, &older).expect("it is copied");
    let earlier = "drop table backup_digests; pragma user_version = 0";
    open_file(&older).await.execute(earlier).await.expect("there are some");
    let target = folder.path().join("target.db");
    restored(&older, &url_of(&target)).await.expect("it is restored");
    assert_eq!(rows(&target).await, written);
    // A backup that somebody put in the place of the book, and used.
    server.stop().await;
    let opened = connect::open(&url_of(&file), Settings::default()).await.expect("it opens");
    opened.database.close().await;
    open_file(&file).await.execute("update members set name = 'Annabel'").await.expect("it is a book again");
    Prepared::of(&file).await.expect("it holds no digests");
    // And its own backup has digests of its own.
    let again = folder.path().join("again.db");
    backup(&url_of(&file), &again).await.expect("it is written");
    Prepared::of(&again).await.expect("it is accepted");
}
