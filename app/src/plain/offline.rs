//! The page that the service worker shows while the server cannot be reached.
//!
//! The browser stores it once for everybody who uses the device. So it holds the texts of every language and no
//! data; its script (`frontend/shell/offline.js`) shows those of the last page's language.

use crate::{
    domain::{Language, Theme},
    i18n::{plain_words::plain_words, words},
};
use leptos::prelude::*;
use leptos_meta::HashedStylesheet;

/// The whole document.
#[must_use]
pub fn offline(options: LeptosOptions) -> String {
    let text = |language: Language| {
        let (t, live) = (plain_words(language), words(language));
        let title = format!("{} · {}", t.no_server, live.product);
        view! {
            <div lang=language.as_str() data-title=title hidden>
                <main class="page page-narrow">
                    <p class="brand">{live.product}</p>
                    <h1>{t.no_server}</h1>
                    <p>{t.no_server_text}</p>
                    <p data-kept hidden>{t.kept_here} " " <strong data-count></strong></p>
                    <button type="button" class="button">{t.look_again}</button>
                </main>
            </div>
        }
    };
    let owner = Owner::new();
    let html = owner.with(|| {
        view! {
            <html lang=Language::default().as_str() data-theme=Theme::default().as_str()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                    <meta name="color-scheme" content="light dark" />
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <title>{words(Language::default()).product}</title>
                    <HashedStylesheet options id="style" />
                    <script src="/offline.js" defer></script>
                </head>
                <body>{Language::ALL.map(text).collect_view()}</body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{}", html.replace("<!>", ""))
}
