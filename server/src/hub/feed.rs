//! The live side of one household: its last frames, the bell, and who is present.
//!
//! It knows neither SQL nor sockets. The log has whatever is lost here.

use super::{
    presence::PresenceTracker,
    replay::Replay,
    wave::{Ring, Wave},
};
use crate::journal::encoded::Encoded;
use app::{domain::MemberId, wire::Seq};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};
use tokio::{sync::watch, time::Instant};

const RING_FRAMES: usize = 256;
const RING_BYTES: usize = 64 * 1024;

/// The live side of one household.
#[derive(Debug)]
pub struct Feed {
    ring: Mutex<Frames>,
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

/// The last frames without a gap between them; `seq` of the first is `last + 1 − frames.len()`.
#[derive(Debug, Default)]
struct Frames {
    last: Seq,
    frames: VecDeque<Encoded>,
    bytes: usize,
}

/// What the ring has after a cursor.
#[derive(Debug, PartialEq, Eq)]
pub enum Tail {
    /// Everything up to the bell's head, with that number; empty if there is nothing new.
    Frames(Vec<Encoded>, Seq),
    /// The log must be read from the cursor.
    Missing,
}

impl Frames {
    fn push(&mut self, seq: Seq, frame: Encoded) {
        if !self.frames.is_empty() && seq <= self.last {
            return;
        }
        if seq != self.last + 1 {
            // A gap: what the ring held before it cannot be continued.
            self.frames.clear();
            self.bytes = 0;
        }
        self.bytes += frame.as_bytes().len();
        self.frames.push_back(frame);
        self.last = seq;
        while self.frames.len() > RING_FRAMES || (self.bytes > RING_BYTES && self.frames.len() > 1) {
            self.bytes -= self.frames.pop_front().map_or(0, |frame| frame.as_bytes().len());
        }
    }

    fn first(&self) -> Seq {
        self.last + 1 - Seq::try_from(self.frames.len()).unwrap_or(Seq::MAX)
    }
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
        let mut ring = lock(&self.ring);
        for (seq, frame) in frames.iter().rev() {
            let room = ring.frames.len() < RING_FRAMES && ring.bytes + frame.as_bytes().len() <= RING_BYTES;
            if room && !ring.frames.is_empty() && *seq + 1 == ring.first() {
                ring.bytes += frame.as_bytes().len();
                ring.frames.push_front(frame.clone());
            }
        }
        for (seq, frame) in frames {
            if ring.frames.is_empty() || *seq == ring.last + 1 {
                ring.push(*seq, frame.clone());
            }
        }
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
        let ring = lock(&self.ring);
        if ring.frames.is_empty() || ring.first() > cursor + 1 || ring.last <= cursor {
            return Tail::Missing;
        }
        let skip = usize::try_from(cursor + 1 - ring.first()).unwrap_or(usize::MAX);
        Tail::Frames(ring.frames.iter().skip(skip).cloned().collect(), ring.last)
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

    #[test]
    fn the_ring_drops_the_oldest_frames_and_never_skips_one() {
        let feed = Arc::new(Feed::default());
        for seq in 1..=1000 {
            feed.ring(seq, Encoded::new("x".repeat(300)));
        }
        let Tail::Frames(frames, last) = feed.after(999) else { panic!("the newest is there") };
        assert_eq!((frames.len(), last), (1, 1000));
        assert_eq!(feed.after(1), Tail::Missing);
        assert!(lock(&feed.ring).bytes <= RING_BYTES);
    }
}
