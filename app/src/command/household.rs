//! Changing the household and one's own member.

use super::{
    decision::{Revised, Stop, check_version},
    known::{Known, Lookup},
};
use crate::{
    domain::{
        Currency, FieldError, Household, Member, MemberId, Name, Reason, Refusals,
        household::{HouseholdForm, MemberForm},
        look::check_colour,
    },
    error::AppError,
};

/// Changes the given fields of the household.
pub(super) fn revise(
    known: &dyn Known,
    base: Option<i64>,
    form: &HouseholdForm,
) -> Result<Vec<Revised<Household>>, Stop> {
    let old = known.household().ok_or(Stop::Unknown)?;
    // The household's own time zone exists, even if this page has no list of time zones.
    let exists = |zone: &str| if zone == old.time_zone { Some(true) } else { known.time_zone_exists(zone) };
    // All refused fields are reported together, so an unknown time zone ends the decision here.
    if form.time_zone.as_ref().is_some_and(|zone| exists(zone).is_none()) {
        return Err(Stop::Unknown);
    }
    let HouseholdRevision { name, currency } = household_revision(form, |zone| exists(zone).unwrap_or(true))?;
    check_version(base, old.version, &old)?;
    // Existing plans are amounts in the old currency, and would mean something else in another one.
    if currency.is_some_and(|new| new != old.currency) && known.anything_planned().ok_or(Stop::Unknown)? {
        return Err(AppError::field("currency", Reason::PlannedCurrency).into());
    }
    let new = Household {
        id: old.id,
        name: name.unwrap_or_else(|| old.name.clone()),
        currency: currency.unwrap_or(old.currency),
        time_zone: form.time_zone.clone().unwrap_or_else(|| old.time_zone.clone()),
        erase_on: old.erase_on,
        version: old.version + 1,
    };
    Ok(vec![Revised::updated(old, new)])
}

/// Changes the given fields of the member who sends the command.
pub(super) fn revise_member(
    known: &dyn Known,
    base: Option<i64>,
    id: MemberId,
    form: &MemberForm,
) -> Result<Vec<Revised<Member>>, Stop> {
    let name = member_name(form)?;
    // Members change only their own names. Within a household it is no secret which members exist.
    if id != known.stamp().member {
        return Err(AppError::NotFound.into());
    }
    let old = match known.member(id) {
        Lookup::Found(member) => member,
        Lookup::Deleted(_) | Lookup::Missing => return Err(AppError::NotFound.into()),
        Lookup::Absent | Lookup::NotLoaded => return Err(Stop::Unknown),
    };
    check_version(base, old.version, &old)?;
    let new = Member {
        id,
        name: name.unwrap_or_else(|| old.name.clone()),
        role: old.role,
        colour: form.colour.unwrap_or(old.colour),
        removed: old.removed,
        version: old.version + 1,
    };
    Ok(vec![Revised::updated(old, new)])
}

/// The parsed form of the household.
pub struct HouseholdRevision {
    name: Option<Name>,
    currency: Option<Currency>,
}

/// Parses the household's form.
///
/// # Errors
/// Names every refused field.
pub fn household_revision(
    form: &HouseholdForm,
    time_zone_exists: impl FnOnce(&str) -> bool,
) -> Result<HouseholdRevision, Vec<FieldError>> {
    let mut refusals = Refusals::default();
    let name = form.name.as_ref().and_then(|text| refusals.required("name", Some(text)));
    let currency = form.currency.as_ref().and_then(|text| refusals.required("currency", Some(text)));
    if form.time_zone.as_ref().is_some_and(|zone| !time_zone_exists(zone)) {
        refusals.add("time_zone", Reason::UnknownTimeZone);
    }
    refusals.finish()?;
    Ok(HouseholdRevision { name, currency })
}

/// Parses a member's form; returns the name, if it is given.
///
/// # Errors
/// Names every refused field.
pub fn member_name(form: &MemberForm) -> Result<Option<Name>, Vec<FieldError>> {
    let mut refusals = Refusals::default();
    let name = check_member(&mut refusals, form.name.as_ref(), form.colour);
    refusals.finish()?;
    Ok(name)
}

/// Checks a member's new name and colour, and adds refusals.
pub fn check_member(refusals: &mut Refusals, name: Option<&String>, colour: Option<i64>) -> Option<Name> {
    check_colour(refusals, colour);
    name.and_then(|text| refusals.required("name", Some(text)))
}
