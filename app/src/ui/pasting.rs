//! Pasting several cells or lines into the field of one amount.

use leptos::{
    wasm_bindgen::JsCast,
    web_sys::{ClipboardEvent, Event, EventInit, HtmlInputElement},
};

/// A browser joins pasted lines with spaces, which would group the digits of one large amount. Lines are
/// joined with tabs instead, like the cells of a table, so that the amount is refused with an explanation.
pub fn keep_apart(event: &ClipboardEvent) {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input.filter(|input| input.class_list().contains("num")) else { return };
    let Some(text) = event.clipboard_data().and_then(|data| data.get_data("text").ok()) else { return };
    let text = text.trim();
    if event.default_prevented() || !text.contains(['\n', '\r']) {
        return;
    }
    let cells: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    event.prevent_default();
    // An input always accepts a text in place of its selection.
    drop(input.set_range_text(&cells.join("\t")));
    let how = EventInit::new();
    how.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &how) {
        drop(input.dispatch_event(&event));
    }
}
