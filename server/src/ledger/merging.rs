//! Merging two articles: facts, plans and subordinate articles move to the other article, in one change.

use super::{
    Ledger,
    fault::Fault,
    rows::WriteScope,
    rows::alive,
    storing::{store, store_all},
    write::{Begun, Order, Write, check_version},
};
use crate::db::{self, Tx};
use app::{
    command::{Revised, RowChange},
    domain::{
        Article, ArticleId, Fact, HouseholdId, Limit, Month, Plan, Reason, Recurring, branches::Branches,
    },
    error::AppError,
    service::Written,
    wire::{Change, DeletedArticle},
};
use std::collections::BTreeMap;

impl Ledger {
    pub(super) async fn merge_article(
        &self,
        order: Order,
        id: ArticleId,
        into: ArticleId,
    ) -> Result<Written<Article>, Fault> {
        let actor = order.actor;
        let begun = order.begin(self, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let into = current(&mut repeat.tx, actor.household, into).await?;
                let value = alive(db::articles::find(&mut repeat.tx, actor.household, into).await?)?;
                return Ok(Written { value, position: repeat.position, repeated: true, already: false });
            }
            Begun::Fresh(write) => write,
        };
        let old = alive(db::articles::find(&mut write.tx, actor.household, id).await?)?;
        check_version(order.terms.base_version, old.version, &old)?;
        let all = db::articles::list(&mut write.tx, actor.household).await?;
        let into = current(&mut write.tx, actor.household, into).await?;
        let target = check_target(&all, &old, into)?;
        let mut room = Room(Limit::Merged.most());
        move_facts(&mut write, id, into, &mut room).await?;
        move_plans(&mut write, id, into, &mut room).await?;
        move_recurring(&mut write, id, into).await?;
        for child in all.iter().filter(|row| row.parent_id == Some(id)) {
            let (version, updated_by) = (child.version + 1, Some(write.member()));
            let moved = Article { parent_id: Some(into), version, updated_by, ..child.clone() };
            store(&mut write, &Revised::updated(child.clone(), moved).into()).await?;
        }
        remove(&mut write, &old, into).await?;
        let position = write.commit(self).await?;
        Ok(Written { value: target, position, repeated: false, already: false })
    }
}

/// The article that is chosen: it may have been merged itself since.
async fn current(tx: &mut Tx, household: HouseholdId, into: ArticleId) -> Result<ArticleId, Fault> {
    Ok(db::articles::merged_into(tx, household, into).await?.unwrap_or(into))
}

/// Deletes the article and keeps a tombstone that names the other one.
async fn remove(write: &mut Write, old: &Article, into: ArticleId) -> Result<(), Fault> {
    let WriteScope { household, now } = write.scope();
    let (version, updated_by) = (old.version + 1, Some(write.member()));
    let tombstone = Article { version, updated_by, ..old.clone() };
    db::articles::update(&mut write.tx, household, &tombstone, true, now.millis()).await?;
    db::articles::merge(&mut write.tx, household, old.id, into, write.position.seq).await?;
    write.changed(Change::ArticleDeleted(DeletedArticle { id: old.id, merged_into: Some(into) }), old)
}

/// The article that takes everything over: not archived, of the same kind, not below the
/// other one, and not so deep that what stands below that one would be too deep.
fn check_target(all: &[Article], old: &Article, into: ArticleId) -> Result<Article, AppError> {
    let refused = |reason: Reason| AppError::field("into", reason);
    let branches = Branches::new(all);
    let target = branches.find(into).ok_or_else(|| refused(Reason::NotFound))?;
    if target.archived {
        return Err(refused(Reason::Archived));
    }
    if target.kind != old.kind {
        return Err(refused(Reason::KindDiffers));
    }
    if branches.upwards(into).any(|above| above.id == old.id) {
        return Err(refused(Reason::Circle));
    }
    // What stands below the old one will stand below the target.
    if !branches.may_stand_at(old.id, branches.depth(into).unwrap_or(0)) {
        return Err(refused(Reason::TooDeep));
    }
    Ok(target.clone())
}

/// How many more rows the change may contain: a change is written, sent and read as a whole.
struct Room(i64);

impl Room {
    fn take(&mut self, rows: usize) -> Result<(), AppError> {
        self.0 = self.0.saturating_sub(i64::try_from(rows).unwrap_or(i64::MAX));
        if self.0 < 0 { Err(AppError::LimitReached { limit: Limit::Merged }) } else { Ok(()) }
    }
}

async fn move_facts(write: &mut Write, id: ArticleId, into: ArticleId, room: &mut Room) -> Result<(), Fault> {
    let WriteScope { household, now } = write.scope();
    // One more than allowed, to find out whether the limit is exceeded.
    let facts = db::merging::facts(&mut write.tx, household, id, room.0 + 1).await?;
    room.take(facts.len())?;
    db::merging::move_facts(&mut write.tx, household, &facts, (id, into)).await?;
    for old in facts {
        let article_id = if old.article_id == id { into } else { old.article_id };
        let moved = Fact { article_id, version: old.version + 1, ..old.clone() };
        // The sums of the accounts stay as they are.
        write.changed(Change::FactUpdated(moved), &old)?;
    }
    // Deleted facts are moved too, in case they are restored.
    db::merging::move_deleted(&mut write.tx, household, id, into, now.millis()).await?;
    Ok(())
}

async fn move_plans(write: &mut Write, id: ArticleId, into: ArticleId, room: &mut Room) -> Result<(), Fault> {
    let household = write.scope().household;
    let mut plans = db::plans::of_article(&mut write.tx, household, id).await?;
    plans.retain(|plan| plan.amount.minor() != 0);
    room.take(plans.len())?;
    let theirs = db::plans::of_article(&mut write.tx, household, into).await?;
    let mut theirs: BTreeMap<Month, Plan> = theirs.into_iter().map(|plan| (plan.month, plan)).collect();
    let mut changes = Vec::new();
    for old in plans {
        let theirs = theirs.remove(&old.month);
        let sum = theirs.as_ref().map_or(old.amount, |theirs| theirs.amount.plus(old.amount.minor()));
        changes.push(set(write, Plan { article_id: into, amount: sum, ..old.clone() }, theirs));
        let nothing = old.amount.plus(old.amount.minor().saturating_neg());
        changes.push(set(write, Plan { amount: nothing, ..old.clone() }, Some(old)));
    }
    store_all(write, &changes).await
}

async fn move_recurring(write: &mut Write, id: ArticleId, into: ArticleId) -> Result<(), Fault> {
    let household = write.scope().household;
    for (old, deleted) in db::recurring::of_article(&mut write.tx, household, id).await? {
        let (version, updated_by) = (old.version + 1, write.member());
        let row = Recurring { article_id: into, version, updated_by, ..old.clone() };
        if deleted {
            // It stays deleted, so no screen needs the change.
            db::recurring::update(&mut write.tx, household, &row, true).await?;
        } else {
            let row = Recurring { updated_at: write.now, ..row };
            store(write, &Revised::updated(old, row).into()).await?;
        }
    }
    Ok(())
}

fn set(write: &Write, plan: Plan, old: Option<Plan>) -> RowChange {
    let version = old.as_ref().map_or(0, |old| old.version) + 1;
    let row = Plan { version, updated_by: write.member(), updated_at: write.now, ..plan };
    let set = match old {
        Some(old) => Revised::updated(old, row),
        None => Revised::created(row),
    };
    set.into()
}
