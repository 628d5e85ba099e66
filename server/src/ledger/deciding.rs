//! Carrying out a command: it loads rows, decides, stores the changes and builds the response.

use super::{
    Ledger,
    accounts::time_zone_exists,
    fault::Fault,
    loaded::Loaded,
    rows::alive,
    storing::store_all,
    write::{Begun, Order, Repeat},
};
use crate::db::{self, Tx};
use app::{
    command::{Command, Decision, Fate, RowChange, Subject, check_form, decide, plans::cells},
    domain::{
        Day, Fact, FactGroup, FactId, GroupForm, GroupId, GroupKind, HouseholdId, MutationId, RecurringId,
        occurrence::Settlement,
    },
    error::AppError,
    service::Written,
};
use uuid::Uuid;

impl Ledger {
    /// Carries out a command by the rule that server and page share.
    pub(super) async fn decided(&self, order: Order, command: &Command) -> Result<Written<Subject>, Fault> {
        // Errors in the form are refused before the household is locked.
        check_form(command, time_zone_exists)?;
        let (order, subject) = named(order, command);
        let household = order.actor.household;
        let mut write = match order.begin(self, subject).await? {
            Begun::Repeat(repeat) => return repeated(*repeat, household, command).await,
            Begun::Fresh(write) => write,
        };
        let known = Loaded::of(&mut write, &self.clock, order.terms, subject, command).await?;
        let changes = match decide(&known, order.terms, command) {
            Decision::Changes(changes) => changes,
            Decision::Already => {
                // The write is dropped, so no number is used.
                let position = write.nothing_to_do();
                let value = standing(&mut write.tx, household, subject, command).await?;
                return Ok(Written { value, position, repeated: true, already: true });
            }
            Decision::Refused(error) => return Err(error.into()),
            Decision::Unknown => return Err(Fault::Other(format!("{} was not loaded", command.name()))),
        };
        store_all(&mut write, &changes).await?;
        let zone = changes.iter().find_map(|change| match change {
            RowChange::Household(row) => Some(row.after.time_zone.clone()),
            _ => None,
        });
        let value = match stands(command, subject, changes) {
            Some(value) => value,
            None => standing(&mut write.tx, household, subject, command).await?,
        };
        let position = write.commit(self).await?;
        if let Some(zone) = zone {
            self.bus.hub().set_zone(household, position.seq, &zone);
        }
        Ok(Written { value, position, repeated: false, already: false })
    }
}

/// The id of the row that a command is about. A command that adds a row gets an id and a key if it has none.
fn named(order: Order, command: &Command) -> (Order, Uuid) {
    let keyed = |id: Option<&String>| {
        let id = id.and_then(|text| text.trim().parse().ok());
        let id = id.or_else(|| order.terms.mutation_id.map(MutationId::uuid)).unwrap_or_else(Uuid::now_v7);
        let mutation = order.terms.mutation_id.unwrap_or_else(|| MutationId::from(id));
        (order.with_mutation(mutation), id)
    };
    let subject = match command {
        Command::RecordFact(form) => return keyed(form.id.as_ref()),
        Command::RecordGroup(GroupForm::Transfer(form)) => return keyed(form.id.as_ref()),
        Command::RecordGroup(GroupForm::Split(form)) => return keyed(form.id.as_ref()),
        Command::AddArticle(form) => return keyed(form.id.as_ref()),
        Command::AddFinancialCenter(form) => return keyed(form.id.as_ref()),
        Command::AddRecurring(form) => return keyed(form.id.as_ref()),
        Command::ReviseFact { id, .. } | Command::DeleteFact { id } | Command::RestoreFact { id } => {
            id.uuid()
        }
        Command::ReviseGroup { id, .. }
        | Command::DeleteGroup { id, .. }
        | Command::RestoreGroup { id, .. } => id.uuid(),
        Command::ReviseArticle { id, .. }
        | Command::DeleteArticle { id }
        | Command::RestoreArticle { id }
        | Command::MergeArticle { id, .. } => id.uuid(),
        Command::ReviseFinancialCenter { id, .. }
        | Command::DeleteFinancialCenter { id }
        | Command::RestoreFinancialCenter { id } => id.uuid(),
        Command::ReviseRecurring { id, .. }
        | Command::DeleteRecurring { id }
        | Command::RestoreRecurring { id }
        | Command::ConfirmOccurrence { id, .. }
        | Command::SkipOccurrence { id, .. }
        | Command::ReopenOccurrence { id, .. } => id.uuid(),
        Command::SetPlans(_) | Command::ReviseHousehold(_) => order.actor.household.uuid(),
        Command::ReviseMember { id, .. } => id.uuid(),
    };
    (order, subject)
}

/// The response to a command, as far as its changes determine it; `None` if it must be read from the store.
fn stands(command: &Command, subject: Uuid, changes: Vec<RowChange>) -> Option<Subject> {
    if deletes(command) {
        return Some(Subject::Deleted(()));
    }
    match command {
        Command::SetPlans(_) => None,
        Command::RecordGroup(form) | Command::ReviseGroup { form, .. } => {
            Some(whole(form.kind(), subject, changes))
        }
        Command::RestoreGroup { kind, .. } => Some(whole(*kind, subject, changes)),
        Command::ConfirmOccurrence { .. } => changes.into_iter().find_map(|change| match change {
            RowChange::Fact(row) => Some(Subject::Fact(row.after)),
            _ => None,
        }),
        _ => match changes.into_iter().next_back()? {
            RowChange::Fact(row) => Some(Subject::Fact(row.after)),
            RowChange::Article(row) => Some(Subject::Article(row.after)),
            RowChange::FinancialCenter(row) => Some(Subject::FinancialCenter(row.after)),
            RowChange::Recurring(row) => Some(Subject::Recurring(row.after)),
            RowChange::Household(row) => Some(Subject::Household(row.after)),
            RowChange::Member(row) => Some(Subject::Member(row.after)),
            RowChange::Plan(_) | RowChange::Occurrence(_) => None,
        },
    }
}

/// A transfer or split with its existing parts.
fn whole(kind: GroupKind, subject: Uuid, changes: Vec<RowChange>) -> Subject {
    let stands = |change: RowChange| match change {
        RowChange::Fact(row) if row.fate != Fate::Deleted => Some(row.after),
        _ => None,
    };
    let mut facts: Vec<Fact> = changes.into_iter().filter_map(stands).collect();
    facts.sort_by_key(|fact| fact.id);
    let version = facts.first().map_or(0, |fact| fact.version);
    Subject::Group(FactGroup { id: GroupId::from(subject), kind, version, facts })
}

/// The row that a command is about, as it is in the store.
async fn standing(
    tx: &mut Tx,
    household: HouseholdId,
    subject: Uuid,
    command: &Command,
) -> Result<Subject, Fault> {
    Ok(match command {
        Command::RecordFact(_)
        | Command::ReviseFact { .. }
        | Command::DeleteFact { .. }
        | Command::RestoreFact { .. } => {
            alive(db::facts::find(tx, household, FactId::from(subject)).await?)?.into()
        }
        Command::RecordGroup(form) | Command::ReviseGroup { form, .. } => {
            super::groups::find(tx, household, form.kind(), subject.into()).await?.into()
        }
        Command::DeleteGroup { kind, .. } | Command::RestoreGroup { kind, .. } => {
            super::groups::find(tx, household, *kind, subject.into()).await?.into()
        }
        Command::AddArticle(_)
        | Command::ReviseArticle { .. }
        | Command::DeleteArticle { .. }
        | Command::RestoreArticle { .. }
        | Command::MergeArticle { .. } => {
            alive(db::articles::find(tx, household, subject.into()).await?)?.into()
        }
        Command::AddFinancialCenter(_)
        | Command::ReviseFinancialCenter { .. }
        | Command::DeleteFinancialCenter { .. }
        | Command::RestoreFinancialCenter { .. } => {
            alive(db::financial_centers::find(tx, household, subject.into()).await?)?.into()
        }
        Command::AddRecurring(_)
        | Command::ReviseRecurring { .. }
        | Command::DeleteRecurring { .. }
        | Command::RestoreRecurring { .. }
        | Command::SkipOccurrence { .. }
        | Command::ReopenOccurrence { .. } => {
            alive(db::recurring::find(tx, household, subject.into()).await?)?.into()
        }
        Command::ConfirmOccurrence { form, .. } => {
            let day = form.day.as_ref().and_then(|text| text.trim().parse::<Day>().ok());
            let day = day.ok_or(AppError::Gone)?;
            let id = RecurringId::from(subject);
            match db::occurrences::find(tx, household, id, day).await? {
                Some(Settlement::Recorded(fact)) => {
                    alive(db::facts::find(tx, household, fact).await?)?.into()
                }
                _ => return Err(AppError::Gone.into()),
            }
        }
        Command::SetPlans(forms) => {
            super::plans::standing(tx, household, &cells(forms).map_err(AppError::from)?).await?.into()
        }
        Command::ReviseHousehold(_) => db::households::find(tx, household).await?.into(),
        Command::ReviseMember { id, .. } => {
            db::members::find(tx, household, *id).await?.ok_or(AppError::NotFound)?.into()
        }
    })
}

/// The response to a repeat: the row as it is now, and the number of the first write.
async fn repeated(
    mut repeat: Repeat,
    household: HouseholdId,
    command: &Command,
) -> Result<Written<Subject>, Fault> {
    let value = if deletes(command) {
        Subject::Deleted(())
    } else {
        // An id that the server assigned is only in the log.
        standing(&mut repeat.tx, household, repeat.subject, command).await?
    };
    Ok(Written { value, position: repeat.position, repeated: true, already: false })
}

const fn deletes(command: &Command) -> bool {
    matches!(
        command,
        Command::DeleteFact { .. }
            | Command::DeleteGroup { .. }
            | Command::DeleteArticle { .. }
            | Command::DeleteFinancialCenter { .. }
            | Command::DeleteRecurring { .. }
    )
}
