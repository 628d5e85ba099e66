//! Tells a person that they left the household of the page or were removed from it.

use crate::{
    live_link::{Connection, LiveLink},
    state::language::use_words,
    ui::changing::part,
};
use leptos::{ev::Event, html, prelude::*};

/// The dialog. It leads to another household of the person, or to the sign-in page.
#[component]
pub fn NotAMember() -> impl IntoView {
    let connection = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).connection;
    part(move || {
        (connection.get() == Connection::NotAMember).then(|| view! { <NotAMemberDialog /> }.into_any())
    })
}

#[component]
fn NotAMemberDialog() -> impl IntoView {
    let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
    let t = use_words();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // If the dialog cannot be shown, the badge says the same.
            drop(dialog.show_modal());
        }
    });
    view! {
        // It cannot be closed: nothing on the page would work.
        <dialog node_ref=dialog class="dialog" aria-labelledby="not-a-member" on:cancel=move |event: Event| event.prevent_default()>
            <div class="form">
                <h2 id="not-a-member">{t.not_a_member}</h2>
                <p>{t.not_a_member_detail}</p>
                <button type="button" class="button" autofocus on:click=move |_| browser.go("/")>{t.go_on}</button>
            </div>
        </dialog>
    }
    .into_any()
}
