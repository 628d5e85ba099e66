//! What becomes of a command.

use crate::{
    domain::{Article, Fact, FinancialCenter, Household, Member, Plan, Recurring, recurring::Occurrence},
    error::AppError,
    wire::{Change, Deleted, DeletedFact, Entry},
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

/// Defines a variant for each family of rows, made from its rows.
macro_rules! row_changes {
    ($($(#[$doc:meta])+ $family:ident($row:ty),)+) => {
        /// A row of any family as it becomes.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum RowChange {
            $($(#[$doc])+ $family(Revised<$row>),)+
        }

        $(
            impl From<Revised<$row>> for RowChange {
                fn from(row: Revised<$row>) -> Self {
                    Self::$family(row)
                }
            }
        )+
    };
}

row_changes! {
    /// A fact.
    Fact(Fact),
    /// An article.
    Article(Article),
    /// A financial center.
    FinancialCenter(FinancialCenter),
    /// A plan.
    Plan(Plan),
    /// A recurring entry.
    Recurring(Recurring),
    /// A day of a recurring entry: created where it is settled, deleted where it opens again.
    Occurrence(Occurrence),
    /// The household.
    Household(Household),
    /// A member.
    Member(Member),
}

impl RowChange {
    /// As the log and the frames have it; none of an occurrence, which its recurring entry tells.
    #[must_use]
    pub fn entry(&self) -> Option<Entry> {
        let change = match self {
            Self::Fact(row) => return Some(row.entry()),
            Self::Occurrence(_) => return None,
            Self::Article(row) => row.change(Change::ArticleCreated, Change::ArticleUpdated, |row| {
                Change::ArticleDeleted(Deleted { id: row.id })
            }),
            Self::FinancialCenter(row) => {
                row.change(Change::FinancialCenterCreated, Change::FinancialCenterUpdated, |row| {
                    Change::FinancialCenterDeleted(Deleted { id: row.id })
                })
            }
            Self::Recurring(row) => row.change(Change::RecurringCreated, Change::RecurringUpdated, |row| {
                Change::RecurringDeleted(Deleted { id: row.id })
            }),
            Self::Plan(row) => Change::PlanUpdated(row.after.clone()),
            Self::Household(row) => Change::HouseholdUpdated(row.after.clone()),
            Self::Member(row) => Change::MemberUpdated(row.after.clone()),
        };
        Some(Entry { change, before: None })
    }

    /// The change of a fact; none of another row.
    #[must_use]
    pub const fn fact(&self) -> Option<&Revised<Fact>> {
        match self {
            Self::Fact(row) => Some(row),
            _ => None,
        }
    }
}

/// What becomes of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// These rows change, in one change of the book.
    Changes(Vec<RowChange>),
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

impl<C: Into<RowChange>> From<Result<Vec<C>, Stop>> for Decision {
    fn from(decided: Result<Vec<C>, Stop>) -> Self {
        match decided {
            Ok(changes) => Self::Changes(changes.into_iter().map(Into::into).collect()),
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

impl<R: Clone> Revised<R> {
    fn change(
        &self,
        created: impl FnOnce(R) -> Change,
        updated: impl FnOnce(R) -> Change,
        deleted: impl FnOnce(&R) -> Change,
    ) -> Change {
        match self.fate {
            Fate::Created | Fate::Restored => created(self.after.clone()),
            Fate::Updated => updated(self.after.clone()),
            Fate::Deleted => deleted(&self.after),
        }
    }
}

impl Revised<Fact> {
    fn entry(&self) -> Entry {
        let after = self.after.clone();
        let change = match self.fate {
            Fate::Created | Fate::Restored => Change::FactCreated(after),
            Fate::Updated => Change::FactUpdated(after),
            Fate::Deleted => {
                let Fact { id, version, updated_by: deleted_by, .. } = after;
                Change::FactDeleted(DeletedFact { id, version, deleted_by })
            }
        };
        Entry { change, before: self.before.as_ref().map(Fact::before) }
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
