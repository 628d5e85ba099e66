//! Whether a revision and what somebody else wrote meanwhile can both stand.

use super::pending::{Pending, Seen};
use crate::{
    command::{Command, Subject},
    domain::{Currency, Fact, FactForm, Money, Recurring},
    error::AppError,
    replica::Replica,
};

/// The version on which a revision goes on that somebody else was faster than, if they changed other fields.
pub(super) fn goes_on_from(pending: &Pending, error: &AppError, replica: &Replica) -> Option<i64> {
    let AppError::Stale { current } = error else { return None };
    match (&pending.command, &pending.seen) {
        (Command::ReviseFact { form, .. }, Seen::Facts(seen)) => {
            let ([seen], Ok(theirs)) = (seen.as_slice(), serde_json::from_str::<Fact>(current)) else {
                return None;
            };
            let currency = replica.currency_of(theirs.financial_center_id);
            (!contested(form, seen, &theirs, currency)).then_some(theirs.version)
        }
        (Command::ReviseRecurring { .. }, Seen::Row(seen)) => {
            let (Subject::Recurring(seen), Ok(theirs)) = (seen.as_ref(), serde_json::from_str(current))
            else {
                return None;
            };
            moved_on(seen, &theirs).then_some(theirs.version)
        }
        _ => None,
    }
}

/// Whether somebody else gave a field that was changed here another value. Where both wrote the same
/// there is nothing to choose.
fn contested(mine: &FactForm, base: &Fact, theirs: &Fact, currency: Option<Currency>) -> bool {
    let texts = |fact: &Fact| {
        let (article, center) = (fact.article_id.to_string(), fact.financial_center_id.to_string());
        [fact.amount.to_string(), article, center, fact.date.to_string(), fact.comment.to_string()]
    };
    // An amount may be written in many ways: it is compared as money.
    let plain = |text: &String| {
        let money = currency.and_then(|currency| Money::parse(text, currency).ok());
        money.map_or_else(|| text.clone(), |money| money.to_string())
    };
    let mine = [
        mine.amount.as_ref().map(plain),
        mine.article_id.clone(),
        mine.financial_center_id.clone(),
        mine.date.clone(),
        mine.comment.clone(),
    ];
    let fields = mine.into_iter().zip(texts(base)).zip(texts(theirs));
    fields.into_iter().any(|((mine, base), theirs)| theirs != base && mine.is_some_and(|mine| mine != theirs))
}

/// Whether nothing but the days of a recurring entry was settled or reopened since it was seen.
fn moved_on(seen: &Recurring, theirs: &Recurring) -> bool {
    let days = Recurring {
        open_from: theirs.open_from,
        settled: theirs.settled.clone(),
        reopened: theirs.reopened.clone(),
        version: theirs.version,
        updated_by: theirs.updated_by,
        updated_at: theirs.updated_at,
        ..seen.clone()
    };
    days == *theirs
}
