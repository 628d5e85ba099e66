//! What the screens know of the browser and the live connection. `frontend` implements the other side.

use crate::{
    domain::{AccountId, HouseholdId},
    outbox::{CommandStore, DeviceOwner},
    replica::Replica,
};
use leptos::prelude::*;
use std::{
    future::{Future, ready},
    pin::Pin,
    sync::Arc,
};

/// The state of the connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Not connected yet: the state of a page that the server rendered and no program has taken over.
    #[default]
    Connecting,
    /// Not connected, or behind the log.
    CatchingUp,
    /// Up to date: every change arrives.
    Live {
        /// `14:02`
        since: String,
    },
    /// Not connected since this time of day, as the browser formats it.
    Offline {
        /// `14:02`
        since: String,
    },
    /// The session has ended. Signing in again helps, waiting does not.
    SignedOut,
    /// The person left the page's household, or was removed from it.
    NotAMember,
    /// This person has more open windows than the server allows.
    Crowded,
    /// The server has ended the connection for a reason unknown to this page.
    Refused,
}

/// The opening of the store of commands.
pub type OpeningStore = Pin<Box<dyn Future<Output = Option<Arc<dyn CommandStore>>>>>;

/// The functions of the browser that a page uses.
pub trait Browser: Send + Sync {
    /// Starts updating this replica from the live connection.
    fn start(&self, replica: Replica);
    /// Reports to the server that another fact is open in the editor, or none any more.
    fn edited(&self);
    /// Reconnects to the server, which then reports whether the session of this page is still valid.
    fn reconnect(&self);
    /// Copies a text to the clipboard; returns false if the browser does not allow it.
    fn copy(&self, text: &str) -> bool;
    /// Opens the device's share menu for a link; returns false if there is none.
    fn share(&self, url: &str) -> bool;
    /// Navigates to another page of ours.
    fn go(&self, path: &str);
    /// Reloads this page.
    fn reload(&self);
    /// Scrolls to the top of the page.
    fn scroll_up(&self);
    /// Calls a function whenever somebody scrolls near the end of the page, from now on.
    fn near_end(&self, function: Box<dyn Fn()>);
    /// Stores a text on this device; an empty one is removed.
    fn keep(&self, name: &str, text: &str);
    /// The stored text.
    fn kept(&self, name: &str) -> Option<String>;
    /// Erases the copies of the book on this device, or only this owner's.
    fn erase_copies(&self, of: Option<DeviceOwner>);
    /// Opens the store of commands, or returns the opened one; `None` if there is none, or if the code for it did not
    /// arrive.
    fn commands(&self) -> OpeningStore;
    /// Whether a copy of the book of this account may be kept on this device: the settings can switch it off, and it ends
    /// when the account signs out here.
    fn keeps_book(&self, account: AccountId) -> bool;
    /// Records that the server has answered this account here, so that its book may be kept.
    fn begin_book_of(&self, account: AccountId);
    /// Remembers, whenever somebody looks at this page, that it is of this household: without a network the device opens
    /// the copy of its book.
    fn looks_at(&self, household: HouseholdId);
    /// When the browser has begun to load this page, in Unix milliseconds: what the server has rendered into it was read
    /// later. `None` if that is unknown.
    fn loaded_at(&self) -> Option<u64>;
    /// The days since 1970 in a time zone, by the device's clock; `None` if the browser does not know the time zone.
    fn day_number(&self, time_zone: &str) -> Option<i64>;
    /// Calls a function after a pause, once the page is idle.
    fn later(&self, function: Box<dyn FnOnce()>);
}

/// The browser during server-side rendering, which does nothing.
struct Nobody;

impl Browser for Nobody {
    fn start(&self, _: Replica) {}
    fn edited(&self) {}
    fn reconnect(&self) {}
    fn copy(&self, _: &str) -> bool {
        false
    }
    fn share(&self, _: &str) -> bool {
        false
    }
    fn go(&self, _: &str) {}
    fn reload(&self) {}
    fn scroll_up(&self) {}
    fn near_end(&self, _: Box<dyn Fn()>) {}
    fn keep(&self, _: &str, _: &str) {}
    fn kept(&self, _: &str) -> Option<String> {
        None
    }
    fn erase_copies(&self, _: Option<DeviceOwner>) {}
    fn commands(&self) -> OpeningStore {
        Box::pin(ready(None))
    }
    fn keeps_book(&self, _: AccountId) -> bool {
        false
    }
    fn begin_book_of(&self, _: AccountId) {}
    fn looks_at(&self, _: HouseholdId) {}
    fn loaded_at(&self) -> Option<u64> {
        None
    }
    fn day_number(&self, _: &str) -> Option<i64> {
        None
    }
    fn later(&self, _: Box<dyn FnOnce()>) {}
}

/// The page's live connection and browser, above all routes.
#[derive(Clone)]
pub struct LiveLink {
    /// The state of the connection.
    pub connection: ArcRwSignal<Connection>,
    /// Whether the server has a newer program than this page.
    pub outdated: ArcRwSignal<bool>,
    /// Whether the page is scrolled down.
    pub scrolled: ArcRwSignal<bool>,
    /// Whether leaving the page would lose changes: some wait, or were refused, and are not stored on the device.
    pub unsaved: ArcRwSignal<bool>,
    /// Notifies that the page is hidden now; it may never be shown again.
    pub hidden: ArcTrigger,
    /// The browser.
    pub browser: Arc<dyn Browser>,
}

impl LiveLink {
    /// A link to a browser.
    #[must_use]
    pub fn new(browser: Arc<dyn Browser>) -> Self {
        let connection = ArcRwSignal::new(Connection::default());
        let no = || ArcRwSignal::new(false);
        Self { connection, outdated: no(), scrolled: no(), unsaved: no(), hidden: ArcTrigger::new(), browser }
    }

    /// The link during server-side rendering.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Arc::new(Nobody))
    }
}
