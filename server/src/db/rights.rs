//! The rights of the role on PostgreSQL that the URL names. Without them its tables cannot be told from those of another
//! program, or a statement fails once somebody needs it.

use super::{
    Database, Tx,
    missing_right::MissingRight,
    moving::TABLES,
    opening::ConnectError,
    provenance::{self, MIGRATIONS, Provenance},
};
/// What a command needs that only reads.
pub(super) const READING: &[&str] = &["SELECT"];

/// What a process needs that serves the book.
pub(super) const WRITING: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];

/// Finds out which program a store belongs to, and checks that the role of the URL has the rights to use it.
///
/// # Errors
/// [`ConnectError::NoRight`], and what the store returns.
pub(super) async fn owner_of(database: &Database, rights: &[&str]) -> Result<Provenance, ConnectError> {
    let mut tx = database.read().await?;
    check_schema(&mut tx).await?;
    check_tables(&mut tx, &[MIGRATIONS], READING).await?;
    let found = provenance::of(&mut tx).await?;
    if found == Provenance::Ours {
        check_tables(&mut tx, TABLES, rights).await?;
    }
    // A migration makes tables, and each start asks whether there is one to make.
    if found != Provenance::Foreign && rights == WRITING {
        check_making(&mut tx).await?;
    }
    Ok(found)
}

async fn check_making(tx: &mut Tx) -> Result<(), ConnectError> {
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    let sql = "select current_user::text, current_schema()::text \
               where not has_schema_privilege(current_schema(), 'CREATE')";
    let found: Option<(String, String)> = sqlx::query_as(sql).fetch_optional(tx.connection()).await?;
    match found {
        Some((role, schema)) => {
            Err(MissingRight { role, right: "CREATE".to_owned(), table: None, schema }.into())
        }
        None => Ok(()),
    }
}

/// Tables are looked for in the first schema of the search path that the role may use; without one there are none.
async fn check_schema(tx: &mut Tx) -> Result<(), ConnectError> {
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    let sql = "select current_user::text, n.nspname::text from pg_catalog.pg_namespace n \
               where current_schema() is null and not has_schema_privilege(n.oid, 'USAGE') and n.nspname in \
               (select trim(both '\" ' from name) from unnest(string_to_array(current_setting('search_path'), ',')) name) \
               limit 1";
    let found: Option<(String, String)> = sqlx::query_as(sql).fetch_optional(tx.connection()).await?;
    match found {
        Some((role, schema)) => {
            Err(MissingRight { role, right: "USAGE".to_owned(), table: None, schema }.into())
        }
        None => Ok(()),
    }
}

async fn check_tables(tx: &mut Tx, tables: &[&str], rights: &[&str]) -> Result<(), ConnectError> {
    let Tx::Postgres(tx) = tx else { return Ok(()) };
    let sql = "select current_user::text, wanted.right, c.relname::text, n.nspname::text \
               from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
               cross join unnest($2::text[]) with ordinality wanted(\"right\", place) \
               where n.nspname = current_schema() and c.relkind in ('r', 'p') and c.relname = any($1::text[]) \
               and not has_table_privilege(c.oid, wanted.right) order by wanted.place, c.relname limit 1";
    let query = sqlx::query_as(sql).bind(tables).bind(rights);
    let found: Option<(String, String, String, String)> = query.fetch_optional(tx.connection()).await?;
    match found {
        Some((role, right, table, schema)) => {
            Err(MissingRight { role, right, table: Some(table), schema }.into())
        }
        None => Ok(()),
    }
}
