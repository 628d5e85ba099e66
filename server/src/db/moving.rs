//! All tables of a book, and the counts and sums by which a copy is verified.

use super::{Tx, copying, on_engine};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use uuid::Uuid;

/// All tables; each after those that it refers to.
pub const TABLES: &[&str] = &[
    "households",
    "accounts",
    "members",
    "sessions",
    "devices",
    "invites",
    "password_links",
    "articles",
    "financial_centers",
    "facts",
    "change_log",
    "demos",
    "plans",
    "recurring",
    "occurrences",
    "attempts",
];

/// The columns that are summed on both sides, beside the counts of rows.
const SUMS: &[(&str, &str)] = &[
    ("facts", "amount"),
    ("plans", "amount"),
    ("recurring", "amount"),
    ("financial_centers", "opening_balance"),
    ("change_log", "seq"),
];

/// Counts and sums by household, or by none, and by name.
pub type Census = BTreeMap<(Option<Uuid>, String), i64>;

/// Locks all tables against other writers until the transaction ends, and defers the check of foreign keys.
///
/// # Errors
/// If the store returns an error.
pub async fn lock(target: &mut Tx) -> sqlx::Result<()> {
    match target {
        // Only one transaction writes at a time. References are checked at the commit; PostgreSQL checks
        // those within a table at the end of a statement.
        Tx::Sqlite(tx) => {
            sqlx::query("pragma defer_foreign_keys = on").execute(tx.connection()).await.map(|_| ())
        }
        Tx::Postgres(tx) => {
            let sql = format!("lock table {} in share row exclusive mode", TABLES.join(", "));
            sqlx::query(AssertSqlSafe(sql)).execute(tx.connection()).await.map(|_| ())
        }
    }
}

/// The counters of sign-in attempts. They do not show that a store is in use: attempts are
/// counted even if there is no account.
const COUNTERS: &str = "attempts";

/// The first table that has a row, apart from the counters of attempts.
///
/// # Errors
/// If the store returns an error.
pub async fn first_used(target: &mut Tx) -> sqlx::Result<Option<&'static str>> {
    for table in TABLES.iter().filter(|table| **table != COUNTERS) {
        let sql = format!("select exists (select 1 from {table})");
        if on_engine!(&mut *target, |conn| sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await)? {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

/// Deletes the counters of attempts; those of the source replace them.
///
/// # Errors
/// If the store returns an error.
pub async fn clear_counters(target: &mut Tx) -> sqlx::Result<()> {
    let sql = format!("delete from {COUNTERS}");
    on_engine!(target, |conn| sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(|_| ()))
}

/// Counts the rows of every table and sums the columns in [`SUMS`], per household.
///
/// # Errors
/// If the store returns an error.
pub async fn census(tx: &mut Tx) -> sqlx::Result<Census> {
    let mut census = Census::new();
    // A book of an earlier program has fewer tables.
    let present = copying::tables(tx).await?;
    for table in TABLES.iter().filter(|table| present.iter().any(|name| name == *table)) {
        // An account or a counter belongs to no household, and a household to itself.
        let owner = match *table {
            "households" => "id",
            "accounts" | "attempts" => "null",
            _ => "household_id",
        };
        let sums: Vec<&str> =
            SUMS.iter().filter(|(summed, _)| summed == table).map(|(_, column)| *column).collect();
        let sum = sums.first().map_or_else(|| "0".to_owned(), |column| format!("coalesce(sum({column}), 0)"));
        let group = if owner == "null" { String::new() } else { format!(" group by {owner}") };
        let sql = format!(
            "select {}, count(*), cast({sum} as bigint) from {table}{group}",
            if owner == "null" { "cast(null as uuid)" } else { owner }
        );
        // SQLite has no `uuid` type, and a null needs none.
        let rows: Vec<(Option<Uuid>, i64, i64)> = match &mut *tx {
            Tx::Sqlite(_) => {
                let sql = sql.replace("cast(null as uuid)", "null");
                on_engine!(&mut *tx, |conn| sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await)?
            }
            Tx::Postgres(_) => {
                on_engine!(&mut *tx, |conn| sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await)?
            }
        };
        for (owner, count, sum) in rows {
            census.insert((owner, format!("rows of {table}")), count);
            if let Some(column) = sums.first() {
                census.insert((owner, format!("sum of {column} of {table}")), sum);
            }
        }
    }
    Ok(census)
}
