//! All tables of a book, and what they add up to: what a copy is compared by.

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

/// What is summed up on both sides, beside the rows.
const SUMS: &[(&str, &str)] = &[
    ("facts", "amount"),
    ("plans", "amount"),
    ("recurring", "amount"),
    ("financial_centers", "opening_balance"),
    ("change_log", "seq"),
];

/// Of each household, or of none, how much there is of what.
pub type Census = BTreeMap<(Option<Uuid>, String), i64>;

/// Nobody else writes to any table until the transaction ends, and rows may come before those that they
/// refer to.
///
/// # Errors
/// When the store refuses.
pub async fn lock(target: &mut Tx) -> sqlx::Result<()> {
    match target {
        // Whoever begins to write is alone. References are looked at at the commit; PostgreSQL takes those
        // within a table in one statement.
        Tx::Sqlite(tx) => {
            sqlx::query("pragma defer_foreign_keys = on").execute(tx.connection()).await.map(|_| ())
        }
        Tx::Postgres(tx) => {
            let sql = format!("lock table {} in share row exclusive mode", TABLES.join(", "));
            sqlx::query(AssertSqlSafe(sql)).execute(tx.connection()).await.map(|_| ())
        }
    }
}

/// The counters of attempts: they come and go by themselves, in a store that nobody uses as well.
const COUNTERS: &str = "attempts";

/// The first table that has a row, apart from the counters of attempts.
///
/// # Errors
/// When the store refuses.
pub async fn first_used(target: &mut Tx) -> sqlx::Result<Option<&'static str>> {
    for table in TABLES.iter().filter(|table| **table != COUNTERS) {
        let sql = format!("select exists (select 1 from {table})");
        if on_engine!(&mut *target, |conn| sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await)? {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

/// Deletes the counters of attempts, which those of the source replace.
///
/// # Errors
/// When the store refuses.
pub async fn clear_counters(target: &mut Tx) -> sqlx::Result<()> {
    let sql = format!("delete from {COUNTERS}");
    on_engine!(target, |conn| sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(|_| ()))
}

/// Counts the rows of every table and adds up what has a sum, for each household.
///
/// # Errors
/// When the store refuses.
pub async fn census(tx: &mut Tx) -> sqlx::Result<Census> {
    let mut census = Census::new();
    // A book of an earlier program has fewer.
    let present = copying::tables(tx).await?;
    for table in TABLES.iter().filter(|table| present.iter().any(|name| name == *table)) {
        // An account or a counter belongs to no household, and a household is its own.
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
        // SQLite has no type of that name, and a null needs none.
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
