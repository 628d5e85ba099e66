//! What a socket takes from the process, and gives back however it ends.

use super::{Live, book::Book, limits::Guest, links::LinkChanges};
use app::{domain::FactId, service::Actor};
use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::watch;

/// A socket's place in the hub; dropped, the place is free.
pub struct Seat {
    /// Tells the close code when the session ends. Dropped before `place`, which counts who listens.
    pub ended: watch::Receiver<u16>,
    /// The changes of open links that were told; at first those before the welcome, after which a screen asks for
    /// its links.
    pub links: LinkChanges,
    place: Place,
    _guest: Guest,
}

/// What is to be given back.
pub struct Place {
    /// What every socket needs.
    pub live: Arc<Live>,
    /// Whose socket it is.
    pub actor: Actor,
    /// The live side of the household.
    pub book: Arc<Book>,
    /// Names this socket within the process.
    pub number: u64,
}

impl Seat {
    /// Joins household and session.
    pub fn take(live: Arc<Live>, guest: Guest, actor: Actor) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let book = live.hub.open(actor.household);
        let ended = live.hub.enter(actor.session, actor.household);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self { ended, links: book.now().links, place: Place { live, actor, book, number }, _guest: guest }
    }
}

impl Deref for Seat {
    type Target = Place;

    fn deref(&self) -> &Place {
        &self.place
    }
}

impl Place {
    /// The member is here.
    pub fn arrive(&self) {
        self.book.arrive(self.number, self.actor.member);
        self.live.hub.stir(self.actor.household);
    }

    /// The member says what they edit.
    pub fn edit(&self, fact: Option<FactId>) {
        self.book.edit(self.number, fact);
        self.live.hub.stir(self.actor.household);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.book.depart(self.number);
        self.live.hub.leave(self.actor.household);
        self.live.hub.stir(self.actor.household);
        self.live.hub.exit(self.actor.session);
    }
}
