//! Integrity checks of a store, and copying it into one file.

use super::{Database, Tx, migrations, moving, on_engine};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The tables whose rows change only together with an entry in the household's log.
pub const LOGGED: &[&str] =
    &["members", "articles", "financial_centers", "facts", "change_log", "plans", "recurring", "occurrences"];

/// The migration since which members can be removed, and households erased.
const REMOVAL: i64 = 6;

/// What SQLite's integrity check finds; `None` on PostgreSQL, which checks its files itself.
///
/// # Errors
/// If the file is too damaged to be read, among others.
pub async fn damage(tx: &mut Tx) -> sqlx::Result<Option<String>> {
    let Some(conn) = tx.sqlite() else { return Ok(None) };
    let found: String = sqlx::query_scalar("pragma integrity_check(1)").fetch_one(&mut *conn).await?;
    if found != "ok" {
        return Ok(Some(found));
    }
    let sql = "select \"table\" from pragma_foreign_key_check limit 1";
    let table: Option<String> = sqlx::query_scalar(sql).fetch_optional(conn).await?;
    Ok(table.map(|table| format!("a row of {table} refers to one that is missing")))
}

/// The last number of each household that has a member. A household without members is being erased, in
/// steps: its rows are incomplete.
///
/// # Errors
/// If the store returns an error.
pub async fn heads(tx: &mut Tx) -> sqlx::Result<BTreeMap<Uuid, i64>> {
    let sql = if migrations::version(tx).await? < REMOVAL {
        "select id, seq from households"
    } else {
        "select h.id, h.seq from households h where exists \
         (select 1 from members m where m.household_id = h.id and m.removed_at is null)"
    };
    let rows: Vec<(Uuid, i64)> = on_engine!(tx, |conn| sqlx::query_as(sql).fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}

/// Writes a snapshot of a SQLite database into an empty or missing file while others may write; returns false
/// on PostgreSQL.
///
/// # Errors
/// If a page cannot be read or the file cannot be written.
pub async fn vacuum_into(source: &Database, path: &str) -> sqlx::Result<bool> {
    // `vacuum` allows no transaction around it.
    let mut tx = source.glance().await?;
    let Some(conn) = tx.sqlite() else { return Ok(false) };
    sqlx::query("vacuum into $1").bind(path).execute(conn).await.map(|_| true)
}

/// Gives the room of SQLite's log back to the disk, which otherwise keeps as much as the largest write needed.
pub async fn empty_log(database: &Database) {
    let Database::Sqlite { writer, .. } = database else { return };
    if let Err(error) = sqlx::query("pragma wal_checkpoint(truncate)").execute(writer).await {
        tracing::warn!(%error, "the log keeps the room of a write that failed");
    }
}

/// The figures of a store at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The last number of each household that has a member.
    pub heads: BTreeMap<Uuid, i64>,
    /// Counts of rows and sums.
    pub census: moving::Census,
}

impl Picture {
    /// Reads the figures, in a transaction that sees one snapshot.
    ///
    /// # Errors
    /// If the store returns an error.
    pub async fn of(tx: &mut Tx) -> sqlx::Result<Self> {
        Ok(Self { heads: heads(tx).await?, census: moving::census(tx).await? })
    }

    /// One figure of a household, or of none; 0 if there is none of that name.
    #[must_use]
    pub fn count(&self, household: Option<Uuid>, what: &str) -> i64 {
        self.census.get(&(household, what.to_owned())).copied().unwrap_or(0)
    }

    /// The first household whose log is not numbered 1, 2, 3 … up to its last number.
    #[must_use]
    pub fn hole(&self) -> Option<Uuid> {
        let whole = |household: Uuid, head: i64| {
            let household = Some(household);
            self.count(household, "rows of change_log") == head
                && i128::from(self.count(household, "sum of seq of change_log"))
                    == i128::from(head) * (i128::from(head) + 1) / 2
        };
        self.heads.iter().find(|(id, head)| !whole(**id, **head)).map(|(id, _)| *id)
    }

    /// The first figure of a household that differs, among the tables that change only with its log.
    #[must_use]
    pub fn difference(&self, other: &Self, household: Uuid) -> Option<String> {
        let names = self.census.keys().chain(other.census.keys());
        let mut names = names.filter(|(owner, what)| {
            *owner == Some(household) && LOGGED.iter().any(|table| what.ends_with(&format!(" of {table}")))
        });
        let differs = |what: &str| self.count(Some(household), what) != other.count(Some(household), what);
        names.find(|(_, what)| differs(what)).map(|(_, what)| what.clone())
    }
}
