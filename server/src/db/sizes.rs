//! The sizes of a store. Each statement reads whole tables: for the command line, not for requests.

use super::{Tx, on_engine, statements};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    HOUSEHOLDS = "select id, name from households";
    LOGS = "select household_id, cast(sum(octet_length(changes)) as bigint) as bytes from change_log group by household_id";
}

/// A household and its name.
#[derive(Debug, FromRow)]
pub struct Named {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// The size of a household's log.
#[derive(Debug, FromRow)]
pub struct LogSize {
    /// The household.
    pub household_id: Uuid,
    /// Bytes of all changes as text.
    pub bytes: i64,
}

/// Lists all households.
///
/// # Errors
/// If the store returns an error.
pub async fn households(tx: &mut Tx) -> sqlx::Result<Vec<Named>> {
    on_engine!(tx, |conn| sqlx::query_as(HOUSEHOLDS).fetch_all(conn).await)
}

/// The size of each household's log.
///
/// # Errors
/// If the store returns an error.
pub async fn logs(tx: &mut Tx) -> sqlx::Result<Vec<LogSize>> {
    on_engine!(tx, |conn| sqlx::query_as(LOGS).fetch_all(conn).await)
}

/// The size of the whole store in bytes, with indexes and free pages: of SQLite's file without its
/// write-ahead log, or of PostgreSQL's database.
///
/// # Errors
/// If the store returns an error.
pub async fn store(tx: &mut Tx) -> sqlx::Result<i64> {
    let sql = match tx {
        Tx::Sqlite(_) => "select page_count * page_size from pragma_page_count(), pragma_page_size()",
        Tx::Postgres(_) => "select pg_database_size(current_database())",
    };
    on_engine!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}
