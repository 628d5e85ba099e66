//! Compares typed values with the row: which fields differ, and how both versions are shown.

use crate::{
    domain::{
        Fact, FactForm, Language, Money,
        direction::isolated,
        fields::{self, Comparable},
    },
    i18n::{
        format::{self, amount},
        words,
    },
    replica::Replica,
};
use leptos::prelude::*;

/// The fields of the form that differ from the fact with which it was opened.
pub(super) fn changed(form: FactForm, fact: &Fact, language: Language) -> FactForm {
    let opened = FactForm { amount: Some(spelled(fact, language)), ..FactForm::from(fact) };
    FactForm { id: None, ..form.changed_from(&opened, None) }
}

/// The amount with an explicit sign for income, so that editing its digits does not turn a refund into a
/// purchase.
pub(super) fn spelled(fact: &Fact, language: Language) -> String {
    let sign = if fact.amount.is_negative() { "" } else { "+" };
    let text = format!("{sign}{}", fact.amount);
    match language {
        Language::En => text,
        // In Russian the decimal separator is a comma.
        Language::Ru => text.replace('.', ","),
    }
}

/// Of these fields, those in which the typed values differ from the current row: name, theirs, mine.
pub(super) fn differences(
    replica: &Replica,
    (mine, names): (&FactForm, &[&str]),
    theirs: &Fact,
    language: Language,
) -> Vec<(&'static str, String, String)> {
    let t = words(language);
    let article = |id: &str| {
        replica.articles.with_untracked(|rows| {
            rows.iter()
                .find(|row| row.id.to_string() == id)
                .map_or_else(|| id.to_owned(), |row| row.name.shown())
        })
    };
    let center = |id: &str| {
        replica.centers.with_untracked(|rows| {
            let row = rows.iter().find(|row| row.center.id.to_string() == id);
            row.map_or_else(|| id.to_owned(), |row| row.center.name.shown())
        })
    };
    let money = |text: &str| {
        let currency = replica.currency_of(theirs.financial_center_id);
        let money = currency.and_then(|currency| Money::parse(text, currency).ok());
        money.map_or_else(|| text.to_owned(), |money| amount(money, language))
    };
    let day = |text: &str| {
        let today = replica.today.get_untracked();
        text.parse().map_or_else(|_| text.to_owned(), |day| format::day(day, today, language))
    };
    let currency = replica.currency_of(theirs.financial_center_id);
    let pairs = fields::differences(mine, &FactForm::from(theirs), currency).into_iter();
    let pairs = pairs.filter(|(field, ..)| names.contains(field));
    let shown = pairs.map(|(field, theirs, mine)| {
        let (label, show): (_, &dyn Fn(&str) -> String) = match field {
            "amount" => (t.amount, &money),
            "article_id" => (t.category, &article),
            "financial_center_id" => (t.account, &center),
            "date" => (t.date, &day),
            _ => (t.note, &isolated),
        };
        (label, show(&theirs), show(&mine))
    });
    shown.collect()
}
