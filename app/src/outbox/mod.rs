//! The one way out of the page for what a person changes: each command is sent until there is an answer.
//!
//! It belongs to the root of the program, so that a change of page ends nothing. What a command is foreseen to
//! become shows at once; a call without an answer is repeated under the same idempotency key, after a pause that
//! grows, and at once when the connection is live again. Waiting is no fault and is not shown as one; what the
//! server has refused waits for the person. Nothing is kept when the page is closed.

mod deadline;
mod merging;
pub mod queue;
#[cfg(test)]
mod tests;

use crate::{
    api::command::write,
    command::{Command, Decision, Fate, Subject},
    domain::{Fact, FactId, FieldError, MutationId},
    error::AppError,
    replica::{Arrival, Replica, pending::RowState},
    service::{Terms, Written},
    wire::Change,
};
use deadline::within;
use leptos::{prelude::*, task::spawn_local};
use merging::goes_on_from;
use queue::{Base, Pending, Queue, State, row_of};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use uuid::Uuid;

/// A call without an answer for so long has none.
const DEADLINE: Duration = Duration::from_secs(10);
/// No pause between two tries is longer.
const LONGEST_PAUSE_S: u32 = 30;

/// What a form hears of the command that it sent, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is carried out.
    Done,
    /// There is no answer yet: the outbox goes on without the form.
    Late,
    /// The server has said no.
    Refused(AppError),
}

/// Who hears it. Of a refusal: true when the form says it and keeps what was typed, so that the outbox drops the
/// command; false when the form is gone.
pub type Hearer = Box<dyn FnOnce(Heard) -> bool + Send>;

/// A row with something pending, as the list of what waits shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The row.
    pub row: FactId,
    /// Its facts as they shall be, or as they were when they shall go; none where nobody knows them.
    pub facts: Vec<Fact>,
    /// How far it is.
    pub state: RowState,
}

/// A refused command, for the form in which it is corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The row was never written: its correction is a new one.
    pub is_new: bool,
    /// The row as the person saw it before; none of a new one.
    pub seen: Vec<Fact>,
    /// Why.
    pub error: AppError,
}

/// The commands of this page that are not confirmed. Clones are the same outbox.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Mutex<Inner>>,
    /// The rows with something pending, the newest first.
    pub listed: ArcRwSignal<Vec<Listed>>,
}

#[derive(Default)]
struct Inner {
    queue: Queue,
    /// The book that foresees. Set once it is loaded.
    replica: Option<Replica>,
    /// The forms that have heard nothing yet.
    forms: Vec<(MutationId, Hearer)>,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { inner: Arc::default(), listed: ArcRwSignal::new(Vec::new()) }
    }
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Foresees on this book from now on, and hears what arrives in it. Only in a browser: the two hold each other.
    pub fn begin(&self, replica: &Replica) {
        self.lock().replica = Some(replica.clone());
        let this = self.clone();
        replica.hear(Arc::new(move |arrival: Arrival<'_>| this.arrived(arrival)));
    }

    /// Sends a command on facts. `base` is the version that the person looked at, `seen` the facts of the row then.
    ///
    /// # Errors
    /// The fields that the command is foreseen to be refused for; nothing is sent then.
    pub fn send(
        &self,
        command: Command,
        base: Option<i64>,
        seen: Vec<Fact>,
        hearer: Option<Hearer>,
    ) -> Result<(), Vec<FieldError>> {
        let fresh = MutationId::new();
        let row = row_of(&command).unwrap_or_else(|| FactId::from(fresh.uuid()));
        let mut inner = self.lock();
        let foreseen = inner.foresee(row, &command)?;
        inner.queue.give_up(row);
        let is_new = matches!(command, Command::RecordFact(_) | Command::RecordGroup(_));
        let mutation = if is_new { MutationId::from(row.uuid()) } else { fresh };
        let base = base.map_or(Base::Any, Base::Version);
        inner.queue.push(Pending {
            mutation,
            command,
            row,
            base,
            seen,
            foreseen,
            state: State::Waiting,
            tries: 0,
        });
        if let Some(hearer) = hearer {
            inner.forms.push((mutation, hearer));
        }
        let late = inner
            .queue
            .of(row)
            .next()
            .is_some_and(|first| first.mutation != mutation && first.state != State::Sending);
        inner.show(row);
        drop(inner);
        self.start(mutation);
        if late {
            self.late(row);
        }
        self.list();
        Ok(())
    }

    /// The refused command of a row.
    #[must_use]
    pub fn refused(&self, row: FactId) -> Option<Refused> {
        let inner = self.lock();
        let Pending { seen, state: State::Refused(error), .. } = inner.queue.refused_of(row)? else {
            return None;
        };
        let is_new = inner.queue.refused_of(row).is_some_and(Pending::is_new);
        Some(Refused { is_new, seen: seen.clone(), error: error.clone() })
    }

    /// Sends what was refused of a row again, as it is.
    pub fn try_again(&self, row: FactId) {
        let first = {
            let mut inner = self.lock();
            inner.queue.try_again(row);
            inner.show(row);
            inner.queue.of(row).next().map(|first| first.mutation)
        };
        if let Some(first) = first {
            self.start(first);
        }
        self.list();
    }

    /// Gives up what was refused of a row: it is as the book has it.
    pub fn discard(&self, row: FactId) {
        let mut inner = self.lock();
        let gone = inner.queue.give_up(row);
        inner.forms.retain(|(form, _)| gone.iter().all(|pending| pending.mutation != *form));
        if let (false, Some(replica)) = (gone.is_empty(), &inner.replica) {
            replica.forget(row);
        }
        drop(inner);
        self.list();
    }

    /// Sends everything that waits, now.
    pub fn wake(&self) {
        let ready = self.lock().queue.ready();
        for mutation in ready {
            self.start(mutation);
        }
    }

    fn start(&self, mutation: MutationId) {
        let Some(call) = self.lock().queue.start(mutation) else { return };
        let this = self.clone();
        spawn_local(async move {
            let answer = within(DEADLINE, Box::pin(write(call.command, call.terms))).await;
            this.heard(mutation, call.attempt, answer);
        });
    }

    fn heard(&self, mutation: MutationId, attempt: u32, answer: Result<Written<Subject>, AppError>) {
        match answer {
            Ok(written) => self.written(mutation, written),
            Err(error) if goes_again(&error) => {
                if self.lock().queue.failed(mutation, attempt) {
                    self.pause(mutation, attempt, &error);
                }
            }
            Err(error) => self.said_no(mutation, attempt, error),
        }
        self.list();
    }

    fn written(&self, mutation: MutationId, written: Written<Subject>) {
        let seq = written.position.seq;
        let facts = match written.value {
            Subject::Fact(fact) => vec![fact],
            Subject::Group(group) => group.facts,
            _ => Vec::new(),
        };
        let mut inner = self.lock();
        let Some(done) = inner.queue.answered(mutation, facts.first().map(|fact| fact.version)) else {
            return;
        };
        // Never gone in between where more is pending: a row that comes back at once would be another one to the list.
        match &inner.replica {
            Some(replica) if inner.queue.of(done.row).next().is_none() => {
                if facts.is_empty() {
                    replica.hide(done.row, Some(seq));
                } else {
                    replica.written(facts, seq);
                }
            }
            _ => inner.show(done.row),
        }
        drop(inner);
        self.done(mutation, done.row);
    }

    /// A command is done: its form hears so, and the next one of the row goes.
    fn done(&self, mutation: MutationId, row: FactId) {
        self.tell(mutation, Heard::Done);
        let next = self.lock().queue.of(row).next().map(|next| next.mutation);
        if let Some(next) = next {
            self.start(next);
        }
    }

    /// The call goes again after a while, unless something else has made it go before.
    fn pause(&self, mutation: MutationId, attempt: u32, error: &AppError) {
        let row = {
            let inner = self.lock();
            let row = inner.queue.all().iter().find(|pending| pending.mutation == mutation).map(|it| it.row);
            let Some(row) = row else { return };
            inner.show(row);
            row
        };
        self.late(row);
        let this = self.clone();
        let again = move || {
            let next = |it: &Pending| it.mutation == mutation && it.tries == attempt;
            let waits = this.lock().queue.all().iter().any(next);
            if waits {
                this.start(mutation);
            }
        };
        set_timeout(again, pause(attempt, error, chance()));
    }

    fn said_no(&self, mutation: MutationId, attempt: u32, error: AppError) {
        let mut inner = self.lock();
        let pending = inner.queue.all().iter().find(|pending| pending.mutation == mutation).cloned();
        let Some(pending) = pending else { return };
        let version = inner.replica.as_ref().and_then(|replica| goes_on_from(&pending, &error, replica));
        if let Some(version) = version
            && inner.queue.rebased(mutation, attempt, version)
        {
            drop(inner);
            return self.start(mutation);
        }
        if !inner.queue.refused(mutation, attempt, error.clone()) {
            return;
        }
        let row = pending.row;
        if inner.queue.refused_of(row).is_none() {
            // A deletion that waited behind it settles the row.
            if inner.queue.of(row).next().is_none()
                && let Some(replica) = &inner.replica
            {
                replica.forget(row);
            }
            drop(inner);
            return self.done(mutation, row);
        }
        drop(inner);
        if self.tell(mutation, Heard::Refused(error)) {
            return self.discard(row);
        }
        self.lock().show(row);
    }

    /// A change arrived in the book, or another reading of it.
    fn arrived(&self, arrival: Arrival<'_>) {
        let mut inner = self.lock();
        let done = match arrival {
            Arrival::Changes(Some(mutation), entries) => {
                let version = entries.iter().find_map(|entry| match &entry.change {
                    Change::FactCreated(fact) | Change::FactUpdated(fact) => Some(fact.version),
                    Change::FactDeleted(fact) => Some(fact.version),
                    _ => None,
                });
                inner.queue.answered(mutation, version)
            }
            Arrival::Changes(None, _) | Arrival::Reading => None,
        };
        if let (Some(done), Some(replica)) = (&done, &inner.replica)
            && inner.queue.of(done.row).next().is_none()
        {
            replica.forget(done.row);
        }
        // What the book brought is not what was asked for last.
        let mut rows: Vec<FactId> = inner.queue.all().iter().map(|pending| pending.row).collect();
        rows.dedup();
        for row in rows {
            inner.show(row);
        }
        drop(inner);
        if let Some(done) = done {
            self.done(done.mutation, done.row);
            self.list();
        }
    }

    /// The forms of a row need not wait any longer.
    fn late(&self, row: FactId) {
        let mutations: Vec<MutationId> = self.lock().queue.of(row).map(|pending| pending.mutation).collect();
        for mutation in mutations {
            self.tell(mutation, Heard::Late);
        }
    }

    fn tell(&self, mutation: MutationId, heard: Heard) -> bool {
        let form = {
            let forms = &mut self.lock().forms;
            let at = forms.iter().position(|(form, _)| *form == mutation);
            at.map(|at| forms.swap_remove(at).1)
        };
        form.is_some_and(|form| form(heard))
    }

    fn list(&self) {
        let listed: Vec<Listed> = {
            let inner = self.lock();
            let all = inner.queue.all();
            let last = all
                .iter()
                .enumerate()
                .rev()
                .filter(|(at, pending)| all.iter().skip(at + 1).all(|later| later.row != pending.row));
            last.map(|(_, last)| Listed {
                row: last.row,
                facts: last.shown().to_vec(),
                state: inner.state(last.row),
            })
            .collect()
        };
        if self.listed.with_untracked(|old| *old != listed) {
            self.listed.set(listed);
        }
    }
}

impl Inner {
    /// The facts that a command leads to; none of a row that goes, or where that is unknown.
    fn foresee(&self, row: FactId, command: &Command) -> Result<Vec<Fact>, Vec<FieldError>> {
        let Some(replica) = &self.replica else { return Ok(Vec::new()) };
        if self.queue.refused_of(row).is_some() {
            // It is corrected by this command, and foreseen without it.
            replica.forget(row);
        }
        // Whether the row is there and has that version is the server's to say, whose book is newer.
        match replica.decide(Terms::default(), command) {
            Decision::Changes(changes) => {
                let stay = changes.into_iter().filter(|change| change.fate != Fate::Deleted);
                Ok(stay.map(|change| change.after).collect())
            }
            Decision::Refused(AppError::Invalid { errors }) => {
                self.show(row);
                Err(errors)
            }
            Decision::Refused(_) | Decision::Already | Decision::Unknown => Ok(Vec::new()),
        }
    }

    /// How far a row is.
    fn state(&self, row: FactId) -> RowState {
        let mut state = RowState::Saving;
        for pending in self.queue.of(row) {
            match &pending.state {
                State::Refused(error) => return RowState::Refused(error.clone()),
                // The first try is worth no word.
                State::Waiting if pending.tries > 0 => state = RowState::Waiting,
                State::Sending if pending.tries > 1 => state = RowState::Waiting,
                _ => {}
            }
        }
        state
    }

    /// Shows a row as what is pending on it leaves it.
    fn show(&self, row: FactId) {
        let (Some(last), Some(replica)) = (self.queue.of(row).last(), &self.replica) else { return };
        let state = self.state(row);
        if last.deletes() && !matches!(state, RowState::Refused(_)) {
            replica.hide(row, None);
        } else if !last.shown().is_empty() {
            replica.pend(last.shown().to_vec(), state);
        }
    }
}

/// Whether it may be unknown if a call was carried out, or waiting helps, so that it goes again by itself.
#[must_use]
pub const fn goes_again(error: &AppError) -> bool {
    error.is_undecided()
        || matches!(error, AppError::NotSignedIn | AppError::Busy | AppError::TooManyRequests { .. })
}

/// How long to wait after a try: 1 s, 2 s, 4 s … 30 s, of which at least a half, so that a thousand browsers do not
/// come back in one instant; and no shorter than the server asks for.
fn pause(tries: u32, error: &AppError, chance: f64) -> Duration {
    let longest =
        1_u32.checked_shl(tries.saturating_sub(1)).map_or(LONGEST_PAUSE_S, |s| s.clamp(1, LONGEST_PAUSE_S));
    let asked = match error {
        AppError::TooManyRequests { retry_after_seconds } => *retry_after_seconds,
        _ => 0,
    };
    let drawn = Duration::from_secs(longest.into()).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
    drawn.max(Duration::from_secs(asked.into()))
}

/// Between 0 and 1. A fresh id ends in random bits.
fn chance() -> f64 {
    Uuid::now_v7().as_bytes().last().map_or(0.5, |byte| f64::from(*byte) / 255.0)
}
