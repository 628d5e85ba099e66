//! Every change that a member makes to the book, as data: the same value travels, is carried out, and names
//! itself in the log.
//!
//! A command holds what was sent, as it was sent: what is absent takes its default where the command is
//! carried out, so that a repeat of a request is the same command on any day. Passwords, sessions,
//! invitations, membership and the end of a household are no commands: they are never kept and sent later.

mod articles;
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

pub use decision::{Decision, Fate, Revised, RowChange};
pub use known::{Known, Lookup, Parts, Stamp};
pub use subject::Subject;
pub use terms::Terms;

use crate::{
    domain::{
        ArticleId, Day, FactForm, FactId, FinancialCenterId, GroupForm, GroupId, GroupKind, Household,
        MemberId, OccurrenceForm, PlanForm, RecurringForm, RecurringId,
        article::ArticleForm,
        financial_center::FinancialCenterForm,
        household::{HouseholdForm, MemberForm},
    },
    error::AppError,
};
use serde::{Deserialize, Serialize};

/// A change to the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", content = "with", rename_all = "snake_case")]
pub enum Command {
    /// Records a fact.
    RecordFact(FactForm),
    /// Changes the fields of a fact that are given.
    ReviseFact {
        /// Which one.
        id: FactId,
        /// The fields.
        form: FactForm,
    },
    /// Deletes a fact; a tombstone stays.
    DeleteFact {
        /// Which one.
        id: FactId,
    },
    /// Brings a deleted fact back.
    RestoreFact {
        /// Which one.
        id: FactId,
    },
    /// Records a transfer or split: several facts in one change.
    RecordGroup(GroupForm),
    /// Replaces a transfer or split by another one of its kind.
    ReviseGroup {
        /// Which one.
        id: GroupId,
        /// What it becomes.
        form: GroupForm,
    },
    /// Deletes a transfer or split with all its parts.
    DeleteGroup {
        /// What it is.
        kind: GroupKind,
        /// Which one.
        id: GroupId,
    },
    /// Brings a deleted transfer or split back.
    RestoreGroup {
        /// What it is.
        kind: GroupKind,
        /// Which one.
        id: GroupId,
    },
    /// Adds an article.
    AddArticle(ArticleForm),
    /// Changes the fields of an article that are given.
    ReviseArticle {
        /// Which one.
        id: ArticleId,
        /// The fields.
        form: ArticleForm,
    },
    /// Deletes an article that nothing uses.
    DeleteArticle {
        /// Which one.
        id: ArticleId,
    },
    /// Brings a deleted article back.
    RestoreArticle {
        /// Which one.
        id: ArticleId,
    },
    /// Merges an article into another one of its kind: its facts, its plans and what stands below it follow,
    /// and it is gone. Answers the other one.
    MergeArticle {
        /// The one that goes.
        id: ArticleId,
        /// The one that stays.
        into: ArticleId,
    },
    /// Adds a financial center.
    AddFinancialCenter(FinancialCenterForm),
    /// Changes the fields of a financial center that are given.
    ReviseFinancialCenter {
        /// Which one.
        id: FinancialCenterId,
        /// The fields.
        form: FinancialCenterForm,
    },
    /// Deletes a financial center that nothing uses.
    DeleteFinancialCenter {
        /// Which one.
        id: FinancialCenterId,
    },
    /// Brings a deleted financial center back.
    RestoreFinancialCenter {
        /// Which one.
        id: FinancialCenterId,
    },
    /// Adds a recurring entry.
    AddRecurring(RecurringForm),
    /// Changes a recurring entry; what was settled stays settled.
    ReviseRecurring {
        /// Which one.
        id: RecurringId,
        /// The fields.
        form: RecurringForm,
    },
    /// Deletes a recurring entry; what was recorded for it stays.
    DeleteRecurring {
        /// Which one.
        id: RecurringId,
    },
    /// Brings a deleted recurring entry back.
    RestoreRecurring {
        /// Which one.
        id: RecurringId,
    },
    /// Records the transaction of an occurrence. When somebody was faster, answers what they recorded.
    ConfirmOccurrence {
        /// Of which recurring entry.
        id: RecurringId,
        /// Which day, and what differs from the entry.
        form: OccurrenceForm,
    },
    /// Notes that nothing happens on an occurrence.
    SkipOccurrence {
        /// Of which recurring entry.
        id: RecurringId,
        /// Its day.
        day: Day,
    },
    /// Opens an occurrence again; the transaction that was recorded for it is deleted.
    ReopenOccurrence {
        /// Of which recurring entry.
        id: RecurringId,
        /// Its day.
        day: Day,
    },
    /// Sets plans, all of them in one change.
    SetPlans(Vec<PlanForm>),
    /// Changes the household.
    ReviseHousehold(HouseholdForm),
    /// Changes a member.
    ReviseMember {
        /// Which one.
        id: MemberId,
        /// The fields.
        form: MemberForm,
    },
}

/// What becomes of a command, by the one rule that both sides share.
///
/// The server decides on all that the command names, under the household's lock, and stores what it comes to. A
/// page decides on what it has loaded, and shows what it comes to until the answer is there.
#[must_use]
pub fn decide(known: &dyn Known, terms: Terms, command: &Command) -> Decision {
    if let Some(household) = known.household().filter(|household| household.erase_on.is_some()) {
        return in_closed(known, &household, command);
    }
    let (mutation, base) = (terms.mutation_id, terms.base_version);
    match command {
        Command::RecordFact(form) => facts::record(known, mutation, form).into(),
        Command::ReviseFact { id, form } => facts::revise(known, base, *id, form).into(),
        Command::DeleteFact { id } => facts::delete(known, base, *id).into(),
        Command::RestoreFact { id } => facts::restore(known, base, *id).into(),
        Command::RecordGroup(form) => groups::record(known, mutation, form).into(),
        Command::ReviseGroup { id, form } => groups::revise(known, terms, *id, form).into(),
        Command::DeleteGroup { kind, id } => groups::delete(known, base, *kind, *id).into(),
        Command::RestoreGroup { kind, id } => groups::restore(known, base, *kind, *id).into(),
        Command::AddArticle(form) => articles::add(known, mutation, form).into(),
        Command::ReviseArticle { id, form } => articles::revise(known, base, *id, form).into(),
        Command::DeleteArticle { id } => articles::delete(known, base, *id).into(),
        Command::RestoreArticle { id } => articles::restore(known, base, *id).into(),
        // What follows into the other article is known on the server alone.
        Command::MergeArticle { .. } => Decision::Unknown,
        Command::AddFinancialCenter(form) => financial_centers::add(known, mutation, form).into(),
        Command::ReviseFinancialCenter { id, form } => {
            financial_centers::revise(known, base, *id, form).into()
        }
        Command::DeleteFinancialCenter { id } => financial_centers::delete(known, base, *id).into(),
        Command::RestoreFinancialCenter { id } => financial_centers::restore(known, base, *id).into(),
        Command::AddRecurring(form) => recurring::add(known, mutation, form).into(),
        Command::ReviseRecurring { id, form } => recurring::revise(known, base, *id, form).into(),
        Command::DeleteRecurring { id } => recurring::delete(known, base, *id).into(),
        Command::RestoreRecurring { id } => recurring::restore(known, base, *id).into(),
        Command::ConfirmOccurrence { id, form } => {
            occurrences::confirm(known, (mutation, base), *id, form).into()
        }
        Command::SkipOccurrence { id, day } => occurrences::skip(known, base, *id, *day).into(),
        Command::ReopenOccurrence { id, day } => occurrences::reopen(known, base, *id, *day).into(),
        Command::SetPlans(forms) => plans::set(known, forms).into(),
        Command::ReviseHousehold(form) => household::revise(known, base, form).into(),
        Command::ReviseMember { id, form } => household::revise_member(known, base, *id, form).into(),
    }
}

/// Nothing is written in a household that waits to be erased; what is wrong with the form is said first.
fn in_closed(known: &dyn Known, household: &Household, command: &Command) -> Decision {
    let exists =
        |zone: &str| if zone == household.time_zone { Some(true) } else { known.time_zone_exists(zone) };
    if let Command::ReviseHousehold(HouseholdForm { time_zone: Some(zone), .. }) = command
        && exists(zone).is_none()
    {
        return Decision::Unknown;
    }
    let form = check_form(command, |zone| exists(zone).unwrap_or(true));
    Decision::Refused(form.err().unwrap_or(AppError::HouseholdClosed))
}

/// What is wrong with the form of a command, whatever the book has.
///
/// # Errors
/// Names every field that is refused.
pub fn check_form(command: &Command, time_zone_exists: impl FnOnce(&str) -> bool) -> Result<(), AppError> {
    match command {
        Command::RecordFact(form) => drop(form.new_fact()?),
        Command::ReviseFact { form, .. } => drop(form.revision()?),
        Command::RecordGroup(form) | Command::ReviseGroup { form, .. } => drop(form.whole()?),
        Command::AddArticle(form) => drop(form.new_article()?),
        Command::ReviseArticle { form, .. } => drop(form.revision()?),
        Command::AddFinancialCenter(form) => drop(form.new_center()?),
        Command::ReviseFinancialCenter { form, .. } => drop(form.revision()?),
        Command::AddRecurring(form) => drop(form.new_recurring()?),
        Command::ConfirmOccurrence { form, .. } => drop(occurrences::confirmed(form)?),
        Command::SetPlans(forms) => drop(plans::cells(forms)?),
        Command::ReviseHousehold(form) => drop(household::household_revision(form, time_zone_exists)?),
        Command::ReviseMember { form, .. } => drop(household::member_name(form)?),
        // These are read together with the row, or have none.
        Command::ReviseRecurring { .. }
        | Command::DeleteFact { .. }
        | Command::RestoreFact { .. }
        | Command::DeleteGroup { .. }
        | Command::RestoreGroup { .. }
        | Command::DeleteArticle { .. }
        | Command::RestoreArticle { .. }
        | Command::MergeArticle { .. }
        | Command::DeleteFinancialCenter { .. }
        | Command::RestoreFinancialCenter { .. }
        | Command::DeleteRecurring { .. }
        | Command::RestoreRecurring { .. }
        | Command::SkipOccurrence { .. }
        | Command::ReopenOccurrence { .. } => {}
    }
    Ok(())
}

impl Command {
    /// What the log calls it. These names are stored, and a part of what a repeat must repeat: they never change.
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

    /// What a repeat must repeat beside the name, as bytes: never changed for a command that was sent before, or
    /// its repeat would be taken for another one. A field that is added to a form is left out while it is absent.
    ///
    /// # Errors
    /// None that these types can cause.
    pub fn content(&self) -> serde_json::Result<Vec<u8>> {
        use serde_json::to_vec;
        match self {
            Self::RecordFact(form) => to_vec(form),
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
