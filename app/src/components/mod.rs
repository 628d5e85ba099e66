//! Pieces of the screens. Each takes what it shows and answers with events; none knows the browser.

pub mod attempt;
pub mod choice;
pub mod closing;
pub mod connection;
pub mod editor;
pub mod expected;
pub mod fact_list;
pub mod fact_row;
pub mod field;
pub mod figures;
pub mod group;
pub mod icon;
pub mod keys;
pub mod letters;
pub mod limits;
pub mod list;
pub mod not_a_member;
pub mod presence;
pub mod quick_add;
pub mod refusal;
pub mod revising;
pub mod sign_in_again;
pub mod sign_key;
pub mod undo;
pub mod waiting;

use leptos::{
    prelude::{AnyView, IntoAny, IntoView},
    web_sys::HtmlElement,
};

/// Gives an element the focus that was lost with what is gone; whoever works elsewhere by now keeps it.
pub fn focus_if_free(element: &HtmlElement) {
    let active = element.owner_document().and_then(|page| page.active_element());
    if active.is_none_or(|active| active.tag_name() == "BODY") {
        // Where a browser refuses, the keyboard begins at the top of the page.
        drop(element.focus());
    }
}

/// A text or an attribute that changes. Boxed, like [`part`]: drawn as closures of their own types,
/// each would bring another copy of the drawing code into what the browser downloads.
#[must_use]
pub fn changing<T>(value: impl Fn() -> T + Send + 'static) -> Box<dyn FnMut() -> T + Send> {
    Box::new(value)
}

/// A text that changes.
#[must_use]
pub fn text(text: impl Fn() -> String + Send + 'static) -> Box<dyn FnMut() -> String + Send> {
    changing(text)
}

/// A part of the screen that changes.
#[must_use]
pub fn part<V: IntoView + 'static>(
    view: impl Fn() -> V + Send + 'static,
) -> Box<dyn FnMut() -> AnyView + Send> {
    changing(move || view().into_any())
}
