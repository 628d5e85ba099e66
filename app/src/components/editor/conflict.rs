//! What was typed against what stands there: which fields changed, and how both are shown to be chosen from.

use crate::{
    domain::{Fact, FactForm, Language, Money, text::isolated},
    i18n::{
        format::{self, amount},
        words,
    },
    replica::Replica,
};
use leptos::prelude::*;

/// The fields of the form that differ from the fact it was opened with.
pub(super) fn changed(form: &FactForm, fact: &Fact, language: Language) -> FactForm {
    let differs = |text: &Option<String>, old: String| text.clone().filter(|text| *text != old);
    FactForm {
        id: None,
        amount: differs(&form.amount, spelled(fact, language)),
        article_id: differs(&form.article_id, fact.article_id.to_string()),
        financial_center_id: differs(&form.financial_center_id, fact.financial_center_id.to_string()),
        date: differs(&form.date, fact.date.to_string()),
        comment: differs(&form.comment, fact.comment.to_string()),
    }
}

/// The amount with its direction, so that changing its digits does not turn a refund into a purchase.
pub(super) fn spelled(fact: &Fact, language: Language) -> String {
    let sign = if fact.amount.is_negative() { "" } else { "+" };
    let text = format!("{sign}{}", fact.amount);
    match language {
        Language::En => text,
        // As it is typed there.
        Language::Ru => text.replace('.', ","),
    }
}

/// The name of a field, what was typed if that differs, what stands there, and how it is shown.
type Difference<'a> = (&'static str, Option<String>, String, &'a dyn Fn(&str) -> String);

/// The fields in which what was typed differs from what is there now: name, theirs, mine.
pub(super) fn differences(
    replica: &Replica,
    mine: FactForm,
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
    let rows: [Difference<'_>; 5] = [
        (t.amount, mine.amount, theirs.amount.to_string(), &money),
        (t.category, mine.article_id, theirs.article_id.to_string(), &article),
        (t.account, mine.financial_center_id, theirs.financial_center_id.to_string(), &center),
        (t.date, mine.date, theirs.date.to_string(), &day),
        (t.note, mine.comment, theirs.comment.to_string(), &isolated),
    ];
    rows.into_iter()
        .filter_map(|(field, mine, theirs, show)| mine.map(|mine| (field, show(&theirs), show(&mine))))
        .collect()
}
