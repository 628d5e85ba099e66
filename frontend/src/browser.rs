//! The functions of `window` that the program uses.

use crate::steady_clock::SteadyClock;
use futures_channel::mpsc;
use js_sys::{Date, Function, Math, Reflect};
use leptos::prelude::{ArcRwSignal, ArcTrigger, GetUntracked, Notify, Set};
use std::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, Event, EventTarget, HtmlElement, VisibilityState};

/// An event after which the connection should be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The network is back.
    Online,
    /// The network is gone.
    Offline,
    /// The page is visible again.
    Shown,
    /// Another fact is open in the editor, or none any more.
    Edited,
    /// Another page of this browser has signed out.
    SignedOut,
}

/// The channel on which a page that signs out tells the others (`public/signing-out.js`, `frontend/shell/offline.js`).
const SIGNED_OUT: &str = "signed-out";

thread_local! {
    static CLOCK: Cell<SteadyClock> = const { Cell::new(SteadyClock::new()) };
}

/// The clock of the page, which cannot be set.
fn since_start() -> Option<f64> {
    let performance = Reflect::get(&js_sys::global(), &JsValue::from_str("performance")).ok()?;
    let now = Reflect::get(&performance, &JsValue::from_str("now")).ok()?;
    now.dyn_into::<Function>().ok()?.call0(&performance).ok()?.as_f64()
}

/// Milliseconds since the first call, whatever the clock of the device is set to meanwhile.
#[must_use]
pub fn now_ms() -> f64 {
    let of_day = Date::now();
    let since_start = since_start().unwrap_or_default();
    CLOCK.with(|clock| {
        let mut now = clock.get();
        let passed = now.look(of_day, since_start);
        clock.set(now);
        passed
    })
}

/// A random number between 0 and 1.
#[must_use]
pub fn chance() -> f64 {
    Math::random()
}

/// The local time, `14:02`.
#[must_use]
pub fn time_of_day() -> String {
    let now = Date::new_0();
    format!("{:02}:{:02}", now.get_hours(), now.get_minutes())
}

/// The URL of a socket on this page's host.
#[must_use]
pub fn socket_url(path: &str) -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}{path}", location.host().ok()?))
}

/// The path of this page's address.
#[must_use]
pub fn path() -> String {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok());
    path.unwrap_or_default()
}

/// Calls a function once the page is idle.
pub fn when_idle(function: impl FnOnce() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let function = Closure::once_into_js(function);
    let function = function.unchecked_ref();
    // Some browsers do not tell when they are idle.
    let tells = Reflect::has(&window, &JsValue::from_str("requestIdleCallback")).unwrap_or(false);
    // The browser refuses only something that is not a function.
    drop(if tells {
        window.request_idle_callback(function).map(drop)
    } else {
        window.set_timeout_with_callback_and_timeout_and_arguments_0(function, IDLE_MS).map(drop)
    });
}

/// After this time a page counts as idle where the browser does not tell.
const IDLE_MS: i32 = 3_000;

/// Navigates to another page of ours.
pub fn go(path: &str) {
    if let Some(window) = web_sys::window() {
        // The browser refuses only an invalid URL.
        drop(window.location().set_href(path));
    }
}

/// Reloads this page without a question: nothing on it is of use any more.
pub fn replace() {
    LEAVES.store(true, Ordering::Relaxed);
    reload();
}

/// Reloads this page.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // The browser refuses only while the page is being left already.
        drop(window.location().reload());
    }
}

/// Event listeners, removed on drop.
pub struct Listening {
    closure: Closure<dyn Fn(Event)>,
    targets: Vec<(EventTarget, &'static str)>,
}

impl Listening {
    fn to(targets: Vec<(EventTarget, &'static str)>, closure: Closure<dyn Fn(Event)>) -> Self {
        for (target, event) in &targets {
            // The browser refuses only something that is not a function.
            drop(target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()));
        }
        Self { closure, targets }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        for (target, event) in &self.targets {
            let callback = self.closure.as_ref().unchecked_ref();
            // Removing a listener that is not registered has no effect.
            drop(target.remove_event_listener_with_callback(event, callback));
        }
    }
}

/// Sends a [`Wake`] when the network is back or lost, when the page becomes visible or is restored from the
/// browser's cache, and when another page signs out, for as long as the listeners are kept.
#[must_use]
pub fn on_wake(sender: mpsc::UnboundedSender<Wake>) -> Option<Listening> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let visible = document.clone();
    let wake = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let wake = match event.type_().as_str() {
            "offline" => Wake::Offline,
            "message" => Wake::SignedOut,
            _ if visible.visibility_state() == VisibilityState::Hidden => return,
            "online" => Wake::Online,
            _ => Wake::Shown,
        };
        // The receiver drops the listeners with its end of the channel.
        drop(sender.unbounded_send(wake));
    });
    let window: EventTarget = window.into();
    let mut targets = vec![
        (window.clone(), "online"),
        (window.clone(), "offline"),
        (window, "pageshow"),
        (document.into(), "visibilitychange"),
    ];
    // Without such a channel, a page without a network learns it from the server once there is one.
    let channel = BroadcastChannel::new(SIGNED_OUT).ok();
    targets.extend(channel.map(|channel| (channel.into(), "message")));
    Some(Listening::to(targets, wake))
}

/// Copies a text to the clipboard; returns false if the browser does not allow it: it does so only over TLS
/// and on localhost.
#[must_use]
pub fn copy(text: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return false };
    let there = Reflect::get(&navigator, &JsValue::from_str("clipboard")).is_ok_and(|it| !it.is_undefined());
    if there {
        // If copying is refused after all, the text is on the screen and can be copied by hand.
        drop(navigator.clipboard().write_text(text));
    }
    there
}

/// Opens the device's share menu for a link; returns false if there is none.
#[must_use]
pub fn share(url: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return false };
    // Only some browsers have it.
    if !Reflect::has(&navigator, &JsValue::from_str("share")).unwrap_or(false) {
        return false;
    }
    let data = web_sys::ShareData::new();
    data.set_url(url);
    // Closing the menu is not an error.
    drop(navigator.share_with_data(&data));
    true
}

/// Scrolls to the top of the page.
pub fn scroll_up() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// More than an accidental movement of a thumb.
const SCROLLED_PX: f64 = 60.0;

/// Keeps `scrolled` up to date.
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
    // The listener lives as long as the page.
    moved.forget();
}

/// Lets the browser ask before the page is left or reloaded while `unsaved` is true. [`replace`] is exempt.
pub fn ask_before_leaving(unsaved: ArcRwSignal<bool>) {
    let Some(window) = web_sys::window() else { return };
    let asked = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        if unsaved.get_untracked() && !LEAVES.load(Ordering::Relaxed) {
            event.prevent_default();
        }
    });
    drop(window.add_event_listener_with_callback("beforeunload", asked.as_ref().unchecked_ref()));
    // The listener lives as long as the page.
    asked.forget();
}

/// Whether the program itself replaces the page.
static LEAVES: AtomicBool = AtomicBool::new(false);

fn storage() -> Option<web_sys::Storage> {
    // A browser may be configured to store nothing.
    web_sys::window()?.session_storage().ok()?
}

/// Stores a text for as long as this tab is open; an empty one is removed.
pub fn keep(name: &str, text: &str) {
    if let Some(storage) = storage() {
        // If the storage is full, only a convenience is lost.
        drop(if text.is_empty() { storage.remove_item(name) } else { storage.set_item(name, text) });
    }
}

/// The stored text.
#[must_use]
pub fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Notifies when the page is hidden: a phone may never show it again.
pub fn on_hidden(hidden: ArcTrigger) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let seen = document.clone();
    let changed = Closure::<dyn Fn()>::new(move || {
        if seen.visibility_state() == VisibilityState::Hidden {
            hidden.notify();
        }
    });
    drop(document.add_event_listener_with_callback("visibilitychange", changed.as_ref().unchecked_ref()));
    // The listener lives as long as the page.
    changed.forget();
}

/// Calls a function now if the page is visible, and whenever it becomes visible.
pub fn when_shown(function: impl Fn() + 'static) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let seen = document.clone();
    let shown = move || {
        if seen.visibility_state() == VisibilityState::Visible {
            function();
        }
    };
    shown();
    let changed = Closure::<dyn Fn()>::new(shown);
    drop(document.add_event_listener_with_callback("visibilitychange", changed.as_ref().unchecked_ref()));
    // The listener lives as long as the page.
    changed.forget();
}

/// When the browser has begun to load this page, in Unix milliseconds.
#[must_use]
pub fn loaded_at() -> Option<f64> {
    let window = web_sys::window()?;
    let performance = Reflect::get(&window, &"performance".into()).ok()?;
    Reflect::get(&performance, &"timeOrigin".into()).ok()?.as_f64()
}

/// The build of the program that rendered this page.
#[must_use]
pub fn build() -> Option<String> {
    web_sys::window()?.document()?.document_element()?.get_attribute("data-build")
}

/// The root element of the program's screens.
#[must_use]
pub fn app_root() -> Option<HtmlElement> {
    web_sys::window()?.document()?.get_element_by_id("app")?.dyn_into().ok()
}

/// Marks the page as interactive: the page's script waits for it, and so do tests.
pub fn mark_hydrated() {
    mark("data-hydrated");
}

/// Whether the program has panicked.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Records that the program has panicked: from here on only the page's script works.
pub fn mark_stopped() {
    STOPPED.store(true, Ordering::Relaxed);
    mark("data-stopped");
}

/// Whether the program has panicked: then its state cannot be trusted.
#[must_use]
pub fn has_stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

fn mark(name: &str) {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    if let Some(root) = root {
        // The browser refuses only an invalid name.
        drop(root.set_attribute(name, ""));
    }
}
