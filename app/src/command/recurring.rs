//! Adding, revising, deleting and restoring recurring entries. Their days are settled in `occurrences`.

use super::{
    Terms,
    decision::{Revised, Stop},
    facts::usable,
    known::{Known, Lookup, Stamp},
    plans::check_article,
    rows::{check_free, check_room, current_article, deleted, own_id, standing},
};
use crate::{
    domain::{
        Currency, Limit, Money, Reason, Recurring, RecurringForm, RecurringId, Refusals, Target,
        recurring_form::NewRecurring,
    },
    error::AppError,
};

type Decided = Result<Vec<Revised<Recurring>>, Stop>;

/// How many days ago a recurring entry may start. Each of them would be an unsettled occurrence.
const DAYS_BACK: i64 = 366;

/// Adds a recurring entry. If the form has no id, the recurring entry takes the mutation id.
pub(super) fn add(known: &dyn Known, terms: Terms, form: &RecurringForm) -> Decided {
    let new = form.new_recurring()?;
    let id = own_id(form.id.as_ref(), new.id, terms.mutation_id);
    check_free(&known.recurring(id))?;
    let row = checked(known, terms, NewRecurring { id, ..new }, None)?;
    check_room(known, Limit::Recurring)?;
    Ok(vec![Revised::created(row)])
}

/// Changes the given fields. Settled days stay settled.
pub(super) fn revise(known: &dyn Known, terms: Terms, id: RecurringId, form: &RecurringForm) -> Decided {
    let old = standing(terms.base_version, known.recurring(id))?;
    let new = form.clone().over(&old).new_recurring()?;
    let row = checked(known, terms, new, Some(&old))?;
    let today = known.stamp().today;
    let latest = if row.has_rhythm_of(&old) {
        None
    } else {
        known.last_settled(id, old.counts_before(today)).ok_or(Stop::Unknown)?
    };
    let row = row.revising(&old, latest, today);
    Ok(vec![Revised::updated(old, row)])
}

/// Deletes a recurring entry and keeps a tombstone. Transactions that were recorded for it stay.
pub(super) fn delete(known: &dyn Known, base: Option<i64>, id: RecurringId) -> Decided {
    let old = standing(base, known.recurring(id))?;
    let tombstone = later(&old, known.stamp());
    Ok(vec![Revised::deleted(old, tombstone)])
}

/// Restores a deleted recurring entry. Days that became due while it was deleted are not expected.
pub(super) fn restore(known: &dyn Known, base: Option<i64>, id: RecurringId) -> Decided {
    let old = deleted(base, known.recurring(id))?;
    check_room(known, Limit::Recurring)?;
    let deleted_on = known.day_of(old.updated_at);
    let row = later(&old, known.stamp()).restored(deleted_on, known.stamp().today);
    Ok(vec![Revised::restored(row)])
}

/// The same recurring entry, one version later.
pub(super) fn later(row: &Recurring, stamp: Stamp) -> Recurring {
    Recurring { version: row.version + 1, updated_by: stamp.member, updated_at: stamp.now, ..row.clone() }
}

/// Checks the form against the household's rows, and makes the row with the days of a new recurring entry.
fn checked(
    known: &dyn Known,
    terms: Terms,
    new: NewRecurring,
    old: Option<&Recurring>,
) -> Result<Recurring, Stop> {
    let new = NewRecurring { article_id: current_article(known, new.article_id)?, ..new };
    if old.is_some_and(|old| old.target != new.target) {
        // The target of an entry cannot change: its settled days were settled for the old one.
        return Err(AppError::field("target", Reason::SetOnce).into());
    }
    let mut refusals = Refusals::default();
    let currency = currency(known, &new, old, &mut refusals)?;
    if let Some(currency) = currency {
        terms.typed_in.check(currency)?;
    }
    let amount =
        currency.and_then(|currency| refusals.take("amount", Money::parse_entry(&new.amount, currency)));
    if new.target == Target::Plan && amount.is_some_and(Money::is_negative) {
        refusals.add("amount", Reason::Negative);
    }
    let stamp = known.stamp();
    let starts_on = new.starts_on.unwrap_or(stamp.today);
    let moved = old.is_none_or(|old| old.starts_on != starts_on);
    if moved && stamp.today.plus_days(-DAYS_BACK).is_some_and(|first| starts_on < first) {
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
        created_by: old.map_or(stamp.member, |old| old.created_by),
        updated_by: stamp.member,
        created_at: old.map_or(stamp.now, |old| old.created_at),
        updated_at: stamp.now,
    });
    Ok(refusals.and(row)?)
}

/// The currency of the amount: that of the financial center; for a plan, the household's.
fn currency(
    known: &dyn Known,
    new: &NewRecurring,
    old: Option<&Recurring>,
    refusals: &mut Refusals,
) -> Result<Option<Currency>, Stop> {
    let (Target::Fact, Some(center)) = (new.target, new.financial_center_id) else {
        check_article(known, new.article_id)?;
        return Ok(Some(known.household().ok_or(Stop::Unknown)?.currency));
    };
    // An unchanged article or center may have been archived since; a new one must be in use.
    if old.is_none_or(|old| old.article_id != new.article_id) {
        usable("article_id", known.article(new.article_id), |row| row.archived, refusals)?;
    }
    let found = known.financial_center(center);
    if old.is_none_or(|old| old.financial_center_id != Some(center)) {
        let found = usable("financial_center_id", found, |row| row.archived, refusals)?;
        return Ok(found.map(|center| center.currency));
    }
    match found {
        Lookup::Found(center) | Lookup::Deleted(center) => Ok(Some(center.currency)),
        Lookup::Missing | Lookup::Absent => Ok(None),
        Lookup::NotLoaded => Err(Stop::Unknown),
    }
}
