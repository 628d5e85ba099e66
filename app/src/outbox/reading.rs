//! What the screens read of rows that have pending or refused commands. Everything is tracked.

use super::{Outbox, Uncounted, row::RowId};
use crate::{command::Command, replica::pending::RowState};
use leptos::prelude::*;

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
