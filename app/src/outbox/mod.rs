//! The one way out of the page for what a person changes: each command is sent until there is an answer.
//!
//! It belongs to the root of the program, so that a change of page ends nothing. What a command is foreseen to
//! become shows at once; a call without an answer is repeated under the same idempotency key, after a pause that
//! grows, and at once when the connection is live again. Waiting is no fault and is not shown as one; what the
//! server has refused waits for the person. Nothing is kept when the page is closed.

mod deadline;
mod inner;
mod listed;
mod merging;
mod pauses;
mod pending;
mod queue;
mod row;
mod sending;
#[cfg(test)]
mod tests;

pub use listed::Listed;
pub use pending::Seen;
pub use row::RowId;

use crate::{
    command::Command,
    domain::{Fact, FieldError, MutationId, PlanForm},
    error::AppError,
    replica::{Arrival, Replica, pending::RowState},
};
use inner::Inner;
use leptos::prelude::*;
use pending::{Pending, State};
use queue::Queue;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A call without an answer for so long has none.
const DEADLINE: Duration = Duration::from_secs(10);

/// What a form hears of the command that it sent, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is carried out.
    Done,
    /// Somebody else had done the same before: the book stays as it is.
    Already,
    /// There is no answer yet: the outbox goes on without the form.
    Late,
    /// The server has said no.
    Refused(AppError),
}

/// Who hears it. Of a refusal: true when the form says it and keeps what was typed, so that the outbox drops the
/// command; false when the form is gone.
pub type Hearer = Box<dyn FnOnce(Heard) -> bool + Send>;

/// A refused command, for the form in which it is corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The row was never written: its correction is a new one.
    pub is_new: bool,
    /// The facts of the row as the person saw them before; none of a new one.
    pub seen: Vec<Fact>,
    /// What was asked for.
    pub command: Command,
    /// Why it was refused.
    pub error: AppError,
}

/// The commands of this page that are not confirmed. Clones are the same outbox.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Mutex<Inner>>,
    /// What is pending, the newest first.
    pub listed: ArcRwSignal<Vec<Listed>>,
    /// How far every row is that is not in the book as it was asked for.
    states: ArcRwSignal<BTreeMap<RowId, RowState>>,
}

impl Default for Outbox {
    fn default() -> Self {
        let (listed, states) = (ArcRwSignal::new(Vec::new()), ArcRwSignal::new(BTreeMap::new()));
        Self { inner: Arc::default(), listed, states }
    }
}

/// The version of a row that a refusal tells.
#[derive(Deserialize)]
struct Versioned {
    version: i64,
}

/// The version that the row has by now, where that is why a command was refused.
#[must_use]
pub fn version_now(error: &AppError) -> Option<i64> {
    let AppError::Stale { current } = error else { return None };
    serde_json::from_str(current).ok().map(|Versioned { version }| version)
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Foresees on this book from now on, and hears what arrives in it. Only in a browser: the two hold each other.
    pub fn begin(&self, replica: &Replica) {
        {
            let mut inner = self.lock();
            inner.epoch = Some(replica.position.get_untracked().epoch);
            inner.replica = Some(replica.clone());
        }
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
        self.enqueue(command, base, seen.into(), hearer).map(drop)
    }

    /// Sends a command of any family, and answers the key under which it goes. `base` is the version that the
    /// person looked at; plans name theirs themselves.
    ///
    /// # Errors
    /// The fields that the command is foreseen to be refused for; nothing is sent then.
    pub fn enqueue(
        &self,
        command: Command,
        base: Option<i64>,
        seen: Seen,
        hearer: Option<Hearer>,
    ) -> Result<MutationId, Vec<FieldError>> {
        let mut pending = Pending::new(MutationId::new(), command, base);
        if pending.is_new()
            && let Some(id) = pending.row().and_then(RowId::uuid)
        {
            pending.mutation = id.into();
        }
        let mut inner = self.lock();
        let row = pending.row();
        pending.foreseen = inner.foresee(row, &pending.command)?;
        pending.seen = seen;
        pending.member = inner.replica.as_ref().map(|replica| replica.me);
        let refused = row.and_then(|row| inner.queue.refused_of(row));
        let corrected = refused.filter(|one| one.changes_same(&pending)).map(|one| one.mutation);
        corrected.map(|corrected| inner.queue.give_up_one(corrected));
        if let Some(row) = row.filter(|_| pending.deletes()) {
            inner.deleted.insert(row, pending.seen.facts().to_vec());
        }
        let mutation = inner.queue.push(pending);
        if let Some(hearer) = hearer {
            inner.forms.push((mutation, hearer));
        }
        let late = inner.queue.held_by(mutation).is_some_and(|first| first.state != State::Sending);
        row.into_iter().for_each(|row| inner.show(row));
        drop(inner);
        self.start(mutation);
        if let Some(row) = row.filter(|_| late) {
            self.late(&[row]);
        }
        self.list();
        Ok(mutation)
    }

    /// The refused command of a row.
    #[must_use]
    pub fn refused(&self, row: impl Into<RowId>) -> Option<Refused> {
        let inner = self.lock();
        let pending = inner.queue.refused_of(row.into())?;
        let State::Refused(error) = &pending.state else { return None };
        Some(Refused {
            is_new: pending.is_new(),
            seen: pending.seen.facts().to_vec(),
            command: pending.command.clone(),
            error: error.clone(),
        })
    }

    /// Sends what was refused of a row again, as it is; over the version that the refusal told, where that was why.
    pub fn try_again(&self, row: impl Into<RowId>) {
        let row = row.into();
        let version = self.refused(row).and_then(|refused| version_now(&refused.error));
        {
            let mut inner = self.lock();
            inner.queue.try_again(row, version);
            inner.show(row);
        }
        self.wake();
        self.list();
    }

    /// Gives up what was refused of a row: it is as the book has it. What only named the row goes on without it.
    pub fn discard(&self, row: impl Into<RowId>) {
        let row = row.into();
        self.give_up(|queue| queue.give_up(row));
    }

    fn give_up(&self, give_up: impl FnOnce(&mut Queue) -> Vec<Pending>) {
        let mut inner = self.lock();
        let gone = give_up(&mut inner.queue);
        inner.forms.retain(|(form, _)| gone.iter().all(|pending| pending.mutation != *form));
        for pending in &gone {
            pending.row().into_iter().for_each(|row| inner.forget(row));
        }
        drop(inner);
        self.wake();
        self.list();
    }

    /// How far a row is; none where it is in the book as it was asked for.
    #[must_use]
    pub fn state_of(&self, row: RowId) -> Option<RowState> {
        self.states.with(|states| states.get(&row).cloned())
    }

    /// What a plan was set to, where that is not in the book of the page yet.
    #[must_use]
    pub fn planned(&self, row: RowId) -> Option<PlanForm> {
        self.states.track();
        self.lock().planned(row).cloned()
    }

    /// All plans that were set and are not in the book of the page yet, the oldest first.
    #[must_use]
    pub fn all_planned(&self) -> Vec<PlanForm> {
        self.lock().all_planned().cloned().collect()
    }

    /// What a plan was set to by itself and refused for.
    #[must_use]
    pub fn refused_plan(&self, row: RowId) -> Option<(PlanForm, AppError)> {
        self.states.track();
        let Refused { command: Command::SetPlans(forms), error, .. } = self.refused(row)? else {
            return None;
        };
        let [form] = forms.as_slice() else { return None };
        Some((form.clone(), error))
    }

    /// The version that the last own command left a row in.
    #[must_use]
    pub fn own_version(&self, row: RowId) -> Option<i64> {
        self.lock().own.get(&row).copied()
    }

    /// The facts of a row that was deleted here, as the person saw them.
    #[must_use]
    pub fn deleted(&self, row: impl Into<RowId>) -> Vec<Fact> {
        self.lock().deleted.get(&row.into()).cloned().unwrap_or_default()
    }

    /// Whether this command was refused, and which row it is known by.
    #[must_use]
    pub fn is_refused(&self, mutation: MutationId) -> Option<RowId> {
        self.lock().queue.get(mutation).filter(|pending| pending.is_refused()).and_then(Pending::row)
    }
}
