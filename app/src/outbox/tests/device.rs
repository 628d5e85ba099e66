//! A device whose store the tests move by hand, and pages that use it.

use super::*;
use crate::{
    domain::{AccountId, HouseholdId, Language},
    outbox::{
        CommandStore, DeviceBook, DeviceChange, DeviceHearer, DeviceNews, DeviceOwner, HouseholdsHearer,
        KeptReader, OlderCopy, OlderHearer, OlderTexts, RecordsHearer,
        device_book::{BookKeeper, Keeping},
        stored::{Stored, TakenOver},
    },
    replica::kept::KeptBook,
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

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
            let added = changes.iter().filter(|change| matches!(change, DeviceChange::Add(..)));
            self.ever.extend(added.filter_map(DeviceChange::key).map(str::to_owned));
            carry_out(&mut self.records, changes);
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
        lost.filter_map(DeviceChange::key).map(|key| key.parse().expect("the key of a command")).collect()
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

fn carry_out(records: &mut BTreeMap<String, String>, changes: impl IntoIterator<Item = DeviceChange>) {
    for change in changes {
        match change {
            DeviceChange::Add(key, text) => _ = records.insert(key, text),
            DeviceChange::Replace(key, text) => {
                records.entry(key).and_modify(|old| *old = text);
            }
            DeviceChange::Delete(key) => _ = records.remove(&key),
            DeviceChange::DropCopyWithout(_) => {}
        }
    }
}

/// The time so many seconds after a record was stored.
pub fn later(record: &str, seconds: u64) -> Uuid {
    let record: serde_json::Value = serde_json::from_str(record).expect("a record");
    let place: Uuid = record["place"].as_str().and_then(|text| text.parse().ok()).expect("a place");
    // The milliseconds of a UUIDv7 are its first 48 bits.
    Uuid::from_u128(place.as_u128() + (u128::from(seconds * 1_000) << 80))
}

/// Hears what happens to the records outside of the page of this household.
type Follower = (HouseholdId, Arc<dyn Fn(DeviceNews) + Send + Sync>);

/// The store of a device, which the tests break and mend.
#[derive(Default)]
pub struct ByHand {
    records: Mutex<BTreeMap<HouseholdId, BTreeMap<String, String>>>,
    /// The copy of the book of each household.
    books: Mutex<BTreeMap<HouseholdId, DeviceBook>>,
    /// The older facts that belong to it.
    older: Mutex<BTreeMap<HouseholdId, OlderCopy>>,
    is_broken: AtomicBool,
    followers: Mutex<Vec<Follower>>,
}

impl ByHand {
    /// From now on nothing can be read or stored, or everything again.
    pub fn is_broken(&self, is_broken: bool) {
        self.is_broken.store(is_broken, Ordering::Relaxed);
    }

    fn works(&self) -> bool {
        !self.is_broken.load(Ordering::Relaxed)
    }

    /// Stores a record, as another page does.
    pub fn put(&self, household: HouseholdId, key: MutationId, text: &str) {
        let mut records = self.records.lock().expect("the records");
        records.entry(household).or_default().insert(key.to_string(), text.to_owned());
    }

    /// The keys of the records of a household.
    pub fn keys(&self, household: HouseholdId) -> Vec<String> {
        let records = self.records.lock().expect("the records");
        records.get(&household).into_iter().flat_map(BTreeMap::keys).cloned().collect()
    }

    /// The copy of the book of a household.
    pub fn book(&self, household: HouseholdId) -> Option<DeviceBook> {
        self.books.lock().expect("the books").get(&household).cloned()
    }

    /// Tells the pages of a household what has happened.
    pub fn tell(&self, household: HouseholdId, news: &DeviceNews) {
        let followers = self.followers.lock().expect("the followers").clone();
        for (_, hearer) in followers.iter().filter(|(of, _)| *of == household) {
            hearer(news.clone());
        }
    }
}

impl CommandStore for ByHand {
    fn save(&self, owner: DeviceOwner, changes: Vec<DeviceChange>, hearer: DeviceHearer) {
        if self.works() {
            let mut books = self.books.lock().expect("the books");
            for change in &changes {
                if let DeviceChange::DropCopyWithout(position) = change {
                    books.retain(|of, book| {
                        *of != owner.household || KeptReader::contains(&book.reader, *position)
                    });
                }
            }
            let mut records = self.records.lock().expect("the records");
            carry_out(records.entry(owner.household).or_default(), changes);
        }
        hearer(self.works());
    }

    fn save_with_book(
        &self,
        owner: DeviceOwner,
        changes: Vec<DeviceChange>,
        book: DeviceBook,
        hearer: DeviceHearer,
    ) {
        if self.works() {
            let mut books = self.books.lock().expect("the books");
            if books.get(&owner.household).is_none_or(|stored| !book.is_behind(&stored.reader)) {
                if let Some(older) = &book.older {
                    self.older.lock().expect("the days").insert(owner.household, older.clone());
                }
                books.insert(owner.household, book);
            }
        }
        self.save(owner, changes, hearer);
    }

    fn load(&self, owner: DeviceOwner, hearer: RecordsHearer) {
        let records = self.records.lock().expect("the records").get(&owner.household).cloned();
        hearer(self.works().then(|| records.unwrap_or_default().into_iter().collect()));
    }

    fn load_older(&self, owner: DeviceOwner, hearer: OlderHearer) {
        let older = self.older.lock().expect("the days").get(&owner.household).cloned();
        let texts = older.zip(self.book(owner.household)).map(|(older, book)| OlderTexts {
            book: book.book,
            days: older.all().into_iter().map(|(_, text)| text).collect(),
            head: older.head,
        });
        hearer(texts.filter(|_| self.works()));
    }

    fn households(&self, _: AccountId, hearer: HouseholdsHearer) {
        let records = self.records.lock().expect("the records").clone();
        hearer(
            records.into_iter().filter(|(_, of)| !of.is_empty()).map(|(household, _)| household).collect(),
        );
    }

    fn follow(&self, owner: DeviceOwner, hearer: Box<dyn Fn(DeviceNews) + Send + Sync>) {
        self.followers.lock().expect("the followers").push((owner.household, hearer.into()));
    }
}

/// The pages of these tests are of this household, if they do not say otherwise.
pub fn owner() -> DeviceOwner {
    DeviceOwner { account: Uuid::from_u128(1).into(), household: Uuid::from_u128(2).into() }
}

/// A page that keeps the book.
pub(in crate::outbox) fn keeping() -> Keeping {
    let keeper = BookKeeper {
        email: String::new(),
        language: Language::En,
        read: None,
        allowed: Arc::new(|| true),
        day: Arc::new(|_| None),
        later: Arc::new(|_| {}),
        older: Arc::new(|_, _| {}),
        log: Arc::new(|_, _| {}),
    };
    Keeping::new(keeper, None)
}

pub fn by_hand() -> Stored {
    Stored::new(Arc::new(ByHand::default()), owner())
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
