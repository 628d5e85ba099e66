//! The currencies in which the amounts of a command were typed.
//!
//! An account or a household changes its currency only before anything depends on it, and that may happen while a
//! command waits. Its amounts would mean something else in the new currency, so the command is refused.

use super::{
    Command,
    known::{Known, Lookup},
};
use crate::{
    domain::{Currency, FinancialCenterId, GroupForm, RecurringForm, Target},
    error::AppError,
};
use serde::{Deserialize, Serialize};

/// The currencies in which the amounts of a command were typed. A currency that is absent is not compared: programs,
/// plain forms and earlier builds send none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedIn {
    /// That of the amounts; of a transfer, that of what leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Currency>,
    /// That of what arrives by a transfer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_amount: Option<Currency>,
}

impl TypedIn {
    /// Whether no currency is given.
    #[must_use]
    pub const fn is_absent(&self) -> bool {
        self.amount.is_none() && self.to_amount.is_none()
    }

    /// The currencies in which the rules would read the amounts of a command now.
    #[must_use]
    pub fn of(known: &dyn Known, command: &Command) -> Self {
        let home = || known.household().map(|household| household.currency);
        let center = |id: FinancialCenterId| match known.financial_center(id) {
            Lookup::Found(center) => Some(center.currency),
            _ => None,
        };
        let named = |id: &Option<String>| center(id.as_ref()?.trim().parse().ok()?);
        let of_recurring = |form: &RecurringForm| {
            let new = form.new_recurring().ok()?;
            match new.financial_center_id {
                Some(id) if new.target == Target::Fact => center(id),
                _ => home(),
            }
        };
        let amount = match command {
            Command::RecordFact(form) => named(&form.financial_center_id),
            // An unchanged amount is read in the currency of the new center.
            Command::ReviseFact { form, .. } if is_given(&form.financial_center_id) => {
                named(&form.financial_center_id)
            }
            Command::ReviseFact { id, form } if form.amount.is_some() => match known.fact(*id) {
                Lookup::Found(fact) => center(fact.financial_center_id),
                _ => None,
            },
            Command::RecordGroup(form) | Command::ReviseGroup { form, .. } => match form {
                GroupForm::Transfer(form) => {
                    let to_amount = named(&form.to_financial_center_id);
                    return Self { amount: named(&form.from_financial_center_id), to_amount };
                }
                GroupForm::Split(form) => named(&form.financial_center_id),
            },
            // A form that gives the currency as well says itself what its amount is.
            Command::AddFinancialCenter(form) if !is_given(&form.currency) => home(),
            Command::ReviseFinancialCenter { id, form }
                if form.opening_balance.is_some() && !is_given(&form.currency) =>
            {
                center(*id)
            }
            Command::AddRecurring(form) => of_recurring(form),
            Command::ReviseRecurring { id, form }
                if form.amount.is_some() || is_given(&form.financial_center_id) =>
            {
                match known.recurring(*id) {
                    Lookup::Found(old) => of_recurring(&form.clone().over(&old)),
                    _ => None,
                }
            }
            Command::ConfirmOccurrence { id, form } if form.amount.is_some() => match known.recurring(*id) {
                Lookup::Found(row) => row.financial_center_id.and_then(center),
                _ => None,
            },
            Command::SetPlans(_) => home(),
            _ => None,
        };
        Self { amount, to_amount: None }
    }

    /// Refuses amounts that were typed in another currency than the one in which they would be recorded.
    pub(super) fn check(self, now: Currency) -> Result<(), AppError> {
        unchanged(self.amount, now)
    }

    /// As [`Self::check`], for what arrives by a transfer.
    pub(super) fn check_arriving(self, now: Currency) -> Result<(), AppError> {
        unchanged(self.to_amount, now)
    }
}

fn unchanged(typed: Option<Currency>, now: Currency) -> Result<(), AppError> {
    if typed.is_some_and(|typed| typed != now) { Err(AppError::CurrencyChanged) } else { Ok(()) }
}

fn is_given(text: &Option<String>) -> bool {
    text.as_ref().is_some_and(|text| !text.trim().is_empty())
}
