//! The window, as far as the program needs it.

use futures_channel::mpsc;
use js_sys::{Date, Math, Reflect};
use leptos::prelude::{ArcRwSignal, GetUntracked, Set};
use std::sync::atomic::{AtomicBool, Ordering};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, EventTarget, HtmlElement, VisibilityState};

/// The page may have slept or been away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The network is back.
    Online,
    /// The network is gone.
    Offline,
    /// The page is looked at again.
    Shown,
    /// Another row is being edited, or none any more.
    Edited,
}

/// Unix milliseconds.
#[must_use]
pub fn now_ms() -> f64 {
    Date::now()
}

/// Between 0 and 1.
#[must_use]
pub fn chance() -> f64 {
    Math::random()
}

/// `14:02`
#[must_use]
pub fn time_of_day() -> String {
    let now = Date::new_0();
    format!("{:02}:{:02}", now.get_hours(), now.get_minutes())
}

/// The address of a socket on this page's own host.
#[must_use]
pub fn socket_url(path: &str) -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}{path}", location.host().ok()?))
}

/// Loads another page of ours.
pub fn go(path: &str) {
    if let Some(window) = web_sys::window() {
        // The browser refuses only what is not an address.
        drop(window.location().set_href(path));
    }
}

/// Loads this page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // The browser refuses only while a page is being left already.
        drop(window.location().reload());
    }
}

/// Listeners of the window and the document; removed when dropped.
pub struct Listening {
    closure: Closure<dyn Fn(Event)>,
    targets: Vec<(EventTarget, &'static str)>,
}

impl Listening {
    fn to(targets: Vec<(EventTarget, &'static str)>, closure: Closure<dyn Fn(Event)>) -> Self {
        for (target, event) in &targets {
            // A browser refuses only what is no function.
            drop(target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()));
        }
        Self { closure, targets }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        for (target, event) in &self.targets {
            let callback = self.closure.as_ref().unchecked_ref();
            // One that is not there needs no removal.
            drop(target.remove_event_listener_with_callback(event, callback));
        }
    }
}

/// Says when the network is back or gone, the page is shown again, or comes out of the browser's cache; as long as
/// the listeners are kept.
#[must_use]
pub fn on_wake(sender: mpsc::UnboundedSender<Wake>) -> Option<Listening> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let visible = document.clone();
    let wake = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let wake = match event.type_().as_str() {
            "offline" => Wake::Offline,
            _ if visible.visibility_state() == VisibilityState::Hidden => return,
            "online" => Wake::Online,
            _ => Wake::Shown,
        };
        // Whoever does not listen any more drops the listeners with the other end.
        drop(sender.unbounded_send(wake));
    });
    let window: EventTarget = window.into();
    let targets = vec![
        (window.clone(), "online"),
        (window.clone(), "offline"),
        (window, "pageshow"),
        (document.into(), "visibilitychange"),
    ];
    Some(Listening::to(targets, wake))
}

/// Puts a text on the clipboard; false where a browser does not let us: it does so over TLS and on this
/// very machine only.
#[must_use]
pub fn copy(text: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return false };
    let there = Reflect::get(&navigator, &JsValue::from_str("clipboard")).is_ok_and(|it| !it.is_undefined());
    if there {
        // Where it is refused after all, the text is on the screen to be copied by hand.
        drop(navigator.clipboard().write_text(text));
    }
    there
}

/// Offers a link to the other programs of the device; false where there is no such thing.
#[must_use]
pub fn share(url: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return false };
    // Only some browsers have it.
    if !Reflect::has(&navigator, &JsValue::from_str("share")).unwrap_or(false) {
        return false;
    }
    let data = web_sys::ShareData::new();
    data.set_url(url);
    // Whoever closes the menu again has chosen so.
    drop(navigator.share_with_data(&data));
    true
}

/// To the beginning of the page.
pub fn scroll_up() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Further than a thumb's tremor.
const SCROLLED_PX: f64 = 60.0;

/// Says whether the page stands at its beginning.
pub fn on_scroll(scrolled: ArcRwSignal<bool>) {
    let Some(window) = web_sys::window() else { return };
    let looked_at = window.clone();
    let moved = Closure::<dyn Fn()>::new(move || {
        let now = looked_at.scroll_y().is_ok_and(|y| y > SCROLLED_PX);
        if scrolled.get_untracked() != now {
            scrolled.set(now);
        }
    });
    drop(window.add_event_listener_with_callback("scroll", moved.as_ref().unchecked_ref()));
    // The page's life is the listener's life.
    moved.forget();
}

fn storage() -> Option<web_sys::Storage> {
    // A browser may be told to keep nothing.
    web_sys::window()?.session_storage().ok()?
}

/// Keeps a text as long as this tab is open; an empty one is forgotten.
pub fn keep(name: &str, text: &str) {
    if let Some(storage) = storage() {
        // Where there is no room, it is only the convenience that is lost.
        drop(if text.is_empty() { storage.remove_item(name) } else { storage.set_item(name, text) });
    }
}

/// A text that was kept.
#[must_use]
pub fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// The program that wrote this page.
#[must_use]
pub fn build() -> Option<String> {
    web_sys::window()?.document()?.document_element()?.get_attribute("data-build")
}

/// The element that the program's screens stand in.
#[must_use]
pub fn app_root() -> Option<HtmlElement> {
    web_sys::window()?.document()?.get_element_by_id("app")?.dyn_into().ok()
}

/// Says that the page answers to its user: the script of the page waits for it, and so do tests.
pub fn mark_hydrated() {
    mark("data-hydrated");
}

/// The program has panicked.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Says that the program has panicked: from here on the script of the page is all that works.
pub fn mark_stopped() {
    STOPPED.store(true, Ordering::Relaxed);
    mark("data-stopped");
}

/// Whether the program has panicked: what it shows and holds cannot be trusted any more.
#[must_use]
pub fn has_stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

fn mark(name: &str) {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    if let Some(root) = root {
        // The browser refuses only what is no name.
        drop(root.set_attribute(name, ""));
    }
}
