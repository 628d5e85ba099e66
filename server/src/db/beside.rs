//! Stores that are read beside the process that serves them, and files that nobody serves yet. Neither locks
//! a SQLite file nor migrates a schema.

use super::{
    Database,
    connect::{ConnectError, file_of},
    migrations,
    writable::Writable,
};
use sqlx::{
    SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::Path, time::Duration};

/// Opens a store for reading, whether or not a process serves it.
///
/// # Errors
/// See [`ConnectError`].
pub async fn read_only(url: &str) -> Result<Database, ConnectError> {
    if let Some(path) = file_of(url) {
        return read_only_file(path).await;
    }
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err(ConnectError::UnknownScheme);
    }
    let options: PgConnectOptions = url.parse().map_err(ConnectError::BadUrl)?;
    // Reading a large table takes longer than the statement timeout of a running program.
    let options = options.options([("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0")]);
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    Ok(Database::Postgres(pool, Writable::default()))
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

/// Opens a SQLite file for reading, whether or not a process serves it.
///
/// # Errors
/// See [`ConnectError`].
pub async fn read_only_file(path: &Path) -> Result<Database, ConnectError> {
    check_file(path)?;
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    only(options.busy_timeout(Duration::from_secs(5))).await
}

/// Opens a SQLite file that nobody writes to any more, without creating files beside it.
///
/// # Errors
/// See [`ConnectError`].
pub async fn finished_file(path: &Path) -> Result<Database, ConnectError> {
    only(SqliteConnectOptions::new().filename(path).read_only(true).immutable(true)).await
}

/// Opens an empty SQLite file and creates the tables of a schema version in it. The file is either completed
/// or thrown away, so it needs no write-ahead log and no syncing.
///
/// # Errors
/// See [`ConnectError`].
pub async fn empty_file(path: &Path, schema: i64) -> Result<Database, ConnectError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .foreign_keys(true);
    let pool = pool(options).await?;
    migrations::sqlite_to(&pool, schema).await?;
    Ok(Database::Sqlite { writer: pool.clone(), readers: pool, file: None, writable: Writable::default() })
}

async fn only(options: SqliteConnectOptions) -> Result<Database, ConnectError> {
    let pool = pool(options).await?;
    Ok(Database::Sqlite { writer: pool.clone(), readers: pool, file: None, writable: Writable::default() })
}

async fn pool(options: SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    SqlitePoolOptions::new().test_before_acquire(false).max_connections(1).connect_with(options).await
}
