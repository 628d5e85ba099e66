//! Facts. A deleted fact stays as a tombstone.

use super::{Tx, on_engine, statements};
use app::domain::{
    ArticleId, Comment, Currency, Day, Fact, FactId, FinancialCenterId, Group, GroupId, GroupKind,
    HouseholdId, Instant, MemberId, Money, tag::folded_note,
};
use sqlx::FromRow;
use uuid::Uuid;

/// Selects facts (`f`) with the currencies of their centers. `cross join` fixes SQLite's order, whether or not there are
/// statistics: first the facts, by the index that also has their order.
macro_rules! select {
    ($($rest:literal),+) => {
        concat!(
            "select f.id, f.amount, c.currency, f.article_id, f.financial_center_id, f.date, f.comment, f.group_id, \
             f.group_kind, f.version, f.created_seq, f.created_by, f.updated_by, f.created_at, f.updated_at, f.deleted_at \
             from facts f cross join financial_centers c where c.household_id = f.household_id \
             and c.id = f.financial_center_id and f.household_id = $1 ",
            $($rest),+
        )
    };
}
pub(super) use select;

statements! {
    INSERT = "insert into facts (household_id, id, amount, article_id, financial_center_id, date, comment, folded, \
              group_id, group_kind, version, created_seq, created_by, updated_by, created_at, updated_at) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing";
    FIND = select!("and f.id = $2");
    PARTS = select!("and f.group_id = $2 and f.deleted_at is null");
    DELETED_PARTS = select!(
        "and f.group_id = $2 and f.deleted_at is not null and f.version = \
         (select max(g.version) from facts g where g.household_id = $1 and g.group_id = $2 and g.deleted_at is not null)"
    );
    UPDATE = "update facts set amount = $3, article_id = $4, financial_center_id = $5, date = $6, comment = $7, \
              folded = $8, version = $9, updated_by = $10, updated_at = $11, deleted_at = $12 \
              where household_id = $1 and id = $2";
}

#[derive(FromRow)]
pub(super) struct StoredFact {
    #[sqlx(try_from = "Uuid")]
    id: FactId,
    amount: i64,
    #[sqlx(try_from = "String")]
    currency: Currency,
    #[sqlx(try_from = "Uuid")]
    article_id: ArticleId,
    #[sqlx(try_from = "Uuid")]
    financial_center_id: FinancialCenterId,
    #[sqlx(try_from = "String")]
    date: Day,
    #[sqlx(try_from = "String")]
    comment: Comment,
    group_id: Option<Uuid>,
    group_kind: Option<String>,
    version: i64,
    created_seq: i64,
    #[sqlx(try_from = "Uuid")]
    created_by: MemberId,
    #[sqlx(try_from = "Uuid")]
    updated_by: MemberId,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
}

impl StoredFact {
    /// Selects such rows of facts `f`; a condition follows.
    pub(super) const SELECT: &str = select!("");
}

impl From<StoredFact> for Fact {
    fn from(row: StoredFact) -> Self {
        let kind = match row.group_kind.as_deref() {
            Some("transfer") => Some(GroupKind::Transfer),
            Some("split") => Some(GroupKind::Split),
            _ => None,
        };
        Self {
            id: row.id,
            amount: Money::from_minor(row.amount, row.currency),
            article_id: row.article_id,
            financial_center_id: row.financial_center_id,
            date: row.date,
            comment: row.comment,
            group: row.group_id.map(GroupId::from).zip(kind).map(|(id, kind)| Group { id, kind }),
            version: row.version,
            created_seq: row.created_seq,
            created_by: row.created_by,
            updated_by: row.updated_by,
            created_at: Instant::from_millis(row.created_at),
            updated_at: Instant::from_millis(row.updated_at),
        }
    }
}

const fn group_kind(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Transfer => "transfer",
        GroupKind::Split => "split",
    }
}

/// A statement with `$1` to `$8`, which `INSERT` and `UPDATE` share.
macro_rules! with_columns {
    ($statement:expr, $household:ident, $row:ident) => {
        sqlx::query($statement)
            .bind($household.uuid())
            .bind($row.id.uuid())
            .bind($row.amount.minor())
            .bind($row.article_id.uuid())
            .bind($row.financial_center_id.uuid())
            .bind($row.date.to_string())
            .bind($row.comment.as_str())
            .bind(folded_note($row.comment.as_str()))
    };
}

/// Inserts a new fact; returns false if the id is taken.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(tx: &mut Tx, household: HouseholdId, row: &Fact) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        with_columns!(INSERT, household, row)
            .bind(row.group.map(|group| group.id.uuid()))
            .bind(row.group.map(|group| group_kind(group.kind)))
            .bind(row.version)
            .bind(row.created_seq)
            .bind(row.created_by.uuid())
            .bind(row.updated_by.uuid())
            .bind(row.created_at.millis())
            .bind(row.updated_at.millis())
            .execute(conn)
            .await
            .map(|done| done.rows_affected() == 1)
    })
}

/// Finds a fact, and whether it is deleted.
///
/// # Errors
/// If the store returns an error.
pub async fn find(tx: &mut Tx, household: HouseholdId, id: FactId) -> sqlx::Result<Option<(Fact, bool)>> {
    let row: Option<StoredFact> = on_engine!(tx, |conn| {
        sqlx::query_as(FIND).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    Ok(row.map(|row| {
        let deleted = row.deleted_at.is_some();
        (row.into(), deleted)
    }))
}

/// The facts of a transfer or split in the order of their ids, without deleted ones.
///
/// # Errors
/// If the store returns an error.
pub async fn parts(tx: &mut Tx, household: HouseholdId, id: GroupId) -> sqlx::Result<Vec<Fact>> {
    parts_of(tx, PARTS, household, id).await
}

/// The facts of a transfer or split that were deleted last: its last content, if none is left.
/// Facts that an earlier change removed from it are not read, however many there are.
///
/// # Errors
/// If the store returns an error.
pub async fn deleted_parts(tx: &mut Tx, household: HouseholdId, id: GroupId) -> sqlx::Result<Vec<Fact>> {
    parts_of(tx, DELETED_PARTS, household, id).await
}

async fn parts_of(
    tx: &mut Tx,
    statement: &'static str,
    household: HouseholdId,
    id: GroupId,
) -> sqlx::Result<Vec<Fact>> {
    let mut rows: Vec<StoredFact> = on_engine!(tx, |conn| {
        sqlx::query_as(statement).bind(household.uuid()).bind(id.uuid()).fetch_all(conn).await
    })?;
    // Sorted here: for an `order by` the store would walk the primary key instead of the index.
    rows.sort_by_key(|row| row.id);
    Ok(rows.into_iter().map(Fact::from).collect())
}

/// Updates every field that can change.
///
/// # Errors
/// If the store returns an error.
pub async fn update(tx: &mut Tx, household: HouseholdId, row: &Fact, deleted: bool) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        with_columns!(UPDATE, household, row)
            .bind(row.version)
            .bind(row.updated_by.uuid())
            .bind(row.updated_at.millis())
            .bind(deleted.then_some(row.updated_at.millis()))
            .execute(conn)
            .await
            .map(|_| ())
    })
}
