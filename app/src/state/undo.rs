//! Undo: offers to undo a deletion, or the recording or skipping of an occurrence. They end together, ten seconds after the last
//! one was made: a phone shows one at a time, and the others come after it. They outlive the page on which it was done.

use super::editing::Editing;
use crate::{
    command::Command,
    domain::{Day, FactId, GroupKind, RecurringId},
    error::AppError,
    outbox::{Heard, Outbox, RowId, Seen},
};
use leptos::prelude::*;
use std::time::Duration;

/// A command that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undoable {
    /// A fact, transfer or split was deleted.
    Deleted(FactId, Option<GroupKind>),
    /// An occurrence of a recurring entry was recorded or skipped.
    Settled {
        /// The recurring entry.
        id: RecurringId,
        /// The day of the occurrence.
        day: Day,
        /// Whether it was recorded; otherwise it was skipped.
        recorded: bool,
    },
}

/// An offer to undo something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The number of the offer, counted on this page.
    pub number: u64,
    /// What can be undone.
    pub done: Undoable,
    /// The reason why undoing it failed; `None` before.
    pub failure: Option<AppError>,
}

/// The offers to undo something, the newest last.
#[derive(Clone, Copy)]
pub struct Undo {
    /// The offers that are shown.
    pub offers: RwSignal<Vec<Offer>>,
    /// The number of offers made so far.
    made: StoredValue<u64>,
}

const UNDO_TIME: Duration = Duration::from_secs(10);
/// The most offers that are shown at once.
const MOST_OFFERS: usize = 3;

impl Default for Undo {
    fn default() -> Self {
        Self { offers: RwSignal::new(Vec::new()), made: StoredValue::new(0) }
    }
}

impl Undoable {
    /// What a command does to its row, if that can be undone.
    #[must_use]
    pub fn of(command: &Command) -> Option<Self> {
        Some(match command {
            Command::DeleteFact { id } => Self::Deleted(*id, None),
            Command::DeleteGroup { kind, id } => Self::Deleted(id.uuid().into(), Some(*kind)),
            Command::ConfirmOccurrence { id, form } => {
                let day = form.day.as_ref().and_then(|day| day.parse().ok())?;
                Self::Settled { id: *id, day, recorded: true }
            }
            Command::SkipOccurrence { id, day } => Self::Settled { id: *id, day: *day, recorded: false },
            _ => return None,
        })
    }
}

impl Undo {
    /// Offers to restore a fact, transfer or split.
    pub fn offer(self, id: FactId, kind: Option<GroupKind>) {
        self.offer_back(Undoable::Deleted(id, kind));
    }

    /// Offers to undo something, until ten seconds pass without another offer.
    pub fn offer_back(self, done: Undoable) {
        let next = |made: &mut u64| {
            *made += 1;
            *made
        };
        let Some(number) = self.made.try_update_value(next) else { return };
        self.offers.update(|offers| add(offers, Offer { number, done, failure: None }));
        let end = move || {
            if self.made.try_get_value() == Some(number) {
                self.offers.set(Vec::new());
            }
        };
        set_timeout(end, UNDO_TIME);
    }

    /// Ends an offer: it worked, or there is nothing to take back.
    pub fn end(self, number: u64) {
        let there = self.offers.with_untracked(|offers| offers.iter().any(|offer| offer.number == number));
        if there {
            self.offers.update(|offers| offers.retain(|offer| offer.number != number));
        }
    }

    /// Ends the offer to undo this: it was not done.
    pub fn withdraw(self, done: Undoable) {
        let is_offered =
            self.offers.try_with_untracked(|offers| offers.iter().any(|offer| offer.done == done));
        if is_offered == Some(true) {
            self.offers.update(|offers| offers.retain(|offer| offer.done != done));
        }
    }

    /// Ends the offers to undo what the server has refused.
    pub fn end_refused(self, outbox: &Outbox) {
        let refused = |offer: &Offer| {
            let command = match offer.done {
                Undoable::Deleted(id, _) => outbox.refused(id),
                Undoable::Settled { id, day, .. } => outbox.refused(RowId::Occurrence(id, day)),
            };
            command.is_some_and(|refused| {
                let settles = |command: &Command| {
                    matches!(command, Command::ConfirmOccurrence { .. } | Command::SkipOccurrence { .. })
                };
                refused.command.deletes() || settles(&refused.command)
            })
        };
        let ended: Vec<u64> = self.offers.with_untracked(|offers| {
            offers.iter().filter(|offer| refused(offer)).map(|offer| offer.number).collect()
        });
        ended.into_iter().for_each(|number| self.end(number));
    }

    /// Shows why undoing failed; returns false if the offer has ended. It stays until it succeeds or its time
    /// is over.
    fn fails(self, number: u64, error: AppError) -> bool {
        let failed = self.offers.try_update(|offers| {
            let offer = offers.iter_mut().find(|offer| offer.number == number)?;
            offer.failure = Some(error);
            Some(())
        });
        failed.flatten().is_some()
    }

    /// Undoes something that waits to be sent, which is no longer offered.
    pub fn take_back_waiting(self, outbox: &Outbox, done: Undoable) {
        self.withdraw(done);
        // No offer has this number: what is refused stays in the outbox.
        self.take_back(outbox, None, 0, done);
    }

    /// Sends the command that undoes it.
    pub fn take_back(self, outbox: &Outbox, editing: Option<Editing>, number: u64, done: Undoable) {
        let command = match done {
            Undoable::Deleted(id, None) => Command::RestoreFact { id },
            Undoable::Deleted(id, Some(kind)) => Command::RestoreGroup { kind, id: id.uuid().into() },
            Undoable::Settled { id, day, .. } => Command::ReopenOccurrence { id, day },
        };
        let heard = move |heard| match heard {
            Heard::Refused(error) => self.fails(number, error),
            Heard::Done | Heard::Already | Heard::Late => {
                self.end(number);
                if let (Some(editing), Undoable::Deleted(id, _)) = (editing, done) {
                    editing.focus(id);
                }
                true
            }
        };
        if let Err(errors) = outbox.enqueue(command, None, Seen::Nothing, Some(Box::new(heard))) {
            self.fails(number, AppError::Invalid { errors });
        }
    }
}

/// Adds an offer. It replaces an earlier offer of the same kind and row, and the oldest one if there are too
/// many.
fn add(offers: &mut Vec<Offer>, offer: Offer) {
    offers.retain(|earlier| earlier.done != offer.done);
    offers.push(offer);
    let gone = offers.len().saturating_sub(MOST_OFFERS);
    offers.drain(..gone);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn the_last_three_things_that_were_done_are_offered_each_once_and_as_it_was_done_last(
            rows in prop::collection::vec(0..6_u128, 0..20),
        ) {
            let done = |row: &u128| Undoable::Deleted(FactId::from(Uuid::from_u128(*row)), None);
            let steps: Vec<(u64, Undoable)> = (1..).zip(rows.iter().map(done)).collect();
            let mut offers = Vec::new();
            for (number, done) in steps.iter().copied() {
                add(&mut offers, Offer { number, done, failure: None });
            }
            let mut expected: Vec<(u64, Undoable)> = Vec::new();
            for step in steps.iter().rev() {
                if expected.len() < 3 && expected.iter().all(|(_, later)| *later != step.1) {
                    expected.insert(0, *step);
                }
            }
            let offered: Vec<_> = offers.iter().map(|offer| (offer.number, offer.done)).collect();
            prop_assert_eq!(offered, expected);
        }
    }
}
