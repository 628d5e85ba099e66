//! A labelled field with its message, and the refused fields of a form.

use super::{
    changing::{changing, text},
    focus::{begin_form, scroll_into_view},
};
use crate::{domain::FieldError, i18n::range_words::refusal_sentence, state::language::use_language};
use leptos::{
    html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

/// What a person has to look at first in a form: a refused field, two versions to choose from, or what else has to be
/// decided.
const FIRST: &str = "[aria-invalid='true'], .conflict, .decision";
/// What is shown with a refused field: its label and its message.
const AROUND: &str = ".field, .part";

/// The refused fields of a form.
#[derive(Clone, Copy)]
pub struct Errors {
    refused: RwSignal<Vec<FieldError>>,
    /// The form, in which the first refused field gets the focus.
    pub form: NodeRef<html::Form>,
}

impl Errors {
    /// A form that begins with these refusals.
    #[must_use]
    pub fn new(refused: Vec<FieldError>) -> Self {
        Self { refused: RwSignal::new(refused), form: NodeRef::new() }
    }

    /// Shows these refusals. The first refused field, in the order of the form, gets the focus.
    pub fn refuse(self, refused: Vec<FieldError>) {
        self.show(refused);
        self.focus();
    }

    /// Gives the focus to the first refused field, after it is marked.
    pub fn focus(self) {
        request_animation_frame(move || {
            if let Some(form) = self.form.try_get_untracked().flatten() {
                focus_first(&form);
            }
        });
    }

    /// Shows these refusals in a form that is not open yet.
    pub fn show(self, refused: Vec<FieldError>) {
        self.refused.set(refused);
    }

    /// Removes all refusals.
    pub fn clear(self) {
        self.refused.set(Vec::new());
    }

    /// Gives the focus to the refused field when the form opens, or else to `first`. `may` is false if the person
    /// works elsewhere by now.
    pub fn opens(self, first: NodeRef<html::Input>, may: impl Fn(&Element) -> bool + 'static) {
        Effect::new(move || {
            if let (Some(form), Some(input)) = (self.form.get(), first.get())
                && may(&input)
                && !focus_first(&form)
            {
                begin_form(&input);
            }
        });
    }

    /// Reads the refusals.
    pub fn with<T>(self, read: impl FnOnce(&Vec<FieldError>) -> T) -> T {
        self.refused.with(read)
    }

    /// The refusals; `None` after the form is gone.
    #[must_use]
    pub fn try_get_untracked(self) -> Option<Vec<FieldError>> {
        self.refused.try_get_untracked()
    }

    /// Keeps the refusals that still stand.
    pub fn retain(self, stands: impl Fn(&FieldError) -> bool) {
        // The form may be gone by now.
        if self.refused.try_with_untracked(|errors| errors.iter().all(&stands)) == Some(false) {
            self.refused.update(|errors| errors.retain(&stands));
        }
    }
}

/// Gives the focus to what has to be looked at first in a form; returns false if there is nothing.
fn focus_first(form: &Element) -> bool {
    let first = form.query_selector(FIRST).ok().flatten();
    let first = first.and_then(|first| first.dyn_into::<HtmlElement>().ok());
    first.map(|first| show_first(&first)).is_some()
}

/// Gives it the focus, and scrolls it into view with what belongs to it: buttons may lie over the end of the form.
fn show_first(first: &HtmlElement) {
    // If it cannot be focused, its message is shown all the same.
    drop(first.focus());
    match first.closest(AROUND) {
        Ok(Some(field)) => scroll_into_view(&field),
        _ => scroll_into_view(first),
    }
}

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
    errors.retain(|error| error.field != field && !error.reason.compares_fields());
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
