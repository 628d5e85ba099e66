//! What only the browser knows: the socket, timers, storage, the window.
//!
//! | module | knows |
//! | --- | --- |
//! | [`budget_ws_client`] | the socket, kept open |
//! | [`lifecycle`] | what the connection does next; pure |
//! | [`handlers`] | who is called for which event |
//! | [`backoff`] | when to try again; pure |
//! | [`follow`] | the replica behind the socket |
//! | [`browser`] | the window |
//! | [`composing`] | the Enter of an input method |

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

/// This page's browser.
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

/// Takes over the page that the server wrote.
#[wasm_bindgen]
pub fn hydrate() {
    // After a panic the page says that it has stopped; what happened stands in the console.
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        browser::mark_stopped();
    }));
    // A page of another server: the script of the page says after ten seconds that nothing has started.
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
