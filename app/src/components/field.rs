//! A labelled field with its message, and the choices of articles and centers.

use super::{changing, part, text};
use crate::{
    domain::{Article, Balance, FieldError, Kind, article::tree},
    i18n::errors::field_sentence,
    pages::{use_language, use_words},
};
use leptos::prelude::*;

/// The errors of a form, by field.
pub type Errors = RwSignal<Vec<FieldError>>;

/// The message of a field, or nothing.
#[must_use]
pub fn message(errors: Errors, field: &'static str) -> Signal<Option<String>> {
    let language = use_language();
    Signal::derive(move || {
        errors.with(|errors| {
            let found = errors.iter().find(|error| error.field == field);
            found.map(|error| field_sentence(error.reason, language))
        })
    })
}

/// `aria-invalid` of a field.
#[must_use]
pub fn invalid(errors: Errors, field: &'static str) -> Box<dyn FnMut() -> Option<&'static str> + Send> {
    changing(move || errors.with(|errors| errors.iter().any(|error| error.field == field)).then_some("true"))
}

/// A label above an input, and the field's message below.
#[component]
pub fn Field(
    /// What the label says.
    label: &'static str,
    /// The id of the input.
    id: String,
    /// The message, when there is something wrong.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Which column of the form it stands in.
    #[prop(default = "")]
    class: &'static str,
    /// The input, described by `{id}-error`.
    children: Children,
) -> impl IntoView {
    let described = format!("{id}-error");
    view! {
        <div class=format!("field {class}")>
            <label class="field-label" for=id>{label}</label>
            {children()}
            <p class="field-error" id=described role="alert">{text(move || error.get().unwrap_or_default())}</p>
        </div>
    }
}

/// The articles in the order of their tree, the archived ones left out unless chosen.
#[component]
pub fn ArticleOptions(
    /// All of them.
    #[prop(into)]
    articles: Signal<std::sync::Arc<Vec<Article>>>,
    /// The one that is chosen, as text.
    #[prop(into)]
    chosen: Signal<String>,
) -> impl IntoView {
    let t = use_words();
    let rows = move || {
        let mut rows = tree(&articles.get());
        rows.retain(|(_, row)| !row.archived || row.id.to_string() == chosen.get_untracked());
        rows
    };
    let group = move |kind: Kind, label: &'static str| {
        let options = rows().into_iter().filter(|(_, row)| row.kind == kind).map(|(depth, row)| {
            let value = row.id.to_string();
            let selected = chosen.get_untracked() == value;
            let name = format!("{}{}", "\u{2003}".repeat(depth), row.name.shown());
            view! { <option value=value selected=selected>{name}</option> }
        });
        view! { <optgroup label=label>{options.collect_view()}</optgroup> }
    };
    view! {
        <option value="" selected=changing(move || chosen.get_untracked().is_empty())>{t.choose}</option>
        {part(move || [
            group(Kind::Expense, t.expense_kind),
            group(Kind::Income, t.income_kind),
            group(Kind::Transfer, t.transfer_kind),
        ])}
    }
}

/// The centers, the archived ones left out unless chosen.
#[component]
pub fn CenterOptions(
    /// All of them.
    #[prop(into)]
    centers: Signal<std::sync::Arc<Vec<Balance>>>,
    /// The one that is chosen, as text.
    #[prop(into)]
    chosen: Signal<String>,
) -> impl IntoView {
    part(move || {
        let chosen = chosen.get_untracked();
        let rows = centers.get();
        let shown = rows.iter().filter(|row| !row.center.archived || row.center.id.to_string() == chosen);
        shown
            .map(|row| {
                let value = row.center.id.to_string();
                let selected = chosen == value;
                view! { <option value=value selected=selected>{row.center.name.shown()}</option> }
            })
            .collect_view()
    })
}
