//! The live side of one household: its last frames, the bell, and who is present.
//!
//! It knows neither SQL nor sockets. The log has whatever is lost here.

use super::{
    presence::PresenceTracker,
    replay::Replay,
    ring::FrameRing,
    wave::{Ring, Wave},
};
use crate::journal::encoded::Encoded;
use app::{domain::MemberId, wire::Seq};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, Ordering},
};
use tokio::{sync::watch, time::Instant};

/// The live side of one household.
#[derive(Debug)]
pub struct Feed {
    ring: Mutex<FrameRing>,
    /// The latest state to deliver. Written here; sockets wait for changes.
    pub(super) bell: watch::Sender<Bell>,
    /// The household's time zone, which determines the day that a heartbeat names. Written when a socket
    /// opens or the zone changes.
    zone: Mutex<(Seq, Arc<str>)>,
    wave: Mutex<Wave>,
    /// Frames that were recently read from the log.
    replay: Mutex<Replay>,
    /// Managed by `people`.
    pub(super) presence: Mutex<PresenceTracker>,
    /// The owners of the household when a password link last changed. Managed by `links`.
    pub(super) owners: Mutex<Vec<MemberId>>,
    /// The number of the last change that this program could not read; 0 if there is none.
    unreadable: AtomicI64,
    /// Held while the log is read, so that a thousand sockets that miss the same entries cause one query.
    pub reading: tokio::sync::Mutex<()>,
}

/// How often open links of each kind changed; 0 before the first change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkChanges {
    /// Invitations.
    pub invites: u32,
    /// Password links.
    pub passwords: u32,
}

/// The state that a socket compares with what it has sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bell {
    /// The highest number of the log that is known.
    pub head: Seq,
    /// How many presence lists were made; 0 before the first.
    pub presence: u32,
    /// How often open links changed.
    pub links: LinkChanges,
    /// When it last rang.
    pub at: Instant,
}

/// What the ring has after a cursor.
#[derive(Debug, PartialEq, Eq)]
pub enum Tail {
    /// Everything up to the bell's head, with that number; empty if there is nothing new.
    Frames(Vec<Encoded>, Seq),
    /// The log must be read from the cursor.
    Missing,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            ring: Mutex::default(),
            bell: watch::Sender::new(Bell {
                head: 0,
                presence: 0,
                links: LinkChanges::default(),
                at: Instant::now(),
            }),
            zone: Mutex::new((0, "UTC".into())),
            wave: Mutex::default(),
            replay: Mutex::default(),
            presence: Mutex::default(),
            owners: Mutex::default(),
            unreadable: AtomicI64::new(0),
            reading: tokio::sync::Mutex::default(),
        }
    }
}

impl Feed {
    /// Adds the frame of a committed transaction to the ring, and rings the bell.
    ///
    /// Two writers may arrive in another order than they committed. Then only the later frame is in the ring,
    /// and the earlier ones are read from the log.
    pub fn ring(self: &Arc<Self>, seq: Seq, frame: Encoded) {
        lock(&self.ring).push(seq, frame);
        self.heard(seq);
    }

    /// Records that the log has reached this number.
    pub fn heard(self: &Arc<Self>, seq: Seq) {
        let (mut news, now) = (false, Instant::now());
        self.bell.send_if_modified(|bell| {
            news = seq > bell.head;
            bell.head = seq.max(bell.head);
            // Only recorded here; `Wave` decides when the bell rings.
            false
        });
        if !news {
            return;
        }
        match lock(&self.wave).news(now, self.bell.receiver_count()) {
            Ring::Arranged => {}
            Ring::Now => self.bell.send_modify(|bell| bell.at = now),
            Ring::At(due) => self.later(due, move |feed| {
                lock(&feed.wave).rung(Instant::now(), feed.bell.receiver_count());
                feed.bell.send_modify(|bell| bell.at = due);
            }),
        }
    }

    /// Runs `then` at an instant, if the feed still exists then.
    pub(super) fn later(self: &Arc<Self>, due: Instant, then: impl FnOnce(&Self) + Send + 'static) {
        // Without a runtime the process is ending, and nobody needs to be notified.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let feed = Arc::downgrade(self);
        runtime.spawn(async move {
            tokio::time::sleep_until(due).await;
            if let Some(feed) = feed.upgrade() {
                then(&feed);
            }
        });
    }

    /// The household's time zone.
    #[must_use]
    pub fn zone(&self) -> Arc<str> {
        lock(&self.zone).1.clone()
    }

    /// Sets the time zone as read at this number; an older reading has no effect.
    pub fn set_zone(&self, seq: Seq, zone: &str) {
        let mut known = lock(&self.zone);
        if known.0 <= seq {
            known.0 = seq;
            if *known.1 != *zone {
                known.1 = zone.into();
            }
        }
    }

    /// The current state to deliver.
    #[must_use]
    pub fn now(&self) -> Bell {
        *self.bell.borrow()
    }

    /// The bell, for a socket to wait on.
    #[must_use]
    pub fn bell(&self) -> watch::Receiver<Bell> {
        self.bell.subscribe()
    }

    /// Adds frames that were read from the log, in order and without a gap, to the ring where they fit:
    /// before its first frame or after its last.
    pub fn keep(&self, frames: &[(Seq, Encoded)]) {
        lock(&self.ring).fit(frames);
    }

    /// Keeps frames that were read from the log for a moment, if other sockets are open that may be as far
    /// behind.
    pub fn hold(self: &Arc<Self>, cursor: Seq, frames: &[(Seq, Encoded)]) {
        if frames.is_empty() || self.bell.receiver_count() < 2 {
            return;
        }
        let kept = lock(&self.replay).keep(cursor, frames, Instant::now());
        if let Some(until) = kept {
            self.later(until, |feed| lock(&feed.replay).expire(Instant::now()));
        }
    }

    /// The recently read frames after a cursor.
    #[must_use]
    pub fn held(&self, cursor: Seq) -> Option<(Vec<Encoded>, Seq)> {
        lock(&self.replay).after(cursor)
    }

    /// Records that this program cannot read a change, so that the next socket need not try.
    pub fn cannot_read(&self, seq: Seq) {
        self.unreadable.fetch_max(seq, Ordering::Relaxed);
    }

    /// Whether a change is known to be unreadable.
    #[must_use]
    pub fn is_unreadable(&self, seq: Seq) -> bool {
        self.unreadable.load(Ordering::Relaxed) == seq
    }

    /// What comes after a cursor, without reading the log.
    #[must_use]
    pub fn after(&self, cursor: Seq) -> Tail {
        if cursor >= self.now().head {
            return Tail::Frames(Vec::new(), cursor);
        }
        lock(&self.ring).after(cursor).map_or(Tail::Missing, |(frames, last)| Tail::Frames(frames, last))
    }
}

/// No code panics while it holds one of these locks; if it ever did, the values would still be consistent.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(n: Seq) -> Encoded {
        Encoded::new(n.to_string())
    }

    fn numbers(tail: Tail) -> Option<Vec<Seq>> {
        match tail {
            Tail::Frames(frames, _) => {
                Some(frames.iter().map(|frame| frame.text().parse().unwrap_or(-1)).collect())
            }
            Tail::Missing => None,
        }
    }

    #[test]
    fn a_cursor_gets_the_frames_after_it_or_must_read_the_log() {
        let feed = Arc::new(Feed::default());
        feed.heard(7);
        assert_eq!(numbers(feed.after(7)), Some(vec![]));
        assert_eq!(numbers(feed.after(6)), None, "what came before the first socket is in the log only");
        for seq in 8..=10 {
            feed.ring(seq, frame(seq));
        }
        assert_eq!(numbers(feed.after(7)), Some(vec![8, 9, 10]));
        assert_eq!(numbers(feed.after(9)), Some(vec![10]));
        feed.ring(9, frame(9));
        assert_eq!(numbers(feed.after(8)), Some(vec![9, 10]), "a repeated ring changes nothing");
        feed.ring(12, frame(12));
        assert_eq!(feed.now().head, 12);
        assert_eq!(numbers(feed.after(10)), None, "the hole is read from the log");
        feed.keep(&[(11, frame(11)), (12, frame(12))]);
        assert_eq!(numbers(feed.after(10)), Some(vec![11, 12]));
    }
}
