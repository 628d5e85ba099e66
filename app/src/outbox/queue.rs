//! The commands that have no answer yet, in the order in which they were made. Pure: it knows no clock, no
//! network and no screen; whoever owns it says what happened.
//!
//! Commands on one row go one after the other, in their order: each is made on what the one before it comes to.
//! Commands on different rows do not wait for each other. A command leaves the queue exactly once: answered, or
//! given up by the person after the server has refused it.

use crate::{
    command::Command,
    domain::{Fact, FactForm, FactId, GroupForm, MutationId},
    error::AppError,
    service::Terms,
};

/// The version of the row that a command is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Whichever the row has.
    Any,
    /// This one.
    Version(i64),
    /// The one that the command before it in the queue leads to.
    After,
}

/// How far a command is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It goes when it is its turn.
    Waiting,
    /// It was sent and may still be answered.
    Sending,
    /// The server has said no. It stays until the person decides.
    Refused(AppError),
}

/// A command that has no answer yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Makes its repeats harmless.
    pub mutation: MutationId,
    /// The command.
    pub command: Command,
    /// The row that it is about.
    pub row: FactId,
    /// The version of the row that it is made on.
    pub base: Base,
    /// The facts of the row as the person saw them; none of a new row.
    pub seen: Vec<Fact>,
    /// What they are foreseen to become; none of a row that goes, or where that is unknown.
    pub foreseen: Vec<Fact>,
    /// How far it is.
    pub state: State,
    /// How often it was sent: the number of the current try.
    pub tries: u32,
}

impl Pending {
    /// The row is new.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        matches!(self.command, Command::RecordFact(_) | Command::RecordGroup(_))
    }

    /// The row goes.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        matches!(self.command, Command::DeleteFact { .. } | Command::DeleteGroup { .. })
    }

    /// The facts that stand for it on the screen: as they shall be, else as they were.
    #[must_use]
    pub fn shown(&self) -> &[Fact] {
        if self.foreseen.is_empty() { &self.seen } else { &self.foreseen }
    }

    const fn is_refused(&self) -> bool {
        matches!(self.state, State::Refused(_))
    }
}

/// A try to send a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The command.
    pub command: Command,
    /// Its conditions.
    pub terms: Terms,
    /// Which try it is, to be named when it fails.
    pub attempt: u32,
}

/// The commands without an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    all: Vec<Pending>,
}

impl Queue {
    /// Adds a command at the end. On a row that others are pending for it is made on what they come to.
    pub fn push(&mut self, mut pending: Pending) {
        if self.of(pending.row).next().is_some() {
            pending.base = Base::After;
        }
        self.all.push(pending);
    }

    /// All of them, the oldest first.
    #[must_use]
    pub fn all(&self) -> &[Pending] {
        &self.all
    }

    /// Those on a row, the oldest first.
    pub fn of(&self, row: FactId) -> impl Iterator<Item = &Pending> {
        self.all.iter().filter(move |pending| pending.row == row)
    }

    /// The refused command of a row. What follows it waits for the decision about it.
    #[must_use]
    pub fn refused_of(&self, row: FactId) -> Option<&Pending> {
        self.of(row).next().filter(|first| first.is_refused())
    }

    /// The commands that can be sent now: waiting, and the first of their rows.
    #[must_use]
    pub fn ready(&self) -> Vec<MutationId> {
        let first = |pending: &&Pending| {
            self.of(pending.row).next().is_some_and(|first| first.mutation == pending.mutation)
        };
        let waiting = self.all.iter().filter(|pending| pending.state == State::Waiting);
        waiting.filter(first).map(|pending| pending.mutation).collect()
    }

    /// Begins to send a command; none where it is not its turn, is being sent already, or is gone.
    pub fn start(&mut self, mutation: MutationId) -> Option<Call> {
        if !self.ready().contains(&mutation) {
            return None;
        }
        let pending = self.find(mutation)?;
        pending.state = State::Sending;
        pending.tries = pending.tries.saturating_add(1);
        let base_version = match pending.base {
            Base::Version(version) => Some(version),
            Base::Any | Base::After => None,
        };
        let terms = Terms { mutation_id: Some(mutation), base_version };
        Some(Call { command: pending.command.clone(), terms, attempt: pending.tries })
    }

    /// The server has carried it out, in whichever try; `version` is that of the row after it. None where that is
    /// known already.
    pub fn answered(&mut self, mutation: MutationId, version: Option<i64>) -> Option<Pending> {
        let at = self.all.iter().position(|pending| pending.mutation == mutation)?;
        let done = self.all.remove(at);
        let next = self.all.iter_mut().find(|pending| pending.row == done.row);
        if let Some(next) = next.filter(|next| next.base == Base::After) {
            next.base = version.map_or(Base::Any, Base::Version);
        }
        Some(done)
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
        let Some(no) = self.all.iter().find(|pending| pending.mutation == mutation) else { return false };
        let (row, base, is_new) = (no.row, no.base, no.is_new());
        let last = self.of(row).last().filter(|last| last.mutation != mutation && last.deletes());
        let Some(deletion) = last.map(|last| last.mutation) else { return true };
        self.all.retain(|pending| pending.row != row || (pending.mutation == deletion && !is_new));
        if let Some(deletion) = self.find(deletion) {
            deletion.base = base;
        }
        true
    }

    /// A try was refused because the row has another version by now, which does not contradict the command: it
    /// goes on that one. False for a try that is over, and where that is what it was made on: it would go round and
    /// round.
    pub fn rebased(&mut self, mutation: MutationId, attempt: u32, version: i64) -> bool {
        let newer = |pending: &Pending| match pending.base {
            Base::Version(base) => base < version,
            Base::Any | Base::After => false,
        };
        if !self.find(mutation).is_some_and(|pending| newer(pending))
            || !self.after_try(mutation, attempt, State::Waiting)
        {
            return false;
        }
        if let Some(pending) = self.find(mutation) {
            pending.base = Base::Version(version);
        }
        true
    }

    /// What was refused of a row goes again, as it is.
    pub fn try_again(&mut self, row: FactId) {
        for pending in self.all.iter_mut().filter(|pending| pending.row == row) {
            if pending.is_refused() {
                pending.state = State::Waiting;
            }
        }
    }

    /// Gives up the refused command of a row, and what follows it. What was never refused stays.
    pub fn give_up(&mut self, row: FactId) -> Vec<Pending> {
        if self.refused_of(row).is_none() {
            return Vec::new();
        }
        self.all.extract_if(.., |pending| pending.row == row).collect()
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

/// The row that a command on facts is about, a transfer or split by its id. None of other commands, and of a new
/// row that has no id.
#[must_use]
pub fn row_of(command: &Command) -> Option<FactId> {
    let parse = |id: &Option<String>| id.as_ref().and_then(|id| id.parse().ok());
    match command {
        Command::RecordFact(FactForm { id, .. }) => parse(id),
        Command::ReviseFact { id, .. } | Command::DeleteFact { id } | Command::RestoreFact { id } => {
            Some(*id)
        }
        Command::RecordGroup(GroupForm::Transfer(form)) => parse(&form.id),
        Command::RecordGroup(GroupForm::Split(form)) => parse(&form.id),
        Command::ReviseGroup { id, .. }
        | Command::DeleteGroup { id, .. }
        | Command::RestoreGroup { id, .. } => Some(FactId::from(id.uuid())),
        _ => None,
    }
}
