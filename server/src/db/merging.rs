//! Moving everything of an article to another one, with one statement for a table.

use super::{
    Tx,
    facts::{StoredFact, select},
    on_engine, statements,
};
use app::domain::{ArticleId, Fact, GroupId, HouseholdId};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;

statements! {
    FACTS = select!("and f.article_id = $2 and f.deleted_at is null limit $3");
    // The ids of some groups are named: joined to the category, PostgreSQL without statistics would compare each part with
    // each. The last placeholder is replaced by as many as there are ids.
    OTHER_PARTS = select!("and f.article_id <> $2 and f.deleted_at is null and f.group_id in ($3)");
    RAISE_OTHER_PARTS = "update facts set version = version + 1 where household_id = $1 and article_id <> $2 \
                         and deleted_at is null and group_id in ($3)";
    MOVE = "update facts set article_id = $3, version = version + 1 \
            where household_id = $1 and article_id = $2 and deleted_at is null";
    MOVE_DELETED = "update facts set article_id = $3, updated_at = $4 \
                    where household_id = $1 and article_id = $2 and deleted_at is not null";
}

/// Groups of one statement.
const GROUPS_AT_ONCE: usize = 256;

/// A statement with a list of ids in the place of `$3`. The number of placeholders is a power of two, so that there are
/// few statements to prepare.
fn with_places(sql: &str, ids: &[GroupId]) -> (String, usize) {
    let places = ids.len().next_power_of_two();
    let list: Vec<String> = (3..3 + places).map(|n| format!("${n}")).collect();
    (sql.replace("($3)", &format!("({})", list.join(", "))), places)
}

/// The transfers and splits that some facts are parts of.
fn groups_of(facts: &[Fact]) -> Vec<GroupId> {
    let groups: BTreeSet<GroupId> = facts.iter().filter_map(|fact| Some(fact.group?.id)).collect();
    groups.into_iter().collect()
}

/// The facts of an article, without those of its children, at most `most`, and the parts of their transfers and splits
/// that are of other articles. First those that are no parts, by id, then each group, by id.
///
/// # Errors
/// If the store returns an error.
pub async fn facts(tx: &mut Tx, household: HouseholdId, id: ArticleId, most: i64) -> sqlx::Result<Vec<Fact>> {
    let rows: Vec<StoredFact> = on_engine!(&mut *tx, |conn| {
        sqlx::query_as(FACTS).bind(household.uuid()).bind(id.uuid()).bind(most).fetch_all(conn).await
    })?;
    let mut facts: Vec<Fact> = rows.into_iter().map(Fact::from).collect();
    for groups in groups_of(&facts).chunks(GROUPS_AT_ONCE) {
        let (sql, places) = with_places(OTHER_PARTS, groups);
        let rows: Vec<StoredFact> = on_engine!(&mut *tx, |conn| {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(household.uuid()).bind(id.uuid());
            for group in groups.iter().cycle().take(places) {
                query = query.bind(group.uuid());
            }
            query.fetch_all(conn).await
        })?;
        facts.extend(rows.into_iter().map(Fact::from));
    }
    facts.sort_by_key(|fact| (fact.group.map(|group| group.id), fact.id));
    Ok(facts)
}

/// Moves the facts of an article to another one, as far as they are not deleted; `facts` are those that [`facts`] has
/// read. Each gets the next version, and so does each other part of its transfer or split. Nobody has edited them: they
/// still name who did so last, and when.
///
/// # Errors
/// If the store returns an error.
pub async fn move_facts(
    tx: &mut Tx,
    household: HouseholdId,
    facts: &[Fact],
    (from, to): (ArticleId, ArticleId),
) -> sqlx::Result<()> {
    for groups in groups_of(facts).chunks(GROUPS_AT_ONCE) {
        let (sql, places) = with_places(RAISE_OTHER_PARTS, groups);
        on_engine!(&mut *tx, |conn| {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(household.uuid()).bind(from.uuid());
            for group in groups.iter().cycle().take(places) {
                query = query.bind(group.uuid());
            }
            query.execute(conn).await.map(|_| ())
        })?;
    }
    on_engine!(tx, |conn| {
        let query = sqlx::query(MOVE).bind(household.uuid()).bind(from.uuid()).bind(to.uuid());
        query.execute(conn).await.map(|_| ())
    })
}

/// Moves the deleted facts of an article to another one, so that they can be restored.
///
/// # Errors
/// If the store returns an error.
pub async fn move_deleted(
    tx: &mut Tx,
    household: HouseholdId,
    from: ArticleId,
    to: ArticleId,
    now: i64,
) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        let query =
            sqlx::query(MOVE_DELETED).bind(household.uuid()).bind(from.uuid()).bind(to.uuid()).bind(now);
        query.execute(conn).await.map(|_| ())
    })
}
