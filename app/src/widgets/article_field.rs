//! The select of a category, the same in every form: options in tree order, and type-ahead by letters.

use super::article_choice::ArticleChoice;
use crate::{
    domain::{Kind, article::tree},
    state::language::use_words,
    ui::{
        changing::part,
        field::{Errors, Field, invalid, message},
        letters::Letters,
    },
};
use leptos::prelude::*;

/// The select, without a label.
#[component]
pub fn ArticleSelect(
    /// The choice.
    article: ArticleChoice,
    /// The text of the option for no category.
    none: &'static str,
    /// The id of the list.
    #[prop(optional_no_strip)]
    id: Option<String>,
    /// The name of the field in a plain form.
    #[prop(optional_no_strip)]
    name: Option<&'static str>,
    /// The accessible name, if there is no label.
    #[prop(optional_no_strip)]
    label: Option<&'static str>,
    /// The id of the message about it.
    described: String,
    /// `aria-invalid`.
    invalid: Box<dyn FnMut() -> Option<&'static str> + Send>,
    /// Called when something was chosen.
    #[prop(optional_no_strip)]
    chosen: Option<Box<dyn Fn() + Send>>,
) -> impl IntoView {
    let t = use_words();
    let articles = article.replica().articles;
    let letters = Letters::new(*article, move || article.offered_rows());
    let first = article.try_get_untracked().unwrap_or_default();
    let options = move || {
        let (now, rows) = (article.try_get_untracked().unwrap_or_default(), tree(&articles.get()));
        let group = |(kind, label): (Kind, &'static str)| {
            let offered = rows.iter().filter(|(_, row)| row.kind == kind && article.offers_row(row));
            let options: Vec<_> = offered
                .map(|(depth, row)| {
                    let value = row.id.to_string();
                    let selected = value == now;
                    let name = format!("{}{}", "\u{2003}".repeat(*depth), row.name.shown());
                    view! { <option value=value selected=selected>{name}</option> }.into_any()
                })
                .collect();
            (!options.is_empty()).then(|| view! { <optgroup label=label>{options}</optgroup> }.into_any())
        };
        [(Kind::Expense, t.expense_kind), (Kind::Income, t.income_kind), (Kind::Transfer, t.transfer_kind)]
            .map(group)
    };
    let choose = move |event| {
        article.choose(event_target_value(&event));
        if let Some(chosen) = &chosen {
            chosen();
        }
    };
    view! {
        <select node_ref=article.select class="input" id=id name=name aria-label=label aria-describedby=described aria-invalid=invalid
            on:keydown=move |event| letters.key(&event) on:blur=move |_| letters.end() on:change=choose>
            <option value="" selected=first.is_empty()>{none}</option>
            {part(options)}
        </select>
        {letters.view()}
    }
    .into_any()
}

/// The select as a field of a form.
#[component]
pub fn ArticleField(
    /// The choice.
    article: ArticleChoice,
    /// The id of the list.
    id: &'static str,
    /// The messages of the form.
    errors: Errors,
    /// The label; `Category` by default.
    #[prop(optional_no_strip)]
    label: Option<&'static str>,
    /// The text of the option for no category; `Choose` by default.
    #[prop(optional_no_strip)]
    none: Option<&'static str>,
    /// The field of the form.
    #[prop(default = "article_id")]
    field: &'static str,
    /// The name of the field in a plain form.
    #[prop(optional_no_strip)]
    name: Option<&'static str>,
    /// The class of its column in the form.
    #[prop(default = "field-article")]
    class: &'static str,
) -> impl IntoView {
    let t = use_words();
    view! {
        <Field label=label.unwrap_or(t.category) id=id.to_owned() error=message(errors, field) class>
            <ArticleSelect article none=none.unwrap_or(t.choose) id=Some(id.to_owned()) name=name
                described=format!("{id}-error") invalid=invalid(errors, field) />
        </Field>
    }
    .into_any()
}
