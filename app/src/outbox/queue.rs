//! The commands that have no answer yet, in the order in which they were made. Pure: it knows no clock, no
//! network and no screen; whoever owns it says what happened.
//!
//! Commands on one row go one after the other, in their order: each is made on what the one before it comes to.
//! A command that names a row waits for those that make or change it. Other commands do not wait for each other.
//! A command leaves the queue exactly once: answered, or given up by the person after the server has refused it.

use super::{
    pending::{Base, Call, Pending, State},
    row::RowId,
};
use crate::{command::Command, domain::MutationId, error::AppError};

/// The commands without an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    all: Vec<Pending>,
}

impl Queue {
    /// Adds a command at the end, and answers under which key it goes. On a row that others are pending for it is
    /// made on what they come to. Plans that replace plans which were never sent go in their place.
    pub fn push(&mut self, mut pending: Pending) -> MutationId {
        let replaces = |last: &&mut Pending| {
            let plans = |one: &Pending| matches!(one.command, Command::SetPlans(_));
            last.tries == 0
                && last.state == State::Waiting
                && plans(last)
                && plans(&pending)
                && last.changes_same(&pending)
        };
        if let Some(last) = self.all.last_mut().filter(replaces) {
            (last.command, last.foreseen) = (pending.command, pending.foreseen);
            return last.mutation;
        }
        let rows = std::mem::take(&mut pending.rows);
        let follows = |row: RowId| {
            let held = |one: &&Pending| !(one.is_refused() && matches!(one.command, Command::SetPlans(_)));
            self.of(row).any(|one| held(&one))
        };
        pending.rows = rows
            .into_iter()
            .map(|(row, base)| (row, if follows(row) { Base::After } else { base }))
            .collect();
        let mutation = pending.mutation;
        self.all.push(pending);
        mutation
    }

    /// All of them, the oldest first.
    #[must_use]
    pub fn all(&self) -> &[Pending] {
        &self.all
    }

    /// Those on a row, the oldest first.
    pub fn of(&self, row: RowId) -> impl Iterator<Item = &Pending> {
        self.all.iter().filter(move |pending| pending.changes(row))
    }

    /// The one of this key.
    #[must_use]
    pub fn get(&self, mutation: MutationId) -> Option<&Pending> {
        self.all.iter().find(|pending| pending.mutation == mutation)
    }

    /// The refused command of a row. What is made on it waits for the decision about it.
    #[must_use]
    pub fn refused_of(&self, row: RowId) -> Option<&Pending> {
        self.of(row).next().filter(|first| first.is_refused())
    }

    /// The command that this one waits for; none when it is its turn.
    #[must_use]
    pub fn held_by(&self, mutation: MutationId) -> Option<&Pending> {
        let at = self.all.iter().position(|pending| pending.mutation == mutation)?;
        let (before, this) = (self.all.get(..at)?, self.all.get(at)?);
        before.iter().rev().find(|earlier| earlier.holds_up(this))
    }

    /// The commands that can be sent now: waiting, and held up by none.
    #[must_use]
    pub fn ready(&self) -> Vec<MutationId> {
        let waiting = self.all.iter().filter(|pending| pending.state == State::Waiting);
        let turn =
            waiting.map(|pending| pending.mutation).filter(|mutation| self.held_by(*mutation).is_none());
        turn.collect()
    }

    /// Begins to send a command; none where it is not its turn, is being sent already, or is gone.
    pub fn start(&mut self, mutation: MutationId) -> Option<Call> {
        if self.get(mutation)?.state != State::Waiting || self.held_by(mutation).is_some() {
            return None;
        }
        let pending = self.find(mutation)?;
        pending.state = State::Sending;
        pending.tries = pending.tries.saturating_add(1);
        Some(pending.call())
    }

    /// The server has carried it out, in whichever try; `versions` are those of its rows after it, as far as they
    /// changed. None where that is known already.
    pub fn answered(&mut self, mutation: MutationId, versions: &[(RowId, i64)]) -> Option<Pending> {
        let at = self.all.iter().position(|pending| pending.mutation == mutation)?;
        let done = self.all.remove(at);
        for (row, made_on) in &done.rows {
            let version = versions.iter().find(|(other, _)| other == row).map(|(_, version)| *version);
            let base = version.map_or(if versions.is_empty() { Base::Any } else { *made_on }, Base::Version);
            self.follow(*row, base);
        }
        Some(done)
    }

    /// What is made on what came of a row goes on from this version.
    fn follow(&mut self, row: RowId, version: Base) {
        let next = self.all.iter_mut().find(|pending| pending.changes(row) && !pending.is_refused());
        let bases = next.into_iter().flat_map(|next| &mut next.rows);
        for (_, base) in bases.filter(|(other, base)| *other == row && *base == Base::After) {
            *base = version;
        }
    }

    /// A try had no answer; false for one that is over already.
    pub fn failed(&mut self, mutation: MutationId, attempt: u32) -> bool {
        self.after_try(mutation, attempt, State::Waiting)
    }

    /// A try was answered with a no; false for one that is over already: a later try may have been carried out.
    ///
    /// Where the row is deleted in the end the no is moot: a row that never came to be needs no deletion, and one
    /// that was not changed is deleted as it was seen.
    pub fn refused(&mut self, mutation: MutationId, attempt: u32, error: AppError) -> bool {
        if !self.after_try(mutation, attempt, State::Refused(error)) {
            return false;
        }
        let Some(no) = self.get(mutation).cloned() else { return false };
        if matches!(no.command, Command::SetPlans(_)) {
            for (row, base) in no.rows {
                self.follow(row, base);
            }
            return true;
        }
        let [(row, base)] = no.rows.as_slice() else { return true };
        let last = self.of(*row).last().filter(|last| last.mutation != mutation && last.deletes());
        let Some(deletion) = last.map(|last| last.mutation) else { return true };
        self.all.retain(|pending| !pending.changes(*row) || (pending.mutation == deletion && !no.is_new()));
        if let Some(deletion) = self.find(deletion) {
            deletion.rows = vec![(*row, *base)];
        }
        true
    }

    /// A try was refused because the row has another version by now, which does not contradict the command: it
    /// goes on that one. False for a try that is over, and where that is what it was made on: it would go round and
    /// round.
    pub fn rebased(&mut self, mutation: MutationId, attempt: u32, version: i64) -> bool {
        let newer = |base: Base| matches!(base, Base::Version(base) if base < version);
        let single = self.get(mutation).and_then(|pending| match pending.rows.as_slice() {
            [(row, base)] if newer(*base) => Some(*row),
            _ => None,
        });
        let Some(row) = single.filter(|_| self.after_try(mutation, attempt, State::Waiting)) else {
            return false;
        };
        if let Some(pending) = self.find(mutation) {
            pending.rows = vec![(row, Base::Version(version))];
        }
        true
    }

    /// What was refused of a row goes again as it is, over the version of the row that the person has seen since.
    pub fn try_again(&mut self, row: RowId, version: Option<i64>) {
        for pending in self.all.iter_mut().filter(|pending| pending.changes(row)) {
            if pending.is_refused() {
                pending.state = State::Waiting;
                if let ([(_, base)], Some(version)) = (pending.rows.as_mut_slice(), version) {
                    *base = Base::Version(version);
                }
            }
        }
    }

    /// Gives up the refused command of a row, and what is made on it.
    pub fn give_up(&mut self, row: RowId) -> Vec<Pending> {
        let refused = self.refused_of(row).map(|refused| refused.mutation);
        refused.map(|refused| self.give_up_one(refused)).unwrap_or_default()
    }

    /// Gives up a refused command, and what is made on it: not plans, of which each stands alone. What only names
    /// its row stays, and so does what was never refused.
    pub fn give_up_one(&mut self, mutation: MutationId) -> Vec<Pending> {
        let Some(refused) = self.get(mutation).filter(|pending| pending.is_refused()).cloned() else {
            return Vec::new();
        };
        let alone = matches!(refused.command, Command::SetPlans(_));
        let goes = |pending: &mut Pending| {
            pending.mutation == mutation
                || (!alone && refused.rows.iter().any(|(row, _)| pending.changes(*row)))
        };
        self.all.extract_if(.., goes).collect()
    }

    fn find(&mut self, mutation: MutationId) -> Option<&mut Pending> {
        self.all.iter_mut().find(|pending| pending.mutation == mutation)
    }

    fn after_try(&mut self, mutation: MutationId, attempt: u32, state: State) -> bool {
        match self.find(mutation) {
            Some(pending) if pending.state == State::Sending && pending.tries == attempt => {
                pending.state = state;
                true
            }
            _ => false,
        }
    }
}
