//! The commands as the device stores them: one record for each command, which is added, and deleted by its key.
//! What is stored is never rewritten as a whole, so two tabs do not lose each other's records.

use super::{
    device::{CommandStore, DeviceChange, DeviceOwner},
    pending::{Pending, State},
    queue::Queue,
    record::StoredCommand,
};
use crate::{
    domain::MutationId,
    error::AppError,
    trial::{self, Flaw},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use uuid::Uuid;

/// The part of the queue that is stored.
pub(super) struct Stored {
    pub store: Arc<dyn CommandStore>,
    pub owner: DeviceOwner,
    /// Each command as it was given to the store last.
    given: BTreeMap<MutationId, StoredCommand>,
    /// Those that the store does not have after all: it failed, or has lost them.
    missing: BTreeSet<MutationId>,
    /// Ended ones whose records could not be deleted.
    remaining: BTreeSet<MutationId>,
    /// Those that the store has confirmed.
    confirmed: BTreeSet<MutationId>,
    /// Carried-out ones whose records stay until the device has a book that contains them.
    held: BTreeSet<MutationId>,
    /// Those that ended on this page. A record that could not be deleted does not bring them back here.
    ended: BTreeSet<MutationId>,
    /// Incremented with each change: records that were read before it are outdated.
    changes: u64,
    /// Whether the records were read once, when the page began.
    has_read: bool,
    /// Those that another build has stored in a shape that this one does not know. They are left alone.
    unreadable: BTreeSet<MutationId>,
    /// Whether the store will be tried again after a failure.
    tries_again: bool,
}

/// What reading the records changed.
#[derive(Debug, Default)]
pub(super) struct TakenOver {
    /// Refused commands on which another tab has decided.
    pub gone: Vec<MutationId>,
    /// Commands that another tab has sent, and that were refused there.
    pub refused: Vec<(MutationId, AppError)>,
    /// Commands to be sent, each with the time that its own page is given to do so as long as this one has no connection:
    /// those of other pages, and those whose records have disappeared. Usually another tab has settled these, and the server
    /// repeats its response; but somebody may have deleted the whole store, which must lose nothing.
    pub unsettled: Vec<(MutationId, Duration)>,
    /// After this time the records are to be read again; zero if not. What another tab has just made appears here with
    /// its frame, unless there is none for a while.
    pub again: Duration,
}

impl Stored {
    pub fn new(store: Arc<dyn CommandStore>, owner: DeviceOwner) -> Self {
        Self {
            store,
            owner,
            given: BTreeMap::new(),
            missing: BTreeSet::new(),
            remaining: BTreeSet::new(),
            confirmed: BTreeSet::new(),
            held: BTreeSet::new(),
            ended: BTreeSet::new(),
            changes: 0,
            has_read: false,
            unreadable: BTreeSet::new(),
            tries_again: false,
        }
    }

    /// Incremented with each change of the records by this page.
    pub const fn changes(&self) -> u64 {
        self.changes
    }

    /// Keeps the records of these carried-out commands for now, and of no others.
    pub fn hold(&mut self, held: BTreeSet<MutationId>) {
        self.held = held;
    }

    /// Whether a command is stored durably.
    pub fn has(&self, mutation: MutationId) -> bool {
        self.confirmed.contains(&mutation)
    }

    /// How many records this build cannot read.
    pub fn unreadable(&self) -> usize {
        self.unreadable.len()
    }

    /// Has the records that this build cannot read deleted with the next changes.
    pub fn discard_unreadable(&mut self) {
        self.remaining.append(&mut self.unreadable);
    }

    /// Records that the store will be tried again; returns false if it will be already, so that however many failures
    /// there are, there is one timer.
    pub fn begin_to_wait(&mut self) -> bool {
        !std::mem::replace(&mut self.tries_again, true)
    }

    /// Records that it is tried now.
    pub const fn end_to_wait(&mut self) {
        self.tries_again = false;
    }

    /// Records that the device has none any more, so that all are stored again.
    pub fn lost(&mut self) {
        self.missing.extend(self.given.keys());
        self.confirmed.clear();
        self.remaining.clear();
        self.unreadable.clear();
        self.changes += 1;
    }

    /// Records that these were discarded and deleted. Not even a record that is found again brings one back here.
    pub fn discarded(&mut self, gone: &[MutationId]) {
        for mutation in gone {
            self.ended.insert(*mutation);
            if self.given.remove(mutation).is_some() {
                // A change of this page may reach the store only after the deletion by the other one.
                self.remaining.insert(*mutation);
            }
            self.missing.remove(mutation);
            self.confirmed.remove(mutation);
            self.unreadable.remove(mutation);
        }
        self.changes += 1;
    }

    /// The changes that make the records equal to the queue.
    pub fn differences(&mut self, queue: &Queue) -> Vec<DeviceChange> {
        let mut changes = Vec::new();
        let mut now = BTreeMap::new();
        let mut last = Uuid::nil();
        for pending in queue.all() {
            let before = self.given.get(&pending.mutation);
            // The order of the queue is kept whatever the clock did since.
            let next = || Uuid::now_v7().max(Uuid::from_u128(last.as_u128().saturating_add(1)));
            last = before.map(|record| record.place).filter(|place| *place > last).unwrap_or_else(next);
            let record = StoredCommand::of(pending, last);
            let is_new = before.is_none() || self.missing.remove(&pending.mutation);
            if before.is_some_and(|before| before.command != record.command) {
                self.confirmed.remove(&pending.mutation);
            }
            if trial::has(Flaw::EarlyKept) {
                self.confirmed.insert(pending.mutation);
            }
            if (is_new || before != Some(&record))
                && let Some(text) = record.write()
            {
                let key = pending.mutation.to_string();
                changes.push(if is_new {
                    DeviceChange::Add(key, text)
                } else {
                    DeviceChange::Replace(key, text)
                });
            }
            now.insert(pending.mutation, record);
        }
        for (mutation, record) in std::mem::take(&mut self.given) {
            if now.contains_key(&mutation) {
                continue;
            }
            self.ended.insert(mutation);
            if self.held.contains(&mutation) {
                now.insert(mutation, record);
            } else {
                self.remaining.insert(mutation);
            }
        }
        let remaining = std::mem::take(&mut self.remaining);
        changes.extend(remaining.iter().map(|ended| DeviceChange::Delete(ended.to_string())));
        self.given = now;
        self.missing.retain(|mutation| self.given.contains_key(mutation));
        self.confirmed.retain(|mutation| self.given.contains_key(mutation));
        self.changes += u64::from(!changes.is_empty());
        changes
    }

    /// Records whether these changes were carried out. Those that were not are given to the store again with the next
    /// change.
    pub fn saved(&mut self, changed: &[MutationId], carried_out: bool) {
        for mutation in changed {
            match (self.given.contains_key(mutation), carried_out) {
                // What replaces a missing record is not stored either.
                (true, true) if self.missing.contains(mutation) => {}
                (true, true) => _ = self.confirmed.insert(*mutation),
                (true, false) => {
                    self.missing.insert(*mutation);
                    self.confirmed.remove(mutation);
                }
                (false, true) => {}
                (false, false) => _ = self.remaining.insert(*mutation),
            }
        }
    }

    /// Adds what other pages have stored to the queue, and removes what they have settled or discarded. `now` is a UUIDv7.
    pub fn take_over(&mut self, records: &[(String, String)], queue: &mut Queue, now: Uuid) -> TakenOver {
        let read = |(key, text): &(String, String)| Some((key.parse().ok()?, StoredCommand::read(text)?));
        // A record that another build has written in another shape is there all the same.
        let keys: BTreeSet<MutationId> = records.iter().filter_map(|(key, _)| key.parse().ok()).collect();
        let records: BTreeMap<MutationId, StoredCommand> = records.iter().filter_map(read).collect();
        let is_unreadable = |key: &&MutationId| !records.contains_key(*key) && !self.given.contains_key(*key);
        self.unreadable = keys.iter().filter(is_unreadable).copied().collect();
        let mut taken = TakenOver::default();
        let is_sending = |pending: &Pending| pending.state == State::Sending;
        let has_gone = |pending: &&Pending| {
            let mutation = pending.mutation;
            !is_sending(pending) && self.confirmed.contains(&mutation) && !keys.contains(&mutation)
        };
        let (refused, waiting): (Vec<&Pending>, Vec<&Pending>) =
            queue.all().iter().filter(has_gone).partition(|pending| pending.is_refused());
        taken.gone = refused.into_iter().map(|pending| pending.mutation).collect();
        taken.unsettled = waiting.into_iter().map(|pending| (pending.mutation, Duration::ZERO)).collect();
        for gone in &taken.gone {
            queue.forget(*gone);
            self.ended.insert(*gone);
            self.given.remove(gone);
            self.confirmed.remove(gone);
        }
        for (waiting, _) in &taken.unsettled {
            self.missing.insert(*waiting);
            self.confirmed.remove(waiting);
        }
        for (mutation, record) in records {
            match queue.get(mutation) {
                Some(pending) if is_sending(pending) || self.given.get(&mutation) == Some(&record) => {}
                Some(_) => {
                    taken.refused.extend(record.refusal.clone().map(|refusal| (mutation, refusal)));
                    self.given.insert(mutation, record.clone());
                    queue.replace(record.pending(mutation));
                }
                None if self.ended.contains(&mutation) => {}
                None if !self.has_read && trial::has(Flaw::ForgetRecord) => {}
                None if self.has_read && !record.rest(now).is_zero() => {
                    taken.again = taken.again.max(record.rest(now));
                }
                None => {
                    taken.unsettled.push((mutation, record.rest(now)));
                    self.given.insert(mutation, record.clone());
                    self.confirmed.insert(mutation);
                    // Refused because another person had signed in. Now this one has, or the page would not read it.
                    let again = !self.has_read && record.refusal == Some(AppError::OtherMember);
                    let record = if again { record.without_refusal() } else { record };
                    queue.add(record.pending(mutation));
                }
            }
        }
        self.has_read = true;
        queue.order_by(|mutation| self.given.get(&mutation).map(|record| record.place));
        taken
    }
}
