//! Texts, attributes and parts of the screen that change.

use leptos::prelude::{AnyView, IntoAny, IntoView};

/// A text or an attribute that changes. Boxed, like [`part`]: each closure type would add another copy of the
/// rendering code to the browser's download.
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
