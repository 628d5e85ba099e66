//! Copies every row of a table from one store into another, whichever engines they are.
//!
//! The columns are known only at run time here. The store reports which columns there are, and of which type,
//! so that a column of a later schema cannot be forgotten. PostgreSQL distinguishes ids from other bytes;
//! SQLite does not, and does not need to.

use super::{Tx, on_engine};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, FromRow, Row, query::Query};
use sqlx_postgres::{PgArguments, PgConnection, Postgres};
use sqlx_sqlite::{Sqlite, SqliteArguments, SqliteConnection};
use uuid::Uuid;

/// Rows of one statement.
const BATCH: usize = 1000;
/// The table whose rows refer to one another; PostgreSQL checks such references at the end of a statement.
const WHOLE: &str = "articles";

/// What happens to the epochs of the logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epochs {
    /// The copy is the same book.
    Kept,
    /// The copy will be served: a screen must not continue from the old log.
    Renewed,
}

/// A column and its values in a batch.
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
            "bytea" | "blob" => Self::Bytes(Vec::new()),
            "text" => Self::Text(Vec::new()),
            "bigint" => Self::Number(Vec::new()),
            "boolean" => Self::Switch(Vec::new()),
            other => return Err(sqlx::Error::Protocol(format!("columns of type {other} cannot be copied"))),
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

    fn push_epoch(&mut self, epoch: Uuid) {
        match self {
            Self::Id(values) => values.push(Some(epoch)),
            Self::Bytes(values) => values.push(Some(epoch.as_bytes().to_vec())),
            // No engine stores an epoch in a column of these types.
            Self::Text(_) | Self::Number(_) | Self::Switch(_) => {}
        }
    }

    /// Binds the whole batch as an array.
    fn bind_all<'q>(&mut self, query: Query<'q, Postgres, PgArguments>) -> Query<'q, Postgres, PgArguments> {
        match self {
            Self::Id(values) => query.bind(std::mem::take(values)),
            Self::Bytes(values) => query.bind(std::mem::take(values)),
            Self::Text(values) => query.bind(std::mem::take(values)),
            Self::Number(values) => query.bind(std::mem::take(values)),
            Self::Switch(values) => query.bind(std::mem::take(values)),
        }
    }

    /// Binds the value of one row and leaves `None` in its place.
    fn bind_one<'q>(
        &mut self,
        row: usize,
        query: Query<'q, Sqlite, SqliteArguments>,
    ) -> Query<'q, Sqlite, SqliteArguments> {
        fn take<T>(values: &mut [Option<T>], row: usize) -> Option<T> {
            values.get_mut(row).and_then(Option::take)
        }
        match self {
            Self::Id(values) => query.bind(take(values, row)),
            Self::Bytes(values) => query.bind(take(values, row)),
            Self::Text(values) => query.bind(take(values, row)),
            Self::Number(values) => query.bind(take(values, row)),
            Self::Switch(values) => query.bind(take(values, row)),
        }
    }

    fn clear(&mut self) {
        match self {
            Self::Id(values) => values.clear(),
            Self::Bytes(values) => values.clear(),
            Self::Text(values) => values.clear(),
            Self::Number(values) => values.clear(),
            Self::Switch(values) => values.clear(),
        }
    }
}

/// Reads the rows of either engine in batches; the body is the same, the types differ.
macro_rules! pump {
    ($source:expr, $select:expr, $target:expr, $insert:expr, $columns:expr, $epochs:expr, $batch:expr) => {{
        let mut rows = sqlx::query(AssertSqlSafe($select)).fetch($source);
        let (mut count, mut waiting) = (0, 0);
        while let Some(row) = rows.try_next().await? {
            for (at, column) in $columns.iter_mut().enumerate() {
                if $epochs == Epochs::Renewed && column.name == "epoch" {
                    column.values.push_epoch(Uuid::new_v4());
                    continue;
                }
                match &mut column.values {
                    Values::Id(values) => values.push(row.try_get(at)?),
                    Values::Bytes(values) => values.push(row.try_get(at)?),
                    Values::Text(values) => values.push(row.try_get(at)?),
                    Values::Number(values) => values.push(row.try_get(at)?),
                    Values::Switch(values) => values.push(row.try_get(at)?),
                }
            }
            (count, waiting) = (count + 1, waiting + 1);
            if waiting == $batch {
                write($target, $insert, $columns, waiting).await?;
                waiting = 0;
            }
        }
        if waiting > 0 {
            write($target, $insert, $columns, waiting).await?;
        }
        count
    }};
}

/// Copies a table into an empty one; returns the number of rows.
///
/// # Errors
/// If a store returns an error.
pub async fn copy(source: &mut Tx, target: &mut Tx, table: &str, epochs: Epochs) -> sqlx::Result<usize> {
    let mut columns = match (&mut *source, &mut *target) {
        (Tx::Postgres(tx), _) => postgres_columns(tx.connection(), table).await?,
        (_, Tx::Postgres(tx)) => postgres_columns(tx.connection(), table).await?,
        (_, Tx::Sqlite(tx)) => sqlite_columns(tx.connection(), table).await?,
    };
    let names = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let values: Vec<_> = (1..)
        .zip(&columns)
        .map(|(n, column)| match target {
            Tx::Postgres(_) => format!("${n}::{}", column.values.array()),
            Tx::Sqlite(_) => format!("${n}"),
        })
        .collect();
    let values = values.join(", ");
    let insert = match target {
        Tx::Postgres(_) => format!("insert into {table} ({names}) select * from unnest({values})"),
        Tx::Sqlite(_) => format!("insert into {table} ({names}) values ({values})"),
    };
    let select = format!("select {names} from {table}");
    let batch = if table == WHOLE { usize::MAX } else { BATCH };
    Ok(match source {
        Tx::Sqlite(tx) => pump!(tx.connection(), select, target, &insert, &mut columns, epochs, batch),
        Tx::Postgres(tx) => pump!(tx.connection(), select, target, &insert, &mut columns, epochs, batch),
    })
}

async fn write(target: &mut Tx, insert: &str, columns: &mut [Column], rows: usize) -> sqlx::Result<()> {
    match target {
        Tx::Postgres(tx) => {
            let mut query = sqlx::query(AssertSqlSafe(insert.to_owned()));
            for column in columns {
                query = column.values.bind_all(query);
            }
            query.execute(tx.connection()).await?;
        }
        Tx::Sqlite(tx) => {
            // A larger statement would save no round trip.
            for row in 0..rows {
                let mut query = sqlx::query(AssertSqlSafe(insert.to_owned()));
                for column in columns.iter_mut() {
                    query = column.values.bind_one(row, query);
                }
                query.execute(&mut *tx.connection()).await?;
            }
            for column in columns {
                column.values.clear();
            }
        }
    }
    Ok(())
}

#[derive(FromRow)]
struct ColumnRow {
    name: String,
    kind: String,
}

fn columns(rows: Vec<ColumnRow>) -> sqlx::Result<Vec<Column>> {
    rows.into_iter()
        .map(|row| Ok(Column { values: Values::of(&row.kind.to_lowercase())?, name: row.name }))
        .collect()
}

async fn postgres_columns(conn: &mut PgConnection, table: &str) -> sqlx::Result<Vec<Column>> {
    let sql = "select column_name::text as name, data_type::text as kind from information_schema.columns \
               where table_schema = current_schema() and table_name = $1 order by ordinal_position";
    columns(sqlx::query_as(sql).bind(table).fetch_all(conn).await?)
}

async fn sqlite_columns(conn: &mut SqliteConnection, table: &str) -> sqlx::Result<Vec<Column>> {
    let sql = "select name, type as kind from pragma_table_info($1) order by cid";
    columns(sqlx::query_as(sql).bind(table).fetch_all(conn).await?)
}

/// Lists the tables of a store, without those of the engine and of its migrations.
///
/// # Errors
/// If the store returns an error.
pub async fn tables(tx: &mut Tx) -> sqlx::Result<Vec<String>> {
    let sql = match tx {
        Tx::Sqlite(_) => {
            "select name from sqlite_master where type = 'table' and substr(name, 1, 7) <> 'sqlite_' \
             and substr(name, 1, 5) <> '_sqlx'"
        }
        Tx::Postgres(_) => {
            "select table_name::text from information_schema.tables where table_schema = current_schema() \
             and table_type = 'BASE TABLE' and substr(table_name, 1, 5) <> '_sqlx'"
        }
    };
    on_engine!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}
