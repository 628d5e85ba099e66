//! Goes to the cell whose amount is to be corrected, which may have been chosen on another page.

use super::{sheet::PlanSheet, state::Cell, table::cell_id};
use crate::state::plan_cell::CellToCorrect;
use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys::HtmlInputElement};

/// Gives the focus to each cell that is chosen. The cell contains the amount that waits or was refused.
pub(super) fn goes_to_the_chosen(sheet: PlanSheet) {
    let Some(chosen) = use_context::<CellToCorrect>() else { return };
    Effect::new(move || {
        let Some(cell) = chosen.take() else { return };
        // After the cells are in the document, and after a popover that closes has returned the focus.
        request_animation_frame(move || {
            if !focus(cell) && !sheet.first.is_disposed() {
                sheet.show(cell.1);
                request_animation_frame(move || _ = focus(cell));
            }
        });
    });
}

/// Returns false if the cell is not on the screen: a phone shows one of the months.
fn focus(cell: Cell) -> bool {
    let input = document().get_element_by_id(&cell_id(cell));
    let input = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
    input.filter(|input| input.offset_parent().is_some()).is_some_and(|input| input.focus().is_ok())
}
