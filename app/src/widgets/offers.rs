//! The options of the selects of categories and accounts, the same in every form.

use super::article_choice::ArticleChoice;
use crate::{
    domain::{
        FinancialCenter, Kind,
        branches::{MOST_DEPTH, tree},
    },
    replica::Replica,
    state::language::use_words,
    ui::{choice::Choice, letters::Letters, select::SelectOptions},
};
use leptos::prelude::*;

/// The categories by kind, in tree order, found by letters; `none` is the text of the option for none.
#[must_use]
pub fn articles(article: ArticleChoice, none: &'static str) -> SelectOptions {
    let t = use_words();
    let articles = article.replica().articles;
    let options = move || {
        let (now, rows) = (article.try_get_untracked().unwrap_or_default(), tree(&articles.get()));
        let group = |(kind, label): (Kind, &'static str)| {
            let offered = rows.iter().filter(|(_, row)| row.kind == kind && article.offers_row(row));
            let options: Vec<_> = offered
                .map(|(depth, row)| {
                    let name = format!("{}{}", "\u{2003}".repeat((*depth).min(MOST_DEPTH)), row.name.shown());
                    option(row.id.to_string(), name, &now)
                })
                .collect();
            (!options.is_empty()).then(|| view! { <optgroup label=label>{options}</optgroup> }.into_any())
        };
        [(Kind::Expense, t.expense_kind), (Kind::Income, t.income_kind), (Kind::Transfer, t.transfer_kind)]
            .map(group)
            .into_any()
    };
    let letters = Letters::new(*article, move || article.offered_rows());
    SelectOptions { none: Some(none), options: Box::new(options), letters: Some(letters) }
}

/// The accounts in their order; archived ones only if they are chosen. `none` is the text of the option for
/// none, if there is one.
#[must_use]
pub fn centers(center: Choice, replica: &Replica, none: Option<&'static str>) -> SelectOptions {
    let (first, centers) = (center.try_get_untracked().unwrap_or_default(), replica.centers.clone());
    let options = move || {
        let offered = |row: &FinancialCenter| {
            let id = row.id.to_string();
            (!row.archived || id == first).then(|| option(id, row.name.shown(), &first))
        };
        centers.with(|rows| rows.iter().map(|row| offered(&row.center)).collect_view()).into_any()
    };
    SelectOptions { none, options: Box::new(options), letters: None }
}

fn option(id: String, name: String, chosen: &str) -> AnyView {
    let selected = id == chosen;
    view! { <option value=id selected=selected>{name}</option> }.into_any()
}
