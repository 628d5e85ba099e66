//! Whether a revision and what somebody else wrote meanwhile can both stand.

use super::queue::Pending;
use crate::{
    command::Command,
    domain::{Currency, Fact, FactForm, Money},
    error::AppError,
    replica::Replica,
};

/// The version on which a revision goes on that somebody else was faster than, if they changed other fields.
pub(super) fn goes_on_from(pending: &Pending, error: &AppError, replica: &Replica) -> Option<i64> {
    let (Command::ReviseFact { form, .. }, AppError::Stale { current }, [seen]) =
        (&pending.command, error, pending.seen.as_slice())
    else {
        return None;
    };
    let theirs: Fact = serde_json::from_str(current).ok()?;
    let currency = replica.currency_of(theirs.financial_center_id);
    (!contested(form, seen, &theirs, currency)).then_some(theirs.version)
}

/// Whether somebody else gave a field that was changed here another value. Where both wrote the same
/// there is nothing to choose.
fn contested(mine: &FactForm, base: &Fact, theirs: &Fact, currency: Option<Currency>) -> bool {
    let differs = |mine: &Option<String>, base: String, theirs: String| {
        theirs != base && mine.as_ref().is_some_and(|mine| *mine != theirs)
    };
    // A correction of the digits alone may be written in many ways: it is compared as money.
    let money = |text: &String| currency.and_then(|currency| Money::parse(text, currency).ok());
    let amount = mine.amount.as_ref().is_some_and(|text| money(text) != Some(theirs.amount));
    (amount && theirs.amount != base.amount)
        || differs(&mine.article_id, base.article_id.to_string(), theirs.article_id.to_string())
        || differs(
            &mine.financial_center_id,
            base.financial_center_id.to_string(),
            theirs.financial_center_id.to_string(),
        )
        || differs(&mine.date, base.date.to_string(), theirs.date.to_string())
        || differs(&mine.comment, base.comment.to_string(), theirs.comment.to_string())
}
