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
    /// Whether it waits for a page of its household.
    pub undecided: bool,
}

/// How many commands there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Those that wait to be sent.
    pub waiting: usize,
    /// Those that were refused, or depend on one that was.
    pub refused: usize,
    /// Those that wait for a page of their household, which decides whether they conflict with what others have done.
    pub undecided: usize,
}

impl OutboxCounts {
    /// Counts what is listed.
    #[must_use]
    pub fn of(rows: &[Listed]) -> Self {
        let is_refused = |row: &&Listed| row.held_by.is_some() || matches!(row.state, RowState::Refused(_));
        let refused = rows.iter().filter(is_refused).count();
        let undecided = rows.iter().filter(|row| row.undecided && !is_refused(row)).count();
        Self { waiting: rows.len() - refused - undecided, refused, undecided }
    }

    /// The sum of two.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            waiting: self.waiting + other.waiting,
            refused: self.refused + other.refused,
            undecided: self.undecided + other.undecided,
        }
    }

    /// The refused, the waiting and the undecided ones, as the screens name them.
    #[must_use]
    pub const fn by_word(self) -> [usize; 3] {
        [self.refused, self.waiting, self.undecided]
    }

    /// How many there are altogether.
    #[must_use]
    pub const fn all(self) -> usize {
        self.waiting + self.refused + self.undecided
    }
}

impl OutboxState {
    /// The pending and refused commands, the newest first.
    pub fn listed(&self) -> Vec<Listed> {
        let (all, turns) = (self.queue.all(), self.queue.turns());
        let last = all
            .iter()
            .enumerate()
            .rev()
            .filter(|(at, pending)| all.iter().skip(at + 1).all(|later| !later.changes_same(pending)));
        let listed = last.filter_map(|(_, last)| {
            let row = last.row()?;
            let held_by = turns.held_by(last.mutation);
            let held_by = held_by.filter(|first| first.is_refused() && !first.changes(row));
            Some(Listed {
                mutation: last.mutation,
                row,
                command: last.command.clone(),
                facts: last.shown().to_vec(),
                seen: last.seen.clone(),
                state: self.state(&turns, row),
                held_by: held_by.and_then(super::pending::Pending::row),
                undecided: self.undecided.contains(&last.mutation),
            })
        });
        listed.collect()
    }

    /// The state of every row that has a pending or refused command.
    pub fn states(&self) -> BTreeMap<RowId, RowState> {
        let settling = self.settling.iter().flat_map(|one| &one.pending.rows);
        let mut states: BTreeMap<RowId, RowState> =
            settling.map(|(row, _)| (*row, RowState::Saving)).collect();
        let turns = self.queue.turns();
        for (row, _) in self.queue.all().iter().flat_map(|pending| &pending.rows) {
            states.insert(*row, self.state(&turns, *row));
        }
        states
    }
}
