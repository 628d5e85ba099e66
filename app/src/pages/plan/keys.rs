//! The keyboard of the plan, as in a spreadsheet: moving, entering, cancelling, pasting a column.

use super::{
    entering::{give_up, take_over},
    input_of,
    sheet::PlanSheet,
    state::Cell,
    table::{cell_id, rows},
};
use crate::{
    domain::{Article, Kind, Money, Month},
    i18n::plan_words::lines_pasted,
};
use leptos::{
    ev::{Event, KeyboardEvent},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::HtmlInputElement,
};

/// The cells in order, from top to bottom.
fn order(sheet: PlanSheet) -> Vec<Article> {
    let articles = sheet.replica().articles.get_untracked();
    let of = |kind| rows(sheet, &articles, kind);
    untrack(|| [Kind::Expense, Kind::Income].into_iter().flat_map(of).map(|(_, row)| row).collect())
}

fn go(input: &HtmlInputElement, cell: Cell) -> bool {
    let next = input.owner_document().and_then(|page| page.get_element_by_id(&cell_id(cell)));
    let next = next
        .and_then(|next| next.dyn_into::<HtmlInputElement>().ok())
        .filter(|next| next.offset_parent().is_some());
    // If the cell cannot be focused, the focus stays.
    next.is_some_and(|next| next.focus().is_ok())
}

/// Moves up or down the column; returns false at its end.
fn step(sheet: PlanSheet, input: &HtmlInputElement, (article, month): Cell, by: isize) -> bool {
    let order = order(sheet);
    let at = order.iter().position(|row| row.id == article);
    let next = at.and_then(|at| at.checked_add_signed(by)).and_then(|at| order.get(at));
    next.is_some_and(|row| go(input, (row.id, month)))
}

/// Handles the keys of a spreadsheet: arrows, Enter, Shift+Enter, and Escape to cancel.
pub(super) fn keys(sheet: PlanSheet, event: &KeyboardEvent) {
    if event.key() == "z" && (event.ctrl_key() || event.meta_key()) {
        let unchanged =
            input_of(event).is_none_or(|(input, cell)| input.value() == untrack(|| sheet.text(cell)));
        // The browser itself undoes what is being typed.
        if unchanged {
            event.prevent_default();
            sheet.take_back();
        }
        return;
    }
    let Some((input, cell)) = input_of(event) else { return };
    let (article, month) = cell;
    let whole = input.selection_start().ok().flatten() == Some(0)
        && input.selection_end().ok().flatten() == u32::try_from(input.value().chars().count()).ok();
    let moved = match event.key().as_str() {
        "Enter" => {
            // Entered again, it replaces what another member has set. What cannot be read is entered here, because
            // the focus stays at it.
            if untrack(|| sheet.problem(cell)).is_some() || !sheet.can_be_read(&input.value()) {
                take_over(sheet, &input, cell);
            }
            let by = if event.shift_key() { -1 } else { 1 };
            if sheet.is_unreadable(cell) {
                input.select();
            } else if !step(sheet, &input, cell, by) {
                // At the end of a column the focus stays.
                take_over(sheet, &input, cell);
                input.select();
            }
            true
        }
        "ArrowDown" => step(sheet, &input, cell, 1),
        "ArrowUp" => step(sheet, &input, cell, -1),
        "ArrowLeft" if whole => go(&input, (article, month.plus(-1))),
        "ArrowRight" if whole => go(&input, (article, month.plus(1))),
        "Escape" => {
            give_up(sheet, &input, cell);
            true
        }
        _ => return,
    };
    if moved || event.key() == "Enter" {
        event.prevent_default();
    }
}

/// Pastes a column downwards from this cell, in one change.
pub(super) fn paste(sheet: PlanSheet, event: Event) {
    let Some((input, (article, month))) = input_of(&event) else { return };
    let event: leptos::web_sys::ClipboardEvent = event.unchecked_into();
    let Some(pasted) = event.clipboard_data().and_then(|data| data.get_data("text").ok()) else { return };
    let lines: Vec<&str> = pasted.trim_end_matches(['\r', '\n']).lines().collect();
    if lines.len() < 2 && !pasted.trim().contains('\t') {
        return;
    }
    event.prevent_default();
    let order = order(sheet);
    let from = order.iter().position(|row| row.id == article).unwrap_or(0);
    let columns = lines.iter().map(|line| line.split('\t').count()).max().unwrap_or(1);
    let mut cells = Vec::with_capacity(lines.len().min(order.len()));
    for (row, line) in order.iter().skip(from).zip(&lines) {
        // Only the first of several columns is used.
        let line = line.split('\t').next().unwrap_or_default().trim();
        let minor = match line {
            "" => Some(0),
            line => sheet.read(line).ok().map(Money::minor).filter(|minor| *minor >= 0),
        };
        let cell: (_, Month) = (row.id, month);
        match minor {
            Some(minor) => cells.push((cell.0, cell.1, minor)),
            // An invalid amount stays in the cell with a message.
            None => sheet.enter(cell, line, 0),
        }
    }
    sheet.editing.set(None);
    let language = sheet.language;
    let whole = cells.len() == lines.len() && columns == 1;
    let said = if whole { String::new() } else { lines_pasted(cells.len(), lines.len(), columns, language) };
    sheet.fill(cells, said);
    drop(input.blur());
}
