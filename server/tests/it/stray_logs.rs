//! A write-ahead log beside a file that is not its own: nothing of either is read, changed or deleted.

use crate::{
    backup::url_of,
    database_file::run,
    disk::{Program, founder},
    start::ends,
};
use server::db::file::beside;
use std::{fs, path::Path};

/// What stands in a folder.
fn names_in(folder: &Path) -> Vec<String> {
    let found = fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<_> = found.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn is_refused(folder: &Path, args: &[&str], says: &[&str]) {
    let (code, said) = run(folder, args);
    assert_eq!(code, Some(2), "{args:?}: {said}");
    assert!(says.iter().all(|words| said.contains(words)), "{args:?}: {said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{args:?}: {said}");
}

#[test]
fn a_log_whose_file_is_missing_or_empty_is_named_by_every_command_and_kept() {
    const LOG: &str = "the log of a book that is elsewhere";
    for kind in ["missing", "empty", "missing behind a link"] {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut file, log) = (folder.path().join("book.db"), folder.path().join("book.db-wal"));
        fs::write(&log, LOG).expect("a log");
        match kind {
            "missing" => {}
            "empty" => fs::write(&file, "").expect("a file"),
            _ => {
                let link = folder.path().join("link.db");
                std::os::unix::fs::symlink("book.db", &link).expect("a link");
                file = link;
            }
        }
        let before = names_in(folder.path());
        let url = url_of(&file);
        let commands: [&[&str]; 7] = [
            &["stats", "--database-url", &url],
            &["backup", "copy.db", "--database-url", &url],
            &["move", "--from", &url, "--to", "postgres://127.0.0.1:1/x"],
            &["password", "anna@example.org", "--database-url", &url],
            &["restore", "backup.db", "--database-url", &url],
            &["migrate", "--database-url", &url],
            &["--database-url", &url],
        ];
        for args in commands {
            let says = ["is missing or empty", "book.db-wal belongs to", "or move the log away"];
            is_refused(folder.path(), args, &says);
            assert_eq!(fs::read_to_string(&log).expect("it is kept"), LOG, "{kind}, {args:?}");
            assert_eq!(names_in(folder.path()), before, "{kind}, {args:?}");
        }
        fs::rename(&log, folder.path().join("away")).expect("it moves");
        if kind != "missing behind a link" {
            assert!(ends(folder.path(), &["migrate", "--database-url", &url]).status.success(), "{kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_reads_a_file_beside_the_log_of_another_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path()).await;
    let anna = founder(program.addr).await;
    anna.buys("-1").await;
    let (book, [older, kept]) =
        (program.book.clone(), ["older.db", "kept.db"].map(|name| folder.path().join(name)));
    assert_eq!(program.stop().await, Some(0));
    fs::copy(&book, &older).expect("a copy");
    let program = Program::start(folder.path()).await;
    crate::harness::Member { addr: program.addr, ..anna }.buys("-2").await;
    let url = url_of(&book);
    let reading: [&[&str]; 3] = [
        &["stats", "--database-url", &url],
        &["backup", "copy.db", "--database-url", &url],
        &["move", "--from", &url, "--to", "postgres://127.0.0.1:1/x"],
    ];
    fs::rename(&book, &kept).expect("it moves");
    fs::rename(&older, &book).expect("an earlier copy stands in its place");
    let log = beside(&book, "-wal");
    let (of_log, of_file) = (fs::read(&log).expect("a log"), fs::read(&book).expect("a file"));
    assert!(!of_log.is_empty());
    let all_refuse = || {
        for args in reading {
            is_refused(folder.path(), args, &["is not the file that", "book.db-wal belongs to"]);
        }
        assert!(fs::read(&log).expect("it is kept") == of_log);
        assert!(fs::read(&book).expect("it is kept") == of_file);
        assert!(!folder.path().join("copy.db").exists());
    };
    // Beside the process that serves the file, and where it was killed.
    all_refuse();
    drop(program);
    all_refuse();
    is_refused(folder.path(), &["password", "anna@example.org", "--database-url", &url], &["belongs to"]);
    fs::rename(&kept, &book).expect("it moves back");
    let (code, said) = run(folder.path(), reading[1]);
    assert!(code == Some(0) && said.contains("transactions: 2"), "{said}");
}
