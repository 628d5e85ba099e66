//! A file that the system refuses: each command names the file, the cause and what to do.

use crate::{
    harness::TestServer,
    interrupted::backup_in,
    start::{one_clear_line, program},
};
use server::db::connect::file_of;
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

fn permit(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("its mode");
}

/// A book, a backup, and the program run by somebody whom permissions bind.
struct Home(tempfile::TempDir);

impl Home {
    async fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a folder"));
        permit(home.0.path(), 0o755);
        let mut server = TestServer::sqlite().await;
        server.founder("Anna").await;
        server.stop().await;
        let book = file_of(&server.database_url).expect("SQLite");
        for name in ["unreadable", "closed", "backups", "out"] {
            fs::create_dir(home.at(name)).expect("a folder");
            fs::copy(book, home.at(name).join("book.db")).expect("a copy");
            permit(&home.at(name), 0o777);
        }
        fs::rename(backup_in(&home.0).await, home.at("backups/backup.db")).expect("it moves");
        permit(&home.at("backups/backup.db"), 0o644);
        for name in ["unwritable", "folder"] {
            fs::create_dir(home.at(name)).expect("a folder");
        }
        permit(&home.at("unreadable/book.db"), 0o000);
        permit(&home.at("closed"), 0o000);
        permit(&home.at("unwritable"), 0o555);
        // Copied by another process: a program that this one holds open for writing while a neighbour forks cannot be run.
        let copied =
            Command::new("cp").arg(env!("CARGO_BIN_EXE_family-budget")).arg(home.at("program")).status();
        assert!(copied.expect("cp").success(), "the program");
        home
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs a command line, in which `@` stands for the folder.
    fn run(&self, line: &str) -> Output {
        let line = line.replace('@', &format!("{}/", self.0.path().display()));
        let args: Vec<&str> = line.split_whitespace().collect();
        let usual = program(self.0.path(), &args);
        let mut command = Command::new(self.at("program"));
        command.args(args).current_dir(self.at("out")).env_clear();
        command.envs(usual.get_envs().filter_map(|(name, value)| Some((name, value?))));
        // Nothing is refused to root.
        if self.0.path().metadata().expect("a folder").uid() == 0 {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output().expect("it ends")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // It can be removed then.
        permit(&self.at("closed"), 0o755);
    }
}

#[tokio::test]
async fn a_refused_file_is_named_with_the_cause_and_what_to_do() {
    let home = Home::new().await;
    const DENIED: &str = "Permission denied (os error 13); repeat the command as the owner of the file";
    const FOLDER: &str = "is not a file; name the file itself";
    let commands = [
        "stats --database-url sqlite://",
        "backup copy.db --database-url sqlite://",
        "password anna@example.org --database-url sqlite://",
        "move --to postgres://127.0.0.1:1/x --from sqlite://",
        "restore --database-url sqlite://new.db ",
    ];
    for command in commands {
        for (place, says) in [
            ("unreadable/book.db", DENIED),
            ("closed/book.db", DENIED),
            ("missing/book.db", "there is no "),
            ("folder", FOLDER),
        ] {
            let output = home.run(&format!("{command}@{place}"));
            one_clear_line(&output, says);
            one_clear_line(&output, place);
        }
    }
    let missing = "No such file or directory (os error 2); correct the name, or make its folder first";
    for (line, place, says) in [
        ("backup @unwritable/copy.db --database-url sqlite://@out/book.db", "unwritable/copy.db", DENIED),
        ("backup @closed/copy.db --database-url sqlite://@out/book.db", "closed/copy.db", DENIED),
        ("backup @missing/copy.db --database-url sqlite://@out/book.db", "missing/copy.db", missing),
        ("backup @folder --database-url sqlite://@out/book.db", "folder", "exists already; name a new file"),
        (
            "restore @backups/backup.db --database-url sqlite://@unwritable/new.db",
            "unwritable/new.db",
            DENIED,
        ),
        ("restore @backups/backup.db --database-url sqlite://@closed/new.db", "closed/new.db", DENIED),
        (
            "restore @backups/backup.db --database-url sqlite://@unwritable/deep/new.db",
            "unwritable/deep",
            DENIED,
        ),
        ("restore @backups/backup.db --database-url sqlite://@folder", "folder", FOLDER),
        ("serve --database-url sqlite://@unreadable/book.db", "unreadable/book.db", DENIED),
        ("serve --database-url sqlite://@closed/book.db", "closed/book.db", DENIED),
        ("serve --database-url sqlite://@unwritable/new.db", "unwritable", "is read-only"),
        ("migrate --database-url sqlite://@folder", "folder", FOLDER),
        ("stats --config @closed/Leptos.toml", "closed/Leptos.toml", "Permission denied"),
    ] {
        let output = home.run(line);
        one_clear_line(&output, says);
        one_clear_line(&output, place);
    }
    let left: Vec<_> =
        fs::read_dir(home.at("out")).expect("a folder").flatten().map(|file| file.file_name()).collect();
    let left: Vec<_> = left.iter().filter(|name| !name.to_string_lossy().starts_with("book.db")).collect();
    assert!(left.is_empty(), "nothing is left of what was refused: {left:?}");
}
