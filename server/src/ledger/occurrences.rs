//! The days of recurring entries: confirmed, skipped or opened again. Each day once:
//! the household is locked while one is settled, and the table has room for one row a day.

use super::{
    Ledger,
    facts::places,
    fault::Fault,
    rows::Row,
    write::{Begun, Order, Write, alive, check_version},
};
use crate::db::{
    self,
    occurrences::{Outcome, Settled},
};
use app::{
    domain::{
        Day, Fact, FactId, Money, OccurrenceForm, Reason, Recurring, RecurringId, Refusals, Target,
        fact::Typed,
    },
    error::AppError,
    service::{Actor, Written},
    wire::{Change, Position},
};

/// The version of a transaction that nobody has changed since it was recorded.
const RECORDED: i64 = 1;

/// A day that somebody confirms.
pub(super) struct Confirmed {
    pub day: Day,
    pub fact_id: FactId,
    pub amount: Option<String>,
    pub date: Option<Day>,
}

fn read(form: &OccurrenceForm) -> Result<Confirmed, AppError> {
    let mut refusals = Refusals::default();
    let day: Option<Day> = refusals.required("day", form.day.as_ref());
    let fact_id = refusals.optional("fact_id", form.fact_id.as_ref()).unwrap_or_else(FactId::new);
    let amount: Option<Typed> = refusals.optional("amount", form.amount.as_ref());
    let date = refusals.optional("date", form.date.as_ref());
    let amount = amount.map(|typed| typed.0);
    Ok(refusals.and(day.map(|day| Confirmed { day, fact_id, amount, date }))?)
}

/// What a call on a day begins with.
enum Started {
    Fresh(Box<Write>, Recurring, Option<Outcome>),
    Done(Written<Recurring>),
}

impl Ledger {
    pub(super) async fn confirm_occurrence(
        &self,
        order: Order,
        id: RecurringId,
        form: &OccurrenceForm,
    ) -> Result<Written<Fact>, Fault> {
        let actor = order.actor;
        let confirmed = read(form)?;
        let begun = order.begin(self, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let outcome =
                    db::occurrences::find(&mut repeat.tx, actor.household, id, confirmed.day).await?;
                let Some(Outcome::Recorded(fact)) = outcome else { return Err(AppError::Gone.into()) };
                let value = alive(db::facts::find(&mut repeat.tx, actor.household, fact).await?)?;
                return Ok(Written { value, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let row = alive(db::recurring::find(&mut write.tx, actor.household, id).await?)?;
        check_version(order.terms.base_version, row.version, &row)?;
        match db::occurrences::find(&mut write.tx, actor.household, id, confirmed.day).await? {
            // Somebody was faster, and it is what was wished.
            Some(Outcome::Recorded(fact)) => {
                let value = alive(db::facts::find(&mut write.tx, actor.household, fact).await?)?;
                return Ok(Written { value, position: write.nothing_to_do(), repeated: true });
            }
            Some(_) => return Err(AppError::field("day", Reason::Settled).into()),
            None => {}
        }
        let (position, value) = self.record(write, actor, row, confirmed).await?;
        Ok(Written { value, position, repeated: false })
    }

    /// Records the transaction of a day.
    pub(super) async fn record(
        &self,
        mut write: Box<Write>,
        actor: Actor,
        row: Recurring,
        confirmed: Confirmed,
    ) -> Result<(Position, Fact), Fault> {
        let (household, day) = (actor.household, confirmed.day);
        let center = row.financial_center_id.filter(|_| row.target == Target::Fact && row.is_open(day));
        let center = center.ok_or_else(|| AppError::field("day", Reason::NotOpen))?;
        match db::facts::find(&mut write.tx, household, confirmed.fact_id).await? {
            Some((_, true)) => return Err(AppError::Gone.into()),
            Some((_, false)) => return Err(AppError::IdTaken.into()),
            None => {}
        }
        let mut refusals = Refusals::default();
        let found =
            places(&mut write.tx, household, Some(row.article_id), Some(center), &mut refusals).await?;
        let text = confirmed.amount.unwrap_or_else(|| row.amount.to_string());
        let amount = found
            .center
            .and_then(|center| refusals.take("amount", Money::parse_entry(&text, center.currency)));
        let fact = Fact {
            id: confirmed.fact_id,
            amount: refusals.and(amount)?,
            article_id: row.article_id,
            financial_center_id: center,
            date: confirmed.date.unwrap_or(day),
            comment: row.comment.clone(),
            group: None,
            version: RECORDED,
            created_seq: write.position.seq,
            created_by: actor.member,
            updated_by: actor.member,
            created_at: write.now,
            updated_at: write.now,
        };
        db::facts::insert(&mut write.tx, household, &fact).await?;
        write.created(Change::FactCreated(fact.clone()));
        settle(&mut write, actor, &row, day, Outcome::Recorded(fact.id)).await?;
        Ok((write.commit(self).await?, fact))
    }

    pub(super) async fn skip_occurrence(
        &self,
        order: Order,
        id: RecurringId,
        day: Day,
    ) -> Result<Written<Recurring>, Fault> {
        let actor = order.actor;
        let (mut write, row, outcome) = match self.start(order, id, day).await? {
            Started::Fresh(write, row, outcome) => (write, row, outcome),
            Started::Done(answer) => return Ok(answer),
        };
        match outcome {
            Some(Outcome::Skipped) => {
                return Ok(Written { value: row, position: write.nothing_to_do(), repeated: true });
            }
            Some(_) => return Err(AppError::field("day", Reason::Settled).into()),
            None if !row.is_open(day) => return Err(AppError::field("day", Reason::NotOpen).into()),
            None => {}
        }
        let value = settle(&mut write, actor, &row, day, Outcome::Skipped).await?;
        let position = write.commit(self).await?;
        Ok(Written { value, position, repeated: false })
    }

    pub(super) async fn reopen_occurrence(
        &self,
        order: Order,
        id: RecurringId,
        day: Day,
    ) -> Result<Written<Recurring>, Fault> {
        let actor = order.actor;
        let (mut write, row, outcome) = match self.start(order, id, day).await? {
            Started::Fresh(write, row, outcome) => (write, row, outcome),
            Started::Done(answer) => return Ok(answer),
        };
        match outcome {
            None if row.is_open(day) => {
                return Ok(Written { value: row, position: write.nothing_to_do(), repeated: true });
            }
            // What was added to a plan stays there; the plan itself can be changed.
            None | Some(Outcome::Planned) => return Err(AppError::field("day", Reason::NotOpen).into()),
            Some(Outcome::Skipped) => {}
            Some(Outcome::Recorded(fact)) => take_back(&mut write, actor, fact).await?,
        }
        let household = actor.household;
        db::occurrences::delete(&mut write.tx, household, id, day).await?;
        let today = self.clock.today(&write.time_zone);
        let value = row.later(actor, write.now).with_reopened(day, today);
        db::recurring::update(&mut write.tx, household, &value, false).await?;
        write.changed(Change::RecurringUpdated(value.clone()), &row)?;
        let position = write.commit(self).await?;
        Ok(Written { value, position, repeated: false })
    }

    async fn start(&self, order: Order, id: RecurringId, day: Day) -> Result<Started, Fault> {
        let actor = order.actor;
        match order.begin(self, id.uuid()).await? {
            Begun::Repeat(mut repeat) => {
                let value = alive(db::recurring::find(&mut repeat.tx, actor.household, id).await?)?;
                Ok(Started::Done(Written { value, position: repeat.position, repeated: true }))
            }
            Begun::Fresh(mut write) => {
                let row = alive(db::recurring::find(&mut write.tx, actor.household, id).await?)?;
                check_version(order.terms.base_version, row.version, &row)?;
                let outcome = db::occurrences::find(&mut write.tx, actor.household, id, day).await?;
                Ok(Started::Fresh(write, row, outcome))
            }
        }
    }
}

/// Notes what became of a day.
pub(super) async fn settle(
    write: &mut Write,
    actor: Actor,
    row: &Recurring,
    day: Day,
    outcome: Outcome,
) -> Result<Recurring, Fault> {
    let settled = Settled { by: actor.member, at: write.now, outcome };
    if !db::occurrences::insert(&mut write.tx, actor.household, row.id, day, settled).await? {
        return Err(AppError::field("day", Reason::Settled).into());
    }
    let later = Recurring { updated_by: row.updated_by, ..row.later(actor, write.now) }.with_settled(day);
    db::recurring::update(&mut write.tx, actor.household, &later, false).await?;
    write.changed(Change::RecurringUpdated(later.clone()), row)?;
    Ok(later)
}

/// Deletes the transaction of a day that is opened again, unless somebody has done so. One that was changed
/// since it was recorded holds more than the day gave it, and is left to people.
async fn take_back(write: &mut Write, actor: Actor, id: FactId) -> Result<(), Fault> {
    let place = write.place();
    let Some((fact, false)) = db::facts::find(&mut write.tx, actor.household, id).await? else {
        return Ok(());
    };
    fact.check_free()?;
    if fact.version != RECORDED {
        return Err(AppError::field("day", Reason::Edited).into());
    }
    let tombstone = fact.later(actor, write.now);
    tombstone.update(&mut write.tx, place, true).await?;
    write.changed(tombstone.deleted(actor), &fact)
}
