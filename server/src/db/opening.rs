//! What a URL names, and why a store is not opened.

use super::{advice::advised, migrations, missing_right::MissingRight, refusal::told};
use std::{
    fmt::{self, Display, Formatter},
    path::{Path, PathBuf},
    time::Duration,
};

/// The file that a URL of SQLite names.
#[must_use]
pub fn file_of(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite://").map(Path::new)
}

/// A PostgreSQL database in messages: its URL may hold a password.
pub const POSTGRES: &str = "the database";

/// A PostgreSQL database limits the connections of its user, and few are left for this process or beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FewConnections {
    /// The most that this process takes.
    pub taken: u32,
    /// The most that all processes of the user may have.
    pub allowed: u32,
}

impl FewConnections {
    /// Whether a command beside this process, such as a scheduled backup, may find no connection. A limit of three
    /// leaves one at most.
    #[must_use]
    pub const fn leaves_none(self) -> bool {
        self.taken >= self.allowed || self.allowed <= 3
    }
}

impl Display for FewConnections {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { taken, allowed } = self;
        write!(
            f,
            "the database allows its user {allowed} connections, of which this process takes at most {taken}; "
        )?;
        f.write_str(if self.leaves_none() {
            "scheduled backups and commands such as stats may find no connection"
        } else {
            "with many people it will be slow"
        })?;
        f.write_str(": raise the connection limit of the role or of the database")
    }
}

/// Why the store was not opened. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is not of a known engine. Treating it as a file name would create an empty file in a wrong
    /// place.
    #[error(
        "the database URL must begin with sqlite:// or postgres://, for example sqlite://data/family-budget.db"
    )]
    UnknownScheme,
    /// The URL of SQLite does not name a file.
    #[error(
        "after sqlite:// stands the name of a file and nothing else, for example sqlite://data/family-budget.db"
    )]
    NotAFile,
    /// The URL of PostgreSQL cannot be parsed.
    #[error("the database URL cannot be read: {0}")]
    BadUrl(sqlx::Error),
    /// The folder of the file cannot be created.
    #[error("cannot make the folder of the database {path}: {}", advised(source))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The lock file, which keeps a second process away, cannot be opened.
    #[error("cannot open the lock file {path}: {}", advised(source))]
    Lock {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The file itself cannot be opened or created.
    #[error("cannot open the database file {path}: {}", advised(source))]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// SQLite cannot open the file, because it needs room for the files that it makes beside it.
    #[error("cannot open the database file {0}: its disk is full; make room there, and repeat the command")]
    NoRoom(PathBuf),
    /// Another process has the file open.
    #[error("{0} is in use by another family-budget; stop it first, or name another file")]
    InUse(PathBuf),
    /// The file or its folder may be read but not written to.
    #[error(
        "{} is read-only: serving the database needs write access to the file and its folder; stats and backup work all the same",
        .0.display()
    )]
    ReadOnly(PathBuf),
    /// The file may only be read, and its write-ahead log holds commits that only a process which may write
    /// can recover.
    #[error(
        "{0} holds changes that cannot be read without write access to the folder; give write access, or copy the files elsewhere and name the copy"
    )]
    Unrecovered(PathBuf),
    /// The write-ahead log beside the file is that of another one.
    #[error(
        "{database} is not the file that {log} belongs to, and would be damaged by it: put the right file back, or move the log away; if the two were copied here together, remove {database}.lock instead"
    )]
    StrayLog {
        /// The log.
        log: PathBuf,
        /// The database.
        database: PathBuf,
    },
    /// The write-ahead log beside the file is that of another one, according to what is in both.
    #[error(
        "{log} is the log of another file than {database}, and would damage it: put the right file back, or move the log away; if the two were copied here together, copy {database}.lock as well"
    )]
    OtherLog {
        /// The log.
        log: PathBuf,
        /// The database.
        database: PathBuf,
    },
    /// The write-ahead log beside the file is not of the state in which the file is.
    #[error(
        "{database} and {log} do not fit together, and nothing of either was changed: {found}. The file is damaged, or a copy that was made while it was served and lacks what was written since; put the file back that stood there when the program ended, or restore a backup, or move the log away to use the file without it"
    )]
    Unfitting {
        /// The log.
        log: PathBuf,
        /// The database.
        database: PathBuf,
        /// What is wrong with the two.
        found: String,
    },
    /// What has the name of a log or of a journal is none. SQLite would delete it, or write over it.
    #[error(
        "{log} has the name that SQLite gives to a log of {database}, and is none: move it away, and repeat the command"
    )]
    NoLog {
        /// What lies there.
        log: PathBuf,
        /// The database.
        database: PathBuf,
    },
    /// The journal beside the file is not of this program. SQLite would write it into the file.
    #[error(
        "{log} is a journal of another program or of another file, and would be written into {database}: put the file back that it belongs to, or open the file with the program that was changing it, or move the journal away"
    )]
    StrayJournal {
        /// The journal.
        log: PathBuf,
        /// The database.
        database: PathBuf,
    },
    /// The file that the write-ahead log, or the journal, belongs to is missing or empty. SQLite would delete the log.
    #[error(
        "{database} is missing or empty: put the file back that {log} belongs to, which holds its last changes, or move the log away to begin without them"
    )]
    LoneLog {
        /// The log.
        log: PathBuf,
        /// The database.
        database: PathBuf,
    },
    /// The file does not exist.
    #[error("there is no file {0}")]
    NoFile(PathBuf),
    /// The path leads to a folder or a device.
    #[error("{0} is not a file; name the file itself")]
    NoRegularFile(PathBuf),
    /// The file is of another kind.
    #[error("{0} is not a SQLite database; name another file")]
    NotSqlite(PathBuf),
    /// The database has no tables, and the command only reads.
    #[error("{0} has no budget in it; name another database")]
    Empty(String),
    /// The tables are not those of this program.
    #[error("{0} is a database of another program; name another one")]
    Foreign(String),
    /// The role may not use the tables.
    #[error(transparent)]
    NoRight(#[from] MissingRight),
    /// The file is damaged.
    #[error("{0} is damaged; name another file, or restore a backup")]
    Damaged(PathBuf),
    /// The store cannot be opened.
    #[error("cannot open the database: {}", told(.0))]
    Open(#[from] sqlx::Error),
    /// The PostgreSQL server does not answer.
    #[error("cannot reach the database at {server} within {} seconds: {}; start PostgreSQL, or correct the URL", waited.as_secs(), told(source))]
    Unreachable {
        /// Its address.
        server: String,
        /// How long it was waited for.
        waited: Duration,
        /// The last error.
        source: sqlx::Error,
    },
    /// The server is there, and the database is not.
    #[error(
        "there is no database {name} at {server}: create it (createdb --encoding UTF8 --template template0 {name}), or correct the URL"
    )]
    NoSuchDatabase {
        /// Its name.
        name: String,
        /// The address of the server.
        server: String,
    },
    /// The server does not accept the user.
    #[error(
        "the database server at {server} refuses to sign in: {}; correct the user and password of the URL, or set PGPASSWORD",
        told(source)
    )]
    NoSignIn {
        /// Its address.
        server: String,
        /// Its answer.
        source: sqlx::Error,
    },
    /// Other processes of the same user have every connection.
    #[error(
        "the database at {server} had no connection to spare for {} seconds: raise the limit, or stop a process",
        waited.as_secs()
    )]
    Crowded {
        /// Its address.
        server: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The user may have one connection only.
    #[error(
        "the database allows its user one connection, and the program needs two: raise the connection limit of the role or of the database"
    )]
    OneConnection,
    /// A file that TLS needs is missing: its path.
    #[error(
        "cannot read {0}, a certificate or key for the connection to the database (sslrootcert, sslcert, sslkey): {1}; correct the URL"
    )]
    Certificate(String, std::io::Error),
    /// The PostgreSQL database cannot store every character.
    #[error(
        "the database stores text in {0} and not every character; create one in UTF8 (create database NAME encoding 'UTF8' template template0); backup and restore bring an existing book into it"
    )]
    Encoding(String),
    /// The schema cannot be migrated.
    #[error("cannot bring the database up to date: {}", migrations::told(.0))]
    Migrate(#[from] sqlx::migrate::MigrateError),
}
