//! Every change that a member makes to the book, as data. The same value is sent, carried out and named in
//! the log.
//!
//! A command holds what was sent, unchanged: absent fields get their defaults when the command is carried
//! out, so that a repeated request is the same command on any day. Passwords, sessions, invitations,
//! membership and the deletion of a household are not commands: they are never stored to be sent later.

mod articles;
mod deciding;
mod decision;
mod facts;
mod financial_centers;
mod groups;
pub mod household;
mod known;
pub mod occurrences;
pub mod plans;
mod recurring;
mod rows;
mod subject;
mod terms;
#[cfg(test)]
mod tests;
mod typed_in;

pub use deciding::{check_form, decide};
pub use decision::{Decision, Fate, Revised, RowChange};
pub use known::{GroupParts, Known, Lookup, Stamp};
pub use subject::Subject;
pub use terms::Terms;
pub use typed_in::TypedIn;

use crate::domain::{
    ArticleId, Day, FactForm, FactId, FinancialCenterId, GroupForm, GroupId, GroupKind, MemberId,
    OccurrenceForm, PlanForm, RecurringForm, RecurringId,
    article::ArticleForm,
    financial_center::FinancialCenterForm,
    household::{HouseholdForm, MemberForm},
};
use serde::{Deserialize, Serialize};

/// A change to the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", content = "with", rename_all = "snake_case")]
pub enum Command {
    /// Records a fact.
    RecordFact(FactForm),
    /// Changes the given fields of a fact.
    ReviseFact {
        /// The fact.
        id: FactId,
        /// The fields.
        form: FactForm,
    },
    /// Deletes a fact and keeps a tombstone.
    DeleteFact {
        /// The fact.
        id: FactId,
    },
    /// Restores a deleted fact.
    RestoreFact {
        /// The fact.
        id: FactId,
    },
    /// Records a transfer or split: several facts in one change.
    RecordGroup(GroupForm),
    /// Replaces the content of a transfer or split; its kind stays.
    ReviseGroup {
        /// The transfer or split.
        id: GroupId,
        /// The new content.
        form: GroupForm,
    },
    /// Deletes a transfer or split with all its parts.
    DeleteGroup {
        /// Its kind.
        kind: GroupKind,
        /// The transfer or split.
        id: GroupId,
    },
    /// Restores a deleted transfer or split.
    RestoreGroup {
        /// Its kind.
        kind: GroupKind,
        /// The transfer or split.
        id: GroupId,
    },
    /// Adds an article.
    AddArticle(ArticleForm),
    /// Changes the given fields of an article.
    ReviseArticle {
        /// The article.
        id: ArticleId,
        /// The fields.
        form: ArticleForm,
    },
    /// Deletes an article that nothing uses.
    DeleteArticle {
        /// The article.
        id: ArticleId,
    },
    /// Restores a deleted article.
    RestoreArticle {
        /// The article.
        id: ArticleId,
    },
    /// Merges an article into another one of its kind: its facts, plans and subordinate articles move to the
    /// other one, and it is deleted. The response is the other one.
    MergeArticle {
        /// The article that is deleted.
        id: ArticleId,
        /// The article that stays.
        into: ArticleId,
    },
    /// Adds a financial center.
    AddFinancialCenter(FinancialCenterForm),
    /// Changes the given fields of a financial center.
    ReviseFinancialCenter {
        /// The financial center.
        id: FinancialCenterId,
        /// The fields.
        form: FinancialCenterForm,
    },
    /// Deletes a financial center that nothing uses.
    DeleteFinancialCenter {
        /// The financial center.
        id: FinancialCenterId,
    },
    /// Restores a deleted financial center.
    RestoreFinancialCenter {
        /// The financial center.
        id: FinancialCenterId,
    },
    /// Adds a recurring entry.
    AddRecurring(RecurringForm),
    /// Changes a recurring entry. Settled days stay settled.
    ReviseRecurring {
        /// The recurring entry.
        id: RecurringId,
        /// The fields.
        form: RecurringForm,
    },
    /// Deletes a recurring entry. Transactions that were recorded for it stay.
    DeleteRecurring {
        /// The recurring entry.
        id: RecurringId,
    },
    /// Restores a deleted recurring entry.
    RestoreRecurring {
        /// The recurring entry.
        id: RecurringId,
    },
    /// Records the transaction of an occurrence. If another member has confirmed it already, the response is
    /// their transaction.
    ConfirmOccurrence {
        /// The recurring entry.
        id: RecurringId,
        /// The day, and what differs from the recurring entry.
        form: OccurrenceForm,
    },
    /// Marks an occurrence as skipped: nothing is recorded for it.
    SkipOccurrence {
        /// The recurring entry.
        id: RecurringId,
        /// The day of the occurrence.
        day: Day,
    },
    /// Reopens an occurrence and deletes the transaction that was recorded for it.
    ReopenOccurrence {
        /// The recurring entry.
        id: RecurringId,
        /// The day of the occurrence.
        day: Day,
    },
    /// Sets plans in one change.
    SetPlans(Vec<PlanForm>),
    /// Changes the household.
    ReviseHousehold(HouseholdForm),
    /// Changes a member.
    ReviseMember {
        /// The member.
        id: MemberId,
        /// The fields.
        form: MemberForm,
    },
}

impl Command {
    /// The name of the command in the log. It is stored, and is part of the fingerprint that detects repeats:
    /// it never changes.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RecordFact(_) => "record_fact",
            Self::ReviseFact { .. } => "revise_fact",
            Self::DeleteFact { .. } => "delete_fact",
            Self::RestoreFact { .. } => "restore_fact",
            Self::RecordGroup(_) => "record_group",
            Self::ReviseGroup { .. } => "revise_group",
            Self::DeleteGroup { .. } => "delete_group",
            Self::RestoreGroup { .. } => "restore_group",
            Self::AddArticle(_) => "add_article",
            Self::ReviseArticle { .. } => "revise_article",
            Self::DeleteArticle { .. } => "delete_article",
            Self::RestoreArticle { .. } => "restore_article",
            Self::MergeArticle { .. } => "merge_article",
            Self::AddFinancialCenter(_) => "add_financial_center",
            Self::ReviseFinancialCenter { .. } => "revise_financial_center",
            Self::DeleteFinancialCenter { .. } => "delete_financial_center",
            Self::RestoreFinancialCenter { .. } => "restore_financial_center",
            Self::AddRecurring(_) => "add_recurring",
            Self::ReviseRecurring { .. } => "revise_recurring",
            Self::DeleteRecurring { .. } => "delete_recurring",
            Self::RestoreRecurring { .. } => "restore_recurring",
            Self::ConfirmOccurrence { .. } => "confirm_occurrence",
            Self::SkipOccurrence { .. } => "skip_occurrence",
            Self::ReopenOccurrence { .. } => "reopen_occurrence",
            Self::SetPlans(_) => "set_plans",
            Self::ReviseHousehold(_) => "revise_household",
            Self::ReviseMember { .. } => "revise_member",
        }
    }

    /// Whether it deletes a row.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        matches!(
            self,
            Self::DeleteFact { .. }
                | Self::DeleteGroup { .. }
                | Self::DeleteArticle { .. }
                | Self::DeleteFinancialCenter { .. }
                | Self::DeleteRecurring { .. }
        )
    }

    /// Whether it restores a deleted row.
    #[must_use]
    pub const fn restores(&self) -> bool {
        matches!(
            self,
            Self::RestoreFact { .. }
                | Self::RestoreGroup { .. }
                | Self::RestoreArticle { .. }
                | Self::RestoreFinancialCenter { .. }
                | Self::RestoreRecurring { .. }
        )
    }

    /// The content that a repeat must have beside the name, as bytes. It never changes for commands that were
    /// sent before: their repeats would be taken for other commands. A field that is added to a form is
    /// omitted while it is absent.
    ///
    /// # Errors
    /// None that these types can cause.
    pub fn content(&self) -> serde_json::Result<Vec<u8>> {
        use serde_json::to_vec;
        match self {
            // The balance is a condition, as the base version is: a repeat may reach, or come from, a build that does not
            // know it.
            Self::RecordFact(form) => to_vec(&FactForm { balance: None, ..form.clone() }),
            Self::ReviseFact { id, form } => to_vec(&(id, form)),
            Self::DeleteFact { id } | Self::RestoreFact { id } => to_vec(id),
            Self::RecordGroup(form) => to_vec(form),
            Self::ReviseGroup { id, form } => to_vec(&(id, form)),
            Self::DeleteGroup { kind, id } | Self::RestoreGroup { kind, id } => to_vec(&(kind, id)),
            Self::AddArticle(form) => to_vec(form),
            Self::ReviseArticle { id, form } => to_vec(&(id, form)),
            Self::DeleteArticle { id } | Self::RestoreArticle { id } => to_vec(id),
            Self::MergeArticle { id, into } => to_vec(&(id, into)),
            Self::AddFinancialCenter(form) => to_vec(form),
            Self::ReviseFinancialCenter { id, form } => to_vec(&(id, form)),
            Self::DeleteFinancialCenter { id } | Self::RestoreFinancialCenter { id } => to_vec(id),
            Self::AddRecurring(form) => to_vec(form),
            Self::ReviseRecurring { id, form } => to_vec(&(id, form)),
            Self::DeleteRecurring { id } | Self::RestoreRecurring { id } => to_vec(id),
            Self::ConfirmOccurrence { id, form } => to_vec(&(id, form)),
            Self::SkipOccurrence { id, day } | Self::ReopenOccurrence { id, day } => to_vec(&(id, day)),
            Self::SetPlans(forms) => to_vec(forms),
            Self::ReviseHousehold(form) => to_vec(form),
            Self::ReviseMember { id, form } => to_vec(&(id, form)),
        }
    }
}
