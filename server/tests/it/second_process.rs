//! A SQLite file is served by one process, whatever names it, and no connection meets another file in its place.

use crate::{
    database_file::path_of,
    harness::{PATIENCE, TestServer, pause},
    start::program,
};
use server::db::{
    Database,
    attempts::{self, Quota},
    connect::{self, OpenDatabase, Settings},
    refusal,
};
use std::path::{Path, PathBuf};
use tokio::time::timeout;

fn beside(book: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", book.display()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_process_is_refused_whatever_it_calls_the_file() {
    let server = TestServer::sqlite().await;
    let anna = server.founder("Anna").await;
    let book = path_of(&server);
    let folder = book.parent().expect("its folder");
    let (link, soft, away) = (folder.join("link.db"), folder.join("soft.db"), folder.join("away.db"));
    std::fs::hard_link(&book, &link).expect("a link");
    std::os::unix::fs::symlink(&book, &soft).expect("a link");
    let refused = |name: &Path| {
        let url = format!("sqlite://{}", name.display());
        for args in [&["migrate", "--database-url", &url][..], &["--database-url", &url]] {
            let output = program(folder, args).output().expect("it ends");
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
            assert!(said.contains("is in use by another family-budget"), "{args:?}: {said}");
        }
    };
    [&book, &link, &soft].into_iter().for_each(|name| refused(name));
    std::fs::remove_file(beside(&book, ".lock")).expect("it is there");
    [&book, &link, &soft].into_iter().for_each(|name| refused(name));
    // Neither the deleted lock nor the attempts disturb the one that serves it.
    anna.buys("-1").await;
    std::fs::rename(&book, &away).expect("it moves");
    refused(&away);
    std::fs::rename(&away, &book).expect("it moves back");
    anna.buys("-2").await;
    let beside: Vec<_> = ["link.db", "soft.db", "away.db"]
        .iter()
        .flat_map(|name| ["-wal", "-shm", ".lock"].map(|suffix| beside(&folder.join(name), suffix)))
        .filter(|path| path.exists())
        .collect();
    assert!(beside.is_empty(), "nothing was made beside the other names: {beside:?}");
}

async fn write(database: &Database) -> sqlx::Result<()> {
    let mut tx = database.begin().await?;
    attempts::count(&mut tx, &[1; 32], 0, Quota { share: 1, window: 1_000_000 }).await?;
    tx.commit().await
}

async fn counted(database: &Database) -> sqlx::Result<i64> {
    let mut tx = database.read().await?;
    let connection = tx.sqlite().expect("this is SQLite");
    sqlx::query_scalar("select count(*) from attempts").fetch_one(connection).await
}

#[tokio::test]
async fn no_connection_is_opened_to_another_file_in_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = folder.path().join("book.db");
    let url = format!("sqlite://{}", book.display());
    let OpenDatabase { database, lock, .. } =
        connect::open(&url, Settings::default()).await.expect("it opens");
    let Database::Sqlite { readers, .. } = &database else { panic!("this is SQLite") };
    write(&database).await.expect("it writes");
    for (taken, suffix) in [("the file", ""), ("its log", "-wal")] {
        // A failed connection is thrown away, so that there is room for a new one.
        readers.acquire().await.expect("a connection").close().await.expect("it closes");
        let open = readers.size();
        while readers.num_idle() < usize::try_from(open).expect("a number") {
            pause().await;
        }
        let (place, away, copy) = (beside(&book, suffix), beside(&book, ".away"), beside(&book, ".copy"));
        std::fs::copy(&place, &copy).expect("a copy");
        std::fs::rename(&place, &away).expect("it moves");
        std::fs::rename(&copy, &place).expect("the copy stands in its place");
        let mut reading = Vec::new();
        for _ in 0..open {
            reading.push(database.read().await.expect("reading goes on"));
        }
        let error = timeout(PATIENCE, database.read()).await.expect("nobody waits for a connection");
        let error = error.expect_err("none is opened");
        assert_eq!(
            refusal::answer(&error).map(|answer| answer.code()),
            Some("database_displaced"),
            "{taken}"
        );
        assert_eq!(readers.size(), open, "{taken}");
        for tx in &mut reading {
            let connection = tx.sqlite().expect("this is SQLite");
            let found: i64 = sqlx::query_scalar("select count(*) from attempts")
                .fetch_one(connection)
                .await
                .expect("it reads what it was opened on");
            assert_eq!(found, 1, "{taken}");
        }
        drop(reading);
        assert_eq!(write(&database).await.expect_err("it is refused").to_string(), error.to_string());
        std::fs::rename(&away, &place).expect("it moves back");
        write(&database).await.expect("it writes again");
        assert_eq!(counted(&database).await.expect("it reads"), 1, "{taken}");
    }
    database.close().await;
    drop(lock);
    // The log was checkpointed into the file, and is gone.
    assert!(!beside(&book, "-wal").exists());
    connect::open(&url, Settings::default()).await.expect("it opens again").database.close().await;
}

#[tokio::test]
async fn reading_goes_on_while_another_file_stands_in_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = folder.path().join("book.db");
    let url = format!("sqlite://{}", book.display());
    let OpenDatabase { database, .. } = connect::open(&url, Settings::default()).await.expect("it opens");
    write(&database).await.expect("it writes");
    std::fs::copy(&book, beside(&book, ".copy")).expect("a copy");
    std::fs::rename(beside(&book, ".copy"), &book).expect("the copy stands in its place");
    // More than there are connections: the others wait for one.
    for counted in futures_util::future::join_all((0..40).map(|_| counted(&database))).await {
        assert_eq!(counted.expect("it reads"), 1);
    }
    write(&database).await.expect_err("it is refused");
}
