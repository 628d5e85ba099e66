//! The dialog of a page on which nothing works any more: nobody is signed in, or the person left the household.

use super::{not_a_member::NotAMember, sign_in_again::SIGN_IN};
use crate::{
    live_link::{Connection, LiveLink},
    state::language::use_words,
    ui::{changing::part, program_part::drawn},
};
use leptos::{ev::Event, html, prelude::*};

/// The dialog; open once the session has ended.
#[component]
pub fn SessionEnd() -> impl IntoView {
    let t = use_words();
    let connection = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).connection;
    part(move || match connection.get() {
        Connection::SignedOut => {
            let framed = move |message| view! { <h2>{t.signed_out}</h2> {message} }.into_any();
            let form = drawn(&SIGN_IN, framed, |draw| draw());
            Some(dialog(t.signed_out, "dialog dialog-alone", form))
        }
        Connection::NotAMember => Some(dialog(t.not_a_member, "dialog", view! { <NotAMember /> }.into_any())),
        _ => None,
    })
}

fn dialog(title: &'static str, class: &'static str, content: AnyView) -> AnyView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // If the dialog cannot be shown, the badge says the same.
            drop(dialog.show_modal());
        }
    });
    view! {
        // It cannot be closed: nothing on the page would work.
        <dialog node_ref=dialog class=class aria-label=title on:cancel=move |event: Event| event.prevent_default()>
            {content}
        </dialog>
    }
    .into_any()
}
