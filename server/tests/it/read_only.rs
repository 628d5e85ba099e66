//! A database that may only be read: what reads it works, what writes names the cause.

use crate::{
    database_file::path_of,
    harness::TestServer,
    start::{one_clear_line, program},
};
use server::{
    db::{file::beside, lock::ByteLock},
    stats::read,
};
use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The account of Linux that owns nothing.
const NOBODY: u32 = 65_534;

/// A copy of a book, and the program run by somebody whom permissions bind.
struct ReadOnly {
    folder: tempfile::TempDir,
    book: PathBuf,
}

fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("its mode");
}

impl ReadOnly {
    /// A copy of the book of a server, with the given files beside it.
    fn of(server: &TestServer, suffixes: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, out) = (folder.path().join("data"), folder.path().join("out"));
        [&data, &out].iter().for_each(|path| fs::create_dir(path).expect("a folder"));
        let book = data.join("book.db");
        for suffix in suffixes {
            let copy = beside(&book, suffix);
            fs::copy(beside(&path_of(server), suffix), &copy).expect("a copy");
            permit(&copy, 0o444);
        }
        permit(folder.path(), 0o755);
        permit(&out, 0o777);
        permit(&data, 0o555);
        // Copied by another process: a program that this one holds open for writing while a neighbour forks cannot be run.
        let copied = Command::new("cp")
            .arg(env!("CARGO_BIN_EXE_family-budget"))
            .arg(folder.path().join("program"))
            .status();
        assert!(copied.expect("cp").success(), "the program");
        Self { folder, book }
    }

    fn data(&self) -> &Path {
        self.book.parent().expect("its folder")
    }

    fn run(&self, args: &[&str]) -> Output {
        let usual = program(self.folder.path(), args);
        let mut command = Command::new(self.folder.path().join("program"));
        command.args(args).current_dir(self.folder.path().join("out")).env_clear();
        command.envs(usual.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.arg("--database-url").arg(format!("sqlite://{}", self.book.display()));
        // Nothing is read-only for root.
        if self.folder.path().metadata().expect("a folder").uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output().expect("it ends")
    }

    fn beside(&self) -> Vec<PathBuf> {
        let mut found: Vec<_> =
            fs::read_dir(self.data()).expect("a folder").flatten().map(|entry| entry.path()).collect();
        found.sort();
        found
    }

    #[track_caller]
    fn refuses(&self, args: &[&str], says: &str) {
        let before = self.beside();
        let output = self.run(args);
        one_clear_line(&output, says);
        let log = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!log.contains("listening"), "{args:?}: {log}");
        assert_eq!(self.beside(), before, "{args:?}");
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        // It can be removed then.
        permit(self.data(), 0o755);
    }
}

async fn stopped() -> TestServer {
    let mut server = TestServer::sqlite().await;
    server.founder("Anna").await.buys("-1").await;
    server.stop().await;
    server
}

#[tokio::test]
async fn a_book_that_may_only_be_read_is_counted_and_backed_up_and_whoever_serves_it_is_told_why_not() {
    let server = stopped().await;
    for (folder, file) in [(0o555, 0o444), (0o777, 0o444), (0o555, 0o666)] {
        let book = ReadOnly::of(&server, &[""]);
        permit(&book.book, file);
        permit(book.data(), folder);
        for args in [&[][..], &["migrate"]] {
            book.refuses(args, "is read-only");
        }
        let counted = book.run(&["stats"]);
        assert!(counted.status.success(), "{folder:o} {file:o}: {counted:?}");
        assert!(String::from_utf8_lossy(&counted.stdout).contains("Anna's"), "{counted:?}");
        let saved = book.run(&["backup", "copy.db"]);
        assert!(saved.status.success(), "{folder:o} {file:o}: {saved:?}");
        let copy = book.folder.path().join("out/copy.db");
        let stats = read(&format!("sqlite://{}", copy.display())).await.expect("a whole backup");
        assert_eq!(stats.households.first().map(|household| household.facts), Some(1));
    }
}

#[tokio::test]
async fn changes_that_only_a_writer_can_recover_are_never_left_out() {
    let server = TestServer::sqlite().await;
    server.founder("Anna").await.buys("-1").await;
    let book = ReadOnly::of(&server, &["", "-wal"]);
    for args in [&["stats"][..], &["backup", "copy.db"]] {
        book.refuses(args, "book.db-wal");
    }
    assert!(!book.folder.path().join("out/copy.db").exists());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_another_process_may_be_writing_is_not_taken_for_unchanging() {
    let book = ReadOnly::of(&stopped().await, &[""]);
    permit(&book.book, 0o644);
    let lock = ByteLock::take(&book.book).expect("nobody has it");
    assert!(lock.is_some());
    book.refuses(&["stats"], "is in use by another family-budget");
    drop(lock);
    assert!(book.run(&["stats"]).status.success());
}
