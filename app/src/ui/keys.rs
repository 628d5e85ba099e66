//! Keyboard shortcuts that work everywhere on a page, and their list. A browser loads the list while the page is idle, or
//! when it is asked for.

use super::{
    changing::part,
    program_part::{drawn, program_part},
};
use crate::{
    i18n::key_words::key_words,
    state::language::{use_language, use_words},
};
use leptos::{
    ev::{KeyboardEvent, keydown},
    html,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement},
};

/// Draws the list, which closes itself by this signal.
type DrawKeys = fn(RwSignal<bool>) -> AnyView;

program_part! {
    /// The list.
    pub KEYS: DrawKeys = keys_part in later, list
}

/// Listens for the shortcuts; `?` opens the list.
#[component]
pub fn Keys() -> impl IntoView {
    let open = RwSignal::new(false);
    let pressed = move |event: KeyboardEvent| {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        let typing = matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA");
        if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "?" => open.set(true),
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
    part(move || open.get().then(|| drawn(&KEYS, |message| message, move |draw| draw(open))))
}

fn list(open: RwSignal<bool>) -> AnyView {
    let (t, close) = (key_words(use_language()), use_words().close);
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // If it cannot be shown, there is nothing to close either.
            drop(dialog.show_modal());
        }
    });
    let rows = [
        ("n", t.new),
        ("Enter", t.enter),
        ("a…z", t.letters),
        ("↑ ↓", t.rows),
        ("Esc", t.escape),
        ("Alt ← →", t.tree),
        ("Alt ↑ ↓", t.order),
        ("?", t.help),
    ];
    view! {
        <dialog node_ref=dialog class="dialog" aria-labelledby="keys-title" on:close=move |_| open.set(false)>
            <form method="dialog" class="form">
                <h2 id="keys-title">{t.title}</h2>
                <dl class="keys">{rows.map(|(key, text)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{text}</dd></div> }.into_any())}</dl>
                <button class="button">{close}</button>
            </form>
        </dialog>
    }
    .into_any()
}
