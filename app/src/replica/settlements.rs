//! How days of recurring entries were settled, as far as a page has seen it: it reads which days are settled, not
//! how. A change that settles one day says so by its other entries.

use crate::{
    domain::{Day, Recurring, RecurringId, occurrence::Settlement},
    wire::{Change, Entry},
};

/// A settled day.
type Settled = (RecurringId, Day, Settlement);

/// The settlements that were seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settlements(Vec<Settled>);

impl Settlements {
    /// How a day was settled, if that was seen.
    pub fn find(&self, id: RecurringId, day: Day) -> Option<Settlement> {
        self.0.iter().find(|(of, settled, _)| *of == id && *settled == day).map(|(.., how)| *how)
    }

    /// Takes over a change; `rows` are the recurring entries before it.
    pub fn see(&mut self, entries: &[Entry], rows: &[Recurring]) {
        for entry in entries {
            match &entry.change {
                Change::RecurringUpdated(row) => {
                    self.0.retain(|(id, day, _)| *id != row.id || !row.is_open(*day));
                    let old = rows.iter().find(|old| old.id == row.id);
                    if let Some(day) = old.and_then(|old| only_settled_day(old, row))
                        && let Some(how) = how(entries)
                    {
                        self.0.retain(|(id, settled, _)| (*id, *settled) != (row.id, day));
                        self.0.push((row.id, day, how));
                    }
                }
                Change::RecurringCreated(row) => self.forget(row.id),
                Change::RecurringDeleted(gone) => self.forget(gone.id),
                _ => {}
            }
        }
    }

    fn forget(&mut self, id: RecurringId) {
        self.0.retain(|(of, ..)| *of != id);
    }
}

/// The day that was open and is settled by now, if it is only one. Another schedule closes days too.
fn only_settled_day(old: &Recurring, row: &Recurring) -> Option<Day> {
    if old.schedule() != row.schedule() {
        return None;
    }
    // What is not open by now lies before the first open day or among the settled ones.
    let last = row.settled.iter().copied().max().max(Some(row.open_from))?;
    let mut closed = old.open_days().take_while(|day| *day <= last).filter(|day| !row.is_open(*day));
    closed.next().filter(|_| closed.next().is_none())
}

/// How a change settles its only day; `None` if that is ambiguous.
fn how(entries: &[Entry]) -> Option<Settlement> {
    let mut facts = entries.iter().filter_map(|entry| match &entry.change {
        Change::FactCreated(fact) => Some(fact.id),
        _ => None,
    });
    match (entries.len(), facts.next(), facts.next()) {
        (1, None, None) => Some(Settlement::Skipped),
        (2, Some(fact), None) => Some(Settlement::Recorded(fact)),
        _ => None,
    }
}
