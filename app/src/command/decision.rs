//! The result of a command: the rows that it changes, or the reason that it changes none.

use crate::{
    domain::{Article, Fact, FinancialCenter, Household, Member, Plan, Recurring, occurrence::Occurrence},
    error::AppError,
    wire::{Change, Deleted, DeletedArticle, DeletedFact, Entry},
};
use serde::Serialize;

/// How a command changes a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The row is new.
    Created,
    /// The row exists and changes.
    Updated,
    /// The row is deleted; a tombstone stays.
    Deleted,
    /// The row was deleted and is restored.
    Restored,
}

/// A row that a command changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revised<R> {
    /// How it changes.
    pub fate: Fate,
    /// The row before; `None` if it is new or was deleted.
    pub before: Option<R>,
    /// The row after; for a deletion, the tombstone.
    pub after: R,
}

/// Defines a variant for each family of rows, with a conversion from its rows.
macro_rules! row_changes {
    ($($(#[$doc:meta])+ $family:ident($row:ty),)+) => {
        /// A changed row of any family.
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
    /// A day of a recurring entry: created when it is settled, deleted when it is reopened.
    Occurrence(Occurrence),
    /// The household.
    Household(Household),
    /// A member.
    Member(Member),
}

impl RowChange {
    /// The entry for the log and the frames. `None` for an occurrence: the entry of its recurring entry
    /// covers it.
    #[must_use]
    pub fn entry(&self) -> Option<Entry> {
        let change = match self {
            Self::Fact(row) => return Some(row.entry()),
            Self::Occurrence(_) => return None,
            Self::Article(row) => row.change(Change::ArticleCreated, Change::ArticleUpdated, |row| {
                Change::ArticleDeleted(DeletedArticle { id: row.id, merged_into: None })
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

    /// The change of a fact; `None` for a row of another family.
    #[must_use]
    pub const fn fact(&self) -> Option<&Revised<Fact>> {
        match self {
            Self::Fact(row) => Some(row),
            _ => None,
        }
    }
}

/// The result of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The rows that change, all in one change of the log.
    Changes(Vec<RowChange>),
    /// Nothing changes: the book already is as the command asks.
    Already,
    /// The command is refused.
    Refused(AppError),
    /// A row that the result depends on is not loaded. Occurs only on a page.
    Unknown,
}

/// Why a rule returns no changes.
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

    /// A changed row.
    pub const fn updated(before: R, after: R) -> Self {
        Self { fate: Fate::Updated, before: Some(before), after }
    }

    /// A deleted row.
    pub const fn deleted(before: R, tombstone: R) -> Self {
        Self { fate: Fate::Deleted, before: Some(before), after: tombstone }
    }

    /// A restored row.
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
        Some(base) if base != version => Err(AppError::Stale { current: written(current)? }),
        _ => Ok(()),
    }
}

#[cfg(feature = "ssr")]
fn written(current: &impl Serialize) -> Result<String, AppError> {
    serde_json::to_string(current).map_err(|_| AppError::Internal)
}

/// A page foresees that a command is refused as stale, but not with which row; the server's response contains
/// it. So the code that serializes rows of every family stays out of the browser's download.
#[cfg(not(feature = "ssr"))]
#[expect(clippy::unnecessary_wraps, reason = "it stands for the one above")]
fn written(_: &impl Serialize) -> Result<String, AppError> {
    Ok(String::new())
}
