//! How much a store has. Each statement reads whole tables: for commands, not for requests.

use super::{Tx, on_engine, statements};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    HOUSEHOLDS = "select id, name from households";
    LOGS = "select household_id, cast(sum(octet_length(changes)) as bigint) as bytes from change_log group by household_id";
}

/// A household by its name.
#[derive(Debug, FromRow)]
pub struct Named {
    /// Which one.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
}

/// The rows of a household's log.
#[derive(Debug, FromRow)]
pub struct LogSize {
    /// Whose.
    pub household_id: Uuid,
    /// Of all changes as text.
    pub bytes: i64,
}

/// All households.
///
/// # Errors
/// When the store refuses.
pub async fn households(tx: &mut Tx) -> sqlx::Result<Vec<Named>> {
    on_engine!(tx, |conn| sqlx::query_as(HOUSEHOLDS).fetch_all(conn).await)
}

/// The bytes of each household's log.
///
/// # Errors
/// When the store refuses.
pub async fn logs(tx: &mut Tx) -> sqlx::Result<Vec<LogSize>> {
    on_engine!(tx, |conn| sqlx::query_as(LOGS).fetch_all(conn).await)
}

/// The bytes of the whole store, indexes and free pages included: of SQLite's file without its write-ahead
/// log, of PostgreSQL's database.
///
/// # Errors
/// When the store refuses.
pub async fn store(tx: &mut Tx) -> sqlx::Result<i64> {
    let sql = match tx {
        Tx::Sqlite(_) => "select page_count * page_size from pragma_page_count(), pragma_page_size()",
        Tx::Postgres(_) => "select pg_database_size(current_database())",
    };
    on_engine!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}
