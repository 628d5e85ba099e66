//! The schema, step by step. A step that has landed is never edited, only followed by another.
//!
//! The files are named here and not found in a folder: one that is missing for an engine does not
//! compile.

use sqlx::{
    PgPool, SqlSafeStr, SqlitePool,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

macro_rules! migrations {
    ($engine:literal) => {
        migrations!(@ $engine, 1 "0001_book", 2 "0002_invite_keys", 3 "0003_ended_sessions", 4 "0004_looks_and_order", 5 "0005_demos", 6 "0006_removed_members", 7 "0007_plans", 8 "0008_recurring", 9 "0009_attempts")
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

/// Brings a SQLite file to what this program needs.
///
/// # Errors
/// When a step fails, or the book was written by a newer program.
pub async fn sqlite(writer: &SqlitePool) -> Result<(), MigrateError> {
    migrations!("sqlite").run(writer).await
}

/// Brings a PostgreSQL database to what this program needs. It takes an advisory lock: of several
/// processes one does it, and the others wait and find it done.
///
/// # Errors
/// When a step fails, or the book was written by a newer program.
pub async fn postgres(pool: &PgPool) -> Result<(), MigrateError> {
    migrations!("postgres").run(pool).await
}
