//! The storage of a phone. It outlives the pages that use it: what a page has called stored is there after the phone was
//! killed, and what was not carried out by then is not.

use app::domain::AccountId;
use app::outbox::{
    CommandStore, DeviceBook, DeviceChange, DeviceHearer, DeviceNews, DeviceOwner, HouseholdsHearer,
    OlderHearer, RecordsHearer,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::mpsc, time::sleep};

/// What is stored.
#[derive(Default)]
pub struct Disk(Mutex<Content>);

#[derive(Default)]
struct Content {
    records: BTreeMap<String, String>,
    /// The reader and the text of the copy of the book.
    book: Option<(String, String)>,
}

/// Runs a function of a page, unless the page was killed meanwhile.
pub type OnPage = Arc<dyn Fn(Box<dyn FnOnce() + Send>) + Send + Sync>;

enum Job {
    Save(Vec<DeviceChange>, Option<DeviceBook>, DeviceHearer),
    Load(RecordsHearer),
}

impl Disk {
    fn lock(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text of the copy of the book.
    pub fn book(&self) -> Option<String> {
        self.lock().book.as_ref().map(|(_, book)| book.clone())
    }

    /// The store of a page. Like a browser's, it carries out one thing after the other, each after a while.
    pub fn store(self: &Arc<Self>, on_page: OnPage) -> PhoneStore {
        let (jobs, mut receiver) = mpsc::unbounded_channel();
        let disk = self.clone();
        tokio::spawn(async move {
            while let Some(job) = receiver.recv().await {
                sleep(Duration::from_millis(fastrand::u64(0..30))).await;
                let disk = disk.clone();
                match job {
                    Job::Save(changes, book, hearer) => {
                        let (done, heard) = tokio::sync::oneshot::channel();
                        on_page(Box::new(move || {
                            disk.save(changes, book);
                            _ = done.send(());
                        }));
                        // Between the two the phone may be killed.
                        if heard.await.is_ok() {
                            on_page(Box::new(move || hearer(true)));
                        }
                    }
                    Job::Load(hearer) => {
                        let records = disk.lock().records.clone().into_iter().collect();
                        on_page(Box::new(move || hearer(Some(records))));
                    }
                }
            }
        });
        PhoneStore(jobs)
    }

    fn save(&self, changes: Vec<DeviceChange>, book: Option<DeviceBook>) {
        let mut content = self.lock();
        let Content { records, book: stored } = &mut *content;
        for change in changes {
            match change {
                DeviceChange::Add(key, text) => drop(records.insert(key, text)),
                DeviceChange::Replace(key, text) => drop(records.entry(key).and_modify(|old| *old = text)),
                DeviceChange::Delete(key) => drop(records.remove(&key)),
                // A phone has one household.
                DeviceChange::DropCopyWithout(_) => {}
            }
        }
        let is_behind = |book: &DeviceBook| stored.as_ref().is_some_and(|(reader, _)| book.is_behind(reader));
        if let Some(book) = book.filter(|book| !is_behind(book)) {
            *stored = Some((book.reader, book.book));
        }
    }
}

/// The storage of a phone, for one page.
pub struct PhoneStore(mpsc::UnboundedSender<Job>);

impl PhoneStore {
    fn give(&self, job: Job) {
        // The receiver ends with the runtime.
        drop(self.0.send(job));
    }
}

impl CommandStore for PhoneStore {
    fn save(&self, _: DeviceOwner, changes: Vec<DeviceChange>, hearer: DeviceHearer) {
        self.give(Job::Save(changes, None, hearer));
    }

    fn save_with_book(
        &self,
        _: DeviceOwner,
        changes: Vec<DeviceChange>,
        book: DeviceBook,
        hearer: DeviceHearer,
    ) {
        self.give(Job::Save(changes, Some(book), hearer));
    }

    fn load(&self, _: DeviceOwner, hearer: RecordsHearer) {
        self.give(Job::Load(hearer));
    }

    fn load_older(&self, _: DeviceOwner, hearer: OlderHearer) {
        // The pages of these tests read none.
        hearer(None);
    }

    fn households(&self, _: AccountId, hearer: HouseholdsHearer) {
        hearer(Vec::new());
    }

    fn follow(&self, _: DeviceOwner, _: Box<dyn Fn(DeviceNews) + Send + Sync>) {}
}
