//! A device whose store the tests move by hand, and pages that use it.

use super::*;
use crate::{
    domain::{AccountId, Language},
    outbox::{
        CommandStore, DeviceBook, DeviceChange, DeviceHearer, DeviceNews, DeviceOwner, HouseholdsHearer,
        RECORDS, RecordsHearer,
        device_book::{BookKeeper, Keeping},
        stored::{Stored, TakenOver},
    },
    replica::kept::KeptBook,
};
use std::{collections::BTreeSet, sync::Arc};

/// The records of a device, and the changes that it has not carried out yet.
#[derive(Default)]
pub struct Device {
    records: BTreeMap<String, String>,
    /// The text of the copy of the book.
    book: Option<String>,
    /// The keys of all records that it ever had.
    ever: BTreeSet<String>,
    /// Each transaction: its changes, and the copy of the book that is stored with them.
    waiting: Vec<(Vec<DeviceChange>, Option<String>)>,
}

impl Device {
    /// Carries out the first of the waiting changes.
    fn carry_out(&mut self, changes: usize) {
        for (changes, book) in self.waiting.drain(..changes.min(self.waiting.len())) {
            for change in changes {
                match change {
                    DeviceChange::Add(key, text) => {
                        self.ever.insert(key.clone());
                        self.records.insert(key, text);
                    }
                    DeviceChange::Replace(key, text) => {
                        self.records.entry(key).and_modify(|old| *old = text);
                    }
                    DeviceChange::Delete(key) => _ = self.records.remove(&key),
                }
            }
            self.book = book.or(self.book.take());
        }
    }

    /// The copy of the book, as another page reads it.
    pub fn book(&self) -> Option<KeptBook> {
        self.book.as_ref().map(|text| KeptBook::read(text).expect("a book of this build"))
    }

    /// Whether it ever had the record of a command.
    pub fn has_had(&self, mutation: MutationId) -> bool {
        self.ever.contains(&mutation.to_string())
    }

    /// Stores what has changed, sooner or later.
    pub fn store(&mut self, stored: &mut Stored, queue: &Queue) {
        self.store_with(stored, queue, || None);
    }

    /// Stores what has changed, with the book if records are deleted.
    pub fn store_with(
        &mut self,
        stored: &mut Stored,
        queue: &Queue,
        book: impl FnOnce() -> Option<KeptBook>,
    ) {
        let changes = stored.differences(queue);
        if !changes.is_empty() {
            let ends = changes.iter().any(|change| matches!(change, DeviceChange::Delete(_)));
            let book = if ends { book() } else { None };
            self.waiting.push((changes, book.map(|book| book.write().expect("JSON"))));
        }
    }

    /// The commands whose last changes are lost if only so many are carried out.
    pub fn lost(&self, carried_out: usize) -> Vec<MutationId> {
        let lost = self.waiting.iter().skip(carried_out).flat_map(|(changes, _)| changes);
        lost.map(|change| change.key().parse().expect("the key of a command")).collect()
    }

    /// Loses the changes that were not carried out; returns the records.
    pub fn restart(&mut self, carried_out: usize) -> Vec<(String, String)> {
        self.carry_out(carried_out);
        self.waiting.clear();
        self.records.clone().into_iter().collect()
    }

    pub fn all(&mut self) -> Vec<(String, String)> {
        self.carry_out(usize::MAX);
        self.records.clone().into_iter().collect()
    }
}

/// The time so many seconds after a record was stored.
pub fn later(record: &str, seconds: u64) -> Uuid {
    let record: serde_json::Value = serde_json::from_str(record).expect("a record");
    let place: Uuid = record["place"].as_str().and_then(|text| text.parse().ok()).expect("a place");
    // The milliseconds of a UUIDv7 are its first 48 bits.
    Uuid::from_u128(place.as_u128() + (u128::from(seconds * 1_000) << 80))
}

/// Instead of the store, whose changes and records the tests move by hand.
struct ByHand;

impl CommandStore for ByHand {
    fn save(&self, _: DeviceOwner, _: Vec<DeviceChange>, _: DeviceHearer) {}
    fn save_with_book(&self, _: DeviceOwner, _: Vec<DeviceChange>, _: DeviceBook, _: DeviceHearer) {}
    fn load(&self, _: DeviceOwner, _: RecordsHearer) {}
    fn households(&self, _: AccountId, _: HouseholdsHearer) {}
    fn follow(&self, _: DeviceOwner, _: Box<dyn Fn(DeviceNews) + Send + Sync>) {}
}

/// A page that keeps the book.
pub(in crate::outbox) fn keeping() -> Keeping {
    let keeper = BookKeeper {
        email: String::new(),
        language: Language::En,
        allowed: Arc::new(|| true),
        day: Arc::new(|_| None),
        later: Arc::new(|_| {}),
    };
    Keeping { keeper, given: None, is_due: false, is_ending: false }
}

pub fn by_hand() -> Stored {
    let owner = DeviceOwner { account: Uuid::from_u128(1).into(), household: Uuid::from_u128(2).into() };
    Stored::new(Arc::new(ByHand), owner, RECORDS)
}

/// A page with its queue.
pub struct Page {
    pub queue: Queue,
    pub stored: Stored,
}

impl Page {
    pub fn new() -> Self {
        Self { queue: Queue::default(), stored: by_hand() }
    }

    pub fn store(&mut self, device: &mut Device) {
        device.store(&mut self.stored, &self.queue);
    }

    /// Reads the records after everything was stored and confirmed.
    pub fn read(&mut self, device: &mut Device) -> TakenOver {
        self.store(device);
        let all: Vec<MutationId> = self.queue.all().iter().map(|pending| pending.mutation).collect();
        self.stored.saved(&all, true);
        self.take(&device.all())
    }

    pub fn take(&mut self, records: &[(String, String)]) -> TakenOver {
        self.take_at(records, Uuid::now_v7())
    }

    pub fn take_at(&mut self, records: &[(String, String)], now: Uuid) -> TakenOver {
        self.stored.take_over(records, &mut self.queue, now)
    }

    pub fn has_all(&self) -> bool {
        self.queue.all().iter().all(|pending| self.stored.has(pending.mutation))
    }

    pub fn keys(&self) -> Vec<MutationId> {
        self.queue.all().iter().map(|pending| pending.mutation).collect()
    }
}
