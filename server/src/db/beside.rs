//! Stores that are read beside the process that serves them, and files that nobody serves yet. Neither locks
//! a SQLite file for writing nor migrates a schema.

use super::{
    Database, causes, file, fitting,
    lock::{LockError, ReadLock, has_no_locks},
    migrations,
    opening::{ConnectError, POSTGRES, file_of},
    provenance::Provenance,
    reaching, refusal, rights,
    stray::{check_lone_log, check_own_log},
    writers::Writers,
};
use sqlx_postgres::{PgConnectOptions, PgPoolOptions};
use sqlx_sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// Opens a store for reading, whether or not a process serves it.
///
/// # Errors
/// See [`ConnectError`].
pub async fn read_only(url: &str) -> Result<Database, ConnectError> {
    match file_of(url) {
        Some(path) => read_only_file(path).await,
        None => read_only_postgres(url).await,
    }
}

/// Opens a store for reading that this process serves.
///
/// # Errors
/// See [`ConnectError`].
pub async fn read_only_served(url: &str) -> Result<Database, ConnectError> {
    match file_of(url) {
        Some(path) => shared_file(path, path, Log::Known).await,
        None => read_only_postgres(url).await,
    }
}

async fn read_only_postgres(url: &str) -> Result<Database, ConnectError> {
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err(ConnectError::UnknownScheme);
    }
    let options: PgConnectOptions = url.parse().map_err(ConnectError::BadUrl)?;
    reaching::reach(url, &options).await?;
    // Reading a large table takes longer than the statement timeout of a running program.
    let options = options.options([("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0")]);
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    of_this_program(Database::Postgres(pool, Writers::default()), POSTGRES).await
}

/// Checks that a store is of this program; closes it otherwise.
async fn of_this_program(database: Database, name: &str) -> Result<Database, ConnectError> {
    let refused = match rights::owner_of(&database, rights::READING).await {
        Ok(Provenance::Ours) => return Ok(database),
        Ok(Provenance::Empty) => ConnectError::Empty(name.to_owned()),
        Ok(Provenance::Foreign) => ConnectError::Foreign(name.to_owned()),
        Err(error) => error,
    };
    database.close().await;
    Err(refused)
}

/// Checks that a path leads to a regular file.
///
/// # Errors
/// [`ConnectError::NoFile`], [`ConnectError::NoRegularFile`] and [`ConnectError::File`].
pub fn check_file(path: &Path) -> Result<(), ConnectError> {
    match path.metadata() {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(ConnectError::NoRegularFile(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(ConnectError::NoFile(path.to_owned())),
        Err(source) => Err(ConnectError::File { path: path.to_owned(), source }),
    }
}

/// Checks that a file is a SQLite database with the tables of this program; errors name it as `named`.
///
/// # Errors
/// See [`ConnectError`].
pub async fn check_budget(path: &Path, named: &Path) -> Result<(), ConnectError> {
    check_own_log(path, named)?;
    let opened = shared_file(path, named, Log::Unknown).await;
    opened.map_err(|error| fitting::with_log(path, named, error))?.close().await;
    Ok(())
}

/// Opens a SQLite file for reading, whether or not a process serves it. Not for one that this process serves: closing a
/// file drops the locks that SQLite holds on it.
///
/// # Errors
/// See [`ConnectError`].
pub async fn read_only_file(path: &Path) -> Result<Database, ConnectError> {
    check_own_log(path, path)?;
    let beside_it = ["-wal", "-shm"].map(|suffix| file::beside(path, suffix));
    let missing: Vec<_> = beside_it.iter().filter(|path| !path.exists()).collect();
    let in_words = |error| fitting::with_log(path, path, in_words(path, path, error));
    let error = match open_shared(path, path, Log::Unknown).await {
        Err(ConnectError::Open(error)) if refusal::lacks_room_or_access(&error) => error,
        opened => return opened.map_err(in_words),
    };
    let Some(lock) = keep_unserved(path)? else { return Err(in_words(error.into())) };
    // SQLite has made them before it found no room for them.
    let is_empty = |path: &Path| path.metadata().is_ok_and(|found| found.len() == 0);
    missing.into_iter().filter(|path| is_empty(path)).for_each(|path| file::remove(path));
    let opened = match pending(path) {
        Some(log) => Err(match causes::of_opening(path, error.into()) {
            ConnectError::Open(_) => ConnectError::Unrecovered(log),
            cause => cause,
        }),
        None => unchanging_file(path, lock).await,
    };
    opened.map_err(in_words)
}

/// Opens a SQLite file for reading that no process serves and, as long as it is open, no process can begin to serve. No
/// file is made beside it, unless a killed process left a log there.
///
/// # Errors
/// See [`ConnectError`].
pub async fn unserved_file(path: &Path) -> Result<Database, ConnectError> {
    check_own_log(path, path)?;
    check_file(path)?;
    let opened = match keep_unserved(path)? {
        Some(lock) if pending(path).is_none() => unchanging_file(path, lock).await,
        lock => {
            let opened = on_locked_pool(shared(path), lock).await;
            of_this_program_at(path, path, Log::Unknown, opened).await
        }
    };
    opened.map_err(|error| fitting::with_log(path, path, in_words(path, path, error)))
}

/// Opens a SQLite file as other processes may use it; errors name it as `named`.
async fn shared_file(path: &Path, named: &Path, log: Log) -> Result<Database, ConnectError> {
    open_shared(path, named, log).await.map_err(|error| in_words(path, named, error))
}

/// SQLite itself checks the format of the file: opening and closing it here would drop the locks that this process may
/// hold on it.
async fn open_shared(path: &Path, named: &Path, log: Log) -> Result<Database, ConnectError> {
    check_lone_log(path, named)?;
    check_file(path)?;
    of_this_program_at(path, named, log, only(shared(path)).await).await
}

fn shared(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(Duration::from_secs(5))
}

/// Whether the log beside a file is that of this process, which serves the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Log {
    Known,
    Unknown,
}

async fn of_this_program_at(
    path: &Path,
    named: &Path,
    log: Log,
    opened: Result<Database, ConnectError>,
) -> Result<Database, ConnectError> {
    let database = opened?;
    // First, since the tables may be those of the log.
    if log == Log::Unknown
        && let Err(error) = fitting::check_number(&database, path, named).await
    {
        database.close().await;
        return Err(error);
    }
    let database = of_this_program(database, &named.display().to_string()).await?;
    if log == Log::Unknown
        && let Err(error) = fitting::check_whole(&database, path, named).await
    {
        database.close().await;
        return Err(error);
    }
    Ok(database)
}

/// What an error of SQLite means for the file.
fn in_words(path: &Path, named: &Path, error: ConnectError) -> ConnectError {
    match error {
        ConnectError::Open(error) if refusal::is_not_sqlite(&error) => {
            ConnectError::NotSqlite(named.to_owned())
        }
        ConnectError::Open(error) if refusal::is_damage(&error) => ConnectError::Damaged(named.to_owned()),
        error => causes::of_opening(path, error),
    }
}

/// Keeps every process from beginning to serve a file; `None` where the system has no such locks.
fn keep_unserved(path: &Path) -> Result<Option<ReadLock>, ConnectError> {
    match ReadLock::take(path) {
        Ok(lock) => Ok(Some(lock)),
        Err(LockError::Held) => Err(ConnectError::InUse(path.to_owned())),
        Err(LockError::Database(error)) if has_no_locks(&error) => Ok(None),
        Err(LockError::Database(source) | LockError::Beside(source)) => {
            Err(ConnectError::File { path: path.to_owned(), source })
        }
        Err(LockError::ReadOnly(path)) => Err(ConnectError::ReadOnly(path)),
    }
}

/// The log or the journal that a killed process left beside a file: it may hold changes that are not in the file itself.
fn pending(path: &Path) -> Option<PathBuf> {
    let mut beside_it = ["-wal", "-journal"].map(|suffix| file::beside(path, suffix)).into_iter();
    beside_it.find(|pending| match pending.metadata() {
        Ok(found) => found.len() > 0,
        Err(error) => error.kind() != ErrorKind::NotFound,
    })
}

/// Opens a SQLite file that nobody writes to as long as it is locked, without the files that SQLite shares with other
/// processes.
async fn unchanging_file(path: &Path, lock: ReadLock) -> Result<Database, ConnectError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    // There is no log.
    of_this_program_at(path, path, Log::Known, on_locked_pool(options, Some(lock)).await).await
}

/// The pool owns the lock, and with it every clone of the store.
async fn on_locked_pool(
    options: SqliteConnectOptions,
    lock: Option<ReadLock>,
) -> Result<Database, ConnectError> {
    let lock = Arc::new(lock);
    let options_of_pool = single().after_connect(move |_, _| {
        let held = lock.clone();
        Box::pin(async move {
            drop(held);
            Ok(())
        })
    });
    Ok(on_pool(options_of_pool.connect_with(options).await?))
}

/// Opens a SQLite file that nobody writes to any more, without creating files beside it.
///
/// # Errors
/// See [`ConnectError`].
pub async fn finished_file(path: &Path) -> Result<Database, ConnectError> {
    only(SqliteConnectOptions::new().filename(path).read_only(true).immutable(true)).await
}

/// Opens a SQLite file that is discarded unless it is completed, so that it needs no write-ahead log and no
/// syncing.
///
/// # Errors
/// See [`ConnectError`].
pub async fn unfinished_file(path: &Path) -> Result<Database, ConnectError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(true);
    only(options).await
}

/// Opens an empty SQLite file as [`unfinished_file`] does, and creates the tables of a schema version in it; of the
/// newest one if none is named.
///
/// # Errors
/// See [`ConnectError`].
pub async fn empty_file(path: &Path, schema: Option<i64>) -> Result<Database, ConnectError> {
    let database = unfinished_file(path).await?;
    if let Database::Sqlite { writer, .. } = &database {
        match schema {
            Some(schema) => migrations::sqlite_to(writer, schema).await?,
            None => migrations::sqlite(writer).await?,
        }
    }
    Ok(database)
}

async fn only(options: SqliteConnectOptions) -> Result<Database, ConnectError> {
    Ok(on_pool(single().connect_with(options).await?))
}

fn single() -> SqlitePoolOptions {
    SqlitePoolOptions::new().test_before_acquire(false).max_connections(1)
}

fn on_pool(pool: SqlitePool) -> Database {
    Database::Sqlite { writer: pool.clone(), readers: pool, file: None, writers: Writers::default() }
}
