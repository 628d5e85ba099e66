//! A device whose store the tests move by hand, and pages that use it.

use super::*;
use crate::{
    domain::AccountId,
    outbox::{
        CommandStore, DeviceChange, DeviceHearer, DeviceNews, DeviceOwner, HouseholdsHearer, RECORDS,
        RecordsHearer,
        stored::{Stored, TakenOver},
    },
};
use std::sync::Arc;

/// The records of a device, and the changes that it has not carried out yet.
#[derive(Default)]
pub struct Device {
    records: BTreeMap<String, String>,
    waiting: Vec<Vec<DeviceChange>>,
}

impl Device {
    /// Carries out the first of the waiting changes.
    fn carry_out(&mut self, changes: usize) {
        for change in self.waiting.drain(..changes.min(self.waiting.len())).flatten() {
            match change {
                DeviceChange::Add(key, text) => _ = self.records.insert(key, text),
                DeviceChange::Replace(key, text) => {
                    self.records.entry(key).and_modify(|old| *old = text);
                }
                DeviceChange::Delete(key) => _ = self.records.remove(&key),
            }
        }
    }

    /// Stores what has changed, sooner or later.
    pub fn store(&mut self, stored: &mut Stored, queue: &Queue) {
        let changes = stored.differences(queue);
        if !changes.is_empty() {
            self.waiting.push(changes);
        }
    }

    /// The commands whose last changes are lost if only so many are carried out.
    pub fn lost(&self, carried_out: usize) -> Vec<MutationId> {
        let lost = self.waiting.iter().skip(carried_out).flatten();
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
    fn load(&self, _: DeviceOwner, _: RecordsHearer) {}
    fn households(&self, _: AccountId, _: HouseholdsHearer) {}
    fn follow(&self, _: DeviceOwner, _: Box<dyn Fn(DeviceNews) + Send + Sync>) {}
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
