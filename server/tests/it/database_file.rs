//! The database file: whether it still exists, and who may read it.

use crate::{
    disk::{becomes_ready, readiness},
    harness::{TestServer, pause},
    start::program,
};
use server::db::connect::{self, Settings};
use sqlx::{Connection, Executor};
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::{
    io::Write,
    os::unix::fs::{FileExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Stdio,
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
    let another_log = |book: &Path| {
        log_gone(book);
        std::fs::copy(beside(book, ".away"), beside(book, "-wal")).expect("the copy stands in its place");
    };
    let ways: [(&str, Deed, Deed); 4] = [
        ("gone", &gone, &back),
        ("another one", &another, &back),
        ("without its log", &log_gone, &log_back),
        ("with another log", &another_log, &log_back),
    ];
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
        becomes_ready(server.addr).await;
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
    assert!(said.contains("b.db is not a file"), "{said}");
    std::os::unix::fs::symlink("missing/book.db", folder.path().join("c.db")).expect("a link");
    let said = open(folder.path().join("c.db")).await;
    assert!(said.starts_with("cannot open the database file") && said.contains("c.db"), "{said}");
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, link) = (folder.path().join("letter.txt"), folder.path().join("link.db"));
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    for text in [
        "Dear Anna",
        "Dear Anna, here is how the summer was.",
        "SQLite format 3",
        "SQLite format 2\0 and more",
    ] {
        std::fs::write(&file, text).expect("a file");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).expect("its mode");
        for path in [&file, &link] {
            let opened = connect::open(&format!("sqlite://{}", path.display()), Settings::default()).await;
            let said = opened.expect_err("it does not open").to_string();
            assert_eq!(said, format!("{} is not a SQLite database; name another file", path.display()));
        }
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), text);
        assert_eq!(file.metadata().expect("it is there").permissions().mode() & 0o777, 0o644, "{text}");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("a folder").count(),
            2,
            "nothing was made beside it"
        );
    }
}

/// Runs a command to its end, with a password on its standard input; its exit code and what it printed.
pub fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let mut command = program(folder, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    // A command that reads nothing may have ended.
    drop(child.stdin.take().expect("its input").write_all(b"correct horse battery\n"));
    let output = child.wait_with_output().expect("it ends");
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    (output.status.code(), text)
}

#[tokio::test]
async fn every_command_says_the_same_of_a_file_that_is_no_budget_and_leaves_it_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("book.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let another = async || {
        let mut conn = SqliteConnection::connect_with(&options).await.expect("it opens");
        conn.execute("create table songs (title text); insert into songs values ('Summertime')")
            .await
            .expect("a song");
        conn.close().await.expect("it closes");
    };
    let text = || std::fs::write(&file, "Dear Anna, here is how the summer was.").expect("a file");
    let empty = || std::fs::write(&file, "").expect("a file");
    let damaged = || {
        let opened = std::fs::File::options().write(true).open(&file).expect("it is there");
        opened.write_all_at(&[0xa5; 200], 100).expect("it is damaged");
    };
    let url = format!("sqlite://{}", file.display());
    let serving = ["--database-url", &url];
    let reading: [&[&str]; 5] = [
        &["stats", "--database-url", &url],
        &["backup", "copy.db", "--database-url", &url],
        &["restore", "book.db", "--database-url", "sqlite://target.db"],
        &["move", "--from", &url, "--to", "postgres://127.0.0.1:1/x"],
        &["password", "anna@example.org", "--database-url", &url],
    ];
    let opening: [&[&str]; 2] = [&serving, &["migrate", "--database-url", &url]];
    for kind in ["text", "empty", "another", "damaged"] {
        let says = match kind {
            "text" => "is not a SQLite database; name another file",
            "empty" => "has no budget in it; name another database",
            "another" => "is a database of another program; name another one",
            _ => "is damaged; name another file, or restore a backup",
        };
        match kind {
            "text" => text(),
            "empty" => empty(),
            "another" => another().await,
            _ => {
                another().await;
                damaged();
            }
        }
        let before = std::fs::read(&file).expect("it is there");
        // An empty file becomes a budget when it is opened.
        let opening = opening.iter().filter(|_| kind != "empty");
        for args in reading.iter().chain(opening) {
            let (code, said) = run(folder.path(), args);
            assert_eq!(code, Some(2), "{kind}, {args:?}: {said}");
            assert!(said.contains("book.db ") && said.contains(says), "{kind}, {args:?}: {said}");
            assert_eq!(said.trim_end().lines().count(), 1, "{kind}, {args:?}: {said}");
        }
        assert!(std::fs::read(&file).expect("it is there") == before, "{kind}");
        let beside: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").collect();
        assert_eq!(beside.len(), 1, "{kind}: {beside:?}");
        std::fs::remove_file(&file).expect("it is there");
    }
}
