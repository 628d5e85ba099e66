//! Pending and refused commands, as the screens list them.

use super::{inner::OutboxState, pending::Seen, row::RowId};
use crate::{
    command::Command,
    domain::{Fact, MutationId},
    replica::pending::RowState,
};
use std::collections::BTreeMap;

/// A pending or refused command in the list; the last one if there are several on the same rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The id of the command.
    pub mutation: MutationId,
    /// The row that the command is about.
    pub row: RowId,
    /// The last command.
    pub command: Command,
    /// The facts as they will be, or as they were if they are deleted; empty for other rows, or if unknown.
    pub facts: Vec<Fact>,
    /// The row as the person saw it.
    pub seen: Seen,
    /// The state of the row.
    pub state: RowState,
    /// The row of the refused command that this one depends on.
    pub held_by: Option<RowId>,
}

impl OutboxState {
    /// The pending and refused commands, the newest first.
    pub fn listed(&self) -> Vec<Listed> {
        let all = self.queue.all();
        let last = all
            .iter()
            .enumerate()
            .rev()
            .filter(|(at, pending)| all.iter().skip(at + 1).all(|later| !later.changes_same(pending)));
        let listed = last.filter_map(|(_, last)| {
            let row = last.row()?;
            let held_by = self.queue.held_by(last.mutation);
            let held_by = held_by.filter(|first| first.is_refused() && !first.changes(row));
            Some(Listed {
                mutation: last.mutation,
                row,
                command: last.command.clone(),
                facts: last.shown().to_vec(),
                seen: last.seen.clone(),
                state: self.state(row),
                held_by: held_by.and_then(super::pending::Pending::row),
            })
        });
        listed.collect()
    }

    /// The state of every row that has a pending or refused command.
    pub fn states(&self) -> BTreeMap<RowId, RowState> {
        let settling = self.settling.iter().flat_map(|one| &one.pending.rows);
        let mut states: BTreeMap<RowId, RowState> =
            settling.map(|(row, _)| (*row, RowState::Saving)).collect();
        for (row, _) in self.queue.all().iter().flat_map(|pending| &pending.rows) {
            states.insert(*row, self.state(*row));
        }
        states
    }
}
