//! Icons of categories, members and the program.

use crate::domain::{Article, Member};
use leptos::prelude::*;

/// All symbols, for the end of each page. They are part of the page and not a separate file, so that they are
/// there at the first paint.
#[cfg(feature = "ssr")]
#[must_use]
pub fn icons() -> AnyView {
    view! { <div hidden inner_html=include_str!("icons.svg")></div> }.into_any()
}

/// One of the symbols of `icons.svg`. Its meaning is in a text beside it.
#[must_use]
pub fn symbol(name: &str, class: &'static str) -> AnyView {
    view! { <svg class=class aria-hidden="true"><use href=format!("#icon-{name}") /></svg> }.into_any()
}

/// The icon of a category in its colour; the first letter of its name if it has none.
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

/// The initials of a member in their colour. The name is in a text beside it.
#[must_use]
pub fn avatar(member: &Member) -> AnyView {
    view! { <span class=format!("avatar colour-{}", member.colour) aria-hidden="true">{member.name.initials()}</span> }
        .into_any()
}
