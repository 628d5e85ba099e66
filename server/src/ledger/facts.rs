//! Recording, revising, deleting and restoring facts.

use super::{
    Ledger,
    fault::Fault,
    write::{Begun, Write, alive, check_alone, check_version},
};
use crate::db::{self, Tx};
use app::{
    domain::{
        Article, Fact, FactForm, FactId, FactRevision, FinancialCenter, HouseholdId, Money, MutationId,
        Reason, Refusals,
    },
    error::AppError,
    service::{Actor, FactPage, FactQuery, Read, Terms, Written},
    wire::{Change, DeletedFact},
};

/// Article and center of a fact, both this household's and in use.
struct Places {
    article: Option<Article>,
    center: Option<FinancialCenter>,
}

impl Ledger {
    pub(super) async fn do_facts(&self, actor: Actor, query: FactQuery) -> Result<Read<FactPage>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        // One more than asked for tells whether there are more.
        let one_more = FactQuery { limit: query.limit + 1, ..query };
        let mut items = db::facts::page(&mut tx, actor.household, &one_more).await?;
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = items.len() > wanted;
        items.truncate(wanted);
        let next = items.last().filter(|_| more).map(Fact::key);
        Ok(Read { value: FactPage { items, next }, position })
    }

    pub(super) async fn do_fact(&self, actor: Actor, id: FactId) -> Result<Read<Fact>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let value = alive(db::facts::find(&mut tx, actor.household, id).await?)?;
        Ok(Read { value, position })
    }

    pub(super) async fn do_record_fact(
        &self,
        actor: Actor,
        terms: Terms,
        form: FactForm,
    ) -> Result<Written<Fact>, Fault> {
        let new = form.new_fact()?;
        let mutation = terms.mutation_id.unwrap_or_else(|| MutationId::from(new.id.uuid()));
        let begun = Write::begin(self, actor, "record_fact", &form, Some(mutation), new.id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let fact = db::facts::find(&mut repeat.tx, actor.household, repeat.subject.into()).await?;
                return Ok(Written { value: alive(fact)?, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        match db::facts::find(&mut write.tx, actor.household, new.id).await? {
            None => {}
            Some((_, true)) => return Err(AppError::Gone.into()),
            Some((_, false)) => return Err(AppError::IdTaken.into()),
        }
        let mut refusals = Refusals::default();
        let places = places(
            &mut write.tx,
            actor.household,
            Some(new.article_id),
            Some(new.financial_center_id),
            &mut refusals,
        )
        .await?;
        let amount = places
            .center
            .as_ref()
            .and_then(|center| refusals.take("amount", Money::parse_entry(&new.amount, center.currency)));
        let amount = refusals.and(amount)?;
        let date = match new.date {
            Some(date) => date,
            None => self.today(&mut write.tx, actor.household).await?,
        };
        let fact = Fact {
            id: new.id,
            amount,
            article_id: new.article_id,
            financial_center_id: new.financial_center_id,
            date,
            comment: new.comment,
            group: None,
            version: 1,
            created_seq: write.position.seq,
            created_by: actor.member,
            updated_by: actor.member,
            created_at: write.now,
            updated_at: write.now,
        };
        db::facts::insert(&mut write.tx, actor.household, &fact).await?;
        write.created(Change::FactCreated(fact.clone()));
        let position = write.commit(self).await?;
        Ok(Written { value: fact, position, repeated: false })
    }

    pub(super) async fn do_revise_fact(
        &self,
        actor: Actor,
        terms: Terms,
        id: FactId,
        form: FactForm,
    ) -> Result<Written<Fact>, Fault> {
        let FactRevision { amount, article_id, financial_center_id, date, comment } = form.revision()?;
        let begun =
            Write::begin(self, actor, "revise_fact", &(id, &form), terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let fact = db::facts::find(&mut repeat.tx, actor.household, id).await?;
                return Ok(Written { value: alive(fact)?, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let old = alive(db::facts::find(&mut write.tx, actor.household, id).await?)?;
        check_alone(&old)?;
        check_version(terms.base_version, old.version, &old)?;
        let mut refusals = Refusals::default();
        // A row keeps an article that was archived since; a new one must be in use.
        let article_id = article_id.filter(|new| *new != old.article_id);
        let moved = financial_center_id.filter(|new| *new != old.financial_center_id);
        let places = places(&mut write.tx, actor.household, article_id, moved, &mut refusals).await?;
        let center = match places.center {
            Some(center) => Some(center),
            None if moved.is_none() => {
                let center =
                    db::financial_centers::find(&mut write.tx, actor.household, old.financial_center_id);
                center.await?.map(|(center, _)| center)
            }
            None => None,
        };
        // An amount that stays must also fit the currency of the new center.
        let text = amount.unwrap_or_else(|| old.amount.to_string());
        let amount = center
            .as_ref()
            .and_then(|center| refusals.take("amount", Money::parse_entry(&text, center.currency)));
        let amount = refusals.and(amount)?;
        let fact = Fact {
            amount,
            article_id: article_id.unwrap_or(old.article_id),
            financial_center_id: moved.unwrap_or(old.financial_center_id),
            date: date.unwrap_or(old.date),
            comment: comment.unwrap_or_else(|| old.comment.clone()),
            version: old.version + 1,
            updated_by: actor.member,
            updated_at: write.now,
            ..old.clone()
        };
        db::facts::update(&mut write.tx, actor.household, &fact, false).await?;
        write.changed(Change::FactUpdated(fact.clone()), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: fact, position, repeated: false })
    }

    pub(super) async fn do_delete_fact(
        &self,
        actor: Actor,
        terms: Terms,
        id: FactId,
    ) -> Result<Written<()>, Fault> {
        let begun = Write::begin(self, actor, "delete_fact", &id, terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => {
                return Ok(Written { value: (), position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let old = alive(db::facts::find(&mut write.tx, actor.household, id).await?)?;
        check_alone(&old)?;
        check_version(terms.base_version, old.version, &old)?;
        let tombstone =
            Fact { version: old.version + 1, updated_by: actor.member, updated_at: write.now, ..old.clone() };
        db::facts::update(&mut write.tx, actor.household, &tombstone, true).await?;
        let deleted = DeletedFact { id, version: tombstone.version, deleted_by: actor.member };
        write.changed(Change::FactDeleted(deleted), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: (), position, repeated: false })
    }

    pub(super) async fn do_restore_fact(
        &self,
        actor: Actor,
        terms: Terms,
        id: FactId,
    ) -> Result<Written<Fact>, Fault> {
        let begun = Write::begin(self, actor, "restore_fact", &id, terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let fact = db::facts::find(&mut repeat.tx, actor.household, id).await?;
                return Ok(Written { value: alive(fact)?, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let (old, deleted) =
            db::facts::find(&mut write.tx, actor.household, id).await?.ok_or(AppError::NotFound)?;
        check_alone(&old)?;
        check_version(terms.base_version, old.version, &old)?;
        if !deleted {
            // Nothing to do, so no number is used: the write is dropped.
            let position = app::wire::Position { seq: write.position.seq - 1, ..write.position };
            return Ok(Written { value: old, position, repeated: true });
        }
        let fact = Fact { version: old.version + 1, updated_by: actor.member, updated_at: write.now, ..old };
        db::facts::update(&mut write.tx, actor.household, &fact, false).await?;
        write.created(Change::FactCreated(fact.clone()));
        let position = write.commit(self).await?;
        Ok(Written { value: fact, position, repeated: false })
    }
}

/// Looks article and center up in this household and notes what cannot be used.
async fn places(
    tx: &mut Tx,
    household: HouseholdId,
    article: Option<app::domain::ArticleId>,
    center: Option<app::domain::FinancialCenterId>,
    refusals: &mut Refusals,
) -> Result<Places, Fault> {
    let mut places = Places { article: None, center: None };
    if let Some(id) = article {
        let found =
            db::articles::find(tx, household, id).await?.map(|(row, deleted)| (row.archived, deleted, row));
        places.article = usable("article_id", found, refusals);
    }
    if let Some(id) = center {
        let found = db::financial_centers::find(tx, household, id)
            .await?
            .map(|(row, deleted)| (row.archived, deleted, row));
        places.center = usable("financial_center_id", found, refusals);
    }
    Ok(places)
}

fn usable<T>(field: &str, found: Option<(bool, bool, T)>, refusals: &mut Refusals) -> Option<T> {
    match found {
        Some((false, false, row)) => Some(row),
        Some((true, false, row)) => {
            refusals.add(field, Reason::Archived);
            Some(row)
        }
        Some((_, true, _)) | None => {
            refusals.add(field, Reason::NotFound);
            None
        }
    }
}
