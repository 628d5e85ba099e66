//! What only the browser knows: the socket, timers, storage, the window.
//!
//! | module | knows |
//! | --- | --- |
//! | [`budget_ws_client`] | the socket, kept open |
//! | [`lifecycle`] | the state machine of the connection; pure |
//! | [`handlers`] | handlers by event name |
//! | [`backoff`] | delays between attempts; pure |
//! | [`follow`] | applies frames to the replica |
//! | [`browser`] | the window |
//! | [`composing`] | keys of an input method |

pub mod backoff;
pub mod browser;
pub mod budget_ws_client;
pub mod composing;
pub mod follow;
pub mod handlers;
pub mod lifecycle;

use app::{
    live_link::{Browser, LiveLink},
    pages::App,
    replica::Replica,
};
use budget_ws_client::BudgetWSClient;
use follow::Following;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::{rc::Rc, sync::Arc};
use wasm_bindgen::prelude::wasm_bindgen;

/// The browser of this page.
struct Window {
    client: SendWrapper<BudgetWSClient>,
    outdated: ArcRwSignal<bool>,
}

impl Browser for Window {
    fn start(&self, replica: Replica) {
        self.client.connect(Rc::new(Following { replica, outdated: self.outdated.clone() }));
    }

    fn edited(&self) {
        self.client.edited();
    }

    fn copy(&self, text: &str) -> bool {
        browser::copy(text)
    }

    fn share(&self, url: &str) -> bool {
        browser::share(url)
    }

    fn go(&self, path: &str) {
        browser::go(path);
    }

    fn reload(&self) {
        browser::reload();
    }

    fn scroll_up(&self) {
        browser::scroll_up();
    }

    fn keep(&self, name: &str, text: &str) {
        browser::keep(name, text);
    }

    fn kept(&self, name: &str) -> Option<String> {
        browser::kept(name)
    }
}

/// Hydrates the page that the server rendered.
#[wasm_bindgen]
pub fn hydrate() {
    // After a panic the page shows that it has stopped; the console shows what happened.
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        browser::mark_stopped();
    }));
    // A page of another server: after ten seconds the page's script says that nothing has started.
    let Some(root) = browser::app_root() else { return };
    let (connection, outdated) = (ArcRwSignal::default(), ArcRwSignal::new(false));
    let client = SendWrapper::new(BudgetWSClient::new(connection.clone()));
    let link = LiveLink {
        connection,
        outdated: outdated.clone(),
        scrolled: ArcRwSignal::new(false),
        browser: Arc::new(Window { client, outdated }),
    };
    browser::on_scroll(link.scrolled.clone());
    composing::guard();
    let app = leptos::mount::hydrate_from(root, move || {
        provide_context(link);
        App()
    });
    app.forget();
    browser::mark_hydrated();
}
