//! The hub of one process: a [`Feed`] for each household with an open screen, and the sockets' sessions.
//!
//! The bell is a latest-value channel: it cannot lag and cannot grow, and ten quick writes wake a slow socket
//! once. A socket is only a cursor; what it missed is in the ring or, further back, in the log. The hub knows
//! neither SQL nor sockets.

pub mod feed;
pub mod links;
mod people;
mod presence;
mod replay;
mod ring;
mod wave;

use crate::{
    hub::{
        feed::{Feed, lock},
        links::Links,
    },
    journal::encoded::Encoded,
};
use app::{
    domain::{HouseholdId, SessionId},
    wire::{Present, Seq},
};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::watch;
use uuid::Uuid;

/// All households with an open screen, and the sockets' sessions.
#[derive(Debug, Default)]
pub struct Hub {
    /// Each with the number of its sockets.
    feeds: Mutex<HashMap<HouseholdId, (Arc<Feed>, usize)>>,
    sessions: Mutex<HashMap<SessionId, Session>>,
    /// Counts events that a socket that is just opening would miss: commits of households without a feed,
    /// feeds that were dropped with all they knew, ends of sessions. A socket compares the count after it has
    /// registered, and looks again if it changed.
    gone_by: AtomicU64,
    /// Households whose presence changed and has yet to be published. `None` if there are no other processes.
    stirred: Mutex<Option<HashSet<HouseholdId>>>,
    /// Wakes the tasks that look for what other processes did, before their next round.
    look: watch::Sender<()>,
}

/// The sockets of one session.
#[derive(Debug)]
struct Session {
    /// Holds the close code; 0 until the session ends.
    ended: watch::Sender<u16>,
    /// The household they show. If a session moves to another household, its sockets are closed.
    household: HouseholdId,
}

impl Hub {
    /// Requests an immediate check of the sessions of all sockets and of the changes of other processes.
    pub fn look_again(&self) {
        self.look.send_replace(());
    }

    /// Changes whenever [`look_again`](Self::look_again) is called.
    pub fn looks(&self) -> watch::Receiver<()> {
        self.look.subscribe()
    }

    /// Adds the frame of a committed transaction to the ring, and rings the bell.
    pub fn ring(&self, household: HouseholdId, seq: Seq, frame: Encoded) {
        if let Some(feed) = self.feed_or_count(household) {
            feed.ring(seq, frame);
        }
    }

    /// Records that another process committed a change with this number.
    pub fn told(&self, household: HouseholdId, seq: Seq) {
        if let Some(feed) = self.feed_or_count(household) {
            feed.heard(seq);
        }
    }

    /// The feed of a household. If there is none, the commit counts as missed.
    fn feed_or_count(&self, household: HouseholdId) -> Option<Arc<Feed>> {
        let feeds = lock(&self.feeds);
        let feed = feeds.get(&household).map(|(feed, _)| feed.clone());
        if feed.is_none() {
            // Under the lock, so that whoever opens the feed later sees it counted.
            self.gone_by.fetch_add(1, Ordering::SeqCst);
        }
        feed
    }

    /// Changes whenever something happens that a socket that is just opening would miss.
    #[must_use]
    pub fn gone_by(&self) -> u64 {
        self.gone_by.load(Ordering::SeqCst)
    }

    /// Records that the log of a household has reached this number.
    pub fn heard(&self, household: HouseholdId, seq: Seq) {
        if let Some(feed) = self.feed(household) {
            feed.heard(seq);
        }
    }

    /// Sets the household's time zone as of this change.
    pub fn set_zone(&self, household: HouseholdId, seq: Seq, zone: &str) {
        if let Some(feed) = self.feed(household) {
            feed.set_zone(seq, zone);
        }
    }

    /// Announces that open links of a household were made, used or revoked.
    pub fn links_changed(&self, household: HouseholdId, links: Links) {
        if let Some(feed) = self.feed(household) {
            feed.links_changed(links);
        }
    }

    /// Announces that open links of any household may have changed, because hints were lost. Owners request
    /// both kinds then.
    pub fn links_may_have_changed(&self) {
        for (_, feed) in self.all_feeds() {
            feed.links_changed(Links::Invites);
        }
    }

    fn feed(&self, household: HouseholdId) -> Option<Arc<Feed>> {
        lock(&self.feeds).get(&household).map(|(feed, _)| feed.clone())
    }

    /// The live side of a household. It exists from before its log is read, so that no commit in between is
    /// missed, until the last socket leaves.
    pub fn open(&self, household: HouseholdId) -> Arc<Feed> {
        let mut feeds = lock(&self.feeds);
        let (feed, sockets) = feeds.entry(household).or_default();
        *sockets += 1;
        feed.clone()
    }

    /// Unregisters a socket; the last one drops the feed.
    pub fn leave(&self, household: HouseholdId) {
        let mut feeds = lock(&self.feeds);
        if let Some((_, sockets)) = feeds.get_mut(&household) {
            *sockets -= 1;
            if *sockets == 0 {
                feeds.remove(&household);
                // A socket that opens now would miss what the feed knew.
                self.gone_by.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// Registers a socket of a session. The channel holds the close code once the session ends, and 0 until
    /// then.
    pub fn enter(&self, session: SessionId, household: HouseholdId) -> watch::Receiver<u16> {
        let new = || Session { ended: watch::Sender::new(0), household };
        lock(&self.sessions).entry(session).or_insert_with(new).ended.subscribe()
    }

    /// Closes all sockets of a session.
    pub fn end_session(&self, session: SessionId, code: u16) {
        let mut sessions = lock(&self.sessions);
        // Under the lock, so that whoever enters later sees it counted.
        self.gone_by.fetch_add(1, Ordering::SeqCst);
        if let Some(open) = sessions.remove(&session) {
            open.ended.send_replace(code);
        }
    }

    /// Unregisters a socket of a session.
    pub fn exit(&self, session: SessionId) {
        let mut sessions = lock(&self.sessions);
        if sessions.get(&session).is_some_and(|open| open.ended.receiver_count() == 0) {
            sessions.remove(&session);
        }
    }

    /// The sessions with an open socket, and their households.
    #[must_use]
    pub fn sessions(&self) -> Vec<(SessionId, HouseholdId)> {
        lock(&self.sessions).iter().map(|(id, open)| (*id, open.household)).collect()
    }

    /// From now on records where presence changes, to publish it to other processes.
    pub fn note_people(&self) {
        lock(&self.stirred).get_or_insert_default();
    }

    /// Records that somebody came, went or began to edit.
    pub fn stir(&self, household: HouseholdId) {
        if let Some(stirred) = lock(&self.stirred).as_mut() {
            stirred.insert(household);
        }
    }

    /// The households whose presence changed since the last call, and who is present there.
    #[must_use]
    pub fn stirred(&self) -> Vec<(HouseholdId, Vec<Present>)> {
        let stirred = lock(&self.stirred).as_mut().map(std::mem::take).unwrap_or_default();
        let people = |id| self.feed(id).map(|feed| feed.own_people()).unwrap_or_default();
        stirred.into_iter().map(|id| (id, people(id))).collect()
    }

    /// Everybody present in this process, by household.
    #[must_use]
    pub fn everybody(&self) -> Vec<(HouseholdId, Vec<Present>)> {
        self.all_feeds().into_iter().map(|(id, feed)| (id, feed.own_people())).collect()
    }

    /// Takes over who is present in another process. A process that is new gets our list in return.
    pub fn elsewhere(&self, process: Uuid, household: HouseholdId, people: Vec<Present>) {
        if self.feed(household).is_some_and(|feed| feed.elsewhere(process, people)) {
            self.stir(household);
        }
    }

    /// Removes the people of processes that no longer send heartbeats.
    pub fn forget_silent(&self) {
        for (_, feed) in self.all_feeds() {
            feed.forget_silent();
        }
    }

    /// The households with an open screen.
    #[must_use]
    pub fn households(&self) -> Vec<HouseholdId> {
        lock(&self.feeds).keys().copied().collect()
    }

    fn all_feeds(&self) -> Vec<(HouseholdId, Arc<Feed>)> {
        lock(&self.feeds).iter().map(|(id, (feed, _))| (*id, feed.clone())).collect()
    }

    /// The numbers of households and sessions with an open socket.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (lock(&self.feeds).len(), lock(&self.sessions).len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_socket_drops_book_and_session() {
        let (hub, home, session) = (Hub::default(), HouseholdId::new(), SessionId::new());
        hub.open(home);
        hub.open(home);
        let (first, second) = (hub.enter(session, home), hub.enter(session, home));
        assert_eq!(hub.size(), (1, 1));
        hub.leave(home);
        drop(first);
        hub.exit(session);
        assert_eq!(hub.size(), (1, 1));
        hub.leave(home);
        drop(second);
        hub.exit(session);
        assert_eq!(hub.size(), (0, 0));
    }

    #[test]
    fn events_that_an_opening_socket_would_miss_are_counted() {
        let (hub, home, session) = (Hub::default(), HouseholdId::new(), SessionId::new());
        let mut before = hub.gone_by();
        let mut moved = |hub: &Hub| {
            let last = std::mem::replace(&mut before, hub.gone_by());
            last != before
        };
        hub.ring(home, 1, Encoded::default());
        assert!(moved(&hub), "a commit that rings no bell");
        let feed = hub.open(home);
        hub.ring(home, 2, Encoded::default());
        assert!(!moved(&hub), "this one is heard by whoever opens the feed");
        assert_eq!(feed.now().head, 2);
        hub.leave(home);
        assert!(moved(&hub), "the feed that heard it is gone");
        hub.end_session(session, 4501);
        assert!(moved(&hub), "the end of a session without a socket");
        let _ended = hub.enter(session, home);
        hub.end_session(session, 4501);
        assert!(moved(&hub), "and of one with another socket: whoever enters now begins anew");
    }
}
