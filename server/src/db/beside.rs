//! Stores that are read beside the process that serves them, and files that nobody serves yet. Neither locks
//! a SQLite file nor migrates a schema.

use super::{
    Database, file,
    lock::{LockError, ReadLock},
    migrations,
    opening::{ConnectError, POSTGRES, file_of},
    provenance::{self, Provenance},
    reaching, refusal,
    writers::Writers,
};
use sqlx_postgres::{PgConnectOptions, PgPoolOptions};
use sqlx_sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::{io::ErrorKind, path::Path, sync::Arc, time::Duration};

/// Opens a store for reading, whether or not a process serves it.
///
/// # Errors
/// See [`ConnectError`].
pub async fn read_only(url: &str) -> Result<Database, ConnectError> {
    if let Some(path) = file_of(url) {
        return match read_only_file(path).await {
            Err(ConnectError::Open(error)) if refusal::lacks_write_access(&error) => {
                unserved_file(path).await
            }
            opened => opened,
        };
    }
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
    let found = async { provenance::of(&mut database.read().await?).await };
    let refused = match found.await {
        Ok(Provenance::Ours) => return Ok(database),
        Ok(Provenance::Empty) => ConnectError::Empty(name.to_owned()),
        Ok(Provenance::Foreign) => ConnectError::Foreign(name.to_owned()),
        Err(error) => error.into(),
    };
    database.close().await;
    Err(refused)
}

/// Checks that a path leads to a regular file.
///
/// # Errors
/// [`ConnectError::NoFile`] and [`ConnectError::NoRegularFile`].
pub fn check_file(path: &Path) -> Result<(), ConnectError> {
    match path.metadata() {
        Ok(found) if found.is_file() => Ok(()),
        Ok(_) => Err(ConnectError::NoRegularFile(path.to_owned())),
        Err(_) => Err(ConnectError::NoFile(path.to_owned())),
    }
}

/// Checks that a file is a SQLite database with the tables of this program; errors name it as `named`.
///
/// # Errors
/// See [`ConnectError`].
pub async fn check_budget(path: &Path, named: &Path) -> Result<(), ConnectError> {
    read_only_named(path, named).await?.close().await;
    Ok(())
}

/// Opens a SQLite file for reading, whether or not a process serves it.
///
/// # Errors
/// See [`ConnectError`].
pub async fn read_only_file(path: &Path) -> Result<Database, ConnectError> {
    read_only_named(path, path).await
}

/// SQLite itself checks the format of the file: opening and closing it here would drop the locks that this process may
/// hold on it.
async fn read_only_named(path: &Path, named: &Path) -> Result<Database, ConnectError> {
    check_file(path)?;
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let opened = async {
        let database = only(options.busy_timeout(Duration::from_secs(5))).await?;
        of_this_program(database, &named.display().to_string()).await
    };
    opened.await.map_err(|error| match error {
        ConnectError::Open(error) if refusal::is_not_sqlite(&error) => {
            ConnectError::NotSqlite(named.to_owned())
        }
        ConnectError::Open(error) if refusal::is_damage(&error) => ConnectError::Damaged(named.to_owned()),
        error => error,
    })
}

/// Opens a SQLite file that no process serves, in a place where SQLite may not make the files that it shares with
/// other processes. As long as the store is open, no process can begin to serve the file.
async fn unserved_file(path: &Path) -> Result<Database, ConnectError> {
    let lock = ReadLock::take(path).map_err(|error| match error {
        LockError::Held => ConnectError::InUse(path.to_owned()),
        LockError::Database(source) | LockError::Beside(source) => {
            ConnectError::File { path: path.to_owned(), source }
        }
        LockError::ReadOnly(path) => ConnectError::ReadOnly(path),
    })?;
    // These may hold changes that are not in the file itself.
    for suffix in ["-wal", "-journal"] {
        let pending = file::beside(path, suffix);
        match pending.metadata() {
            Ok(found) if found.len() == 0 => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            _ => return Err(ConnectError::Unrecovered(pending)),
        }
    }
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    // The pool owns the lock, and with it every clone of the store.
    let lock = Arc::new(lock);
    let options_of_pool = single().after_connect(move |_, _| {
        let held = lock.clone();
        Box::pin(async move {
            drop(held);
            Ok(())
        })
    });
    let database = on_pool(options_of_pool.connect_with(options).await?);
    of_this_program(database, &path.display().to_string()).await
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

/// Opens an empty SQLite file as [`unfinished_file`] does, and creates the tables of a schema version in it.
///
/// # Errors
/// See [`ConnectError`].
pub async fn empty_file(path: &Path, schema: i64) -> Result<Database, ConnectError> {
    let database = unfinished_file(path).await?;
    if let Database::Sqlite { writer, .. } = &database {
        migrations::sqlite_to(writer, schema).await?;
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
