//! Rows that come, go and move by key, each drawn once and then kept.
//!
//! Every list of the screens is of one type, so that the code that compares and moves rows exists
//! once in what the browser downloads.

use leptos::prelude::*;
use std::fmt::Display;

/// A row: what it is known by, and how it is drawn when it appears.
pub struct Item {
    key: String,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

/// A row.
pub fn item<V: IntoView + 'static>(key: impl Display, draw: impl FnOnce() -> V + Send + 'static) -> Item {
    Item { key: key.to_string(), draw: Box::new(|| draw().into_any()) }
}

/// The rows in their order.
pub fn list(items: impl Fn() -> Vec<Item> + Send + Sync + 'static) -> AnyView {
    rows(Box::new(items))
}

// Apart from `list`: inside a generic function every caller would get closures, and so rows, of its own type.
fn rows(items: Box<dyn Fn() -> Vec<Item> + Send + Sync>) -> AnyView {
    let each = move || {
        keep_focus();
        items()
    };
    view! { <For each key=|item| item.key.clone() children=|item| (item.draw)() /> }.into_any()
}

/// Gives the focus back to what has it now, once the rows are in their new order: a browser takes it from
/// an element that changes its place in the document.
fn keep_focus() {
    #[cfg(feature = "hydrate")]
    if let Some(focused) = document().active_element() {
        use leptos::wasm_bindgen::JsCast as _;
        if let Ok(focused) = focused.dyn_into() {
            queue_microtask(move || super::focus_if_free(&focused));
        }
    }
}
