//! Scrolling to the end of the list.

use crate::browser;
use wasm_bindgen::{JsCast, closure::Closure};

/// Calls a function whenever somebody scrolls on Today so far that less than a screen is left below.
pub fn near_end(function: Box<dyn Fn()>) {
    let Some(window) = web_sys::window() else { return };
    let Some(root) = window.document().and_then(|page| page.document_element()) else { return };
    let moved = Closure::<dyn Fn()>::new(move || {
        let is_near = root.scroll_height() - root.scroll_top() < 2 * root.client_height();
        if is_near && browser::path() == "/" {
            function();
        }
    });
    drop(window.add_event_listener_with_callback("scroll", moved.as_ref().unchecked_ref()));
    // The listener lives as long as the page.
    moved.forget();
}
