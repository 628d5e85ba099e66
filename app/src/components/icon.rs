//! Pictures: of categories, of people, of the program itself.

use crate::domain::{Article, Member};
use leptos::prelude::*;

/// Every symbol, for the end of each page. They are in the page, not in a file that it asks for, so that
/// they are there when it is first drawn.
#[cfg(feature = "ssr")]
#[must_use]
pub fn icons() -> AnyView {
    view! { <div hidden inner_html=include_str!("icons.svg")></div> }.into_any()
}

/// One of the symbols of `icons.svg`. What it means is said beside it.
#[must_use]
pub fn symbol(name: &str, class: &'static str) -> AnyView {
    view! { <svg class=class aria-hidden="true"><use href=format!("#icon-{name}") /></svg> }.into_any()
}

/// A category's picture in its colour; its first letter where it has none.
#[must_use]
pub fn article_icon(article: &Article) -> AnyView {
    let picture = if article.icon.is_empty() {
        article.name.initials().into_any()
    } else {
        symbol(&article.icon, "symbol")
    };
    view! { <span class=format!("icon colour-{}", article.colour) aria-hidden="true">{picture}</span> }
        .into_any()
}

/// A person's initials in their colour. The name is said beside it.
#[must_use]
pub fn avatar(member: &Member) -> AnyView {
    view! { <span class=format!("avatar colour-{}", member.colour) aria-hidden="true">{member.name.initials()}</span> }
        .into_any()
}
