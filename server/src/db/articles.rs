//! Articles. A deleted article stays as a tombstone.

use super::{Tx, counting, on_engine, statements};
use app::{
    domain::{Article, ArticleId, HouseholdId, Kind, MemberId, MergedArticle, Name, text::folded},
    wire::Seq,
};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    COUNT = "select count(*) from articles where household_id = $1 and deleted_at is null";
    INSERT = "insert into articles (household_id, id, name, folded, kind, parent_id, archived, version, created_at, updated_at, icon, colour, updated_by) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12) on conflict do nothing";
    LIST = "select id, name, kind, parent_id, archived, icon, colour, version, updated_by, deleted_at from articles \
            where household_id = $1 and deleted_at is null";
    FIND = "select id, name, kind, parent_id, archived, icon, colour, version, updated_by, deleted_at from articles where household_id = $1 and id = $2";
    UPDATE = "update articles set name = $3, folded = $4, kind = $5, parent_id = $6, archived = $7, version = $8, \
              updated_at = $9, deleted_at = $10, icon = $11, colour = $12, updated_by = $13, merged_into = null, \
              merged_seq = null where household_id = $1 and id = $2";
    MERGED = "select id, merged_into as \"into\" from articles where household_id = $1 and merged_into is not null \
              order by merged_seq desc, id desc limit $2";
    MERGED_INTO = "select merged_into from articles where household_id = $1 and id = $2 and deleted_at is not null";
    MERGE = "update articles set merged_into = $3, merged_seq = case when id = $2 then $4 else merged_seq end \
             where household_id = $1 and (id = $2 or merged_into = $2)";
    IN_USE = "select cast(case when exists (select 1 from facts where household_id = $1 and article_id = $2) \
              or exists (select 1 from articles where household_id = $1 and parent_id = $2 and deleted_at is null) \
              or exists (select 1 from plans where household_id = $1 and article_id = $2 and amount > 0) \
              or exists (select 1 from recurring where household_id = $1 and article_id = $2) then 1 else 0 end as bigint)";
}

#[derive(FromRow)]
struct ArticleRow {
    #[sqlx(try_from = "Uuid")]
    id: ArticleId,
    #[sqlx(try_from = "String")]
    name: Name,
    kind: String,
    parent_id: Option<Uuid>,
    archived: bool,
    icon: String,
    colour: i64,
    version: i64,
    updated_by: Option<Uuid>,
    deleted_at: Option<i64>,
}

impl ArticleRow {
    fn article(self) -> sqlx::Result<Article> {
        let kind: Kind =
            self.kind.parse().map_err(|_| sqlx::Error::Decode("unknown kind of article".into()))?;
        let Self { id, name, parent_id, archived, icon, colour, version, .. } = self;
        let (parent_id, updated_by) = (parent_id.map(ArticleId::from), self.updated_by.map(MemberId::from));
        Ok(Article { id, name, kind, parent_id, archived, icon, colour, version, updated_by })
    }
}

/// Counts the articles that are not deleted.
///
/// # Errors
/// If the store returns an error.
pub async fn count(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<i64> {
    counting::number(tx, COUNT, household).await
}

/// A statement with `$1` to `$8`, which `INSERT` and `UPDATE` share.
macro_rules! with_columns {
    ($statement:expr, $household:ident, $row:ident) => {
        sqlx::query($statement)
            .bind($household.uuid())
            .bind($row.id.uuid())
            .bind($row.name.as_str())
            .bind(folded($row.name.as_str()))
            .bind($row.kind.as_str())
            .bind($row.parent_id.map(ArticleId::uuid))
            .bind($row.archived)
            .bind($row.version)
    };
}

/// Inserts a new article; returns false if the id is taken.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(tx: &mut Tx, household: HouseholdId, row: &Article, now: i64) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        with_columns!(INSERT, household, row)
            .bind(now)
            .bind(&row.icon)
            .bind(row.colour)
            .bind(row.updated_by.map(MemberId::uuid))
            .execute(conn)
            .await
            .map(|done| done.rows_affected() == 1)
    })
}

/// Lists the articles that are not deleted, in no particular order.
///
/// # Errors
/// If the store returns an error.
pub async fn list(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<Vec<Article>> {
    let rows: Vec<ArticleRow> =
        on_engine!(tx, |conn| sqlx::query_as(LIST).bind(household.uuid()).fetch_all(conn).await)?;
    rows.into_iter().map(ArticleRow::article).collect()
}

/// Finds an article, and whether it is deleted.
///
/// # Errors
/// If the store returns an error.
pub async fn find(
    tx: &mut Tx,
    household: HouseholdId,
    id: ArticleId,
) -> sqlx::Result<Option<(Article, bool)>> {
    let row: Option<ArticleRow> = on_engine!(tx, |conn| {
        sqlx::query_as(FIND).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    row.map(|row| {
        let deleted = row.deleted_at.is_some();
        row.article().map(|article| (article, deleted))
    })
    .transpose()
}

#[derive(FromRow)]
struct MergedRow {
    #[sqlx(try_from = "Uuid")]
    id: ArticleId,
    #[sqlx(try_from = "Uuid")]
    into: ArticleId,
}

/// Lists the newest articles that were merged, at most [`MergedArticle::MOST`], in the order in which they were
/// merged.
///
/// # Errors
/// If the store returns an error.
pub async fn merged(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<Vec<MergedArticle>> {
    let most = i64::try_from(MergedArticle::MOST).unwrap_or(i64::MAX);
    let newest_first: Vec<MergedRow> = on_engine!(tx, |conn| {
        sqlx::query_as(MERGED).bind(household.uuid()).bind(most).fetch_all(conn).await
    })?;
    Ok(newest_first.into_iter().rev().map(|MergedRow { id, into }| MergedArticle { id, into }).collect())
}

/// The article that a deleted one was merged into.
///
/// # Errors
/// If the store returns an error.
pub async fn merged_into(
    tx: &mut Tx,
    household: HouseholdId,
    id: ArticleId,
) -> sqlx::Result<Option<ArticleId>> {
    let into: Option<Option<Uuid>> = on_engine!(tx, |conn| {
        sqlx::query_scalar(MERGED_INTO).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    Ok(into.flatten().map(ArticleId::from))
}

/// Records that the change `seq` merged a deleted article into another one. Those that were merged into it before
/// follow.
///
/// # Errors
/// If the store returns an error.
pub async fn merge(
    tx: &mut Tx,
    household: HouseholdId,
    id: ArticleId,
    into: ArticleId,
    seq: Seq,
) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(MERGE)
            .bind(household.uuid())
            .bind(id.uuid())
            .bind(into.uuid())
            .bind(seq)
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Updates every field that can change. A deletion or restoration is not a merge.
///
/// # Errors
/// If the store returns an error.
pub async fn update(
    tx: &mut Tx,
    household: HouseholdId,
    row: &Article,
    deleted: bool,
    now: i64,
) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        with_columns!(UPDATE, household, row)
            .bind(now)
            .bind(deleted.then_some(now))
            .bind(&row.icon)
            .bind(row.colour)
            .bind(row.updated_by.map(MemberId::uuid))
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Whether facts, plans or children refer to an article. Deleted facts count, since they may be restored.
///
/// # Errors
/// If the store returns an error.
pub async fn in_use(tx: &mut Tx, household: HouseholdId, id: ArticleId) -> sqlx::Result<bool> {
    counting::refers(tx, IN_USE, household, id.uuid()).await
}
