//! A keyed list: each row is rendered once, and then kept and moved.
//!
//! All lists of the screens have one type, so that the code that compares and moves rows is in the browser's
//! download only once.

use leptos::prelude::*;
use std::fmt::Display;

/// A row: its key, and the function that renders it.
pub struct Item {
    key: String,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

/// Makes a row.
pub fn item<V: IntoView + 'static>(key: impl Display, draw: impl FnOnce() -> V + Send + 'static) -> Item {
    Item { key: key.to_string(), draw: Box::new(|| draw().into_any()) }
}

/// Renders the rows in order.
pub fn list(items: impl Fn() -> Vec<Item> + Send + Sync + 'static) -> AnyView {
    rows(Box::new(items))
}

// Not in `list`: a generic function is compiled for each caller, with its closures and so the type of its rows.
fn rows(items: Box<dyn Fn() -> Vec<Item> + Send + Sync>) -> AnyView {
    let each = move || {
        keep_focus();
        items()
    };
    view! { <For each key=|item| item.key.clone() children=|item| (item.draw)() /> }.into_any()
}

/// Gives the focus back to the focused element after rows have moved: a browser takes it from an element that
/// changes its place in the document.
fn keep_focus() {
    #[cfg(feature = "hydrate")]
    if let Some(focused) = document().active_element() {
        use super::focus::focus_if_free;
        use leptos::wasm_bindgen::JsCast as _;
        if let Ok(focused) = focused.dyn_into() {
            queue_microtask(move || focus_if_free(&focused));
        }
    }
}
