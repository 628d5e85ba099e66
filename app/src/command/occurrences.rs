//! Confirming, skipping and reopening the days of recurring entries. Each day is settled once.

use super::{
    Terms,
    decision::{Revised, RowChange, Stop},
    facts::{self, usable},
    known::{Known, Lookup},
    recurring::later,
    rows::{check_free, standing},
};
use crate::{
    domain::{
        Day, Fact, FactId, FieldError, Money, OccurrenceForm, Reason, Recurring, RecurringId, Refusals,
        Target,
        fact::Typed,
        occurrence::{Occurrence, Settlement},
    },
    error::AppError,
};

type Decided = Result<Vec<RowChange>, Stop>;

/// The version of a transaction that was not changed since it was recorded.
const RECORDED: i64 = 1;

/// The parsed form of a confirmation.
pub struct Confirmed {
    /// The day of the occurrence.
    pub day: Day,
    fact_id: Option<FactId>,
    amount: Option<String>,
    date: Option<Day>,
}

/// Parses the form of a confirmation.
///
/// # Errors
/// Names every refused field.
pub fn confirmed(form: &OccurrenceForm) -> Result<Confirmed, Vec<FieldError>> {
    let mut refusals = Refusals::default();
    let day: Option<Day> = refusals.required("day", form.day.as_ref());
    let fact_id = refusals.optional("fact_id", form.fact_id.as_ref());
    let amount: Option<Typed> = refusals.optional("amount", form.amount.as_ref());
    let date = refusals.optional("date", form.date.as_ref());
    let amount = amount.map(|typed| typed.0);
    refusals.and(day.map(|day| Confirmed { day, fact_id, amount, date }))
}

/// Records the transaction of an occurrence. If the form has no id for it, it takes the mutation id.
pub(super) fn confirm(known: &dyn Known, terms: Terms, id: RecurringId, form: &OccurrenceForm) -> Decided {
    let Confirmed { day, fact_id, amount, date } = confirmed(form)?;
    let row = standing(terms.base_version, known.recurring(id))?;
    match settlement(known, id, day)? {
        // Another member has confirmed it already, which is what the command asks for.
        Some(Settlement::Recorded(_)) => return Err(Stop::Already),
        Some(_) => return Err(AppError::field("day", Reason::Settled).into()),
        None => {}
    }
    let center = row.financial_center_id.filter(|_| row.target == Target::Fact && row.is_open(day));
    let center = center.ok_or_else(|| AppError::field("day", Reason::NotOpen))?;
    let made = terms.mutation_id.map(|mutation| FactId::from(mutation.uuid()));
    let fact_id = fact_id.or(made).unwrap_or_else(FactId::new);
    check_free(&known.fact(fact_id))?;
    let mut refusals = Refusals::default();
    usable("article_id", known.article(row.article_id), |row| row.archived, &mut refusals)?;
    let found = known.financial_center(center);
    let found = usable("financial_center_id", found, |row| row.archived, &mut refusals)?;
    if let (Some(center), true) = (&found, amount.is_some()) {
        terms.typed_in.check(center.currency)?;
    }
    let text = amount.unwrap_or_else(|| row.amount.to_string());
    let amount = found.and_then(|center| refusals.take("amount", Money::parse_entry(&text, center.currency)));
    let amount = refusals.and(amount)?;
    let fact = facts::new(fact_id, amount, (row.article_id, center), known.stamp());
    let fact = Fact { date: date.unwrap_or(day), comment: row.comment.clone(), ..fact };
    let mut changes = vec![Revised::created(fact).into()];
    changes.extend(settle(known, row, day, Settlement::Recorded(fact_id)));
    Ok(changes)
}

/// Marks a day as skipped.
pub(super) fn skip(known: &dyn Known, base: Option<i64>, id: RecurringId, day: Day) -> Decided {
    let row = standing(base, known.recurring(id))?;
    match settlement(known, id, day)? {
        Some(Settlement::Skipped) => Err(Stop::Already),
        Some(_) => Err(AppError::field("day", Reason::Settled).into()),
        None if !row.is_open(day) => Err(AppError::field("day", Reason::NotOpen).into()),
        None => Ok(settle(known, row, day, Settlement::Skipped).into()),
    }
}

/// Reopens a day. Its transaction is deleted, unless it was deleted already. If the transaction was changed
/// since it was recorded, the command is refused: it holds more than the occurrence gave it.
pub(super) fn reopen(known: &dyn Known, base: Option<i64>, id: RecurringId, day: Day) -> Decided {
    let row = standing(base, known.recurring(id))?;
    let settlement = settlement(known, id, day)?;
    let mut changes = Vec::new();
    let settlement = match settlement {
        None if row.is_open(day) => return Err(Stop::Already),
        // The plan keeps the amount that was added to it; it can be changed on its own.
        None | Some(Settlement::Planned) => return Err(AppError::field("day", Reason::NotOpen).into()),
        Some(Settlement::Skipped) => Settlement::Skipped,
        Some(Settlement::Recorded(fact_id)) => {
            changes.extend(taken_back(known, fact_id)?);
            Settlement::Recorded(fact_id)
        }
    };
    let occurrence = Occurrence { recurring_id: id, day, settlement };
    let reopened = later(&row, known.stamp()).with_reopened(day, known.stamp().today);
    changes.push(Revised::deleted(occurrence, occurrence).into());
    changes.push(Revised::updated(row, reopened).into());
    Ok(changes)
}

fn settlement(known: &dyn Known, id: RecurringId, day: Day) -> Result<Option<Settlement>, Stop> {
    match known.settlement(id, day) {
        Lookup::Found(settlement) => Ok(Some(settlement)),
        Lookup::Missing | Lookup::Absent | Lookup::Deleted(_) => Ok(None),
        Lookup::NotLoaded => Err(Stop::Unknown),
    }
}

/// Settles a day. This keeps `updated_by`: it does not revise the entry itself.
fn settle(known: &dyn Known, row: Recurring, day: Day, settlement: Settlement) -> [RowChange; 2] {
    let updated_by = row.updated_by;
    let settled = Recurring { updated_by, ..later(&row, known.stamp()) }.with_settled(day);
    let occurrence = Occurrence { recurring_id: row.id, day, settlement };
    [Revised::created(occurrence).into(), Revised::updated(row, settled).into()]
}

/// The deletion of the transaction that was recorded for a day; `None` if it was deleted already.
fn taken_back(known: &dyn Known, id: FactId) -> Result<Option<RowChange>, Stop> {
    let fact = match known.fact(id) {
        Lookup::Found(fact) => fact,
        Lookup::Deleted(_) | Lookup::Missing | Lookup::Absent => return Ok(None),
        Lookup::NotLoaded => return Err(Stop::Unknown),
    };
    facts::check_alone(&fact)?;
    if fact.version != RECORDED {
        return Err(AppError::field("day", Reason::Edited).into());
    }
    let tombstone = facts::later(&fact, known.stamp());
    Ok(Some(Revised::deleted(fact, tombstone).into()))
}
