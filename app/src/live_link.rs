//! What the screens know of the live connection. The browser's side of it is `frontend`'s.

use crate::replica::Replica;
use leptos::prelude::*;
use std::sync::Arc;

/// How the connection is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Not there yet, or behind.
    #[default]
    CatchingUp,
    /// Every change arrives.
    Live,
    /// Gone since this time of day, as the browser writes it.
    Offline {
        /// `14:02`
        since: String,
    },
    /// The session ended; signing in again helps, waiting does not.
    SignedOut,
}

/// The one live connection of the page, above all routes.
#[derive(Clone)]
pub struct LiveLink {
    /// How it is.
    pub connection: ArcRwSignal<Connection>,
    start: Arc<dyn Fn(Replica) + Send + Sync>,
    copy: Arc<dyn Fn(String) + Send + Sync>,
    time_zone: Arc<dyn Fn() -> Option<String> + Send + Sync>,
}

impl LiveLink {
    /// A link that `start` connects; `copy` puts a text on the clipboard, `time_zone` is the device's.
    pub fn new(
        connection: ArcRwSignal<Connection>,
        start: impl Fn(Replica) + Send + Sync + 'static,
        copy: impl Fn(String) + Send + Sync + 'static,
        time_zone: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { connection, start: Arc::new(start), copy: Arc::new(copy), time_zone: Arc::new(time_zone) }
    }

    /// While the server writes the page there is nothing to connect.
    #[must_use]
    pub fn none() -> Self {
        Self::new(ArcRwSignal::new(Connection::default()), |_| {}, |_| {}, || None)
    }

    /// Moves this replica from now on.
    pub fn start(&self, replica: Replica) {
        (self.start)(replica);
    }

    /// The IANA name of the device's time zone.
    #[must_use]
    pub fn time_zone(&self) -> Option<String> {
        (self.time_zone)()
    }

    /// Puts a text on the clipboard.
    pub fn copy(&self, text: String) {
        (self.copy)(text);
    }
}
