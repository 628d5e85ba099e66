//! The digest of each table of a store, and the table in which a backup keeps them.
//!
//! Equal rows have equal digests, whichever engine holds them: rows are hashed in the order of the primary
//! key, and their values in the order of the columns' names, each with its kind and length. Both engines sort
//! bytes, numbers, and text in the collation `C` alike. A row is hashed as it arrives and then dropped, so that
//! a large table needs no more memory than a small one.

use super::{Tx, on_engine};
use futures_util::{Stream, TryStreamExt};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Column, Decode, FromRow, Row, TypeInfo, ValueRef};
use sqlx_postgres::PgRow;
use sqlx_sqlite::{Sqlite, SqliteConnection, SqliteRow};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The table of a backup that holds the digests of the others.
const TABLE: &str = "backup_digests";

/// The file's `user_version` while it holds digests. It is a second mark, in the file's header: without it, damage to
/// the name of their table would make a backup look like one of an earlier version, which holds none.
const KEPT: i64 = 1;

/// SHA-256 in hex, by the name of the table.
pub type Digests = BTreeMap<String, String>;

/// One value of a row, as it is hashed.
enum Hashed<'a> {
    Null,
    /// SQLite stores booleans as numbers.
    Number(i64),
    /// No column of this program holds one, but SQLite accepts it in any column.
    Real(f64),
    Text(&'a [u8]),
    /// SQLite stores ids as bytes.
    Bytes(&'a [u8]),
}

impl Hashed<'_> {
    fn enter(self, hash: &mut Sha256) {
        match self {
            Self::Null => hash.update(b"0"),
            Self::Number(number) => {
                hash.update(b"n");
                hash.update(number.to_be_bytes());
            }
            Self::Real(real) => {
                hash.update(b"r");
                hash.update(real.to_bits().to_be_bytes());
            }
            Self::Text(text) => enter_bytes(hash, b't', text),
            Self::Bytes(bytes) => enter_bytes(hash, b'b', bytes),
        }
    }
}

/// Hashes the length first, so that the same bytes divided differently between two values have another hash.
fn enter_bytes(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
    hash.update([kind]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

/// A row of either engine.
trait Hashable {
    /// Hashes one value.
    fn enter(&self, at: usize, hash: &mut Sha256) -> sqlx::Result<()>;
}

impl Hashable for SqliteRow {
    fn enter(&self, at: usize, hash: &mut Sha256) -> sqlx::Result<()> {
        let value = self.try_get_raw(at)?;
        if value.is_null() {
            Hashed::Null.enter(hash);
            return Ok(());
        }
        // In SQLite a value has a type of its own; the type of its column is only a preference.
        let kind = value.type_info().name().to_owned();
        let entered = match kind.as_str() {
            "TEXT" => <&[u8] as Decode<Sqlite>>::decode(value).map(|text| Hashed::Text(text).enter(hash)),
            "BLOB" => <&[u8] as Decode<Sqlite>>::decode(value).map(|bytes| Hashed::Bytes(bytes).enter(hash)),
            "REAL" => <f64 as Decode<Sqlite>>::decode(value).map(|real| Hashed::Real(real).enter(hash)),
            _ => <i64 as Decode<Sqlite>>::decode(value).map(|number| Hashed::Number(number).enter(hash)),
        };
        entered.map_err(sqlx::Error::Decode)
    }
}

impl Hashable for PgRow {
    fn enter(&self, at: usize, hash: &mut Sha256) -> sqlx::Result<()> {
        let id: Option<Uuid>;
        let value = match self.try_column(at)?.type_info().name() {
            "UUID" => {
                id = self.try_get(at)?;
                id.as_ref().map(|id| Hashed::Bytes(id.as_bytes()))
            }
            "BYTEA" => self.try_get::<Option<&[u8]>, _>(at)?.map(Hashed::Bytes),
            "TEXT" => self.try_get::<Option<&str>, _>(at)?.map(|text| Hashed::Text(text.as_bytes())),
            "INT8" => self.try_get::<Option<i64>, _>(at)?.map(Hashed::Number),
            "BOOL" => self.try_get::<Option<bool>, _>(at)?.map(|on| Hashed::Number(on.into())),
            other => return Err(sqlx::Error::Protocol(format!("columns of type {other} have no digest"))),
        };
        value.unwrap_or(Hashed::Null).enter(hash);
        Ok(())
    }
}

#[derive(FromRow)]
struct ColumnRow {
    name: String,
    /// The position in the primary key, from 1; 0 if the column is not part of it.
    key: i64,
}

async fn columns(tx: &mut Tx, table: &str) -> sqlx::Result<Vec<ColumnRow>> {
    let sql = match tx {
        Tx::Sqlite(_) => "select name, pk as key from pragma_table_info($1)",
        // The positions in an index are counted from 0.
        Tx::Postgres(_) => {
            "select a.attname::text as name, \
             coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)::bigint as key \
             from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary \
             where a.attrelid = $1::text::regclass and a.attnum > 0 and not a.attisdropped"
        }
    };
    let mut columns: Vec<ColumnRow> =
        on_engine!(tx, |conn| sqlx::query_as(sql).bind(table).fetch_all(conn).await)?;
    columns.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(columns)
}

fn quoted<'a>(columns: impl IntoIterator<Item = &'a ColumnRow>) -> String {
    let names: Vec<_> = columns.into_iter().map(|column| quote(&column.name)).collect();
    names.join(", ")
}

/// Quotes a name. In a damaged file the names of tables and columns may be any text.
fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The digest of one table.
///
/// # Errors
/// If the store returns an error.
pub async fn of_table(tx: &mut Tx, table: &str) -> sqlx::Result<String> {
    let columns = columns(tx, table).await?;
    let mut key: Vec<_> = columns.iter().filter(|column| column.key > 0).collect();
    key.sort_unstable_by_key(|column| column.key);
    let order = if key.is_empty() { quoted(&columns) } else { quoted(key) };
    let sql = format!("select {} from {} order by {order}", quoted(&columns), quote(table));
    let mut hash = Sha256::new();
    for column in &columns {
        enter_bytes(&mut hash, b'c', column.name.as_bytes());
    }
    let width = columns.len();
    on_engine!(tx, |conn| enter_rows(sqlx::query(AssertSqlSafe(sql)).fetch(conn), width, &mut hash).await)?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn enter_rows<R: Hashable>(
    mut rows: impl Stream<Item = sqlx::Result<R>> + Unpin,
    width: usize,
    hash: &mut Sha256,
) -> sqlx::Result<()> {
    while let Some(row) = rows.try_next().await? {
        hash.update(b"|");
        for at in 0..width {
            row.enter(at, hash)?;
        }
    }
    Ok(())
}

/// The digests of all tables of a SQLite file, those of its migrations included.
async fn of_file(tx: &mut Tx) -> sqlx::Result<Digests> {
    let sql = "select name from sqlite_master where type = 'table' and substr(name, 1, 7) <> 'sqlite_' \
               and name <> $1";
    let Some(conn) = tx.sqlite() else { return Ok(Digests::new()) };
    let tables: Vec<String> = sqlx::query_scalar(sql).bind(TABLE).fetch_all(conn).await?;
    let mut digests = Digests::new();
    for table in tables {
        let digest = of_table(tx, &table).await?;
        digests.insert(table, digest);
    }
    Ok(digests)
}

/// Writes the digests of all tables into a SQLite file, in place of earlier ones, and returns them.
///
/// # Errors
/// If the file cannot be read or written.
pub async fn keep(tx: &mut Tx) -> sqlx::Result<Digests> {
    let digests = of_file(tx).await?;
    let Some(conn) = tx.sqlite() else { return Ok(digests) };
    forget(conn).await?;
    let sql = format!("create table {TABLE} (name text not null primary key, sha256 text not null)");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut *conn).await?;
    let sql = format!("insert into {TABLE} (name, sha256) values ($1, $2)");
    for (table, digest) in &digests {
        sqlx::query(AssertSqlSafe(sql.as_str())).bind(table).bind(digest).execute(&mut *conn).await?;
    }
    mark(conn, KEPT).await?;
    // That of the file that it was copied from: see `imprint`.
    sqlx::query("pragma application_id = 0").execute(conn).await?;
    Ok(digests)
}

/// What differs between a SQLite file and the digests that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// The rows of this table.
    Rows(String),
    /// The table of the digests is missing, although the file was written with one.
    Digests,
}

/// The first alteration of a SQLite file; `None` if there is none, or if the file was written without digests because
/// it is no backup, or one of an earlier version.
///
/// # Errors
/// If the file cannot be read.
pub async fn alteration(tx: &mut Tx) -> sqlx::Result<Option<Alteration>> {
    let Some(conn) = tx.sqlite() else { return Ok(None) };
    let sql = "select exists (select 1 from sqlite_master where name = $1)";
    if !sqlx::query_scalar(sql).bind(TABLE).fetch_one(&mut *conn).await? {
        return Ok((version(conn).await? == KEPT).then_some(Alteration::Digests));
    }
    let sql = format!("select name, sha256 from {TABLE}");
    let kept: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(conn).await?;
    let (kept, found): (Digests, _) = (kept.into_iter().collect(), of_file(tx).await?);
    let mut names = kept.keys().chain(found.keys());
    let altered = names.find(|name| kept.get(*name) != found.get(*name));
    Ok(altered.map(|name| Alteration::Rows(name.clone())))
}

/// Removes the digests from a SQLite file whose rows are going to change.
///
/// # Errors
/// If the file cannot be written.
pub async fn forget(conn: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::query(AssertSqlSafe(format!("drop table if exists {TABLE}"))).execute(&mut *conn).await?;
    if version(conn).await? == KEPT { mark(conn, 0).await } else { Ok(()) }
}

async fn version(conn: &mut SqliteConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar("pragma user_version").fetch_one(conn).await
}

async fn mark(conn: &mut SqliteConnection, version: i64) -> sqlx::Result<()> {
    let sql = AssertSqlSafe(format!("pragma user_version = {version}"));
    sqlx::query(sql).execute(conn).await.map(|_| ())
}
