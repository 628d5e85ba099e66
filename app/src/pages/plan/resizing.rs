//! A narrow window shows fewer months. The one that the person works on stays among them: the heading names it, and the tools
//! change it.

use super::{sheet::PlanSheet, table::cell_id};
use leptos::{ev::resize, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

/// Shows the months from the chosen cell's on once its column is hidden.
pub(super) fn keeps_the_chosen_month(sheet: PlanSheet) {
    // Only a browser has a window.
    Effect::new(move || {
        let resized = window_event_listener(resize, move |_| {
            let Some(cell) = sheet.at.get_untracked() else { return };
            let input = document().get_element_by_id(&cell_id(cell));
            let input = input.and_then(|input| input.dyn_into::<HtmlElement>().ok());
            if input.is_some_and(|input| input.offset_parent().is_none()) {
                sheet.first.set(cell.1);
            }
        });
        on_cleanup(move || resized.remove());
    });
}
