//! The key that a phone's number pad lacks: it turns what was received into what was spent, and back.

use crate::{domain::arithmetic::with_other_sign, state::language::use_words};
use leptos::{
    html,
    prelude::*,
    web_sys::{Event, EventInit},
};

/// An amount that may be negative, with its sign key beside it on touch screens.
#[component]
pub fn Signed(
    /// The input of the amount.
    input: NodeRef<html::Input>,
    /// What is entered here cannot be negative.
    #[prop(default = false)]
    hidden: bool,
    /// The same.
    children: Children,
) -> impl IntoView {
    let press = move |_| {
        let Some(input) = input.get_untracked() else { return };
        input.set_value(&with_other_sign(&input.value()));
        let how = EventInit::new();
        how.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict("input", &how) {
            // As if it had been typed.
            drop(input.dispatch_event(&event));
        }
        // The pad stays where it is; a field that cannot take the focus has its sign all the same.
        drop(input.focus());
    };
    view! {
        <div class="signed">
            <button type="button" class="button button-outline sign-key" aria-label=use_words().change_sign hidden=hidden on:click=press>"±"</button>
            {children()}
        </div>
    }
}
