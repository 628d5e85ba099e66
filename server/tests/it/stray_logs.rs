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
    // A journal begins with this, and tells at 16 how many pages the file had.
    let journal = [&[0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7][..], &[0; 11], &[7], &[0; 492]].concat();
    for (kind, of_log) in [
        ("missing", None),
        ("empty", None),
        ("missing behind a link", None),
        ("missing", Some(&journal)),
        ("empty", Some(&journal)),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let name = if of_log.is_some() { "book.db-journal" } else { "book.db-wal" };
        let (mut file, log) = (folder.path().join("book.db"), folder.path().join(name));
        let of_log = of_log.cloned().unwrap_or_else(|| b"the log of a book that is elsewhere".to_vec());
        fs::write(&log, &of_log).expect("a log");
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
            let (lies, belongs) = (format!("{name} lies beside"), format!("{name} belongs to"));
            let says = match args[0] {
                "restore" => ["nothing was restored", &lies, "or move the log away"],
                _ => ["is missing or empty", &belongs, "or move the log away"],
            };
            is_refused(folder.path(), args, &says);
            assert!(fs::read(&log).expect("it is kept") == of_log, "{kind}, {args:?}");
            assert_eq!(names_in(folder.path()), before, "{kind}, {args:?}");
        }
        fs::rename(&log, folder.path().join("away")).expect("it moves");
        if kind != "missing behind a link" {
            assert!(ends(folder.path(), &["migrate", "--database-url", &url]).status.success(), "{kind}");
        }
    }
}

#[test]
fn the_journal_of_a_start_that_was_killed_before_it_had_written_a_page_is_no_obstacle() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("book.db"), "").expect("a file");
    let journal = [&[0xd9_u8, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7][..], &[0; 504]].concat();
    fs::write(folder.path().join("book.db-journal"), journal).expect("a journal");
    let url = url_of(&folder.path().join("book.db"));
    assert!(ends(folder.path(), &["migrate", "--database-url", &url]).status.success());
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
    // Nor as the source of a restore.
    let elsewhere = url_of(&folder.path().join("restored.db"));
    let restoring = ["restore", book.to_str().expect("text"), "--database-url", &elsewhere];
    is_refused(folder.path(), &restoring, &["is not the file that", "book.db-wal belongs to"]);
    assert!(fs::read(&log).expect("it is kept") == of_log && !folder.path().join("restored.db").exists());
    fs::rename(&kept, &book).expect("it moves back");
    let (code, said) = run(folder.path(), reading[1]);
    assert!(code == Some(0) && said.contains("transactions: 2"), "{said}");
}
