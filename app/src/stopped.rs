//! What a page does whose program did not start, is late, or died: it says so and offers to reload, its forms
//! are posted as they are, and nothing on it claims to be up to date.
//!
//! A script in the document's head watches over the program (`frontend/shell/stopped.js`: like everything that
//! knows the window and its storage it is the frontend's; it stands in the page itself, since it must run where
//! no file of the program does). It hears of three things:
//!
//! | what | how |
//! | --- | --- |
//! | the program has started | the attribute `data-hydrated` of the root element |
//! | the program has died | the attribute `data-stopped`, set by the panic hook; a trap without a panic |
//! | the program did not start | an error of one of its files; ten seconds without the mark |
//!
//! Late or refused by the network, it may still start, and the bar goes again. Dead, it stays dead: no event
//! reaches it any more, because what it left half done cannot be trusted.

use crate::{
    components::icon::symbol,
    domain::Language,
    i18n::{plain_words::plain_words, words},
};
use leptos::{nonce::use_nonce, prelude::*};

/// Watches over the program and over what a translator does to its texts, from before it is asked for.
#[must_use]
pub fn watcher() -> impl IntoView {
    let scripts = concat!(
        include_str!("../../frontend/shell/stopped.js"),
        include_str!("../../frontend/shell/translated.js")
    );
    view! { <script nonce=use_nonce() inner_html=scripts></script> }
}

/// What is said, once there is something to say.
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
