//! What a refused command would have made of a row that is shown as in the book.

use super::group::shown;
use crate::{
    command::Command,
    domain::{Fact, FactForm, Language, direction::isolated},
    i18n::format::{short_day, signed},
    replica::Replica,
};
use leptos::prelude::*;

/// The new name of a category or an account, or the values that a transaction was to get; `None` if they are on the screen
/// already. `wanted` are the facts of the row after the command.
#[must_use]
pub fn tried(command: &Command, wanted: &[Fact], replica: &Replica, language: Language) -> Option<String> {
    match (command, wanted) {
        (Command::ReviseArticle { form, .. }, _) => form.name.as_ref().map(|name| isolated(name)),
        (Command::ReviseFinancialCenter { form, .. }, _) => form.name.as_ref().map(|name| isolated(name)),
        (Command::ReviseGroup { .. }, [fact, ..]) => {
            shown::figure(replica, fact.group?.kind, wanted, language)
        }
        (Command::ReviseFact { form, .. }, [fact]) => values(form, fact, replica, language),
        _ => None,
    }
}

/// The values of the fields that a form gives.
fn values(form: &FactForm, fact: &Fact, replica: &Replica, language: Language) -> Option<String> {
    let article = form.article_id.as_ref().and_then(|_| replica.article(fact.article_id));
    let center = form.financial_center_id.as_ref().and_then(|_| replica.center(fact.financial_center_id));
    let note =
        form.comment.as_ref().map(|_| isolated(&fact.comment.shown())).filter(|_| !fact.comment.is_empty());
    let values = [
        form.amount.as_ref().map(|_| signed(fact.amount, language)),
        article.map(|article| article.name.shown()),
        center.map(|center| center.name.shown()),
        form.date.as_ref().map(|_| short_day(fact.date, replica.today.get_untracked(), language)),
        note,
    ];
    let values: Vec<String> = values.into_iter().flatten().collect();
    (!values.is_empty()).then(|| values.join(" · "))
}
