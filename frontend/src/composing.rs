//! Keys during a composition belong to the input method: its Enter chooses a word and must not submit, its
//! Escape cancels the word and must not close anything.

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Event, KeyboardEvent};

/// The key code that Safari reports for the Enter that ends a composition, which it considers ended by then.
const IN_COMPOSITION: u32 = 229;

/// Stops such keys before any form or field of the page receives them.
pub fn guard() {
    let Some(window) = web_sys::window() else { return };
    let listen = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let enter = key.key() == "Enter";
        if key.is_composing() || (enter && key.key_code() == IN_COMPOSITION) {
            event.stop_immediate_propagation();
            if enter {
                // The browser submits a form on Enter after all listeners have run.
                event.prevent_default();
            }
        }
    });
    let callback = listen.as_ref().unchecked_ref();
    let added = window.add_event_listener_with_callback_and_bool("keydown", callback, true);
    if added.is_ok() {
        // The listener lives as long as the page.
        listen.forget();
    }
}
