//! Storing the commands on this device, and sending those that earlier pages have stored.

use super::{
    CommandStore, DeviceChange, DeviceNews, DeviceOwner, Heard, Outbox, show,
    storage::STORAGE,
    stored::{Stored, TakenOver},
};
use crate::domain::{HouseholdId, MutationId};
use leptos::prelude::*;
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// After this time, what could not be stored is given to the store again.
pub(super) const STORE_RETRY: Duration = Duration::from_secs(5);

impl Outbox {
    /// Stores the commands of this page from now on, and takes over those that are stored already. Nothing waits
    /// for the store: a command is sent whether or not it is stored. Returns false if it stores already.
    pub fn store_in(&self, store: Arc<dyn CommandStore>, owner: DeviceOwner) -> bool {
        if !self.begin_to_store(&store, owner) {
            return false;
        }
        let (this, others) = (self.clone(), store.clone());
        let send = move |households: Vec<HouseholdId>| {
            let others = households.into_iter().filter(|household| *household != owner.household);
            let others = others.map(|household| {
                let other = Self::on(this.page.clone());
                other.begin_to_store(&store, DeviceOwner { household, ..owner });
                other
            });
            this.elsewhere.set(Some(others.collect()));
        };
        // What waits there is sent from here: nobody may open that household on this device for a long time.
        others.households(owner.account, Box::new(send));
        true
    }

    /// Returns false if it stores already.
    fn begin_to_store(&self, store: &Arc<dyn CommandStore>, owner: DeviceOwner) -> bool {
        {
            let mut inner = self.lock();
            if inner.stored.is_some() {
                return false;
            }
            inner.stored = Some(Stored::new(store.clone(), owner));
            inner.storage = Some(STORAGE);
        }
        self.read_records();
        let this = self.clone();
        let heard = move |news| match news {
            DeviceNews::Changed => this.read_records(),
            DeviceNews::Lost => this.store_again(),
            DeviceNews::Discarded(keys) => this.drop_discarded(&keys),
        };
        store.follow(owner, Box::new(heard));
        self.list();
        true
    }

    /// Stores all commands again: the records are gone. The book is not: somebody may have erased what the site stores. If
    /// it may still be kept, it is with its next change.
    fn store_again(&self) {
        self.lost_book();
        if let Some(stored) = &mut self.lock().stored {
            stored.lost();
        }
        self.list();
    }

    /// Drops commands that the person has discarded in another tab, which has deleted their records. What was entered
    /// since stays.
    fn drop_discarded(&self, keys: &[String]) {
        let gone: Vec<MutationId> = keys.iter().filter_map(|key| key.parse().ok()).collect();
        {
            let mut inner = self.lock();
            let inner = &mut *inner;
            for mutation in &gone {
                inner.of_other_tabs.remove(mutation);
                inner.queue.forget(*mutation);
            }
            if let Some(stored) = &mut inner.stored {
                stored.discarded(&gone);
            }
        }
        for mutation in gone {
            self.tell(mutation, Heard::Late);
        }
        self.go_on();
        self.list();
    }

    /// Deletes the commands that this build cannot read, of all households of the account.
    pub fn discard_unreadable(&self) {
        if let Some(stored) = &mut self.lock().stored {
            stored.discard_unreadable();
        }
        self.list();
        self.elsewhere.with_untracked(|others| others.iter().flatten().for_each(Self::discard_unreadable));
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
            let Some(records) = records else { return this.try_store_again() };
            let is_outdated = this.lock().stored.as_ref().is_some_and(|stored| stored.changes() != changes);
            if is_outdated {
                return this.read_records();
            }
            this.take_over(&records);
        };
        store.load(owner, Box::new(read));
    }

    fn take_over(&self, records: &[(String, String)]) {
        let (TakenOver { gone, refused, unsettled, again }, is_connected) = {
            let mut inner = self.lock();
            (inner.take_over(records), inner.queue.is_connected())
        };
        for discarded in gone {
            self.tell(discarded, Heard::Late);
        }
        for (mutation, error) in refused {
            if self.tell(mutation, Heard::Refused(error)) {
                self.give_up(|queue| queue.give_up_one(mutation));
            }
        }
        for (mutation, rest) in unsettled {
            let this = self.clone();
            let send = move || {
                this.lock().of_other_tabs.remove(&mutation);
                this.start(mutation);
                this.list();
            };
            // With a connection, the page that made it has sent it already, or is gone.
            if is_connected || rest.is_zero() { send() } else { self.page.later(Box::new(send), rest) }
        }
        // What another tab has ended may have held something.
        self.go_on();
        if !again.is_zero() {
            let this = self.clone();
            self.page.later(Box::new(move || this.read_records()), again);
        }
        self.list();
        show(&self.is_read, true);
    }

    /// Stores what has changed.
    pub(super) fn store(&self) {
        self.store_all(false);
    }

    /// Stores what has changed, and the book if `with_book`, or if records of carried-out commands are to be deleted. The
    /// store carries out one thing after the other, so a book that it was given already is there before they are.
    pub(super) fn store_all(&self, with_book: bool) {
        let (store, owner, changes, book) = {
            let mut inner = self.lock();
            let inner = &mut *inner;
            let held = inner.held(!with_book);
            let Some(stored) = &mut inner.stored else { return };
            inner.carried_out.retain(|mutation| held.contains(mutation));
            stored.hold(held);
            let mut changes = stored.differences(&inner.queue);
            let (store, owner) = (stored.store.clone(), stored.owner);
            let ends = changes.iter().any(|change| matches!(change, DeviceChange::Delete(_)));
            if ends && inner.replica.is_none() {
                // Without a network the copy would hide what is in no record any more.
                changes.extend(inner.ahead.map(DeviceChange::DropCopyWithout));
            }
            let book = if with_book || ends { inner.book_to_keep() } else { None };
            (store, owner, changes, book)
        };
        if changes.is_empty() && book.is_none() {
            return;
        }
        let changed: Vec<MutationId> =
            changes.iter().filter_map(|change| change.key()?.parse().ok()).collect();
        let this = self.clone();
        let saved = move |is_stored| {
            {
                let mut inner = this.lock();
                if let Some(stored) = &mut inner.stored {
                    stored.saved(&changed, is_stored);
                }
                if let Some(keeping) = inner.keeping.as_mut().filter(|_| !is_stored) {
                    keeping.given = None;
                }
            }
            this.show_stored();
            if !is_stored {
                this.try_store_again();
            }
        };
        match book {
            Some(book) => store.save_with_book(owner, changes, book, Box::new(saved)),
            None => store.save(owner, changes, Box::new(saved)),
        }
    }

    /// Reads and stores once more after a while: there may be room again, or the browser has finished taking the storage
    /// away.
    fn try_store_again(&self) {
        if !self.lock().stored.as_mut().is_some_and(Stored::begin_to_wait) {
            return;
        }
        let this = self.clone();
        let again = move || {
            if let Some(stored) = &mut this.lock().stored {
                stored.end_to_wait();
            }
            this.read_records();
            this.store();
        };
        self.page.later(Box::new(again), STORE_RETRY);
    }

    /// Shows what is stored.
    pub(super) fn show_stored(&self) {
        let (unstored, unreadable) = {
            let inner = self.lock();
            let has = |mutation| inner.stored.as_ref().is_some_and(|stored| stored.has(mutation));
            let missing = inner.queue.all().iter().filter(|pending| !has(pending.mutation));
            let rows: BTreeSet<_> = missing.flat_map(|pending| &pending.rows).map(|(row, _)| *row).collect();
            (rows, inner.stored.as_ref().map_or(0, Stored::unreadable))
        };
        show(&self.unstored, unstored);
        show(&self.unreadable, unreadable);
    }
}
