//! The start of the program in the browser, on the page that the server rendered.

use crate::{
    browser, budget_ws_client::BudgetWSClient, composing, follow::Following, outbox_store::OutboxStore,
};
use app::{
    live_link::{Browser, Connection, LiveLink},
    outbox::CommandStore,
    pages::{App, parts},
    replica::Replica,
};
use gloo_timers::future::sleep;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::{rc::Rc, sync::Arc, time::Duration};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// The browser of this page.
struct Window {
    client: SendWrapper<BudgetWSClient>,
    outdated: ArcRwSignal<bool>,
    commands: Arc<OutboxStore>,
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

    fn commands(&self) -> Option<Arc<dyn CommandStore>> {
        Some(self.commands.clone())
    }
}

/// How long to wait before a part that did not arrive is asked for again.
const PART_RETRY: Duration = Duration::from_secs(2);

/// Hydrates the page that the server rendered, once the part that draws it is here: until then the server's page stays.
#[wasm_bindgen]
pub fn hydrate() {
    // After a panic the page shows that it has stopped; the console shows what happened.
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        browser::mark_stopped();
    }));
    // A page of another server: after ten seconds the page's script says that nothing has started.
    let Some(root) = browser::app_root() else { return };
    let path = browser::path();
    if parts::is_here(&path) {
        start(root);
        return;
    }
    spawn_local(async move {
        // A page that is late says so after ten seconds, and stops saying so once it starts.
        while parts::load(&path).await.is_err() {
            sleep(PART_RETRY).await;
        }
        start(root);
    });
}

/// Takes the page over.
fn start(root: HtmlElement) {
    let (connection, outdated) = (ArcRwSignal::default(), ArcRwSignal::new(false));
    let client = SendWrapper::new(BudgetWSClient::new(connection.clone()));
    let live = connection.clone();
    let commands = Arc::new(OutboxStore::open());
    let erased = commands.clone();
    let link = LiveLink {
        connection,
        outdated: outdated.clone(),
        scrolled: ArcRwSignal::new(false),
        unsaved: ArcRwSignal::new(false),
        browser: Arc::new(Window { client, outdated, commands }),
    };
    browser::on_scroll(link.scrolled.clone());
    browser::ask_before_leaving(link.unsaved.clone());
    composing::guard();
    let app = leptos::mount::hydrate_from(root, move || {
        provide_context(link);
        Effect::new(move || {
            // What did not arrive before is tried again with each connection.
            match live.get() {
                Connection::Live { .. } => load_parts(),
                Connection::SignedOut | Connection::NotAMember => erased.erase_book(),
                _ => {}
            }
        });
        App()
    });
    app.forget();
    browser::mark_hydrated();
    load_parts();
}

/// Loads all parts once the page is idle: everything is available if the connection is lost later.
fn load_parts() {
    browser::when_idle(|| spawn_local(parts::load_all()));
}
