//! Recording, revising, deleting and restoring facts.

use super::{
    Ledger,
    fault::Fault,
    rows::{Place, Row},
    write::Order,
};
use crate::db::{self, Tx};
use app::{
    domain::{
        Article, Fact, FactForm, FactId, FactRevision, FinancialCenter, HouseholdId, Instant, Money, Reason,
        Refusals,
    },
    error::AppError,
    service::{Actor, FactPage, FactQuery, Read, Written},
    wire::{Change, DeletedFact},
};
use std::ops::ControlFlow;

/// Article and center of a fact, both this household's and in use.
pub(super) struct Places {
    pub article: Option<Article>,
    pub center: Option<FinancialCenter>,
}

impl Ledger {
    pub(super) async fn do_facts(&self, actor: Actor, query: FactQuery) -> Result<Read<FactPage>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        // One more than asked for tells whether there are more.
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let mut page = FactQuery { limit: query.limit + 1, ..query };
        let mut items = Vec::new();
        loop {
            let rows = db::facts::page(&mut tx, actor.household, &page).await?;
            let (count, last) = (rows.len(), rows.last().map(Fact::key));
            let tagged = |fact: &Fact| page.tag.as_ref().is_none_or(|tag| fact.comment.tags().contains(tag));
            items.extend(rows.into_iter().filter(tagged));
            // What has only a longer tag is left out, so the next ones may still be wanted.
            if items.len() > wanted || count <= wanted {
                break;
            }
            page.after = last;
        }
        let more = items.len() > wanted;
        items.truncate(wanted);
        let next = items.last().filter(|_| more).map(Fact::key);
        Ok(Read { value: FactPage { items, next }, position })
    }

    pub(super) async fn record_fact(&self, order: Order, form: &FactForm) -> Result<Written<Fact>, Fault> {
        let actor = order.actor;
        let new = form.new_fact()?;
        let mut write = match self.begin_new::<Fact>(order, new.id).await? {
            ControlFlow::Continue(write) => write,
            ControlFlow::Break(answer) => return Ok(answer),
        };
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
        let date = new.date.unwrap_or_else(|| self.clock.today(&write.time_zone));
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
        self.finish_new(write, fact).await
    }

    pub(super) async fn revise_fact(
        &self,
        order: Order,
        id: FactId,
        form: &FactForm,
    ) -> Result<Written<Fact>, Fault> {
        let actor = order.actor;
        let FactRevision { amount, article_id, financial_center_id, date, comment } = form.revision()?;
        let (mut write, old) = match self.begin_revision::<Fact>(order, id).await? {
            ControlFlow::Continue(opened) => opened,
            ControlFlow::Break(answer) => return Ok(answer),
        };
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
            ..old.later(actor, write.now)
        };
        self.finish_revision(write, &old, fact).await
    }
}

impl Row for Fact {
    type Id = FactId;

    fn version(&self) -> i64 {
        self.version
    }

    fn later(&self, actor: Actor, now: Instant) -> Self {
        Self { version: self.version + 1, updated_by: actor.member, updated_at: now, ..self.clone() }
    }

    fn created(self) -> Change {
        Change::FactCreated(self)
    }

    fn updated(self) -> Change {
        Change::FactUpdated(self)
    }

    fn deleted(&self, actor: Actor) -> Change {
        Change::FactDeleted(DeletedFact { id: self.id, version: self.version, deleted_by: actor.member })
    }

    async fn find(tx: &mut Tx, household: HouseholdId, id: FactId) -> sqlx::Result<Option<(Self, bool)>> {
        db::facts::find(tx, household, id).await
    }

    async fn insert(&self, tx: &mut Tx, at: Place) -> sqlx::Result<bool> {
        db::facts::insert(tx, at.household, self).await
    }

    async fn update(&self, tx: &mut Tx, at: Place, deleted: bool) -> sqlx::Result<()> {
        db::facts::update(tx, at.household, self, deleted).await
    }

    /// A part of a transfer or split is changed with the whole only.
    fn check_free(&self) -> Result<(), AppError> {
        if self.group.is_some() { Err(AppError::PartOfGroup) } else { Ok(()) }
    }
}

/// Looks article and center up in this household and notes what cannot be used.
pub(super) async fn places(
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

pub(super) fn usable<T>(field: &str, found: Option<(bool, bool, T)>, refusals: &mut Refusals) -> Option<T> {
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
