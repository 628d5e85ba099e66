//! A labelled field with its message.

use super::changing::{changing, text};
use crate::{domain::FieldError, i18n::range_words::refusal_sentence, state::language::use_language};
use leptos::prelude::*;

/// The errors of a form, by field.
pub type Errors = RwSignal<Vec<FieldError>>;

/// Names a field of a form, for its message.
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

/// Removes the message of a field that is being corrected, and of the fields that it was compared with. The
/// form is checked again when it is sent.
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

/// A label above an input and, until the field is corrected, its message below.
#[component]
pub fn Field(
    /// The text of the label.
    label: &'static str,
    /// The id of the input.
    id: String,
    /// The field of the message.
    error: Message,
    /// The class of its column in the form.
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
