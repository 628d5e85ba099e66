//! The page that the service worker shows while the server cannot be reached.
//!
//! The browser stores it once for everybody who uses the device. So it holds the texts of every language and no
//! data; its script (`frontend/shell/offline.js`) opens the book that the device keeps in it, or shows the texts of the last
//! page's language.

use crate::{
    domain::{Language, Theme},
    i18n::{plain_words::plain_words, words},
    stopped,
    ui::icon::icons,
};
use leptos::prelude::*;
use leptos_meta::HashedStylesheet;

/// Where the program is that opens the book.
#[derive(Clone, Debug)]
pub struct OfflineProgram {
    /// Its build.
    pub build: String,
    /// The address of its script.
    pub script: Option<String>,
    /// The address of its WebAssembly.
    pub wasm: Option<String>,
}

/// The whole document.
#[must_use]
pub fn offline(options: LeptosOptions, program: OfflineProgram) -> String {
    let text = |language: Language| {
        let (t, live) = (plain_words(language), words(language));
        let title = format!("{} · {}", t.no_server, live.product);
        view! {
            <div lang=language.as_str() data-title=title hidden>
                <main class="page page-narrow">
                    <p class="brand">{live.product}</p>
                    <h1>{t.no_server}</h1>
                    <p>{t.no_server_text}</p>
                    <p data-kept hidden>{t.number_kept} " " <strong data-count></strong></p>
                    <p data-book hidden><a href="/">{t.open_kept}</a></p>
                    <div data-left role="status" hidden>
                        <p><b>{t.left_here}</b></p>
                        <p>{t.left_here_text}</p>
                        <p>{t.session_goes_on}</p>
                    </div>
                    <button type="button" class="button">{t.look_again}</button>
                    <button type="button" class="button button-outline" data-leave hidden>{t.sign_out}</button>
                </main>
                <template>{stopped::bar(language)}</template>
            </div>
        }
    };
    let OfflineProgram { build, script, wasm } = program;
    let owner = Owner::new();
    let html = owner.with(|| {
        view! {
            <html lang=Language::default().as_str() data-theme=Theme::default().as_str() data-build=build data-worker="" data-script=script data-wasm=wasm>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content" />
                    <meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />
                    <meta name="color-scheme" content="light dark" />
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <title>{words(Language::default()).product}</title>
                    <HashedStylesheet options id="style" />
                    <script src="/offline.js" defer></script>
                </head>
                <body>
                    <div id="app" class="app"></div>
                    {icons()}
                    {Language::ALL.map(text).collect_view()}
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{}", html.replace("<!>", ""))
}
