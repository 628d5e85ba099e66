//! The outbox: the only way by which the page sends changes. Each command is sent until there is a response.
//!
//! It belongs to the root of the program, so it outlives every page. The foreseen result of a command is
//! shown at once. A call without a response is repeated under the same idempotency key, after growing pauses,
//! and immediately when the connection is live again. Waiting is not an error and is not shown as one; a
//! refused command waits for the person's decision. Both are stored on the device, so that they outlive the page.

mod deadline;
mod decisions;
mod device;
mod device_book;
mod inner;
mod keeping;
mod listed;
mod merging;
mod older;
mod pauses;
mod pending;
mod queue;
mod reading;
mod reading_older;
mod record;
mod row;
mod sending;
mod stale;
mod storage;
mod stored;
mod storing;
mod surroundings;
#[cfg(test)]
mod tests;
mod uncounted;

pub use decisions::is_unknown;
pub use device::{
    CommandStore, DeviceChange, DeviceHearer, DeviceNews, DeviceOwner, HouseholdsHearer, OlderHearer,
    RecordsHearer,
};
pub use device_book::{BookKeeper, DeviceBook, FactPageHearer, KeptReader, LogHearer};
pub use listed::{Listed, OutboxCounts};
pub use merging::{Revisable, conflicts};
pub use older::{OlderCopy, OlderTexts};
#[cfg(feature = "trial")]
pub use pending::Call;
pub use pending::Seen;
pub use row::{RowId, restoration_of};
pub use stale::{changed_by, version_now};
#[cfg(feature = "trial")]
pub use surroundings::{CallResponse, Surroundings};
pub use uncounted::Uncounted;

use crate::{
    command::{Command, TypedIn},
    domain::{Fact, FieldError, MutationId, PlanForm},
    error::AppError,
    replica::{Arrival, Replica, pending::RowState},
};
use inner::OutboxState;
use leptos::prelude::*;
use pending::{Pending, State};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use surroundings::BrowserPage;

/// A call without a response after this time is considered lost.
const DEADLINE: Duration = Duration::from_secs(10);

/// The result of a command, which the form that sent it receives once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The server has carried it out.
    Done,
    /// Another member has done the same before; the book stays as it is.
    Already,
    /// There is no response yet; the outbox continues without the form.
    Late,
    /// The server has refused it.
    Refused(AppError),
}

/// Receives the result. For a refusal it returns whether the form shows it and keeps what was typed, so that
/// the outbox drops the command; false if the form is gone.
pub type Hearer = Box<dyn FnOnce(Heard) -> bool + Send>;

/// A refused command, for the form in which it is corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedCommand {
    /// Whether the book does not know the row, because it was never written, or because the book was restored from a
    /// backup that does not contain the transaction: its correction is a new row.
    pub is_new: bool,
    /// The row as the person saw it before; nothing for a new row. For the deletion of facts, the current
    /// ones.
    pub seen: Seen,
    /// The command.
    pub command: Command,
    /// The reason.
    pub error: AppError,
}

/// Updates a signal only if its value has changed.
fn show<T: PartialEq + Send + Sync + 'static>(signal: &ArcRwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

/// The unconfirmed commands of this page. Clones share one outbox.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Mutex<OutboxState>>,
    page: Arc<dyn surroundings::Surroundings>,
    /// The pending and refused commands, the newest first.
    pub listed: ArcRwSignal<Vec<Listed>>,
    /// The state of every row that has a pending or refused command.
    states: ArcRwSignal<BTreeMap<RowId, RowState>>,
    /// The rows that wait without being counted.
    uncounted: ArcRwSignal<BTreeMap<RowId, Uncounted>>,
    /// The rows with commands that are not stored on the device.
    unstored: ArcRwSignal<BTreeSet<RowId>>,
    /// Whether the commands that the device stores were read.
    is_read: ArcRwSignal<bool>,
    /// The number of commands that the device stores in a shape that this build does not know.
    pub unreadable: ArcRwSignal<usize>,
    /// What the device stores of the same account in its other households; `None` until that is known.
    elsewhere: ArcRwSignal<Option<Vec<Self>>>,
    /// Notifies that a call was answered that nobody is signed in.
    pub signed_out: ArcTrigger,
}

impl Default for Outbox {
    fn default() -> Self {
        Self::on(Arc::new(BrowserPage))
    }
}

impl Outbox {
    /// An outbox without a browser, for tests from outside.
    #[cfg(feature = "trial")]
    #[must_use]
    pub fn with(page: Arc<dyn surroundings::Surroundings>) -> Self {
        Self::on(page)
    }

    fn on(page: Arc<dyn surroundings::Surroundings>) -> Self {
        let (listed, states) = (ArcRwSignal::new(Vec::new()), ArcRwSignal::new(BTreeMap::new()));
        let (uncounted, unstored) = (ArcRwSignal::new(BTreeMap::new()), ArcRwSignal::new(BTreeSet::new()));
        let (is_read, unreadable) = (ArcRwSignal::new(false), ArcRwSignal::new(0));
        let elsewhere = ArcRwSignal::new(None);
        let (inner, signed_out) = (Arc::default(), ArcTrigger::new());
        Self { inner, page, listed, states, uncounted, unstored, is_read, unreadable, elsewhere, signed_out }
    }

    fn lock(&self) -> MutexGuard<'_, OutboxState> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies pending commands to this book from now on, and receives what arrives in it. Only in a browser,
    /// because the two hold each other.
    pub fn begin(&self, replica: &Replica) {
        {
            let mut inner = self.lock();
            inner.epoch = Some(replica.position.get_untracked().epoch);
            inner.replica = Some(replica.clone());
        }
        let this = self.clone();
        replica.hear(Arc::new(move |arrival: Arrival<'_>| this.arrived(arrival)));
    }

    /// Sends a command on facts. `base` is the version that the person saw, `seen` the facts of the row at
    /// that time.
    ///
    /// # Errors
    /// The fields for which the command is foreseen to be refused; nothing is sent then.
    pub fn send(
        &self,
        command: Command,
        base: Option<i64>,
        seen: Vec<Fact>,
        hearer: Option<Hearer>,
    ) -> Result<(), Vec<FieldError>> {
        self.enqueue(command, base, seen.into(), hearer).map(drop)
    }

    /// Sends a command of any family; returns its idempotency key. `base` is the version that the person saw;
    /// plans contain their own.
    ///
    /// # Errors
    /// The fields for which the command is foreseen to be refused; nothing is sent then.
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
        pending.typed_in = inner
            .replica
            .as_ref()
            .map_or_else(TypedIn::default, |replica| replica.typed_in(&pending.command));
        pending.foreseen = inner.foresee(&pending)?;
        pending.seen = seen;
        pending.member = inner.replica.as_ref().map(|replica| replica.me);
        let refused = row.and_then(|row| inner.queue.refused_of(row));
        let corrected = refused.filter(|one| one.changes_same(&pending)).map(|one| one.mutation);
        corrected.map(|corrected| inner.queue.give_up_one(corrected));
        if let Some(row) = row.filter(|_| pending.command.deletes()) {
            inner.deleted.insert(row, pending.seen.facts().to_vec());
        }
        let mutation = inner.queue.push(pending);
        if let Some(hearer) = hearer {
            inner.forms.push((mutation, hearer));
        }
        let late = inner.queue.held_by(mutation).is_some_and(|first| first.state != State::Sending);
        inner.fold();
        drop(inner);
        self.start(mutation);
        if let Some(row) = row.filter(|_| late) {
            self.late(&[row]);
        }
        self.list();
        Ok(mutation)
    }

    /// The entered plan of a row, if it is not in the book of the page yet.
    #[must_use]
    pub fn planned(&self, row: RowId) -> Option<PlanForm> {
        self.states.track();
        self.lock().planned(row).cloned()
    }

    /// All entered plans that are not in the book of the page yet, the oldest first.
    #[must_use]
    pub fn all_planned(&self) -> Vec<PlanForm> {
        self.lock().all_planned().cloned().collect()
    }

    /// The refused plan of a row that was set on its own, and the reason.
    #[must_use]
    pub fn refused_plan(&self, row: RowId) -> Option<(PlanForm, AppError)> {
        self.states.track();
        let RefusedCommand { command: Command::SetPlans(forms), error, .. } = self.refused(row)? else {
            return None;
        };
        let [form] = forms.as_slice() else { return None };
        Some((form.clone(), error))
    }

    /// The version of a row after this page's last command on it.
    #[must_use]
    pub fn own_version(&self, row: RowId) -> Option<i64> {
        self.lock().own.get(&row).copied()
    }

    /// The facts of a row that was deleted on this page, as the person saw them.
    #[must_use]
    pub fn deleted(&self, row: impl Into<RowId>) -> Vec<Fact> {
        self.lock().deleted.get(&row.into()).cloned().unwrap_or_default()
    }

    /// The row of this command, if it was refused.
    #[must_use]
    pub fn is_refused(&self, mutation: MutationId) -> Option<RowId> {
        self.lock().queue.get(mutation).filter(|pending| pending.is_refused()).and_then(Pending::row)
    }
}
