//! Whether a store belongs to this program: then it records the first migration of this program. The names of its
//! tables prove nothing, since another program may use the same ones.

use super::{Tx, migrations, on_engine};

/// The table of the migrations, which has this name in every program that uses sqlx.
pub(super) const MIGRATIONS: &str = "_sqlx_migrations";

/// Which program a store belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// It is a budget.
    Ours,
    /// It has no tables yet.
    Empty,
    /// It has tables, views or sequences of another program.
    Foreign,
}

/// Finds out which program a store belongs to. On PostgreSQL only the schema in which new tables are created counts,
/// without the objects of extensions.
///
/// # Errors
/// If the store returns an error.
pub async fn of(tx: &mut Tx) -> sqlx::Result<Provenance> {
    // The names are read before the rows: if another process migrates in between, the store is found to be a budget.
    let names = names(tx).await?;
    if names.iter().any(|name| name == MIGRATIONS) && is_of_sqlx(tx).await? {
        if migrations::begun(tx).await? {
            return Ok(Provenance::Ours);
        }
        // An interrupted first start leaves only this table, without rows.
        if names.len() == 1 && migrations::version(tx).await? == 0 {
            return Ok(Provenance::Empty);
        }
    }
    Ok(if names.is_empty() { Provenance::Empty } else { Provenance::Foreign })
}

/// The tables, views and sequences.
async fn names(tx: &mut Tx) -> sqlx::Result<Vec<String>> {
    let sql = match tx {
        Tx::Sqlite(_) => {
            "select name from sqlite_master where type in ('table', 'view') and substr(name, 1, 7) <> 'sqlite_'"
        }
        Tx::Postgres(_) => {
            "select c.relname::text from pg_catalog.pg_class c \
             join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = current_schema() and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') \
             and not exists (select 1 from pg_catalog.pg_depend d where d.objid = c.oid \
             and d.classid = 'pg_catalog.pg_class'::regclass and d.deptype = 'e')"
        }
    };
    on_engine!(tx, |conn| sqlx::query_scalar(sql).fetch_all(conn).await)
}

/// Whether the table of the migrations has the columns that sqlx gives it.
async fn is_of_sqlx(tx: &mut Tx) -> sqlx::Result<bool> {
    let sql = match tx {
        Tx::Sqlite(_) => {
            "select count(*) = 2 from pragma_table_info('_sqlx_migrations') where name in ('version', 'checksum')"
        }
        Tx::Postgres(_) => {
            // `information_schema` lists only what the role may use.
            "select count(*) = 2 from pg_catalog.pg_attribute a \
             join pg_catalog.pg_class c on c.oid = a.attrelid \
             join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = current_schema() and c.relname = '_sqlx_migrations' \
             and a.attname in ('version', 'checksum') and not a.attisdropped"
        }
    };
    on_engine!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}
