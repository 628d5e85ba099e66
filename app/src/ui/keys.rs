//! Keyboard shortcuts that work everywhere on a page, and their list.

use crate::state::language::use_words;
use leptos::{
    ev::{KeyboardEvent, keydown},
    html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

/// Listens for the shortcuts; `?` opens the list.
#[component]
pub fn Keys() -> impl IntoView {
    let t = use_words();
    let dialog = NodeRef::<html::Dialog>::new();
    let pressed = move |event: KeyboardEvent| {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        let typing = matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA");
        if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "?" => {
                if let Some(dialog) = dialog.get_untracked() {
                    // Fails only if it is open already.
                    drop(dialog.show_modal());
                }
            }
            "n" | "т" => {
                let page = target.owner_document();
                let amount = page.and_then(|page| page.get_element_by_id("add-amount"));
                if let Some(amount) = amount.and_then(|amount| amount.dyn_into::<HtmlElement>().ok()) {
                    event.prevent_default();
                    // A field that cannot be focused is not on the screen.
                    drop(amount.focus());
                }
            }
            _ => {}
        }
    };
    // Only a browser has a keyboard.
    Effect::new(move || {
        let listening = window_event_listener(keydown, pressed);
        on_cleanup(move || listening.remove());
    });
    let rows = [
        ("n", t.key_new),
        ("Enter", t.key_enter),
        ("a…z", t.key_letters),
        ("↑ ↓", t.key_move),
        ("Esc", t.key_escape),
        ("Alt ← →", t.key_tree),
        ("Alt ↑ ↓", t.key_order),
        ("?", t.key_help),
    ];
    view! {
        <dialog node_ref=dialog class="dialog" aria-labelledby="keys-title">
            <form method="dialog" class="form">
                <h2 id="keys-title">{t.keys}</h2>
                <dl class="keys">{rows.map(|(key, text)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{text}</dd></div> }.into_any())}</dl>
                <button class="button">{t.close}</button>
            </form>
        </dialog>
    }
}
