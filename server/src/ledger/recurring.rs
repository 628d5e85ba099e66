//! Recurring entries: the rows. What becomes of their days stands in `occurrences`.

use super::{
    Ledger,
    facts::places,
    fault::Fault,
    plans::check_article,
    rows::{Place, Row},
    write::{Order, Write},
};
use crate::db::{self, Tx};
use app::{
    domain::{
        Day, HouseholdId, Instant, Limit, Money, Reason, Recurring, RecurringForm, RecurringId, Refusals,
        Target, recurring::NewRecurring,
    },
    error::AppError,
    replica::apply::sort_recurring,
    service::{Actor, Read, Written},
    wire::{Change, Deleted},
};
use std::ops::ControlFlow;

/// What begins longer ago has too many days that nobody settled.
const DAYS_BACK: i64 = 366;

impl Ledger {
    pub(super) async fn do_all_recurring(&self, actor: Actor) -> Result<Read<Vec<Recurring>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let mut value = db::recurring::list(&mut tx, actor.household).await?;
        sort_recurring(&mut value);
        Ok(Read { value, position })
    }

    pub(super) async fn add_recurring(
        &self,
        order: Order,
        form: &RecurringForm,
    ) -> Result<Written<Recurring>, Fault> {
        let actor = order.actor;
        let new = form.new_recurring()?;
        let mut write = match self.begin_new::<Recurring>(order, new.id).await? {
            ControlFlow::Continue(write) => write,
            ControlFlow::Break(answer) => return Ok(answer),
        };
        let today = self.clock.today(&write.time_zone);
        let row = checked(&mut write, actor, new, None, today).await?;
        self.finish_new(write, row).await
    }

    pub(super) async fn revise_recurring(
        &self,
        order: Order,
        id: RecurringId,
        form: &RecurringForm,
    ) -> Result<Written<Recurring>, Fault> {
        let actor = order.actor;
        let (mut write, old) = match self.begin_revision::<Recurring>(order, id).await? {
            ControlFlow::Continue(opened) => opened,
            ControlFlow::Break(answer) => return Ok(answer),
        };
        let new = form.clone().over(&old).new_recurring()?;
        let today = self.clock.today(&write.time_zone);
        let row = checked(&mut write, actor, new, Some(&old), today).await?;
        self.finish_revision(write, &old, row).await
    }
}

/// Checks what only the household's own rows can tell, and makes the row.
async fn checked(
    write: &mut Write,
    actor: Actor,
    new: NewRecurring,
    old: Option<&Recurring>,
    today: Day,
) -> Result<Recurring, Fault> {
    let household = actor.household;
    if old.is_some_and(|old| old.target != new.target) {
        // A day that was settled as one thing would count as settled as the other.
        return Err(AppError::field("target", Reason::SetOnce).into());
    }
    let mut refusals = Refusals::default();
    let currency = match (new.target, new.financial_center_id) {
        (Target::Fact, Some(center)) => {
            // A row keeps what was archived since; a new article or center must be in use.
            let article = Some(new.article_id).filter(|id| old.is_none_or(|old| old.article_id != *id));
            let moved = Some(center).filter(|id| old.is_none_or(|old| old.financial_center_id != Some(*id)));
            let found = places(&mut write.tx, household, article, moved, &mut refusals).await?;
            match found.center {
                Some(center) => Some(center.currency),
                None if moved.is_none() => db::financial_centers::find(&mut write.tx, household, center)
                    .await?
                    .map(|(center, _)| center.currency),
                None => None,
            }
        }
        _ => {
            check_article(&mut write.tx, household, new.article_id).await?;
            Some(db::households::find(&mut write.tx, household).await?.currency)
        }
    };
    let amount =
        currency.and_then(|currency| refusals.take("amount", Money::parse_entry(&new.amount, currency)));
    if new.target == Target::Plan && amount.is_some_and(Money::is_negative) {
        refusals.add("amount", Reason::Negative);
    }
    let starts_on = new.starts_on.unwrap_or(today);
    let moved = old.is_none_or(|old| old.starts_on != starts_on);
    if moved && today.plus_days(-DAYS_BACK).is_some_and(|first| starts_on < first) {
        refusals.add("starts_on", Reason::TooEarly);
    }
    let row = amount.map(|amount| Recurring {
        id: new.id,
        target: new.target,
        amount,
        article_id: new.article_id,
        financial_center_id: new.financial_center_id,
        comment: new.comment,
        starts_on,
        every: new.every,
        unit: new.unit,
        from_month_end: new.from_month_end,
        ends_on: new.ends_on,
        times: new.times,
        automatic: new.automatic,
        open_from: starts_on,
        settled: Vec::new(),
        reopened: Vec::new(),
        by_hand: Vec::new(),
        version: old.map_or(1, |old| old.version + 1),
        created_by: old.map_or(actor.member, |old| old.created_by),
        updated_by: actor.member,
        created_at: old.map_or(write.now, |old| old.created_at),
        updated_at: write.now,
    });
    let row = refusals.and(row)?;
    match old {
        None => Ok(row),
        Some(old) => {
            let before = old.counts_before(today);
            let latest = db::occurrences::latest(&mut write.tx, household, row.id, before).await?;
            Ok(row.revising(old, latest, today))
        }
    }
}

impl Row for Recurring {
    type Id = RecurringId;
    const LIMIT: Option<Limit> = Some(Limit::Recurring);

    fn version(&self) -> i64 {
        self.version
    }

    fn later(&self, actor: Actor, now: Instant) -> Self {
        Self { version: self.version + 1, updated_by: actor.member, updated_at: now, ..self.clone() }
    }

    fn created(self) -> Change {
        Change::RecurringCreated(self)
    }

    fn updated(self) -> Change {
        Change::RecurringUpdated(self)
    }

    fn deleted(&self, _: Actor) -> Change {
        Change::RecurringDeleted(Deleted { id: self.id })
    }

    fn resumed(self, tombstone: &Self, day_of: impl Fn(Instant) -> Day) -> Self {
        let (deleted_on, today) = (day_of(tombstone.updated_at), day_of(self.updated_at));
        self.restored(deleted_on, today)
    }

    async fn find(
        tx: &mut Tx,
        household: HouseholdId,
        id: RecurringId,
    ) -> sqlx::Result<Option<(Self, bool)>> {
        db::recurring::find(tx, household, id).await
    }

    async fn count(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<i64> {
        db::recurring::count(tx, household).await
    }

    async fn insert(&self, tx: &mut Tx, at: Place) -> sqlx::Result<bool> {
        db::recurring::insert(tx, at.household, self).await
    }

    async fn update(&self, tx: &mut Tx, at: Place, deleted: bool) -> sqlx::Result<()> {
        db::recurring::update(tx, at.household, self, deleted).await
    }
}
