//! What the screens know of the browser and the live connection. The other side of it is `frontend`'s.

use crate::replica::Replica;
use leptos::prelude::*;
use std::sync::Arc;

/// How the connection is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Not asked for yet: all that a page says that the server has written and no program has taken over.
    #[default]
    Connecting,
    /// Not there, or behind.
    CatchingUp,
    /// Every change arrives.
    Live {
        /// `14:02`
        since: String,
    },
    /// Gone since this time of day, as the browser writes it.
    Offline {
        /// `14:02`
        since: String,
    },
    /// The session ended; signing in again helps, waiting does not.
    SignedOut,
    /// Left the household that the page shows, or was removed from it.
    NotAMember,
    /// This person has more windows open than the server takes.
    Crowded,
    /// The server has ended the connection for a reason that this page does not know.
    Refused,
}

/// What a page asks of its browser.
pub trait Browser: Send + Sync {
    /// Moves this replica from now on.
    fn start(&self, replica: Replica);
    /// Another row is edited on this page, or none any more: the others are told.
    fn edited(&self);
    /// Puts a text on the clipboard; false where a browser does not let us.
    fn copy(&self, text: &str) -> bool;
    /// Offers a link to the other programs of the device; false where there is no such thing.
    fn share(&self, url: &str) -> bool;
    /// Loads another page of ours.
    fn go(&self, path: &str);
    /// Loads this page anew.
    fn reload(&self);
    /// To the beginning of the page.
    fn scroll_up(&self);
    /// Keeps a text for this device; an empty one is forgotten.
    fn keep(&self, name: &str, text: &str);
    /// A text that was kept.
    fn kept(&self, name: &str) -> Option<String>;
}

/// While the server writes the page there is nothing to ask.
struct Nobody;

impl Browser for Nobody {
    fn start(&self, _: Replica) {}
    fn edited(&self) {}
    fn copy(&self, _: &str) -> bool {
        false
    }
    fn share(&self, _: &str) -> bool {
        false
    }
    fn go(&self, _: &str) {}
    fn reload(&self) {}
    fn scroll_up(&self) {}
    fn keep(&self, _: &str, _: &str) {}
    fn kept(&self, _: &str) -> Option<String> {
        None
    }
}

/// The one live connection of the page and its browser, above all routes.
#[derive(Clone)]
pub struct LiveLink {
    /// How the connection is.
    pub connection: ArcRwSignal<Connection>,
    /// The server has another program for this page by now.
    pub outdated: ArcRwSignal<bool>,
    /// The page does not stand at its beginning.
    pub scrolled: ArcRwSignal<bool>,
    /// What can be asked of the browser.
    pub browser: Arc<dyn Browser>,
}

impl LiveLink {
    /// A link to a browser.
    #[must_use]
    pub fn new(browser: Arc<dyn Browser>) -> Self {
        let connection = ArcRwSignal::new(Connection::default());
        Self { connection, outdated: ArcRwSignal::new(false), scrolled: ArcRwSignal::new(false), browser }
    }

    /// While the server writes the page.
    #[must_use]
    pub fn none() -> Self {
        Self::new(Arc::new(Nobody))
    }
}
