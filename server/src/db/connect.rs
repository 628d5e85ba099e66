//! Opens a store from a URL.

use super::{
    Database,
    file::{self, DatabaseFile},
    folding, migrations,
    writable::Writable,
};
use sqlx::{
    Connection,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

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
    #[error("cannot make the folder of the database {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The lock file, which keeps a second process away, cannot be opened.
    #[error("cannot open the lock file {path}: {source}")]
    Lock {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The file itself cannot be opened or created.
    #[error("cannot open the database file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// Another process has the file open.
    #[error("{0} is in use by another family-budget; stop it first, or name another file")]
    InUse(PathBuf),
    /// The file does not exist.
    #[error("there is no file {0}")]
    NoFile(PathBuf),
    /// The path leads to a folder or a device.
    #[error("{0} is not a file; name the file itself")]
    NoRegularFile(PathBuf),
    /// The store cannot be opened.
    #[error("cannot open the database: {0}")]
    Open(#[from] sqlx::Error),
    /// The schema cannot be migrated.
    #[error("cannot bring the database up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// An open store and its lock.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub database: Database,
    /// Held for as long as the process uses a SQLite file, since a second process would not see our
    /// announcements of changes. The system releases it however the process ends.
    pub lock: Option<File>,
}

/// Settings of PostgreSQL connections. TLS and certificates are part of the URL: `?sslmode=verify-full`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Connections of this process, at most.
    pub connections: u32,
    /// A statement that takes longer is cancelled.
    pub statement_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { connections: 16, statement_timeout: Duration::from_secs(10) }
    }
}

/// The file that a URL of SQLite names.
#[must_use]
pub fn file_of(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite://").map(Path::new)
}

/// Opens the store and migrates its schema.
///
/// # Errors
/// See [`ConnectError`].
pub async fn open(url: &str, settings: Settings) -> Result<Opened, ConnectError> {
    let opened = if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !path.is_empty()) {
        if path.contains('?') || path.contains(":memory:") {
            return Err(ConnectError::NotAFile);
        }
        sqlite(Path::new(path)).await?
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Opened { database: postgres(url, settings).await?, lock: None }
    } else {
        return Err(ConnectError::UnknownScheme);
    };
    Ok(opened)
}

async fn sqlite(path: &Path) -> Result<Opened, ConnectError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .map_err(|source| ConnectError::Folder { path: folder.to_owned(), source })?;
    // The log and the lock stand beside the file itself, whichever link names it: one file has one lock.
    let named = path;
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let lock_path = file::beside(path, ".lock");
    let fault = |source| ConnectError::Lock { path: lock_path.clone(), source };
    let lock = file::private(&lock_path).map_err(fault)?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => ConnectError::InUse(named.to_owned()),
        TryLockError::Error(source) => fault(source),
    })?;
    let file =
        DatabaseFile::open(path).map_err(|source| ConnectError::File { path: path.to_owned(), source })?;
    let file = Arc::new(file);
    let options = SqliteConnectOptions::new()
        .filename(path)
        // `open` above created it; a later connection must not create a new one if the file was deleted.
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        // Acknowledged writes survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let writer = on_file(&file, SqlitePoolOptions::new())
        .max_connections(1)
        .test_before_acquire(false)
        .connect_with(options.clone())
        .await?;
    migrations::sqlite(&writer).await?;
    let writable = Writable::default();
    let alone = Database::Sqlite {
        writer: writer.clone(),
        readers: writer.clone(),
        file: Some(file.clone()),
        writable: writable.clone(),
    };
    folding::bring_up_to_date(&alone).await?;
    let readers = on_file(&file, SqlitePoolOptions::new())
        .test_before_acquire(false)
        .max_connections(4)
        .connect_with(options.read_only(true))
        .await?;
    let database = Database::Sqlite { writer, readers, file: Some(file), writable };
    Ok(Opened { database, lock: Some(lock) })
}

/// Connections check that the path still leads to the file that was opened.
fn on_file(file: &Arc<DatabaseFile>, options: SqlitePoolOptions) -> SqlitePoolOptions {
    let file = file.clone();
    without_leftovers(options).after_connect(move |_, _| {
        let file = file.clone();
        Box::pin(async move { file.check_itself() })
    })
}

/// Discards a connection that is still in a transaction, or believes so, before it is reused. SQLite rolls
/// back on its own when the disk is full; the rollback that sqlx sends afterwards fails, and its count of
/// nested transactions stays wrong. The same happens when a rollback or commit fails, or its future is
/// dropped.
fn without_leftovers<DB: sqlx::Database>(options: PoolOptions<DB>) -> PoolOptions<DB> {
    options.before_acquire(|connection, _| {
        let clean = !connection.is_in_transaction();
        Box::pin(async move { Ok(clean) })
    })
}

async fn postgres(url: &str, settings: Settings) -> Result<Database, ConnectError> {
    let options: PgConnectOptions = url.parse().map_err(ConnectError::BadUrl)?;
    // Without a time limit: of ten processes that start at once nine wait for the first, and a migration of a
    // large book may take minutes.
    let migrating = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let migrated = migrations::postgres(&migrating).await;
    let folded = match &migrated {
        Ok(()) => {
            folding::bring_up_to_date(&Database::Postgres(migrating.clone(), Writable::default())).await
        }
        Err(_) => Ok(()),
    };
    migrating.close().await;
    migrated?;
    folded?;
    let limit = format!("{}ms", settings.statement_timeout.as_millis());
    let options = options
        .options([("statement_timeout", limit.as_str()), ("idle_in_transaction_session_timeout", "30s")]);
    let pool = without_leftovers(PgPoolOptions::new())
        .max_connections(settings.connections)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await?;
    Ok(Database::Postgres(pool, Writable::default()))
}
