//! What the outbox needs of the device: a store of records. The browser's database implements it.

use crate::domain::{AccountId, HouseholdId};

/// Whose commands: nobody sees or sends those of another person or for another household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreOwner {
    /// The account of the member who made them.
    pub account: AccountId,
    /// The household in which they were made.
    pub household: HouseholdId,
}

/// A change of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreChange {
    /// Stores a record under a new key.
    Add(String, String),
    /// Replaces the record of this key, if it is still there: another tab may have deleted it since.
    Replace(String, String),
    /// Deletes the record of this key.
    Delete(String),
}

impl StoreChange {
    /// The key of the record.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Add(key, _) | Self::Replace(key, _) | Self::Delete(key) => key,
        }
    }
}

/// Receives whether changes are stored durably.
pub type StoreHearer = Box<dyn FnOnce(bool) + Send>;

/// Receives the stored records by their keys, in any order; `None` if they cannot be read.
pub type RecordsHearer = Box<dyn FnOnce(Option<Vec<(String, String)>>) + Send>;

/// The browser's store of commands. Its calls are carried out in the order in which they are made; each of them may
/// fail, or never end.
pub trait CommandStore: Send + Sync {
    /// Carries out all of these changes or none.
    fn save(&self, owner: StoreOwner, changes: Vec<StoreChange>, hearer: StoreHearer);
    /// Reads all records.
    fn load(&self, owner: StoreOwner, hearer: RecordsHearer);
    /// Calls a function whenever another tab has changed the records.
    fn follow(&self, owner: StoreOwner, changed: Box<dyn Fn() + Send + Sync>);
}
