//! Pictures: of categories, of people, of the program itself.

use crate::domain::{Article, Member};
use leptos::prelude::*;

/// A symbol of `public/icons.svg`. What it means is said beside it.
#[must_use]
pub fn symbol(name: &str, class: &'static str) -> AnyView {
    view! { <svg class=class aria-hidden="true"><use href=format!("/icons.svg#{name}") /></svg> }.into_any()
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
