//! What a page does with the store of the device whenever its outbox changes. It is as large as all the commands and rows
//! that a record may have, so a browser loads it after the outbox itself (`pages::device`).

use super::{Outbox, show};
use crate::replica::Arrival;

/// The functions by which the outbox reaches what is loaded later. Its code must not name them otherwise: they would be
/// loaded with it.
#[derive(Clone, Copy)]
pub(super) struct DeviceStorage {
    /// Stores what has changed, and shows what is stored.
    pub store: fn(&Outbox),
    /// Keeps the book as it is now.
    pub keep_now: fn(&Outbox),
    /// Keeps the book in a moment.
    pub keep_soon: fn(&Outbox),
    /// Handles what has arrived in the book of the page.
    pub arrived: fn(&Outbox, &Arrival<'_>),
}

/// These functions.
pub(super) const STORAGE: DeviceStorage = DeviceStorage {
    store: |outbox| {
        outbox.store();
        outbox.show_stored();
    },
    keep_now: Outbox::keep_book_now,
    keep_soon: Outbox::keep_book_soon,
    arrived: Outbox::move_on,
};

impl Outbox {
    fn storage(&self) -> Option<DeviceStorage> {
        self.lock().storage
    }

    /// Stores what has changed, and shows what is stored: nothing as long as there is no store.
    pub(super) fn keep_up(&self) {
        match self.storage() {
            Some(storage) => (storage.store)(self),
            None => {
                let rows = self
                    .lock()
                    .queue
                    .all()
                    .iter()
                    .flat_map(|pending| &pending.rows)
                    .map(|(row, _)| *row)
                    .collect();
                show(&self.unstored, rows);
            }
        }
    }

    /// Keeps the book as it is now, unless the store was given it already.
    pub fn keep_now(&self) {
        if let Some(storage) = self.storage() {
            (storage.keep_now)(self);
        }
    }

    /// Keeps the book in a moment, with what arrives until then.
    pub fn keep_soon(&self) {
        if let Some(storage) = self.storage() {
            (storage.keep_soon)(self);
        }
    }

    /// Has what is kept of the book move on with it.
    pub(super) fn moves_on(&self, arrival: &Arrival<'_>) {
        if let Some(storage) = self.storage() {
            (storage.arrived)(self, arrival);
        }
    }
}
