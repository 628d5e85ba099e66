//! A labelled field with its message, and the choices of articles and centers.

use super::{changing, choice::Choice, part, text};
use crate::{
    domain::{Article, Balance, FieldError, Kind, article::tree},
    i18n::range_words::refusal_sentence,
    replica::Replica,
    state::language::{use_language, use_words},
};
use leptos::prelude::*;

/// The errors of a form, by field.
pub type Errors = RwSignal<Vec<FieldError>>;

/// Which field of which form a message is about.
#[derive(Clone, Copy)]
pub struct Message {
    errors: Errors,
    field: &'static str,
}

/// The message of a field, if it is refused.
#[must_use]
pub fn message(errors: Errors, field: &'static str) -> Message {
    Message { errors, field }
}

/// A field is corrected: what is said of it goes, and so does what it was compared with other fields for. Whether
/// it is right now is asked when the form is sent again.
pub fn correct(errors: Errors, field: &str) {
    let stands = |error: &FieldError| error.field != field && !error.reason.compares_fields();
    // The form may be gone by now.
    if errors.try_with_untracked(|errors| errors.iter().all(stands)) == Some(false) {
        errors.update(|errors| errors.retain(stands));
    }
}

/// `aria-invalid` of a field.
#[must_use]
pub fn invalid(errors: Errors, field: &'static str) -> Box<dyn FnMut() -> Option<&'static str> + Send> {
    changing(move || errors.with(|errors| errors.iter().any(|error| error.field == field)).then_some("true"))
}

/// A label above an input, and the field's message below, until the field is corrected.
#[component]
pub fn Field(
    /// What the label says.
    label: &'static str,
    /// The id of the input.
    id: String,
    /// Whose message.
    error: Message,
    /// Which column of the form it stands in.
    #[prop(default = "")]
    class: &'static str,
    /// The input, described by `{id}-error`.
    children: Children,
) -> impl IntoView {
    let (described, language) = (format!("{id}-error"), use_language());
    let Message { errors, field } = error;
    let said = move || {
        errors.with(|errors| {
            let found = errors.iter().find(|error| error.field == field);
            found.map(|error| refusal_sentence(error, language)).unwrap_or_default()
        })
    };
    view! {
        <div class=format!("field {class}") on:input=move |_| correct(errors, field) on:change=move |_| correct(errors, field)>
            <label class="field-label" for=id>{label}</label>
            {children()}
            <p class="field-error" id=described role="alert">{text(said)}</p>
        </div>
    }
}

/// The choice of a category; nothing is one too.
#[must_use]
pub fn article_choice(first: Option<String>, replica: &Replica) -> Choice {
    let first = first.unwrap_or_default();
    let began = first.clone();
    Choice::new(first, replica.articles.clone(), move |rows, id| {
        id.is_empty() || id == began || rows.iter().any(|row| !row.archived && row.id.to_string() == id)
    })
}

/// The choice of an account.
#[must_use]
pub fn center_choice(first: Option<String>, replica: &Replica) -> Choice {
    let first = first.unwrap_or_default();
    let began = first.clone();
    Choice::new(first, replica.centers.clone(), move |rows, id| {
        let offered =
            || rows.iter().map(|row| &row.center).any(|row| !row.archived && row.id.to_string() == id);
        id.is_empty() || id == began || offered()
    })
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
