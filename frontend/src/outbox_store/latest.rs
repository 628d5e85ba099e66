//! The book that waits to be stored.

use app::outbox::{DeviceBook, DeviceOwner};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The book that is to be stored with the next changes of its owner. A later one takes its place, so that a database that is
/// slow, or never answers, does not gather books.
#[derive(Clone, Default)]
pub(super) struct LatestBook(Arc<Mutex<Option<(DeviceOwner, DeviceBook)>>>);

impl LatestBook {
    fn lock(&self) -> MutexGuard<'_, Option<(DeviceOwner, DeviceBook)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has this book stored by the next job.
    pub fn set(&self, owner: DeviceOwner, book: DeviceBook) {
        *self.lock() = Some((owner, book));
    }

    /// The book of this owner, unless another job has taken it.
    pub fn take(&self, owner: DeviceOwner) -> Option<DeviceBook> {
        self.lock().take_if(|(of, _)| *of == owner).map(|(_, book)| book)
    }

    /// The book could not be stored. The next job tries again, unless there is a later book by then.
    pub fn give_back(&self, owner: DeviceOwner, book: DeviceBook) {
        let mut latest = self.lock();
        if latest.is_none() {
            *latest = Some((owner, book));
        }
    }

    /// Drops the book.
    pub fn clear(&self) {
        *self.lock() = None;
    }
}
