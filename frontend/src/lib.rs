//! What only the browser knows: the socket, timers, storage, the window.
//!
//! | module | knows |
//! | --- | --- |
//! | [`budget_ws_client`] | the socket, kept open |
//! | [`backoff`] | when to try again; pure |
//! | [`follow`] | the replica behind the socket |
//! | [`browser`] | the window |

pub mod backoff;
pub mod browser;
pub mod budget_ws_client;
pub mod follow;

use app::{
    live_link::{Connection, LiveLink},
    pages::App,
};
use budget_ws_client::BudgetWSClient;
use follow::Following;
use leptos::prelude::*;
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server wrote.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    // After signing in or out everything on the page is somebody else's: it is loaded anew. The router
    // would set a hook of its own, but the first one stays.
    drop(leptos::server_fn::redirect::set_redirect_hook(browser::go));
    let connection = ArcRwSignal::new(Connection::default());
    let client = send_wrapper::SendWrapper::new(BudgetWSClient::new(connection.clone()));
    let start = move |replica| client.connect(Rc::new(Following(replica)));
    let link = LiveLink::new(connection, start, |text| browser::copy(&text), browser::time_zone);
    leptos::mount::hydrate_body(move || {
        provide_context(link);
        App()
    });
    browser::mark_hydrated();
}
