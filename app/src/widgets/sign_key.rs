//! The key that a phone's number pad lacks: it switches between received and spent.

use crate::{domain::arithmetic::with_other_sign, state::language::use_words};
use leptos::{
    html,
    prelude::*,
    web_sys::{Event, EventInit},
};

/// An amount that may be negative, with a sign key beside it on touch screens.
#[component]
pub fn Signed(
    /// The input of the amount.
    input: NodeRef<html::Input>,
    /// Whether the amount cannot be negative, so that no key is shown.
    #[prop(default = false)]
    hidden: bool,
    /// The input itself.
    children: Children,
) -> impl IntoView {
    let press = move |_| {
        let Some(input) = input.get_untracked() else { return };
        input.set_value(&with_other_sign(&input.value()));
        let how = EventInit::new();
        how.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict("input", &how) {
            // Reported like typing.
            drop(input.dispatch_event(&event));
        }
        // The number pad stays open. The sign is set even if the field cannot be focused.
        drop(input.focus());
    };
    view! {
        <div class="signed">
            <button type="button" class="button button-outline sign-key" aria-label=use_words().change_sign hidden=hidden on:click=press>"±"</button>
            {children()}
        </div>
    }
}
