//! The database file: whether it still exists, and who may read it.

use crate::{
    disk::readiness,
    harness::{TestServer, pause},
};
use server::db::connect::{self, Settings};
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

type Deed<'a> = &'a dyn Fn(&Path);

pub fn path_of(server: &TestServer) -> PathBuf {
    server.database_url.strip_prefix("sqlite://").expect("a file").into()
}

fn beside(book: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", book.display()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_write_is_acknowledged_into_a_missing_or_replaced_file() {
    let gone = |book: &Path| std::fs::rename(book, beside(book, ".away")).expect("it moves");
    let back = |book: &Path| std::fs::rename(beside(book, ".away"), book).expect("it moves back");
    let another = |book: &Path| {
        std::fs::copy(book, beside(book, ".copy")).expect("a copy");
        std::fs::rename(book, beside(book, ".away")).expect("it moves");
        std::fs::rename(beside(book, ".copy"), book).expect("the copy stands in its place");
    };
    let log_gone =
        |book: &Path| std::fs::rename(beside(book, "-wal"), beside(book, ".away")).expect("it moves");
    let log_back =
        |book: &Path| std::fs::rename(beside(book, ".away"), beside(book, "-wal")).expect("it moves back");
    let ways: [(&str, Deed, Deed); 3] =
        [("gone", &gone, &back), ("another one", &another, &back), ("without its log", &log_gone, &log_back)];
    for (name, take, put_back) in ways {
        let server = TestServer::sqlite().await;
        let anna = server.founder("Anna").await;
        anna.buys("-1").await;
        let purchase = anna.purchase("-2").await;
        take(&path_of(&server));
        for _ in 0..3 {
            let reply = anna.post("/facts", purchase.clone()).await.problem(503, "database_displaced");
            assert!(!reply.header("retry-after").is_empty(), "{name}");
        }
        assert_eq!(readiness(server.addr).await, (503, "not ready: database_displaced".into()), "{name}");
        // An open connection keeps reading; one that has to be opened now finds no file.
        while anna.get("/facts").await.status != 200 {
            pause().await;
        }
        put_back(&path_of(&server));
        anna.post("/facts", purchase).await.is(201);
        assert_eq!(readiness(server.addr).await, (200, "ready".into()), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_moved_away_under_writers_has_everything_acknowledged() {
    let server = TestServer::sqlite().await;
    let anna = server.founder("Anna").await;
    let purchase = anna.purchase("-1").await;
    let book = path_of(&server);
    let writers = (0..4).map(|_| {
        let (anna, purchase) = (anna.clone(), purchase.clone());
        tokio::spawn(async move {
            let mut acknowledged = 0;
            loop {
                match anna.post("/facts", purchase.clone()).await {
                    reply if reply.status == 201 => acknowledged += 1,
                    reply => {
                        reply.problem(503, "database_displaced");
                        return acknowledged;
                    }
                }
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    while anna.head().await < 40 {
        pause().await;
    }
    std::fs::rename(&book, beside(&book, ".away")).expect("it moves");
    let mut acknowledged = 0;
    for writer in writers {
        acknowledged += writer.await.expect("no panic");
    }
    let log: i64 = anna.head().await - 1;
    assert!(acknowledged <= log && acknowledged >= 39, "{acknowledged} were acknowledged, {log} are there");
}

#[tokio::test]
async fn database_files_are_readable_by_their_owner_only() {
    let mode = |path: &Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    let server = TestServer::sqlite().await;
    let book = path_of(&server);
    server.founder("Anna").await;
    for suffix in ["", "-wal", "-shm", ".lock"] {
        assert_eq!(mode(&beside(&book, suffix)), 0o600, "{suffix}");
    }
    // An earlier version left them readable, and a crash left the log.
    let folder = tempfile::tempdir().expect("a folder");
    let old = folder.path().join("old.db");
    for suffix in ["", "-wal", ".lock"] {
        let path = beside(&old, suffix);
        std::fs::File::create(&path).expect("a file");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("its mode");
    }
    let opened =
        connect::open(&format!("sqlite://{}", old.display()), Settings::default()).await.expect("it opens");
    for suffix in ["", "-wal", "-shm", ".lock"] {
        assert_eq!(mode(&beside(&old, suffix)), 0o600, "{suffix}");
    }
    opened.database.close().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = async |path: PathBuf| {
        let opened = connect::open(&format!("sqlite://{}", path.display()), Settings::default()).await;
        opened.expect_err("it does not open").to_string()
    };
    std::fs::write(folder.path().join("file"), "").expect("a file");
    let said = open(folder.path().join("file/book.db")).await;
    assert!(said.starts_with("cannot make the folder of the database"), "{said}");
    std::fs::create_dir(folder.path().join("a.db.lock")).expect("a folder");
    let said = open(folder.path().join("a.db")).await;
    assert!(said.starts_with("cannot open the lock file") && said.contains("a.db.lock"), "{said}");
    std::fs::create_dir(folder.path().join("b.db")).expect("a folder");
    let said = open(folder.path().join("b.db")).await;
    assert!(said.starts_with("cannot open the database file") && said.contains("b.db"), "{said}");
}
