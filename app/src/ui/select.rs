//! A select for a [`Choice`]: on its own, and as a field of a form.

use super::{
    changing::part,
    choice::Choice,
    field::{Errors, Field, invalid, message},
    letters::Letters,
};
use leptos::prelude::*;

/// What a select offers.
pub struct SelectOptions {
    /// The text of the option for no choice; `None` if something is always chosen.
    pub none: Option<&'static str>,
    /// The options, read again when they change.
    pub options: Box<dyn Fn() -> AnyView + Send>,
    /// The search among them by letters.
    pub letters: Option<Letters>,
}

/// A select without a label.
#[component]
pub fn Select(
    /// The choice.
    choice: Choice,
    /// What it offers.
    offer: SelectOptions,
    /// Its id.
    #[prop(optional_no_strip)]
    id: Option<&'static str>,
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
    let SelectOptions { none, options, letters } = offer;
    let empty = choice.try_get_untracked().unwrap_or_default().is_empty();
    let key = move |event| {
        if let Some(letters) = letters {
            letters.key(&event);
        }
    };
    let left = move |_| {
        if let Some(letters) = letters {
            letters.end();
        }
    };
    let choose = move |event| {
        choice.choose(event_target_value(&event));
        if let Some(chosen) = &chosen {
            chosen();
        }
    };
    view! {
        <select node_ref=choice.select class="input" id=id name=name aria-label=label aria-describedby=described aria-invalid=invalid
            on:keydown=key on:blur=left on:change=choose>
            {none.map(|none| view! { <option value="" selected=empty>{none}</option> }.into_any())}
            {part(options)}
        </select>
        {letters.map(Letters::view)}
    }
    .into_any()
}

/// A select as a field of a form.
#[component]
pub fn SelectField(
    /// The choice.
    choice: Choice,
    /// What it offers.
    offer: SelectOptions,
    /// The text of the label.
    label: &'static str,
    /// The id of the select.
    id: &'static str,
    /// The messages of the form.
    errors: Errors,
    /// The field of the form.
    field: &'static str,
    /// The name of the field in a plain form.
    #[prop(optional_no_strip)]
    name: Option<&'static str>,
    /// The class of its column in the form.
    #[prop(default = "")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <Field label id=id.to_owned() error=message(errors, field) class>
            <Select choice offer id=Some(id) name described=format!("{id}-error") invalid=invalid(errors, field) />
        </Field>
    }
    .into_any()
}
