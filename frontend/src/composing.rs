//! Keys within a composition belong to the input method: its Enter chooses a word and saves nothing, its
//! Escape gives the word up and closes nothing.

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Event, KeyboardEvent};

/// What Safari says of the Enter that ends a composition, which is over for it by then.
const IN_COMPOSITION: u32 = 229;

/// Keeps such keys from every form and field of the page, before any of them hears of it.
pub fn guard() {
    let Some(window) = web_sys::window() else { return };
    let listen = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let enter = key.key() == "Enter";
        if key.is_composing() || (enter && key.key_code() == IN_COMPOSITION) {
            event.stop_immediate_propagation();
            if enter {
                // A form is sent by what a browser does at Enter after all listeners.
                event.prevent_default();
            }
        }
    });
    let callback = listen.as_ref().unchecked_ref();
    let added = window.add_event_listener_with_callback_and_bool("keydown", callback, true);
    if added.is_ok() {
        // For as long as the page lives.
        listen.forget();
    }
}
