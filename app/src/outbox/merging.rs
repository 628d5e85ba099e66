//! Decides whether a revision can be applied to a row that another member has changed meanwhile.

use super::{
    pending::{Pending, Seen},
    version_now,
};
use crate::{
    command::{Command, Subject},
    domain::{
        Article, ArticleForm, Currency, Fact, FactForm, FinancialCenter, FinancialCenterForm, Recurring,
        RecurringForm,
        fields::{Comparable, contested},
    },
    error::AppError,
    replica::Replica,
};
use leptos::prelude::WithUntracked;
use serde::de::DeserializeOwned;

/// A row that is revised field by field.
pub trait Revisable: DeserializeOwned {
    /// The form of a revision.
    type Form: Comparable + for<'a> From<&'a Self>;
    /// The currency of its amount; `None` without an amount, or if unknown.
    fn currency(&self, replica: &Replica) -> Option<Currency>;
    /// The name of the amount; `None` if a revision gives none.
    fn amount_given(form: &Self::Form) -> Option<&'static str>;
}

impl Revisable for Fact {
    type Form = FactForm;

    fn currency(&self, replica: &Replica) -> Option<Currency> {
        replica.currency_of(self.financial_center_id)
    }

    fn amount_given(form: &FactForm) -> Option<&'static str> {
        form.amount.as_ref().map(|_| "amount")
    }
}

impl Revisable for Article {
    type Form = ArticleForm;

    fn currency(&self, _: &Replica) -> Option<Currency> {
        None
    }

    fn amount_given(_: &ArticleForm) -> Option<&'static str> {
        None
    }
}

impl Revisable for FinancialCenter {
    type Form = FinancialCenterForm;

    fn currency(&self, _: &Replica) -> Option<Currency> {
        Some(self.currency)
    }

    fn amount_given(form: &FinancialCenterForm) -> Option<&'static str> {
        form.opening_balance.as_ref().map(|_| "opening_balance")
    }
}

impl Revisable for Recurring {
    type Form = RecurringForm;

    /// That of its account; for a plan, the household's.
    fn currency(&self, replica: &Replica) -> Option<Currency> {
        match self.financial_center_id {
            Some(center) => replica.currency_of(center),
            None => Some(replica.household.with_untracked(|household| household.currency)),
        }
    }

    fn amount_given(form: &RecurringForm) -> Option<&'static str> {
        form.amount.as_ref().map(|_| "amount")
    }
}

/// The fields in which a revision conflicts with what another member made of the row: they gave a field that it
/// changes a different value, or its amount a different currency. Empty if there is no conflict.
#[must_use]
pub fn conflicts<R: Revisable>(mine: &R::Form, base: &R, theirs: &R, replica: &Replica) -> Vec<&'static str> {
    let currency = theirs.currency(replica);
    let mut names = contested(mine, &R::Form::from(base), &R::Form::from(theirs), currency);
    let amount = R::amount_given(mine).filter(|_| base.currency(replica) != currency);
    names.extend(amount.filter(|amount| !names.contains(amount)));
    names
}

/// The version on which a stale revision can continue, if the other member changed other fields.
pub(super) fn goes_on_from(pending: &Pending, error: &AppError, replica: &Replica) -> Option<i64> {
    fn over<R: Revisable>(mine: &R::Form, base: &R, current: &str, replica: &Replica) -> bool {
        serde_json::from_str(current)
            .is_ok_and(|theirs: R| conflicts(mine, base, &theirs, replica).is_empty())
    }
    let AppError::Stale { current } = error else { return None };
    let goes_on = match (&pending.command, &pending.seen) {
        (Command::ReviseFact { form, .. }, Seen::Facts(seen)) => match seen.as_slice() {
            [seen] => over(form, seen, current, replica),
            _ => false,
        },
        (command, Seen::Row(seen)) => match (command, &**seen) {
            (Command::ReviseArticle { form, .. }, Subject::Article(seen)) => {
                over(form, seen, current, replica)
            }
            (Command::ReviseFinancialCenter { form, .. }, Subject::FinancialCenter(seen)) => {
                over(form, seen, current, replica)
            }
            (Command::ReviseRecurring { form, .. }, Subject::Recurring(seen)) => {
                over(form, seen, current, replica)
            }
            _ => false,
        },
        _ => false,
    };
    version_now(error).filter(|_| goes_on)
}
