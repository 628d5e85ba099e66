//! Adding, revising, deleting and restoring financial centers.

use super::{
    Terms,
    decision::{Revised, Stop},
    known::Known,
    rows::{check_free, check_room, deleted, own_id, standing},
};
use crate::{
    domain::{
        FinancialCenter, FinancialCenterForm, FinancialCenterId, FinancialCenterRevision, Limit, Money,
        Reason,
        financial_center::{NewFinancialCenter, POSITION_STEP},
    },
    error::AppError,
};

type Decided = Result<Vec<Revised<FinancialCenter>>, Stop>;

/// Adds a financial center, by default in the household's currency and last in the order. If the form has no
/// id, the financial center takes the mutation id.
pub(super) fn add(known: &dyn Known, terms: Terms, form: &FinancialCenterForm) -> Decided {
    let NewFinancialCenter { id, name, currency, opening_balance, archived, position } = form.new_center()?;
    let id = own_id(form.id.as_ref(), id, terms.mutation_id);
    check_free(&known.financial_center(id))?;
    let currency = match currency {
        Some(currency) => currency,
        None => known.household().ok_or(Stop::Unknown)?.currency,
    };
    let opening_balance = match &opening_balance {
        Some(text) => {
            terms.typed_in.check(currency)?;
            Money::parse(text, currency).map_err(|error| AppError::field("opening_balance", error))?
        }
        None => Money::zero(currency),
    };
    let position = match position {
        Some(position) => position,
        None => known.last_position().ok_or(Stop::Unknown)?.saturating_add(POSITION_STEP),
    };
    check_room(known, Limit::FinancialCenters)?;
    let (version, updated_by) = (1, Some(known.stamp().member));
    let center =
        FinancialCenter { id, name, currency, opening_balance, archived, position, version, updated_by };
    Ok(vec![Revised::created(center)])
}

/// Changes the given fields.
pub(super) fn revise(
    known: &dyn Known,
    terms: Terms,
    id: FinancialCenterId,
    form: &FinancialCenterForm,
) -> Decided {
    let FinancialCenterRevision { name, currency, opening_balance, archived, position } = form.revision()?;
    let old = standing(terms.base_version, known.financial_center(id))?;
    let currency = currency.unwrap_or(old.currency);
    if currency != old.currency && known.financial_center_in_use(id).ok_or(Stop::Unknown)? {
        return Err(AppError::field("currency", Reason::UsedCurrency).into());
    }
    if opening_balance.is_some() {
        terms.typed_in.check(currency)?;
    }
    // An unchanged opening balance must fit the new currency too.
    let opening_balance = opening_balance.unwrap_or_else(|| old.opening_balance.to_string());
    let opening_balance = Money::parse(&opening_balance, currency)
        .map_err(|error| AppError::field("opening_balance", error))?;
    let center = FinancialCenter {
        id,
        name: name.unwrap_or_else(|| old.name.clone()),
        currency,
        opening_balance,
        archived: archived.unwrap_or(old.archived),
        position: position.unwrap_or(old.position),
        version: old.version + 1,
        updated_by: Some(known.stamp().member),
    };
    Ok(vec![Revised::updated(old, center)])
}

/// Deletes a financial center that nothing uses, and keeps a tombstone.
pub(super) fn delete(known: &dyn Known, base: Option<i64>, id: FinancialCenterId) -> Decided {
    let old = standing(base, known.financial_center(id))?;
    if known.financial_center_in_use(id).ok_or(Stop::Unknown)? {
        return Err(AppError::InUse.into());
    }
    let updated_by = Some(known.stamp().member);
    let tombstone = FinancialCenter { version: old.version + 1, updated_by, ..old.clone() };
    Ok(vec![Revised::deleted(old, tombstone)])
}

/// Restores a deleted financial center.
pub(super) fn restore(known: &dyn Known, base: Option<i64>, id: FinancialCenterId) -> Decided {
    let old = deleted(base, known.financial_center(id))?;
    check_room(known, Limit::FinancialCenters)?;
    let updated_by = Some(known.stamp().member);
    Ok(vec![Revised::restored(FinancialCenter { version: old.version + 1, updated_by, ..old })])
}
