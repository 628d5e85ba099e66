//! The copy of the book as it is given to the store of the device, and what it is made with.

use super::older::{OlderCopy, OlderReading};
use crate::{
    domain::{Day, FactKey, Language, MemberId},
    service::{Event, FactPage, Read},
    wire::Position,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// The shape of what is kept of a reader by this program.
const SHAPE: u8 = 1;

/// Whose book the device keeps, with what a page needs before it has read the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptReader {
    pub(super) shape: u8,
    /// The member.
    pub member: MemberId,
    /// The email address of the account, for signing in again.
    pub email: String,
    /// The language of the page.
    pub language: Language,
    /// The day by the device's clock when the book's today began, as days since 1970.
    pub day: Option<i64>,
    /// The position of the book.
    pub position: Position,
    /// A UUIDv7 of when the book was kept: a device opens the last one.
    pub used: Uuid,
}

impl KeptReader {
    pub(super) const fn new(member: MemberId, email: String, position: Position, used: Uuid) -> Self {
        Self { shape: SHAPE, member, email, language: Language::En, day: None, position, used }
    }

    /// Reads what a device has kept; `None` if another build has written it in another shape.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|kept: &Self| kept.shape == SHAPE)
    }

    /// The text to be kept.
    #[must_use]
    pub fn write(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Whether the book that was kept with a text is known to contain the change at this position.
    #[must_use]
    pub fn contains(text: &str, change: Position) -> bool {
        let position = Self::read(text).map(|kept| kept.position);
        position.is_some_and(|kept| kept.epoch == change.epoch && kept.seq >= change.seq)
    }
}

/// A book to be stored, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceBook {
    /// A [`KeptReader`].
    pub reader: String,
    /// A [`crate::replica::kept::KeptBook`].
    pub book: String,
    /// The facts that are older than those of the book; `None` if they are not known yet.
    pub older: Option<OlderCopy>,
    pub(super) position: Position,
    /// A UUID of when this page has read the book last, in the order of UUIDv7.
    pub(super) read: Option<Uuid>,
}

impl DeviceBook {
    /// Whether the device has a later state of the same book, which another tab has stored with this reader. What was
    /// stored before this page has read the book is none: the log was put back since.
    #[must_use]
    pub fn is_behind(&self, reader: &str) -> bool {
        KeptReader::read(reader).is_some_and(|stored| {
            let is_later =
                stored.position.epoch == self.position.epoch && stored.position.seq > self.position.seq;
            is_later && self.read.is_none_or(|read| stored.used > read)
        })
    }
}

/// Calls a function later.
pub type Later = Arc<dyn Fn(Box<dyn FnOnce()>) + Send + Sync>;

/// Receives a page of older facts; `None` if it does not come.
pub type FactPageHearer = Box<dyn FnOnce(Option<Read<FactPage>>) + Send>;

/// Reads the facts below a place of the list from the server.
pub type ReadOlder = Arc<dyn Fn(FactKey, FactPageHearer) + Send + Sync>;

/// Receives a part of the log; `None` if it does not come.
pub type LogHearer = Box<dyn FnOnce(Option<Read<Vec<Event>>>) + Send>;

/// Reads the log after a position from the server.
pub type ReadLog = Arc<dyn Fn(Position, LogHearer) + Send + Sync>;

/// What the outbox needs to keep the book.
#[derive(Clone)]
pub struct BookKeeper {
    /// The email address of the account.
    pub email: String,
    /// The language of the page.
    pub language: Language,
    /// When the page was asked for, in Unix milliseconds, if the server has rendered the book into it.
    pub read: Option<u64>,
    /// Whether the book may be kept: somebody is signed in, and the person has not switched it off.
    pub allowed: Arc<dyn Fn() -> bool + Send + Sync>,
    /// The day by the device's clock when a day of the household began, as days since 1970.
    pub day: Arc<dyn Fn(Day) -> Option<i64> + Send + Sync>,
    /// Calls a function after a pause, once the page is idle.
    pub later: Later,
    /// Reads older facts.
    pub older: ReadOlder,
    /// Reads what has changed since a position.
    pub log: ReadLog,
}

impl BookKeeper {
    /// The first UUIDv7 of the time at which the page was asked for. What another tab stores at the same time comes after it.
    pub(super) fn read_id(&self) -> Option<Uuid> {
        self.read.map(|at| Uuid::from_u128(u128::from(at) << 80))
    }
}

/// The keeping of the book.
pub(super) struct Keeping {
    pub keeper: BookKeeper,
    /// The position of the book that was given to the store last; `None` if it must be given once more, at whatever
    /// position. The store may still be at work, and may have a later book of another tab instead.
    pub given: Option<Position>,
    /// A UUID of when the book was read from the server last, in the order of UUIDv7; `None` if this page has not done so.
    pub read: Option<Uuid>,
    /// Whether the book will be stored in a moment.
    pub is_due: bool,
    /// Whether the person is signing out, so that records are deleted at once.
    pub is_ending: bool,
    /// The facts that are older than those of the book; `None` as long as none of them are known.
    pub older: Option<OlderReading>,
    /// Whether more of them will be read in a moment.
    pub reads_soon: bool,
}

impl Keeping {
    pub const fn new(keeper: BookKeeper, read: Option<Uuid>) -> Self {
        let (given, older) = (None, None);
        Self { keeper, given, read, is_due: false, is_ending: false, older, reads_soon: false }
    }
}
