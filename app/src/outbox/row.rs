//! Which rows a command changes, and which others it names.

use crate::{
    command::{Command, Subject},
    domain::{
        ArticleId, Day, FactForm, FactId, FinancialCenterId, GroupForm, MemberId, Month, MutationId,
        OccurrenceForm, PlanForm, RecurringId,
    },
    wire::{Change, Entry},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A row of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowId {
    /// A fact, or a transfer or split by its id.
    Fact(FactId),
    /// An article.
    Article(ArticleId),
    /// A financial center.
    FinancialCenter(FinancialCenterId),
    /// A recurring entry.
    Recurring(RecurringId),
    /// A day of a recurring entry.
    Occurrence(RecurringId, Day),
    /// The plan of an article in a month.
    Plan(ArticleId, Month),
    /// The household.
    Household,
    /// A member.
    Member(MemberId),
}

impl RowId {
    /// The id of the row; `None` if it has no id.
    #[must_use]
    pub const fn uuid(self) -> Option<Uuid> {
        match self {
            Self::Fact(id) => Some(id.uuid()),
            Self::Article(id) => Some(id.uuid()),
            Self::FinancialCenter(id) => Some(id.uuid()),
            Self::Recurring(id) => Some(id.uuid()),
            Self::Member(id) => Some(id.uuid()),
            Self::Occurrence(..) | Self::Plan(..) | Self::Household => None,
        }
    }
}

impl From<FactId> for RowId {
    fn from(id: FactId) -> Self {
        Self::Fact(id)
    }
}

/// The row of a plan; `None` if the form names none.
#[must_use]
pub fn plan_row(form: &PlanForm) -> Option<RowId> {
    let article = form.article_id.as_ref()?.parse().ok()?;
    Some(RowId::Plan(article, form.month.as_ref()?.parse().ok()?))
}

/// The rows that a command changes. A new row without an id takes that of the command.
#[must_use]
pub fn rows_of(command: &Command, mutation: MutationId) -> Vec<RowId> {
    fn id<T: std::str::FromStr>(text: &Option<String>) -> Option<T> {
        text.as_ref().and_then(|text| text.parse().ok())
    }
    let made = mutation.uuid();
    let row = match command {
        Command::RecordFact(form) => RowId::Fact(id(&form.id).unwrap_or_else(|| made.into())),
        Command::ReviseFact { id, .. } | Command::DeleteFact { id } | Command::RestoreFact { id } => {
            RowId::Fact(*id)
        }
        Command::RecordGroup(form) => {
            let given = match form {
                GroupForm::Transfer(form) => &form.id,
                GroupForm::Split(form) => &form.id,
            };
            RowId::Fact(id(given).unwrap_or_else(|| made.into()))
        }
        Command::ReviseGroup { id, .. }
        | Command::DeleteGroup { id, .. }
        | Command::RestoreGroup { id, .. } => RowId::Fact(id.uuid().into()),
        Command::AddArticle(form) => RowId::Article(id(&form.id).unwrap_or_else(|| made.into())),
        Command::ReviseArticle { id, .. }
        | Command::DeleteArticle { id }
        | Command::RestoreArticle { id }
        | Command::MergeArticle { id, .. } => RowId::Article(*id),
        Command::AddFinancialCenter(form) => {
            RowId::FinancialCenter(id(&form.id).unwrap_or_else(|| made.into()))
        }
        Command::ReviseFinancialCenter { id, .. }
        | Command::DeleteFinancialCenter { id }
        | Command::RestoreFinancialCenter { id } => RowId::FinancialCenter(*id),
        Command::AddRecurring(form) => RowId::Recurring(id(&form.id).unwrap_or_else(|| made.into())),
        Command::ReviseRecurring { id, .. }
        | Command::DeleteRecurring { id }
        | Command::RestoreRecurring { id } => RowId::Recurring(*id),
        Command::ConfirmOccurrence { id: recurring, form: OccurrenceForm { day, .. } } => match id(day) {
            Some(day) => RowId::Occurrence(*recurring, day),
            None => RowId::Recurring(*recurring),
        },
        Command::SkipOccurrence { id, day } | Command::ReopenOccurrence { id, day } => {
            RowId::Occurrence(*id, *day)
        }
        Command::SetPlans(forms) => return forms.iter().filter_map(plan_row).collect(),
        Command::ReviseHousehold(_) => RowId::Household,
        Command::ReviseMember { id, .. } => RowId::Member(*id),
    };
    vec![row]
}

/// The rows that a command names without changing them.
#[must_use]
pub fn names_of(command: &Command) -> Vec<RowId> {
    fn article(id: &Option<String>) -> Option<RowId> {
        id.as_ref()?.parse().ok().map(RowId::Article)
    }
    fn center(id: &Option<String>) -> Option<RowId> {
        id.as_ref()?.parse().ok().map(RowId::FinancialCenter)
    }
    let of_fact = |form: &FactForm| [article(&form.article_id), center(&form.financial_center_id)];
    let of_group = |form: &GroupForm| match form {
        GroupForm::Transfer(form) => {
            vec![center(&form.from_financial_center_id), center(&form.to_financial_center_id)]
        }
        GroupForm::Split(form) => {
            let parts = form.parts.iter().map(|part| article(&part.article_id));
            parts.chain([center(&form.financial_center_id)]).collect()
        }
    };
    let named = match command {
        Command::RecordFact(form) | Command::ReviseFact { form, .. } => of_fact(form).to_vec(),
        Command::RecordGroup(form) | Command::ReviseGroup { form, .. } => of_group(form),
        Command::AddArticle(form) | Command::ReviseArticle { form, .. } => vec![article(&form.parent_id)],
        Command::MergeArticle { into, .. } => vec![Some(RowId::Article(*into))],
        Command::AddRecurring(form) | Command::ReviseRecurring { form, .. } => {
            vec![article(&form.article_id), center(&form.financial_center_id)]
        }
        Command::ConfirmOccurrence { id, .. }
        | Command::SkipOccurrence { id, .. }
        | Command::ReopenOccurrence { id, .. } => vec![Some(RowId::Recurring(*id))],
        Command::SetPlans(forms) => forms.iter().map(|form| article(&form.article_id)).collect(),
        _ => Vec::new(),
    };
    let mut named: Vec<RowId> = named.into_iter().flatten().collect();
    named.sort_unstable();
    named.dedup();
    named
}

/// The command that restores the row of a revision; `None` for other commands.
#[must_use]
pub fn restoration_of(command: &Command) -> Option<Command> {
    Some(match command {
        Command::ReviseFact { id, .. } => Command::RestoreFact { id: *id },
        Command::ReviseGroup { id, form } => Command::RestoreGroup { kind: form.kind(), id: *id },
        Command::ReviseArticle { id, .. } => Command::RestoreArticle { id: *id },
        Command::ReviseFinancialCenter { id, .. } => Command::RestoreFinancialCenter { id: *id },
        Command::ReviseRecurring { id, .. } => Command::RestoreRecurring { id: *id },
        _ => return None,
    })
}

/// The versions of the rows in a response.
#[must_use]
pub fn versions_in(subject: &Subject) -> Vec<(RowId, i64)> {
    match subject {
        Subject::Fact(fact) => vec![(RowId::Fact(fact.row_id()), fact.version)],
        Subject::Group(group) => vec![(RowId::Fact(group.id.uuid().into()), group.version)],
        Subject::Article(row) => vec![(RowId::Article(row.id), row.version)],
        Subject::FinancialCenter(row) => vec![(RowId::FinancialCenter(row.id), row.version)],
        Subject::Recurring(row) => vec![(RowId::Recurring(row.id), row.version)],
        Subject::Plans(rows) => {
            rows.iter().map(|row| (RowId::Plan(row.article_id, row.month), row.version)).collect()
        }
        Subject::Household(row) => vec![(RowId::Household, row.version)],
        Subject::Member(row) => vec![(RowId::Member(row.id), row.version)],
        Subject::Deleted(()) => Vec::new(),
    }
}

/// The versions of the rows in the entries of a change. All parts of a transfer or split have the same
/// version.
#[must_use]
pub fn versions_of(entries: &[Entry]) -> Vec<(RowId, i64)> {
    let version = |entry: &Entry| match &entry.change {
        Change::FactCreated(fact) | Change::FactUpdated(fact) => {
            Some((RowId::Fact(fact.row_id()), fact.version))
        }
        Change::FactDeleted(fact) => Some((RowId::Fact(fact.id), fact.version)),
        Change::ArticleCreated(row) | Change::ArticleUpdated(row) => {
            Some((RowId::Article(row.id), row.version))
        }
        Change::FinancialCenterCreated(row) | Change::FinancialCenterUpdated(row) => {
            Some((RowId::FinancialCenter(row.id), row.version))
        }
        Change::RecurringCreated(row) | Change::RecurringUpdated(row) => {
            Some((RowId::Recurring(row.id), row.version))
        }
        Change::PlanUpdated(row) => Some((RowId::Plan(row.article_id, row.month), row.version)),
        Change::MemberCreated(row) | Change::MemberUpdated(row) => Some((RowId::Member(row.id), row.version)),
        Change::HouseholdUpdated(row) => Some((RowId::Household, row.version)),
        Change::ArticleDeleted(_) | Change::FinancialCenterDeleted(_) | Change::RecurringDeleted(_) => None,
    };
    entries.iter().filter_map(version).collect()
}
