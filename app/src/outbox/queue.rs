//! The commands without a response, in the order in which they were made. Pure: it knows no clock, no network
//! and no screen; its owner reports what happened.
//!
//! Commands on one row are sent one after the other, each made on the result of the previous one. A command
//! that names a row waits for those that add or change it. One that was computed from a balance and one that moves
//! it are sent in their order. But if the earlier one stays here until the person decides, the later one is sent at
//! once: the balance that it was computed from, or moves, does not contain the earlier one. If the server has another
//! balance by then, it refuses the one that was computed. New transactions are sent at once; what could not be sent then
//! is sent in the order in which it was made, because that is the order in which a day lists them. Other commands do not
//! wait for each other, and a refused one holds up only what depends on it. A command leaves the queue exactly once: with
//! a response, or discarded by the person after a refusal.

mod refusals;
mod turns;

pub use turns::Turns;

use super::{
    pending::{Base, Call, Pending, State},
    row::RowId,
};
use crate::{command::Command, domain::MutationId};
use uuid::Uuid;

/// The commands without a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    all: Vec<Pending>,
    /// Whether there is a connection to the server, as far as the page knows.
    is_connected: bool,
}

impl Queue {
    /// Adds a command at the end; returns its idempotency key. If other commands on its row are pending, it
    /// is made on their result. Plans replace earlier plans of the same cells that were never sent.
    pub fn push(&mut self, mut pending: Pending) -> MutationId {
        let replaces = |last: &&mut Pending| {
            let plans = |one: &Pending| matches!(one.command, Command::SetPlans(_));
            last.tries == 0
                && !last.is_taken_over
                && last.state == State::Waiting
                && plans(last)
                && plans(&pending)
                && last.changes_same(&pending)
        };
        if let Some(last) = self.all.last_mut().filter(replaces) {
            (last.command, last.foreseen) = (pending.command, pending.foreseen);
            last.typed_in = pending.typed_in;
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

    /// All commands, the oldest first.
    #[must_use]
    pub fn all(&self) -> &[Pending] {
        &self.all
    }

    /// The commands on a row, the oldest first.
    pub fn of(&self, row: RowId) -> impl Iterator<Item = &Pending> {
        self.all.iter().filter(move |pending| pending.changes(row))
    }

    /// The command with this idempotency key.
    #[must_use]
    pub fn get(&self, mutation: MutationId) -> Option<&Pending> {
        self.all.iter().find(|pending| pending.mutation == mutation)
    }

    /// The refused command of a row. Commands made on its result wait for the decision about it.
    #[must_use]
    pub fn refused_of(&self, row: RowId) -> Option<&Pending> {
        self.of(row).next().filter(|first| first.is_refused())
    }

    /// The command that this one waits for; `None` if it is its turn.
    #[must_use]
    pub fn held_by(&self, mutation: MutationId) -> Option<&Pending> {
        self.turns().held_by(mutation)
    }

    /// Which commands wait for which, to be asked about several of them.
    #[must_use]
    pub fn turns(&self) -> Turns<'_> {
        Turns::of(&self.all)
    }

    /// The commands that can be sent now: waiting, and not blocked.
    #[must_use]
    pub fn ready(&self) -> Vec<MutationId> {
        let turns = self.turns();
        let waiting = self.all.iter().enumerate().filter(|(_, pending)| pending.state == State::Waiting);
        let ready = waiting.filter(|(at, _)| turns.holder_of(*at).is_none());
        ready.map(|(_, pending)| pending.mutation).collect()
    }

    /// The commands that are to be sent, blocked or not.
    #[must_use]
    pub fn waiting(&self) -> Vec<MutationId> {
        let waiting = self.all.iter().filter(|pending| pending.state == State::Waiting);
        waiting.map(|pending| pending.mutation).collect()
    }

    /// Starts to send a command; `None` if it is not its turn, is being sent already, or is gone.
    pub fn start(&mut self, mutation: MutationId) -> Option<Call> {
        if self.get(mutation)?.state != State::Waiting {
            return None;
        }
        let is_held = self.held_by(mutation).is_some();
        let pending = self.find(mutation)?;
        (pending.is_in_line, pending.is_passed) = (is_held, false);
        if is_held {
            return None;
        }
        pending.state = State::Sending;
        pending.tries = pending.tries.saturating_add(1);
        Some(pending.call())
    }

    /// Whether there is a connection to the server, as far as the page knows.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.is_connected
    }

    /// Whether a command is on its way.
    #[must_use]
    pub fn is_sending(&self) -> bool {
        self.all.iter().any(|pending| pending.state == State::Sending)
    }

    /// Called once there is another connection: responses to what was sent before may never come.
    pub fn connected_anew(&mut self) {
        self.is_connected = true;
        for pending in &mut self.all {
            pending.failures = 0;
            pending.is_passed |= pending.state == State::Sending;
        }
    }

    /// Called once there is no connection any more.
    pub fn disconnected(&mut self) {
        self.is_connected = false;
        for pending in &mut self.all {
            pending.failures = 0;
        }
    }

    /// Called after a new snapshot was loaded, which may contain commands that were sent and have no
    /// response.
    pub fn read_anew(&mut self) {
        for pending in self.all.iter_mut().filter(|pending| pending.tries > 0) {
            pending.uncertain = true;
        }
    }

    /// Records that the server has carried out a command, in any attempt; `versions` are those of its changed
    /// rows. `None` if that is known already.
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

    /// Commands made on the result of this one continue from this version.
    fn follow(&mut self, row: RowId, version: Base) {
        let next = self.all.iter_mut().find(|pending| pending.changes(row) && !pending.is_refused());
        let bases = next.into_iter().flat_map(|next| &mut next.rows);
        for (_, base) in bases.filter(|(other, base)| *other == row && *base == Base::After) {
            *base = version;
        }
    }

    /// Records that an attempt had no response; returns false if the attempt is over already.
    pub fn failed(&mut self, mutation: MutationId, attempt: u32) -> bool {
        let is_over = !self.after_try(mutation, attempt, State::Waiting);
        let counts = u32::from(self.is_connected && !is_over);
        if let Some(pending) = self.find(mutation) {
            pending.failures = pending.failures.saturating_add(counts);
        }
        !is_over
    }

    /// Continues on the current version of the row after a stale revision that does not conflict with it.
    /// Returns false if the attempt is over, or if it was made on this version already, which would repeat
    /// forever.
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

    /// Adds a command that another page has made.
    pub fn add(&mut self, pending: Pending) {
        self.all.push(pending);
    }

    /// Replaces a command by the same as another page has it by now.
    pub fn replace(&mut self, mut with: Pending) {
        if let Some(pending) = self.find(with.mutation) {
            (with.tries, with.failures) = (pending.tries, pending.failures);
            (with.is_taken_over, with.is_in_line) = (pending.is_taken_over, pending.is_in_line);
            *pending = with;
        }
    }

    /// Sorts the commands by their place; those without one stay last.
    pub fn order_by(&mut self, place: impl Fn(MutationId) -> Option<Uuid>) {
        self.all.sort_by_key(|pending| {
            let place = place(pending.mutation);
            (place.is_none(), place)
        });
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
