//! What happened in the cells of the server's page before the program started.

use super::{sheet::PlanSheet, state::Cell};
use leptos::{prelude::*, web_sys::HtmlInputElement};

/// Takes it over: a text that was typed is entered, and a cell that has the focus is being edited.
pub(super) fn take_over(sheet: PlanSheet, cell: Cell, input: &HtmlInputElement) {
    let (typed, found) = (input.value(), input.default_value());
    let version = untrack(|| sheet.version(cell));
    let focused = input.owner_document().and_then(|page| page.active_element());
    if focused.is_some_and(|focused| focused.is_same_node(Some(input))) {
        sheet.editing.set(Some((cell, version, found.clone())));
        sheet.at.set(Some(cell));
        if typed != found {
            sheet.edits(cell, typed);
        }
    } else if typed != found {
        sheet.enter(cell, &typed, version);
    }
}
