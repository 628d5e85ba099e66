//! The confirmation before a tool replaces existing plans.

use super::sheet::{FillQuestion, PlanSheet};
use crate::{
    i18n::plan_words::{replacing, would_replace},
    state::language::{use_language, use_words},
    ui::changing::part,
};
use leptos::{html, prelude::*};

/// The question, below the tools.
pub(super) fn question(sheet: PlanSheet) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let cancel = NodeRef::<html::Button>::new();
    Effect::new(move || {
        if let Some(button) = cancel.get() {
            // If the button cannot be focused, it is still next in the tab order.
            drop(button.focus());
        }
    });
    let (replace, fill) = replacing(language);
    let answer = move |only_empty: bool| {
        let Some(asked) = sheet.asked.try_update(Option::take).flatten() else { return };
        sheet.set_all(if only_empty { asked.only_empty() } else { asked.cells });
    };
    part(move || {
        sheet.asked.get().map(|FillQuestion { cells, replaced }| {
            let all = cells.len();
            view! {
                <div class="question" role="group">
                    <p>{would_replace(replaced, all, language)}</p>
                    <button type="button" class="button button-danger" on:click=move |_| answer(false)>{replace}</button>
                    {(replaced < all).then(|| view! {
                        <button type="button" class="button button-quiet" on:click=move |_| answer(true)>{fill}</button>
                    }.into_any())}
                    <button type="button" class="button button-quiet" node_ref=cancel on:click=move |_| sheet.asked.set(None)>{t.cancel}</button>
                </div>
            }
            .into_any()
        })
    })
}
