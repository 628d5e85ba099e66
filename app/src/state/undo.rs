//! What can be taken back: each deletion, and each expected transaction that was recorded or skipped, for ten
//! seconds. It outlives the page on which it was done.

use super::editing::Editing;
use crate::{
    command::Command,
    domain::{Day, FactId, GroupKind, RecurringId},
    error::AppError,
    outbox::{Heard, Outbox, Seen},
};
use leptos::prelude::*;
use std::time::Duration;

/// Something that was done and can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undoable {
    /// A fact was deleted, or a transfer or split.
    Deleted(FactId, Option<GroupKind>),
    /// An occurrence of a recurring entry was recorded or skipped.
    Settled {
        /// Of what.
        id: RecurringId,
        /// Which day.
        day: Day,
        /// It was recorded.
        recorded: bool,
    },
}

/// An offer to take something back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which offer of this page it is.
    pub number: u64,
    /// What was done.
    pub done: Undoable,
    /// Why it was not taken back.
    pub failure: Option<AppError>,
}

/// The offers to take back what was done, the last one last.
#[derive(Clone, Copy)]
pub struct Undo {
    /// Those on the screen.
    pub offers: RwSignal<Vec<Offer>>,
    /// Counts the offers.
    made: StoredValue<u64>,
}

const UNDO_TIME: Duration = Duration::from_secs(10);
/// No more offers stand on the screen at once.
const MOST_OFFERS: usize = 3;

impl Default for Undo {
    fn default() -> Self {
        Self { offers: RwSignal::new(Vec::new()), made: StoredValue::new(0) }
    }
}

impl Undo {
    /// Offers to bring a row back: a fact, or a transfer or split.
    pub fn offer(self, id: FactId, kind: Option<GroupKind>) {
        self.offer_back(Undoable::Deleted(id, kind));
    }

    /// Offers to take something back for ten seconds.
    pub fn offer_back(self, done: Undoable) {
        let next = |made: &mut u64| {
            *made += 1;
            *made
        };
        let Some(number) = self.made.try_update_value(next) else { return };
        self.offers.update(|offers| {
            offers.retain(|offer| offer.done != done);
            offers.push(Offer { number, done, failure: None });
            let gone = offers.len().saturating_sub(MOST_OFFERS);
            offers.drain(..gone);
        });
        set_timeout(move || self.end(number), UNDO_TIME);
    }

    fn end(self, number: u64) {
        let there = self.offers.with_untracked(|offers| offers.iter().any(|offer| offer.number == number));
        if there {
            self.offers.update(|offers| offers.retain(|offer| offer.number != number));
        }
    }

    /// The offer stays until it worked or its time is over; false when that is so.
    fn fails(self, number: u64, error: AppError) -> bool {
        let failed = self.offers.try_update(|offers| {
            let offer = offers.iter_mut().find(|offer| offer.number == number)?;
            offer.failure = Some(error);
            Some(())
        });
        failed.flatten().is_some()
    }

    /// Sends the command that takes back what was done.
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
