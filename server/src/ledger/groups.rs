//! Transfers and splits: several facts in one change, each time as a whole.
//!
//! All parts share day, version and the number of the change that created the whole, so that they stand
//! beside each other in every list; a part that a later change adds too.

use super::{
    Ledger,
    fault::Fault,
    group_parts::wanted,
    rows::Row,
    write::{Begun, Order, Write, check_version},
};
use crate::db::{self, Tx};
use app::{
    domain::{Fact, FactGroup, Group, GroupForm, GroupId, GroupKind, HouseholdId, MutationId},
    error::AppError,
    service::{Actor, Read, Written},
};

/// What is in the book of a group.
struct Standing {
    /// The parts that are there.
    alive: Vec<Fact>,
    /// Of a group that was deleted the parts that went with it; a part that was taken out before stays out.
    dead: Vec<Fact>,
    /// That of the last change.
    version: i64,
}

impl Standing {
    async fn find(tx: &mut Tx, household: HouseholdId, kind: GroupKind, id: GroupId) -> Result<Self, Fault> {
        let alive = db::facts::parts(tx, household, id).await?;
        let dead =
            if alive.is_empty() { db::facts::deleted_parts(tx, household, id).await? } else { Vec::new() };
        let parts = || alive.iter().chain(&dead);
        // The id of a split is no transfer's.
        if parts().any(|part| part.group.is_none_or(|group| group.kind != kind)) {
            return Err(AppError::NotFound.into());
        }
        let version = parts().map(|part| part.version).max().ok_or(AppError::NotFound)?;
        Ok(Self { alive, dead, version })
    }

    /// The group, if it was not deleted.
    fn group(&self, kind: GroupKind, id: GroupId) -> Result<FactGroup, AppError> {
        if self.alive.is_empty() {
            return Err(AppError::Gone);
        }
        Ok(FactGroup { id, kind, version: self.version, facts: self.alive.clone() })
    }
}

impl Ledger {
    pub(super) async fn do_group(
        &self,
        actor: Actor,
        kind: GroupKind,
        id: GroupId,
    ) -> Result<Read<FactGroup>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let value = Standing::find(&mut tx, actor.household, kind, id).await?.group(kind, id)?;
        Ok(Read { value, position })
    }

    pub(super) async fn record_group(
        &self,
        order: Order,
        form: &GroupForm,
    ) -> Result<Written<FactGroup>, Fault> {
        let actor = order.actor;
        let whole = form.whole()?;
        let (kind, id) = (form.kind(), whole.id.unwrap_or_else(GroupId::new));
        let mutation = order.terms.mutation_id.unwrap_or_else(|| MutationId::from(id.uuid()));
        let begun = order.with_mutation(mutation).begin(self, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => return repeated(*repeat, actor, kind).await,
            Begun::Fresh(write) => write,
        };
        if !db::facts::parts(&mut write.tx, actor.household, id).await?.is_empty() {
            return Err(AppError::IdTaken.into());
        }
        if !db::facts::deleted_parts(&mut write.tx, actor.household, id).await?.is_empty() {
            return Err(AppError::Gone.into());
        }
        let date = whole.date.unwrap_or_else(|| self.clock.today(&write.time_zone));
        let wanted = wanted(&mut write.tx, actor.household, &whole, &[]).await?;
        let mut facts = Vec::with_capacity(wanted.len());
        for part in wanted {
            let fact = Fact {
                id: part.id,
                amount: part.amount,
                article_id: part.article_id,
                financial_center_id: part.center,
                date,
                comment: part.comment,
                group: Some(Group { id, kind }),
                version: 1,
                created_seq: write.position.seq,
                created_by: actor.member,
                updated_by: actor.member,
                created_at: write.now,
                updated_at: write.now,
            };
            add(&mut write, &fact).await?;
            facts.push(fact);
        }
        let position = write.commit(self).await?;
        facts.sort_by_key(|fact| fact.id);
        Ok(Written { value: FactGroup { id, kind, version: 1, facts }, position, repeated: false })
    }

    pub(super) async fn revise_group(
        &self,
        order: Order,
        id: GroupId,
        form: &GroupForm,
    ) -> Result<Written<FactGroup>, Fault> {
        let actor = order.actor;
        let whole = form.whole()?;
        let kind = form.kind();
        let begun = order.begin(self, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => return repeated(*repeat, actor, kind).await,
            Begun::Fresh(write) => write,
        };
        let old = Standing::find(&mut write.tx, actor.household, kind, id).await?;
        let before = old.group(kind, id)?;
        check_version(order.terms.base_version, old.version, &before)?;
        let first = old.alive.first().ok_or(AppError::Gone)?;
        let (date, version) = (whole.date.unwrap_or(first.date), old.version + 1);
        let wanted = wanted(&mut write.tx, actor.household, &whole, &old.alive).await?;
        let place = write.place();
        for gone in old.alive.iter().filter(|old| wanted.iter().all(|part| part.id != old.id)) {
            let tombstone = Fact { version, ..gone.later(actor, write.now) };
            tombstone.update(&mut write.tx, place, true).await?;
            write.changed(tombstone.deleted(actor), gone)?;
        }
        let mut facts = Vec::with_capacity(wanted.len());
        for part in wanted {
            let kept = old.alive.iter().find(|old| old.id == part.id);
            let base = kept.unwrap_or(first);
            let mut fact = Fact {
                id: part.id,
                amount: part.amount,
                article_id: part.article_id,
                financial_center_id: part.center,
                date,
                comment: part.comment,
                version,
                ..base.later(actor, write.now)
            };
            match kept {
                Some(kept) => {
                    fact.update(&mut write.tx, place, false).await?;
                    write.changed(fact.clone().updated(), kept)?;
                }
                None => {
                    let (by, at) = (actor.member, write.now);
                    fact = Fact { created_by: by, created_at: at, ..fact };
                    add(&mut write, &fact).await?;
                }
            }
            facts.push(fact);
        }
        let position = write.commit(self).await?;
        facts.sort_by_key(|fact| fact.id);
        Ok(Written { value: FactGroup { id, kind, version, facts }, position, repeated: false })
    }

    pub(super) async fn delete_group(
        &self,
        order: Order,
        kind: GroupKind,
        id: GroupId,
    ) -> Result<Written<()>, Fault> {
        let actor = order.actor;
        let begun = order.begin(self, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => {
                return Ok(Written { value: (), position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let old = Standing::find(&mut write.tx, actor.household, kind, id).await?;
        check_version(order.terms.base_version, old.version, &old.group(kind, id)?)?;
        let place = write.place();
        for part in &old.alive {
            let tombstone = part.later(actor, write.now);
            tombstone.update(&mut write.tx, place, true).await?;
            write.changed(tombstone.deleted(actor), part)?;
        }
        let position = write.commit(self).await?;
        Ok(Written { value: (), position, repeated: false })
    }

    pub(super) async fn restore_group(
        &self,
        order: Order,
        kind: GroupKind,
        id: GroupId,
    ) -> Result<Written<FactGroup>, Fault> {
        let actor = order.actor;
        let begun = order.begin(self, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => return repeated(*repeat, actor, kind).await,
            Begun::Fresh(write) => write,
        };
        let old = Standing::find(&mut write.tx, actor.household, kind, id).await?;
        if let Ok(value) = old.group(kind, id) {
            check_version(order.terms.base_version, old.version, &value)?;
            return Ok(Written { value, position: write.nothing_to_do(), repeated: true });
        }
        let place = write.place();
        let mut facts = Vec::new();
        for part in &old.dead {
            let fact = part.later(actor, write.now);
            fact.update(&mut write.tx, place, false).await?;
            write.created(fact.clone().created());
            facts.push(fact);
        }
        let position = write.commit(self).await?;
        Ok(Written {
            value: FactGroup { id, kind, version: old.version + 1, facts },
            position,
            repeated: false,
        })
    }
}

async fn add(write: &mut Write, fact: &Fact) -> Result<(), Fault> {
    let place = write.place();
    if !fact.insert(&mut write.tx, place).await? {
        return Err(AppError::IdTaken.into());
    }
    write.created(fact.clone().created());
    Ok(())
}

/// What a write that was done before is answered: the group as it stands, and the number it had then.
async fn repeated(
    mut repeat: super::write::Repeat,
    actor: Actor,
    kind: GroupKind,
) -> Result<Written<FactGroup>, Fault> {
    let id = GroupId::from(repeat.subject);
    let value = Standing::find(&mut repeat.tx, actor.household, kind, id).await?.group(kind, id)?;
    Ok(Written { value, position: repeat.position, repeated: true })
}
