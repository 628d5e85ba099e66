//! Every row from a SQLite file into an empty PostgreSQL database, as it is.
//!
//! Here the engines truly differ: one is read, the other is written. Which columns there are, and of which
//! type, PostgreSQL says itself, so that a column of a later schema cannot be forgotten.

use super::{Tx, on_engine};
use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, FromRow, PgConnection, Postgres, Row, SqliteConnection, postgres::PgArguments,
    query::Query, sqlite::SqliteRow,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// All tables; each after those that it refers to.
pub const TABLES: &[&str] = &[
    "households",
    "accounts",
    "members",
    "sessions",
    "invites",
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

/// Rows of one statement.
const BATCH: usize = 1000;
/// Its rows refer to one another, which is looked at at the end of a statement.
const WHOLE: &str = "articles";

/// Of each household, or of none, how much there is of what.
pub type Census = BTreeMap<(Option<Uuid>, String), i64>;

/// A column, and what a batch has in it.
struct Column {
    name: String,
    values: Values,
}

enum Values {
    Id(Vec<Option<Uuid>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Text(Vec<Option<String>>),
    Number(Vec<Option<i64>>),
    Switch(Vec<Option<bool>>),
}

impl Values {
    fn of(kind: &str) -> sqlx::Result<Self> {
        Ok(match kind {
            "uuid" => Self::Id(Vec::new()),
            "bytea" => Self::Bytes(Vec::new()),
            "text" => Self::Text(Vec::new()),
            "bigint" => Self::Number(Vec::new()),
            "boolean" => Self::Switch(Vec::new()),
            other => return Err(sqlx::Error::Protocol(format!("columns of type {other} cannot be moved"))),
        })
    }

    const fn array(&self) -> &'static str {
        match self {
            Self::Id(_) => "uuid[]",
            Self::Bytes(_) => "bytea[]",
            Self::Text(_) => "text[]",
            Self::Number(_) => "bigint[]",
            Self::Switch(_) => "boolean[]",
        }
    }

    fn take(&mut self, row: &SqliteRow, at: usize) -> sqlx::Result<()> {
        match self {
            Self::Id(values) => values.push(row.try_get(at)?),
            Self::Bytes(values) => values.push(row.try_get(at)?),
            Self::Text(values) => values.push(row.try_get(at)?),
            Self::Number(values) => values.push(row.try_get(at)?),
            Self::Switch(values) => values.push(row.try_get(at)?),
        }
        Ok(())
    }

    fn bind<'q>(&mut self, query: Query<'q, Postgres, PgArguments>) -> Query<'q, Postgres, PgArguments> {
        match self {
            Self::Id(values) => query.bind(std::mem::take(values)),
            Self::Bytes(values) => query.bind(std::mem::take(values)),
            Self::Text(values) => query.bind(std::mem::take(values)),
            Self::Number(values) => query.bind(std::mem::take(values)),
            Self::Switch(values) => query.bind(std::mem::take(values)),
        }
    }
}

/// Nobody else writes to any table until the transaction ends.
///
/// # Errors
/// When the store refuses.
pub async fn lock(target: &mut PgConnection) -> sqlx::Result<()> {
    let sql = format!("lock table {} in share row exclusive mode", TABLES.join(", "));
    sqlx::query(AssertSqlSafe(sql)).execute(target).await.map(|_| ())
}

/// The first table that has a row.
///
/// # Errors
/// When the store refuses.
pub async fn first_used(target: &mut PgConnection) -> sqlx::Result<Option<&'static str>> {
    for table in TABLES {
        let sql = format!("select exists (select 1 from {table})");
        if sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *target).await? {
            return Ok(Some(table));
        }
    }
    Ok(None)
}

/// Copies a table and says how many rows it has. Every household's log gets a new name, its epoch: what a
/// screen knows of the old one cannot be continued.
///
/// # Errors
/// When a store refuses.
pub async fn copy(
    source: &mut SqliteConnection,
    target: &mut PgConnection,
    table: &str,
) -> sqlx::Result<usize> {
    let mut columns = columns(target, table).await?;
    let names = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let arrays: Vec<_> =
        (1..).zip(&columns).map(|(n, column)| format!("${n}::{}", column.values.array())).collect();
    let insert = format!("insert into {table} ({names}) select * from unnest({})", arrays.join(", "));
    let mut rows = sqlx::query(AssertSqlSafe(format!("select {names} from {table}"))).fetch(source);
    let (mut count, mut waiting) = (0, 0);
    while let Some(row) = rows.try_next().await? {
        for (at, column) in columns.iter_mut().enumerate() {
            match &mut column.values {
                Values::Id(values) if column.name == "epoch" => values.push(Some(Uuid::new_v4())),
                values => values.take(&row, at)?,
            }
        }
        (count, waiting) = (count + 1, waiting + 1);
        if waiting == BATCH && table != WHOLE {
            write(target, &insert, &mut columns).await?;
            waiting = 0;
        }
    }
    if waiting > 0 {
        write(target, &insert, &mut columns).await?;
    }
    Ok(count)
}

async fn write(target: &mut PgConnection, insert: &str, columns: &mut [Column]) -> sqlx::Result<()> {
    let mut query = sqlx::query(AssertSqlSafe(insert.to_owned()));
    for column in columns {
        query = column.values.bind(query);
    }
    query.execute(target).await.map(|_| ())
}

async fn columns(target: &mut PgConnection, table: &str) -> sqlx::Result<Vec<Column>> {
    #[derive(FromRow)]
    struct ColumnRow {
        name: String,
        kind: String,
    }
    let sql = "select column_name::text as name, data_type::text as kind from information_schema.columns \
               where table_schema = current_schema() and table_name = $1 order by ordinal_position";
    let rows: Vec<ColumnRow> = sqlx::query_as(sql).bind(table).fetch_all(target).await?;
    rows.into_iter().map(|row| Ok(Column { values: Values::of(&row.kind)?, name: row.name })).collect()
}

/// Counts the rows of every table and adds up what has a sum, for each household.
///
/// # Errors
/// When the store refuses.
pub async fn census(tx: &mut Tx) -> sqlx::Result<Census> {
    let mut census = Census::new();
    for table in TABLES {
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
