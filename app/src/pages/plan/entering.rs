//! What a person decides about the text of a cell: by a key, or by the buttons below it.

use super::{
    sheet::PlanSheet,
    state::{Cell, CellChoice},
};
use crate::{
    i18n::editing_words::keep_of,
    state::language::{use_language, use_plan_words},
    ui::{changing::part, focus::press_without_focus},
};
use leptos::{html, prelude::*, web_sys::HtmlInputElement};

/// Enters the text of a cell, which keeps the focus.
pub(super) fn take_over(sheet: PlanSheet, input: &HtmlInputElement, cell: Cell) {
    let seen = sheet.editing.get_untracked().map_or(0, |(_, seen, _)| seen);
    let typed = input.value();
    sheet.enter(cell, &typed, seen);
    sheet.editing.set(Some((cell, seen, typed)));
}

/// Discards the text of a cell, which keeps the focus.
pub(super) fn give_up(sheet: PlanSheet, input: &HtmlInputElement, cell: Cell) {
    sheet.give_up(cell);
    input.set_value(&untrack(|| sheet.text(cell)));
    input.select();
}

/// The buttons below a cell whose amount the server refused. They do the same as Enter and Escape in the cell, which
/// the keyboard of a phone may not have.
pub(super) fn choice(sheet: PlanSheet, cell: Cell, input: NodeRef<html::Input>) -> impl IntoView {
    let (t, language) = (use_plan_words(), use_language());
    let in_cell = move |act: fn(PlanSheet, &HtmlInputElement, Cell)| {
        if let Some(input) = input.get_untracked() {
            // If the cell cannot be focused, the choice counts all the same.
            drop(input.focus());
            act(sheet, &input, cell);
        }
    };
    part(move || {
        let (mine, theirs) = match sheet.problem(cell)?.choice? {
            CellChoice::Either(who) => (t.keep_mine, keep_of(language, Some(&who))),
            CellChoice::Again => (t.try_again, t.discard.to_owned()),
        };
        Some(
            // The cell keeps the focus: losing it would enter the text a second time.
            view! {
                <div class="plan-choice" on:mousedown=press_without_focus>
                    <button type="button" class="button button-quiet" on:click=move |_| in_cell(take_over)>{mine}</button>
                    <button type="button" class="button button-quiet" on:click=move |_| in_cell(give_up)>{theirs}</button>
                </div>
            }
            .into_any(),
        )
    })
}
