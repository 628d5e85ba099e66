//! Keys that a phone's number pad lacks.

use super::draft::Draft;
use crate::{
    domain::arithmetic::{with_operator, with_other_sign},
    state::language::use_words,
    ui::field::{Errors, correct},
};
use leptos::{ev::PointerEvent, html, prelude::*};

/// The key that switches between spent and received.
pub(super) fn sign(amount: NodeRef<html::Input>, draft: Draft, errors: Errors) -> AnyView {
    let press = move |_| {
        if let Some(input) = amount.get_untracked() {
            input.set_value(&with_other_sign(&input.value()));
            correct(errors, "amount");
            draft.keep();
            // The sign is set even if the field cannot be focused.
            drop(input.focus());
        }
    };
    view! { <button type="button" class="button button-outline sign" aria-label=use_words().change_sign on:click=press>"±"</button> }
        .into_any()
}

/// The operators of computations, shown while the amount has the focus, which they keep.
pub(super) fn operators(amount: NodeRef<html::Input>, draft: Draft, errors: Errors) -> AnyView {
    let key = |sign: &'static str| {
        let press = move |event: PointerEvent| {
            event.prevent_default();
            if let Some(input) = amount.get_untracked() {
                input.set_value(&with_operator(&input.value(), sign));
                correct(errors, "amount");
                draft.keep();
            }
        };
        view! { <button type="button" class="operator" tabindex="-1" on:pointerdown=press>{sign}</button> }
    };
    let keys = ["+", "\u{2212}", "×", "÷", "(", ")"].map(key).collect_view();
    view! { <div class="operators" role="group" aria-label=use_words().operators>{keys}</div> }.into_any()
}
