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
fn rows(each: Box<dyn Fn() -> Vec<Item> + Send + Sync>) -> AnyView {
    view! { <For each key=|item| item.key.clone() children=|item| (item.draw)() /> }.into_any()
}
