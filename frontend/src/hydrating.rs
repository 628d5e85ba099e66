//! The start of the program in the browser: on the page that the server rendered, or without a network on the page that
//! the service worker keeps, over the book that the device keeps.

use crate::{
    book_choice, browser, budget_ws_client::BudgetWSClient, calendar, composing, follow::Following,
    near_end::near_end, page_store::PageStore,
};
use app::{
    domain::{AccountId, HouseholdId},
    live_link::{Browser, Connection, LiveLink, OpeningStore},
    outbox::{CommandStore, DeviceOwner, KeptReader},
    pages::{App, parts},
    replica::Replica,
    state::opened::KeptStart,
    ui::program_part::AnyPart,
};
use gloo_timers::{callback::Timeout, future::sleep};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::{rc::Rc, sync::Arc, time::Duration};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;

/// The browser of this page.
struct Window {
    client: SendWrapper<BudgetWSClient>,
    outdated: ArcRwSignal<bool>,
    store: PageStore,
}

impl Browser for Window {
    fn start(&self, replica: Replica) {
        self.client.connect(Rc::new(Following { replica, outdated: self.outdated.clone() }));
    }

    fn edited(&self) {
        self.client.edited();
    }

    fn reconnect(&self) {
        self.client.reconnect();
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

    fn near_end(&self, function: Box<dyn Fn()>) {
        near_end(function);
    }

    fn keep(&self, name: &str, text: &str) {
        browser::keep(name, text);
    }

    fn kept(&self, name: &str) -> Option<String> {
        browser::kept(name)
    }

    fn erase_copies(&self, of: Option<DeviceOwner>) {
        self.store.erase_copies(of);
    }

    fn commands(&self) -> OpeningStore {
        let store = self.store.clone();
        Box::pin(async move { store.opened().await.map(|store| -> Arc<dyn CommandStore> { store }) })
    }

    fn keeps_book(&self, account: AccountId) -> bool {
        book_choice::keeps_book_of(account)
    }

    fn begin_book_of(&self, account: AccountId) {
        book_choice::begin_book_of(account);
    }

    fn looks_at(&self, household: HouseholdId) {
        browser::when_shown(move || book_choice::look_at(household));
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time since 1970")]
    fn loaded_at(&self) -> Option<u64> {
        browser::loaded_at().map(|at| at as u64)
    }

    fn day_number(&self, time_zone: &str) -> Option<i64> {
        calendar::day_number(time_zone)
    }

    fn later(&self, function: Box<dyn FnOnce()>) {
        Timeout::new(LATER_MS, move || browser::when_idle(function)).forget();
    }
}

/// The pause before something that can wait.
const LATER_MS: u32 = 2_000;

/// How long to wait before a part that did not arrive is asked for again.
const PART_RETRY: Duration = Duration::from_secs(2);

/// Hydrates the page that the server rendered, once the part that draws it is here: until then the server's page stays.
#[wasm_bindgen]
pub fn hydrate() {
    watch_panics();
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

/// Opens the book that the device keeps, on the page that the service worker keeps: the server cannot be reached. Returns
/// false if this build cannot read it. Called by `frontend/shell/offline.js`.
///
/// # Errors
/// If the code for reading it is missing.
#[wasm_bindgen]
pub async fn open_kept(account: String, reader: String, book: String) -> Result<bool, JsValue> {
    watch_panics();
    let missing = |_| JsValue::from_str("a part of the program is missing");
    parts::KEPT.load().await.map_err(missing)?;
    let kept = parts::KEPT.draw().and_then(|read| read(&reader, &book));
    let opened = kept.zip(browser::app_root()).zip(account.parse().ok());
    let Some((((reader, book), root), account)) = opened else { return Ok(false) };
    let KeptReader { email, language, day, .. } = reader;
    book_choice::resume_book_of(account);
    let link = link();
    // The connection may have been lost long before this page was opened.
    link.connection.set(Connection::Offline { since: String::new() });
    let program = move || {
        provide_context(KeptStart { replica: book.replica(), account, email, language, day });
        run(link)
    };
    leptos::mount::mount_to(root, program).forget();
    begun();
    Ok(true)
}

/// After a panic the page shows that it has stopped; the console shows what happened.
fn watch_panics() {
    std::panic::set_hook(Box::new(|panic| {
        console_error_panic_hook::hook(panic);
        browser::mark_stopped();
    }));
}

/// Takes the page over.
fn start(root: HtmlElement) {
    let link = link();
    leptos::mount::hydrate_from(root, move || run(link)).forget();
    begun();
}

/// The page's connection and browser.
fn link() -> LiveLink {
    let (connection, outdated) = (ArcRwSignal::default(), ArcRwSignal::new(false));
    let client = SendWrapper::new(BudgetWSClient::new(connection.clone()));
    let store = PageStore::default();
    if !book_choice::keeps_book() {
        // It may have been kept before.
        let kept = store.clone();
        browser::when_idle(move || kept.erase_copies(None));
    }
    let link = LiveLink {
        connection,
        outdated: outdated.clone(),
        scrolled: ArcRwSignal::new(false),
        unsaved: ArcRwSignal::new(false),
        hidden: ArcTrigger::new(),
        browser: Arc::new(Window { client, outdated, store }),
    };
    browser::on_scroll(link.scrolled.clone());
    browser::ask_before_leaving(link.unsaved.clone());
    browser::on_hidden(link.hidden.clone());
    composing::guard();
    link
}

fn run(link: LiveLink) -> impl IntoView {
    let live = link.connection.clone();
    provide_context(link);
    Effect::new(move || {
        // What did not arrive before is tried again with each connection.
        if matches!(live.get(), Connection::Live { .. }) {
            load_parts();
        }
    });
    App()
}

fn begun() {
    browser::mark_hydrated();
    load_parts();
}

/// Loads all parts once the page is idle: everything is available if the connection is lost later.
fn load_parts() {
    browser::when_idle(|| spawn_local(parts::load_all()));
}
