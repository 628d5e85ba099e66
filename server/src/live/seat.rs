//! What a socket holds in the process, and releases however it ends.

use super::{Live, limits::Guest};
use crate::hub::feed::{Feed, LinkChanges};
use app::{domain::FactId, service::Actor};
use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::watch;

/// A socket's place in the hub, released on drop.
pub struct Seat {
    /// Holds the close code when the session ends. Dropped before `place`, which counts the receivers.
    pub ended: watch::Receiver<u16>,
    /// The changes of open links that the client knows; at first those before the welcome, after which a
    /// screen requests its links.
    pub links: LinkChanges,
    place: SocketPlace,
    _guest: Guest,
}

/// What is released on drop.
pub struct SocketPlace {
    /// State shared by all sockets.
    pub live: Arc<Live>,
    /// The actor of the socket.
    pub actor: Actor,
    /// The live side of the household.
    pub feed: Arc<Feed>,
    /// The socket's number within the process.
    pub number: u64,
}

impl Seat {
    /// Registers the socket with the household and the session.
    pub fn take(live: Arc<Live>, guest: Guest, actor: Actor) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let feed = live.hub.open(actor.household);
        let ended = live.hub.enter(actor.session, actor.household);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self {
            ended,
            links: feed.now().links,
            place: SocketPlace { live, actor, feed, number },
            _guest: guest,
        }
    }
}

impl Deref for Seat {
    type Target = SocketPlace;

    fn deref(&self) -> &SocketPlace {
        &self.place
    }
}

impl SocketPlace {
    /// Marks the member as present.
    pub fn arrive(&self) {
        self.feed.arrive(self.number, self.actor.member);
        self.live.hub.stir(self.actor.household);
    }

    /// Records what the member edits.
    pub fn edit(&self, fact: Option<FactId>) {
        self.feed.edit(self.number, fact);
        self.live.hub.stir(self.actor.household);
    }
}

impl Drop for SocketPlace {
    fn drop(&mut self) {
        self.feed.depart(self.number);
        self.live.hub.leave(self.actor.household);
        self.live.hub.stir(self.actor.household);
        self.live.hub.exit(self.actor.session);
    }
}
