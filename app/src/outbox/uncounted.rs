//! Waiting commands that the figures do not include, with the reasons.

use super::{inner::OutboxState, pending::Pending, row::RowId};
use crate::{error::AppError, replica::pending::RowState};
use std::collections::BTreeMap;

/// Why the figures do not include a waiting command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uncounted {
    /// It would be refused by now. The server decides once it arrives; the book may have changed again by then.
    Refused(AppError),
    /// It depends on a command that was refused.
    Depends,
}

impl OutboxState {
    /// The rows that wait without being counted. A deletion needs no reason: a row that is gone is what it wants.
    pub fn uncounted(&self) -> BTreeMap<RowId, Uncounted> {
        let Some(replica) = &self.replica else { return BTreeMap::new() };
        let (refusals, turns) = (replica.refusals(), self.queue.turns());
        let why = |pending: &Pending| {
            let (_, error) = refusals.iter().find(|(mutation, _)| *mutation == pending.mutation)?;
            let depends = turns.held_by(pending.mutation).is_some_and(Pending::is_refused);
            Some(if depends { Uncounted::Depends } else { Uncounted::Refused(error.clone()) })
        };
        let waiting = self.queue.all().iter().filter(|pending| !pending.command.deletes());
        let rows = waiting.filter_map(|pending| Some((pending, why(pending)?)));
        let rows =
            rows.flat_map(|(pending, why)| pending.rows.iter().map(move |(row, _)| (*row, why.clone())));
        // The first attempt is not shown.
        rows.filter(|(row, _)| self.state(&turns, *row) == RowState::Waiting).collect()
    }
}
