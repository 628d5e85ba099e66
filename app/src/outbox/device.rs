//! What the outbox needs of the device: a store of records. The browser's database implements it.

use super::{device_book::DeviceBook, older::OlderTexts};
use crate::{
    domain::{AccountId, HouseholdId},
    wire::Position,
};

/// Whose commands: nobody sees or sends those of another person or for another household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceOwner {
    /// The account of the member who made them.
    pub account: AccountId,
    /// The household in which they were made.
    pub household: HouseholdId,
}

/// A change of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceChange {
    /// Stores a record under a new key.
    Add(String, String),
    /// Replaces the record of this key, if it is still there: another tab may have deleted it since.
    Replace(String, String),
    /// Deletes the record of this key.
    Delete(String),
    /// Deletes the copy of the book if it does not contain the change at this position.
    DropCopyWithout(Position),
}

impl DeviceChange {
    /// The key of the record; `None` if it changes none.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Add(key, _) | Self::Replace(key, _) | Self::Delete(key) => Some(key),
            Self::DropCopyWithout(_) => None,
        }
    }
}

/// What has happened to the records outside of this page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceNews {
    /// Some of them were added, replaced or deleted.
    Changed,
    /// The browser has taken the storage away, and with it all of them.
    Lost,
    /// The person has discarded those with these keys, and they are deleted: no page shall send them any more.
    Discarded(Vec<String>),
}

/// Receives the households of an account that have records.
pub type HouseholdsHearer = Box<dyn FnOnce(Vec<HouseholdId>) + Send>;

/// Receives whether changes are stored durably.
pub type DeviceHearer = Box<dyn FnOnce(bool) + Send>;

/// Receives the stored records by their keys, in any order; `None` if they cannot be read.
pub type RecordsHearer = Box<dyn FnOnce(Option<Vec<(String, String)>>) + Send>;

/// Receives what is stored of the older facts; `None` if there is nothing, or if it cannot be read.
pub type OlderHearer = Box<dyn FnOnce(Option<OlderTexts>) + Send>;

/// The browser's store of commands. Its calls are carried out in the order in which they are made; each of them may
/// fail, or never end.
pub trait CommandStore: Send + Sync {
    /// Carries out all of these changes or none.
    fn save(&self, owner: DeviceOwner, changes: Vec<DeviceChange>, hearer: DeviceHearer);
    /// Carries out all of these changes and stores the book, in one transaction, or does neither. A later state of the book
    /// that another tab has stored stays. If there is no room for the book, or it may not be kept here any more, the changes
    /// are carried out and the copy of this owner is deleted. If books come faster than they are stored, only the last one
    /// is: it contains what the others do.
    fn save_with_book(
        &self,
        owner: DeviceOwner,
        changes: Vec<DeviceChange>,
        book: DeviceBook,
        hearer: DeviceHearer,
    );
    /// Reads all records.
    fn load(&self, owner: DeviceOwner, hearer: RecordsHearer);
    /// Reads the copy of the book with its older facts.
    fn load_older(&self, owner: DeviceOwner, hearer: OlderHearer);
    /// Reads in which households this account has records.
    fn households(&self, account: AccountId, hearer: HouseholdsHearer);
    /// Calls a function with what happens to the records outside of this page.
    fn follow(&self, owner: DeviceOwner, hearer: Box<dyn Fn(DeviceNews) + Send + Sync>);
}
