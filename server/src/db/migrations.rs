//! The migrations of the schema. One that has landed is never edited, only followed by another.
//!
//! The files are named here and not discovered in a folder: if one is missing for an engine, the program does
//! not compile.

use super::{Tx, on_engine, refusal};
use sqlx::{
    SqlSafeStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};
use sqlx_postgres::PgPool;
use sqlx_sqlite::SqlitePool;

// Number 12 was never used and must not be: databases have already passed it.
macro_rules! migrations {
    ($engine:literal) => {
        migrations!(@ $engine, 1 "0001_book", 2 "0002_invite_keys", 3 "0003_ended_sessions", 4 "0004_looks_and_order", 5 "0005_demos", 6 "0006_removed_members", 7 "0007_plans", 8 "0008_recurring", 9 "0009_attempts", 10 "0010_bounds", 11 "0011_cleaning", 13 "0013_people", 14 "0014_folding", 15 "0015_reopened_days", 16 "0016_commands", 17 "0017_passed_days", 18 "0018_parts", 19 "0019_days_by_hand", 20 "0020_merged_articles", 21 "0021_newest_merged", 22 "0022_authors", 23 "0023_household_author", 25 "0025_kept_balances", 26 "0026_listing")
    };
    (@ $engine:literal, $($version:literal $name:literal),*) => {
        Migrator::with_migrations(vec![$(Migration::new(
            $version,
            $name.into(),
            MigrationType::Simple,
            include_str!(concat!("../../migrations/", $engine, "/", $name, ".sql")).into_sql_str(),
            false,
        )),*])
    };
}

/// The error in words for the operator.
#[must_use]
pub fn told(error: &MigrateError) -> String {
    match error {
        MigrateError::VersionMissing(_) | MigrateError::VersionNotPresent(_) => {
            "it was written by a newer version of the program".to_owned()
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => refusal::told(error),
        other => other.to_string(),
    }
}

/// Migrates a SQLite file to the current schema.
///
/// # Errors
/// If a migration fails, or the book was written by a newer program.
pub async fn sqlite(writer: &SqlitePool) -> Result<(), MigrateError> {
    migrations!("sqlite").run(writer).await
}

/// Creates the schema of a version in an empty SQLite file.
///
/// # Errors
/// If a migration fails, or the program does not know this version.
pub async fn sqlite_to(pool: &SqlitePool, version: i64) -> Result<(), MigrateError> {
    let all = migrations!("sqlite");
    if !all.version_exists(version) {
        return Err(MigrateError::VersionNotPresent(version));
    }
    let steps = all.iter().filter(|step| step.version <= version).cloned().collect();
    Migrator::with_migrations(steps).run(pool).await
}

/// The version of a store's schema.
///
/// # Errors
/// If the store returns an error, or has no migrations.
pub async fn version(tx: &mut Tx) -> sqlx::Result<i64> {
    let sql = "select coalesce(max(version), 0) from _sqlx_migrations";
    on_engine!(tx, |conn| sqlx::query_scalar(sql).fetch_one(conn).await)
}

/// Whether a store with a table of migrations records the first one of this program.
///
/// # Errors
/// If the store returns an error.
pub async fn begun(tx: &mut Tx) -> sqlx::Result<bool> {
    let all = match tx {
        Tx::Sqlite(_) => migrations!("sqlite"),
        Tx::Postgres(_) => migrations!("postgres"),
    };
    let Some(first) = all.iter().next() else { return Ok(false) };
    let (version, checksum) = (first.version, first.checksum.as_ref());
    let sql = "select exists (select 1 from _sqlx_migrations where version = $1 and checksum = $2)";
    on_engine!(tx, |conn| sqlx::query_scalar(sql).bind(version).bind(checksum).fetch_one(conn).await)
}

/// Migrates a PostgreSQL database to the current schema. It takes an advisory lock: of several processes one
/// migrates, and the others wait and find it done.
///
/// # Errors
/// If a migration fails, or the book was written by a newer program.
pub async fn postgres(pool: &PgPool) -> Result<(), MigrateError> {
    migrations!("postgres").run(pool).await
}
