//! The rule of each command, and what is refused by its form alone.

use super::{
    Command, Decision, Known, Terms, articles, facts, financial_centers, groups, household, occurrences,
    plans, recurring,
};
use crate::{
    domain::{Household, household::HouseholdForm},
    error::AppError,
};

/// Decides which changes a command makes. Server and page run the same rule.
///
/// The server decides on every row that the command names, holding the household's lock, and stores the
/// changes. A page decides on the rows that it has loaded, and shows the changes until the response arrives.
#[must_use]
pub fn decide(known: &dyn Known, terms: Terms, command: &Command) -> Decision {
    if let Some(household) = known.household()
        && let Some(erase_on) = household.erase_on
    {
        let closed = AppError::of_closed(erase_on, known.stamp().today);
        return in_closed(known, &household, command, closed);
    }
    let (mutation, base, typed_in) = (terms.mutation_id, terms.base_version, terms.typed_in);
    match command {
        Command::RecordFact(form) => facts::record(known, terms, form).into(),
        Command::ReviseFact { id, form } => facts::revise(known, terms, *id, form).into(),
        Command::DeleteFact { id } => facts::delete(known, base, *id).into(),
        Command::RestoreFact { id } => facts::restore(known, base, *id).into(),
        Command::RecordGroup(form) => groups::record(known, terms, form).into(),
        Command::ReviseGroup { id, form } => groups::revise(known, terms, *id, form).into(),
        Command::DeleteGroup { kind, id } => groups::delete(known, base, *kind, *id).into(),
        Command::RestoreGroup { kind, id } => groups::restore(known, base, *kind, *id).into(),
        Command::AddArticle(form) => articles::add(known, mutation, form).into(),
        Command::ReviseArticle { id, form } => articles::revise(known, base, *id, form).into(),
        Command::DeleteArticle { id } => articles::delete(known, base, *id).into(),
        Command::RestoreArticle { id } => articles::restore(known, base, *id).into(),
        // Only the server knows all facts, plans and subordinate articles that move.
        Command::MergeArticle { .. } => Decision::Unknown,
        Command::AddFinancialCenter(form) => financial_centers::add(known, terms, form).into(),
        Command::ReviseFinancialCenter { id, form } => {
            financial_centers::revise(known, terms, *id, form).into()
        }
        Command::DeleteFinancialCenter { id } => financial_centers::delete(known, base, *id).into(),
        Command::RestoreFinancialCenter { id } => financial_centers::restore(known, base, *id).into(),
        Command::AddRecurring(form) => recurring::add(known, terms, form).into(),
        Command::ReviseRecurring { id, form } => recurring::revise(known, terms, *id, form).into(),
        Command::DeleteRecurring { id } => recurring::delete(known, base, *id).into(),
        Command::RestoreRecurring { id } => recurring::restore(known, base, *id).into(),
        Command::ConfirmOccurrence { id, form } => occurrences::confirm(known, terms, *id, form).into(),
        Command::SkipOccurrence { id, day } => occurrences::skip(known, base, *id, *day).into(),
        Command::ReopenOccurrence { id, day } => occurrences::reopen(known, base, *id, *day).into(),
        Command::SetPlans(forms) => plans::set(known, typed_in, forms).into(),
        Command::ReviseHousehold(form) => household::revise(known, base, form).into(),
        Command::ReviseMember { id, form } => household::revise_member(known, base, *id, form).into(),
    }
}

/// A household that waits to be erased takes no writes. Errors in the form are reported first.
fn in_closed(known: &dyn Known, household: &Household, command: &Command, closed: AppError) -> Decision {
    let exists =
        |zone: &str| if zone == household.time_zone { Some(true) } else { known.time_zone_exists(zone) };
    if let Command::ReviseHousehold(HouseholdForm { time_zone: Some(zone), .. }) = command
        && exists(zone).is_none()
    {
        return Decision::Unknown;
    }
    let form = check_form(command, |zone| exists(zone).unwrap_or(true));
    Decision::Refused(form.err().unwrap_or(closed))
}

/// Checks the form of a command, independently of the book.
///
/// # Errors
/// Names every refused field.
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
        // These forms are parsed together with the stored row, or the command has none.
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
