//! A start that fails leaves nothing behind: what did not exist before it does not exist after it.

use super::{ends, one_clear_line};
use std::{
    collections::BTreeSet,
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

/// Everything below a folder.
fn everything(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for path in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(everything(&path));
        }
        found.insert(path);
    }
    found
}

/// Starts the program in a folder, where it fails and says why.
fn fails(folder: &Path, args: &[&str], says: &str) {
    let before = everything(folder);
    let args = [args, &["--backup-dir", "backups"]].concat();
    one_clear_line(&ends(folder, &args), says);
    assert_eq!(everything(folder), before, "{args:?}");
}

#[test]
fn a_start_that_is_refused_makes_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address").to_string();
    for database in ["sqlite://data/family-budget.db", "sqlite://deep/in/here/book.db"] {
        for (args, says) in [
            (&["--addr", &taken][..], "is in use by another program"),
            (&["--admin-addr", &taken], "choose another address with --admin-addr"),
            (&["--redis-url", "http://cache"], "the URL of Redis"),
            (&["--backup-keep", "0"], "--backup-keep"),
            (&["--public-url", "budget.example"], "http:// or https://"),
        ] {
            fails(folder.path(), &[args, &["--database-url", database]].concat(), says);
        }
    }
    for (url, says) in [
        ("postgres://127.0.0.1:1/x", "cannot reach the database at 127.0.0.1:1"),
        ("sqlite://new/folder/", "folder"),
        ("sqlite://book.db?mode=rwc", "the name of a file"),
    ] {
        fails(folder.path(), &["--database-url", url], says);
    }
}

#[test]
fn a_database_that_cannot_be_written_in_full_is_removed_with_its_folders() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("data")).expect("a folder");
    let before = everything(folder.path());
    for url in ["sqlite://data/book.db", "sqlite://data/deep/book.db"] {
        let limited =
            format!("ulimit -f 64; exec {} --database-url {url}", env!("CARGO_BIN_EXE_family-budget"));
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited]).current_dir(folder.path()).env_clear();
        shell.env("LEPTOS_HASH_FILES", "false").env("FAMILY_BUDGET_ADDR", "127.0.0.1:0");
        one_clear_line(&shell.output().expect("it ends"), "(ulimit -f)");
        assert_eq!(everything(folder.path()), before, "{url}");
    }
}

#[tokio::test]
async fn beside_a_database_that_is_refused_nothing_is_made() {
    use sqlx::{Connection, Executor};
    use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    assert!(ends(folder.path(), &["migrate", "--database-url", "sqlite://later.db"]).status.success());
    let options = SqliteConnectOptions::new().filename(at("later.db"));
    let mut later = SqliteConnection::connect_with(&options).await.expect("it opens");
    let sql = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
               values (9999, 'later', true, x'00', 0)";
    later.execute(sql).await.expect("it is written");
    later.close().await.expect("it closes");
    fs::remove_file(at("later.db.lock")).expect("it is there");
    let whole = fs::read(at("later.db")).expect("a file");
    fs::write(at("damaged.db"), &whole[..whole.len() / 2]).expect("a file");
    fs::write(at("notes.txt"), "milk, bread").expect("a file");
    for (name, says) in
        [("later.db", "newer version"), ("damaged.db", "damaged"), ("notes.txt", "is not a SQLite database")]
    {
        fails(folder.path(), &["--database-url", &format!("sqlite://{name}")], says);
    }
    assert!(fs::read(at("later.db")).expect("it is there") == whole, "nor is it changed");
}
