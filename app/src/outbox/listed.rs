//! What waits and what was refused, as the screens list it.

use super::{inner::Inner, pending::Seen, row::RowId};
use crate::{
    command::Command,
    domain::{Fact, MutationId},
    replica::pending::RowState,
};
use std::collections::BTreeMap;

/// Something that is pending, as the list of what waits shows it: of several commands on the same rows the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The command.
    pub mutation: MutationId,
    /// The row that it is known by.
    pub row: RowId,
    /// What was asked for last.
    pub command: Command,
    /// Its facts as they shall be, or as they were when they shall go; none of other rows, or where nobody knows them.
    pub facts: Vec<Fact>,
    /// The row as the person saw it.
    pub seen: Seen,
    /// How far it is.
    pub state: RowState,
    /// The row of the refused command that it depends on.
    pub held_by: Option<RowId>,
}

impl Inner {
    /// What is pending, the newest first.
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

    /// How far every row is that is not in the book as it was asked for.
    pub fn states(&self) -> BTreeMap<RowId, RowState> {
        let settling = self.settling.iter().flat_map(|(pending, _)| &pending.rows);
        let mut states: BTreeMap<RowId, RowState> =
            settling.map(|(row, _)| (*row, RowState::Saving)).collect();
        for (row, _) in self.queue.all().iter().flat_map(|pending| &pending.rows) {
            states.insert(*row, self.state(*row));
        }
        states
    }
}
