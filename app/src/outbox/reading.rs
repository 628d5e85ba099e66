//! What the screens read of rows that have pending or refused commands. Everything is tracked.

use super::{Outbox, OutboxCounts, Uncounted, row::RowId};
use crate::{command::Command, replica::pending::RowState};
use leptos::prelude::*;
use std::collections::BTreeSet;

impl Outbox {
    /// The state of a row; `None` if it has no pending or refused command.
    #[must_use]
    pub fn state_of(&self, row: RowId) -> Option<RowState> {
        self.states.with(|states| states.get(&row).cloned())
    }

    /// The last command on a row that is not in the book of the page yet.
    #[must_use]
    pub fn last_on(&self, row: RowId) -> Option<Command> {
        self.states.track();
        self.listed.track();
        self.lock().last_on(row).map(|pending| pending.command.clone())
    }

    /// Whether everything that waits on a row is stored on the device.
    #[must_use]
    pub fn is_stored(&self, row: RowId) -> bool {
        self.unstored.with(|rows| !rows.contains(&row))
    }

    /// Whether all pending and refused commands are stored on the device.
    #[must_use]
    pub fn has_stored_all(&self) -> bool {
        self.unstored.with(BTreeSet::is_empty)
    }

    /// Whether everything that the device stores of this account is known.
    #[must_use]
    pub fn has_read_all(&self) -> bool {
        let elsewhere = self.elsewhere.get();
        self.is_read.get() && elsewhere.is_some_and(|others| others.iter().all(|other| other.is_read.get()))
    }

    /// The outboxes of the account's other households, as far as the device stores something of them.
    #[must_use]
    pub fn elsewhere(&self) -> Vec<Self> {
        self.elsewhere.get().unwrap_or_default()
    }

    /// Whether there is anything to list: commands of this household or of others, or some that cannot be read.
    #[must_use]
    pub fn has_any(&self) -> bool {
        let any = |outbox: &Self| !outbox.listed.with(Vec::is_empty) || outbox.unreadable.get() > 0;
        any(self) || self.elsewhere().iter().any(any)
    }

    /// How many commands of this household there are.
    #[must_use]
    pub fn counts(&self) -> OutboxCounts {
        self.listed.with(|rows| OutboxCounts::of(rows))
    }

    /// How many commands of the account's other households there are.
    #[must_use]
    pub fn counts_elsewhere(&self) -> OutboxCounts {
        let all = self.elsewhere();
        all.iter().map(Self::counts).fold(OutboxCounts::default(), OutboxCounts::plus)
    }

    /// How many commands of the account's other households are not on their first attempt: they wait, or were refused.
    #[must_use]
    pub fn held_up_elsewhere(&self) -> usize {
        let count = |outbox: &Self| {
            outbox.listed.with(|rows| rows.iter().filter(|row| row.state != RowState::Saving).count())
        };
        self.elsewhere().iter().map(count).sum()
    }

    /// How many stored commands this build cannot read, of any household of the account.
    #[must_use]
    pub fn all_unreadable(&self) -> usize {
        let elsewhere: usize = self.elsewhere().iter().map(|outbox| outbox.unreadable.get()).sum();
        self.unreadable.get() + elsewhere
    }

    /// Why the figures do not include what waits on a row; `None` if they do.
    #[must_use]
    pub fn uncounted(&self, row: RowId) -> Option<Uncounted> {
        self.uncounted.with(|rows| rows.get(&row).cloned())
    }

    /// Whether the figures include only what the server has carried out.
    #[must_use]
    pub fn figures_are_confirmed(&self) -> bool {
        let uncounted = |row: &RowId| self.uncounted.with(|rows| rows.contains_key(row));
        self.states.with(|states| {
            states.iter().all(|(row, state)| matches!(state, RowState::Refused(_)) || uncounted(row))
        })
    }
}
