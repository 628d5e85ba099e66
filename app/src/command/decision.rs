//! What becomes of a command.

use crate::{
    domain::Fact,
    error::AppError,
    wire::{self, Change, DeletedFact},
};
use serde::Serialize;

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Created,
    /// It changes.
    Updated,
    /// It goes; a tombstone stays.
    Deleted,
    /// It comes back.
    Restored,
}

/// A row as it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revised<R> {
    /// What becomes of it.
    pub fate: Fate,
    /// As it was; none where it is new or was deleted.
    pub before: Option<R>,
    /// As it is afterwards; of a deletion the tombstone.
    pub after: R,
}

/// What becomes of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// These rows change, in one change of the book.
    Changes(Vec<Revised<Fact>>),
    /// Nothing: the book is as the command wishes.
    Already,
    /// It cannot be done.
    Refused(AppError),
    /// Something that it depends on was not loaded. Only a page says so.
    Unknown,
}

/// Why a rule comes to no changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Refused(AppError),
    Already,
    Unknown,
}

impl<E: Into<AppError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

impl From<Result<Vec<Revised<Fact>>, Stop>> for Decision {
    fn from(decided: Result<Vec<Revised<Fact>>, Stop>) -> Self {
        match decided {
            Ok(changes) => Self::Changes(changes),
            Err(Stop::Refused(error)) => Self::Refused(error),
            Err(Stop::Already) => Self::Already,
            Err(Stop::Unknown) => Self::Unknown,
        }
    }
}

impl<R> Revised<R> {
    /// A new row.
    pub const fn created(after: R) -> Self {
        Self { fate: Fate::Created, before: None, after }
    }

    /// A row that changes.
    pub const fn updated(before: R, after: R) -> Self {
        Self { fate: Fate::Updated, before: Some(before), after }
    }

    /// A row that goes.
    pub const fn deleted(before: R, tombstone: R) -> Self {
        Self { fate: Fate::Deleted, before: Some(before), after: tombstone }
    }

    /// A row that comes back.
    pub const fn restored(after: R) -> Self {
        Self { fate: Fate::Restored, before: None, after }
    }
}

impl Revised<Fact> {
    /// As the log and the frames have it.
    #[must_use]
    pub fn entry(&self) -> wire::Entry {
        let after = self.after.clone();
        let change = match self.fate {
            Fate::Created | Fate::Restored => Change::FactCreated(after),
            Fate::Updated => Change::FactUpdated(after),
            Fate::Deleted => {
                let Fact { id, version, updated_by: deleted_by, .. } = after;
                Change::FactDeleted(DeletedFact { id, version, deleted_by })
            }
        };
        wire::Entry { change, before: self.before.as_ref().map(Fact::before) }
    }
}

/// Refuses a change that was made on an older version of the row.
pub(super) fn check_version(
    base: Option<i64>,
    version: i64,
    current: &impl Serialize,
) -> Result<(), AppError> {
    match base {
        Some(base) if base != version => {
            let current = serde_json::to_string(current).map_err(|_| AppError::Internal)?;
            Err(AppError::Stale { current })
        }
        _ => Ok(()),
    }
}
