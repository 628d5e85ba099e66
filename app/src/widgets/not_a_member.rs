//! Tells a person that they left the household of the page or were removed from it.

use crate::{
    live_link::LiveLink,
    outbox::{Outbox, OutboxCounts},
    state::language::use_words,
};
use leptos::prelude::*;

/// The content of the dialog. It leads to another household of the person, or to the sign-in page.
#[component]
pub fn NotAMember() -> impl IntoView {
    let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let t = use_words();
    let kept = untrack(|| outbox.counts()) != OutboxCounts::default();
    view! {
        <div class="form">
            <h2>{t.not_a_member}</h2>
            <p>{t.not_a_member_detail}</p>
            {kept.then(|| view! { <p>{t.kept_for_return}</p> })}
            <button type="button" class="button" autofocus on:click=move |_| browser.go("/")>{t.go_on}</button>
        </div>
    }
    .into_any()
}
