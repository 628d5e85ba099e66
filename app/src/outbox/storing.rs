//! Storing the commands on this device, and sending those that earlier pages have stored.

use super::{
    CommandStore, Heard, Outbox, RecordFormat, StoreOwner,
    stored::{Stored, TakenOver},
};
use crate::domain::MutationId;
use leptos::prelude::set_timeout;
use std::sync::Arc;

impl Outbox {
    /// Stores the commands of this page from now on, and takes over those that are stored already. Nothing waits
    /// for the store: a command is sent whether or not it is stored. Has no effect if it stores already.
    pub fn store_in(&self, store: Arc<dyn CommandStore>, owner: StoreOwner, format: RecordFormat) {
        {
            let mut inner = self.lock();
            if inner.stored.is_some() {
                return;
            }
            inner.stored = Some(Stored::new(store.clone(), owner, format));
        }
        self.read_records();
        let this = self.clone();
        store.follow(owner, Box::new(move || this.read_records()));
        self.list();
    }

    /// Reads what other pages have stored.
    fn read_records(&self) {
        let Some((store, owner, changes)) =
            self.lock().stored.as_ref().map(|stored| (stored.store.clone(), stored.owner, stored.changes()))
        else {
            return;
        };
        let this = self.clone();
        let read = move |records: Option<Vec<(String, String)>>| {
            let Some(records) = records else { return };
            let is_outdated = this.lock().stored.as_ref().is_some_and(|stored| stored.changes() != changes);
            if is_outdated {
                return this.read_records();
            }
            this.take_over(&records);
        };
        store.load(owner, Box::new(read));
    }

    fn take_over(&self, records: &[(String, String)]) {
        let TakenOver { gone, unsettled, again } = self.lock().take_over(records);
        for discarded in gone {
            self.tell(discarded, Heard::Late);
        }
        for (mutation, rest) in unsettled {
            let this = self.clone();
            let send = move || {
                this.lock().of_other_tabs.remove(&mutation);
                this.start(mutation);
                this.list();
            };
            if rest.is_zero() { send() } else { set_timeout(send, rest) }
        }
        if !again.is_zero() {
            let this = self.clone();
            set_timeout(move || this.read_records(), again);
        }
        self.list();
    }

    /// Stores what has changed.
    pub(super) fn store(&self) {
        let (store, owner, changes) = {
            let mut inner = self.lock();
            let inner = &mut *inner;
            let Some(stored) = &mut inner.stored else { return };
            let changes = stored.differences(&inner.queue);
            (stored.store.clone(), stored.owner, changes)
        };
        if changes.is_empty() {
            return;
        }
        let changed: Vec<MutationId> =
            changes.iter().filter_map(|change| change.key().parse().ok()).collect();
        let this = self.clone();
        let saved = move |is_stored| {
            if let Some(stored) = &mut this.lock().stored {
                stored.saved(&changed, is_stored);
            }
            this.show_whether_stored();
        };
        store.save(owner, changes, Box::new(saved));
    }

    /// Shows whether all commands are stored.
    pub(super) fn show_whether_stored(&self) {
        let is_stored = {
            let inner = self.lock();
            inner.stored.as_ref().is_some_and(|stored| stored.has_all(&inner.queue))
        };
        super::show(&self.is_stored, is_stored);
    }
}
