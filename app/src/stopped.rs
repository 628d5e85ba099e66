//! Handles a page whose program did not start, is late, or has crashed: it says so and offers to reload, its
//! forms are posted as plain forms, and nothing on it claims to be up to date.
//!
//! A script in the document's head watches the program (`frontend/shell/stopped.js`; like all code that uses
//! `window` and storage it belongs to the frontend, and it is inlined in the page, since it must run even if
//! no file of the program loads). It detects three events:
//!
//! | what | how |
//! | --- | --- |
//! | the program has started | the root element gets the attribute `data-hydrated` |
//! | the program has crashed | the panic hook sets the attribute `data-stopped`; or a trap without a panic |
//! | the program did not start | loading one of its files failed; or ten seconds without `data-hydrated` |
//!
//! A program that is late or whose files failed to load may still start; then the bar disappears. A crashed
//! program gets no more events, because its state cannot be trusted.

use crate::{
    domain::Language,
    i18n::{plain_words::plain_words, words},
    ui::icon::symbol,
};
use leptos::{nonce::use_nonce, prelude::*};

/// The script that watches the program, for a page that loads it from its own address; and the one that opens the list of what
/// waits.
pub const WATCHER: &str =
    concat!(include_str!("../../frontend/shell/stopped.js"), include_str!("../../frontend/shell/waiting.js"));

/// The script that watches the program and what a translator does to its texts, from before the program is
/// loaded. If the browser keeps the files of the program, also the script that gives it the worker for that.
#[must_use]
pub fn watcher(kept: bool) -> impl IntoView {
    let scripts = [
        WATCHER,
        include_str!("../../frontend/shell/translated.js"),
        if kept { include_str!("../../frontend/shell/worker.js") } else { "" },
    ];
    let scripts = scripts.concat();
    view! { <script nonce=use_nonce() inner_html=scripts></script> }
}

/// The bar with the notices, hidden until there is one.
#[must_use]
pub fn bar(language: Language) -> impl IntoView {
    let t = plain_words(language);
    let texts = [("slow", t.not_started), ("stopped", t.stopped), ("unsaved", t.not_saved_here)];
    view! {
        <div class="banner stopped" id="stopped" role="alert" hidden>
            {symbol("refresh", "symbol")}
            {texts.map(|(why, text)| view! { <span data-why=why hidden>{text}</span> }).collect_view()}
            <button type="button" class="button button-quiet">{words(language).reload}</button>
        </div>
    }
}
