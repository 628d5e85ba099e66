//! The signs that a phone's number pad lacks.

use super::draft::Draft;
use crate::{
    components::field::{Errors, correct},
    domain::arithmetic::with_other_sign,
    state::language::use_words,
};
use leptos::{ev::PointerEvent, html, prelude::*};

/// The key that turns what was spent into what was received, and back.
pub(super) fn sign(amount: NodeRef<html::Input>, draft: Draft, errors: Errors) -> AnyView {
    let press = move |_| {
        if let Some(input) = amount.get_untracked() {
            input.set_value(&with_other_sign(&input.value()));
            correct(errors, "amount");
            draft.keep();
            // A field that cannot take the focus has its sign all the same.
            drop(input.focus());
        }
    };
    view! { <button type="button" class="button button-outline sign" aria-label=use_words().change_sign on:click=press>"±"</button> }
        .into_any()
}

/// Those of computations, while the amount has the focus. They do not take it away.
pub(super) fn operators(amount: NodeRef<html::Input>, draft: Draft, errors: Errors) -> AnyView {
    let key = |sign: &'static str| {
        let press = move |event: PointerEvent| {
            event.prevent_default();
            if let Some(input) = amount.get_untracked() {
                input.set_value(&format!("{}{sign}", input.value()));
                correct(errors, "amount");
                draft.keep();
            }
        };
        view! { <button type="button" class="operator" tabindex="-1" on:pointerdown=press>{sign}</button> }
    };
    let keys = ["+", "\u{2212}", "×", "÷", "(", ")"].map(key).collect_view();
    view! { <div class="operators" role="group" aria-label=use_words().operators>{keys}</div> }.into_any()
}
