//! The hub of one process: for each household with an open screen, the last frames and a bell.
//!
//! The bell is a latest-value channel: it cannot lag and cannot grow, and ten quick writes wake a slow
//! socket once. A socket is only a cursor; what it missed is in the ring or, further back, in the log.
//! The hub knows neither SQL nor sockets.

use app::{
    domain::{HouseholdId, SessionId},
    wire::Seq,
};
use bytes::Bytes;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;

const RING_FRAMES: usize = 256;
const RING_BYTES: usize = 64 * 1024;

/// All households with an open screen, and the sockets' sessions.
#[derive(Debug, Default)]
pub struct Hub {
    books: Mutex<HashMap<HouseholdId, Arc<Book>>>,
    sessions: Mutex<HashMap<SessionId, watch::Sender<u16>>>,
}

/// The live side of one household.
#[derive(Debug)]
pub struct Book {
    ring: Mutex<Ring>,
    /// The highest number anybody told us. Written by [`Hub::ring`] and [`Book::heard`], read by sockets.
    bell: watch::Sender<Seq>,
    /// The household's time zone: what day a heartbeat names. Written when a socket comes or it changes.
    zone: Mutex<Arc<str>>,
    /// Held while the log is read, so that a thousand sockets behind by the same entries cause one query.
    pub reading: tokio::sync::Mutex<()>,
}

/// The last frames without a hole between them; `seq` of the first is `last + 1 − frames.len()`.
#[derive(Debug, Default)]
struct Ring {
    last: Seq,
    frames: VecDeque<Bytes>,
    bytes: usize,
}

/// What the ring has after a cursor.
#[derive(Debug, PartialEq, Eq)]
pub enum Tail {
    /// Everything up to the bell's number; empty when there is nothing new.
    Frames(Vec<Bytes>, Seq),
    /// The log must be read from here.
    Missing,
}

impl Ring {
    fn push(&mut self, seq: Seq, frame: Bytes) {
        if !self.frames.is_empty() && seq <= self.last {
            return;
        }
        if seq != self.last + 1 {
            // A hole: what was there before it cannot be continued.
            self.frames.clear();
            self.bytes = 0;
        }
        self.bytes += frame.len();
        self.frames.push_back(frame);
        self.last = seq;
        while self.frames.len() > RING_FRAMES || (self.bytes > RING_BYTES && self.frames.len() > 1) {
            self.bytes -= self.frames.pop_front().map_or(0, |frame| frame.len());
        }
    }

    fn first(&self) -> Seq {
        self.last + 1 - Seq::try_from(self.frames.len()).unwrap_or(Seq::MAX)
    }
}

impl Book {
    fn new() -> Self {
        Self {
            ring: Mutex::default(),
            bell: watch::Sender::new(0),
            zone: Mutex::new("UTC".into()),
            reading: tokio::sync::Mutex::default(),
        }
    }

    /// Somebody read that the log goes up to here.
    pub fn heard(&self, seq: Seq) {
        self.bell.send_if_modified(|known| {
            let news = seq > *known;
            *known = seq.max(*known);
            news
        });
    }

    /// The household's time zone.
    #[must_use]
    pub fn zone(&self) -> Arc<str> {
        lock(&self.zone).clone()
    }

    /// The household's time zone as it was just read.
    pub fn set_zone(&self, zone: &str) {
        let mut known = lock(&self.zone);
        if **known != *zone {
            *known = zone.into();
        }
    }

    /// The highest number anybody told us.
    #[must_use]
    pub fn head(&self) -> Seq {
        *self.bell.borrow()
    }

    /// The bell, for a socket to wait on.
    #[must_use]
    pub fn bell(&self) -> watch::Receiver<Seq> {
        self.bell.subscribe()
    }

    /// Frames read from the log, in order and without a hole, join the ring where they fit: before its
    /// first or after its last.
    pub fn keep(&self, frames: &[(Seq, Bytes)]) {
        let mut ring = lock(&self.ring);
        for (seq, frame) in frames.iter().rev() {
            let room = ring.frames.len() < RING_FRAMES && ring.bytes + frame.len() <= RING_BYTES;
            if room && !ring.frames.is_empty() && *seq + 1 == ring.first() {
                ring.bytes += frame.len();
                ring.frames.push_front(frame.clone());
            }
        }
        for (seq, frame) in frames {
            if ring.frames.is_empty() || *seq == ring.last + 1 {
                ring.push(*seq, frame.clone());
            }
        }
    }

    /// What comes after a cursor, without asking the log.
    #[must_use]
    pub fn after(&self, cursor: Seq) -> Tail {
        let head = self.head();
        if cursor >= head {
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

impl Hub {
    /// A transaction was committed: its frame joins the ring, and the bell rings.
    pub fn ring(&self, household: HouseholdId, seq: Seq, frame: Bytes) {
        let books = lock(&self.books);
        let Some(book) = books.get(&household) else { return };
        // Two writers may ring in the other order than they committed. The later one then stands alone
        // in the ring, and what is before it is read from the log, which is always right.
        lock(&book.ring).push(seq, frame);
        book.heard(seq);
    }

    /// Somebody read that the log of a household goes up to here.
    pub fn heard(&self, household: HouseholdId, seq: Seq) {
        if let Some(book) = lock(&self.books).get(&household) {
            book.heard(seq);
        }
    }

    /// The household has another time zone now.
    pub fn set_zone(&self, household: HouseholdId, zone: &str) {
        if let Some(book) = lock(&self.books).get(&household) {
            book.set_zone(zone);
        }
    }

    /// The live side of a household. It exists from before its log is read, so that nothing committed
    /// in between can be missed, until the last socket lets go of it.
    pub fn open(&self, household: HouseholdId) -> Arc<Book> {
        lock(&self.books).entry(household).or_insert_with(|| Arc::new(Book::new())).clone()
    }

    /// A socket is gone; the last one takes the book with it.
    pub fn leave(&self, household: HouseholdId, book: Arc<Book>) {
        let mut books = lock(&self.books);
        drop(book);
        if books.get(&household).is_some_and(|book| Arc::strong_count(book) == 1) {
            books.remove(&household);
        }
    }

    /// A socket of a session: the channel tells the close code when the session ends. 0 until then.
    pub fn enter(&self, session: SessionId) -> watch::Receiver<u16> {
        lock(&self.sessions).entry(session).or_insert_with(|| watch::Sender::new(0)).subscribe()
    }

    /// Closes all sockets of a session.
    pub fn end_session(&self, session: SessionId, code: u16) {
        if let Some(ended) = lock(&self.sessions).remove(&session) {
            ended.send_replace(code);
        }
    }

    /// A socket of a session is gone.
    pub fn exit(&self, session: SessionId, ended: watch::Receiver<u16>) {
        let mut sessions = lock(&self.sessions);
        drop(ended);
        if sessions.get(&session).is_some_and(|ended| ended.receiver_count() == 0) {
            sessions.remove(&session);
        }
    }

    /// How many households and sessions have an open socket.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (lock(&self.books).len(), lock(&self.sessions).len())
    }
}

/// No code panics while it holds one of these locks; if it ever did, the values are still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(n: Seq) -> Bytes {
        Bytes::from(n.to_string())
    }

    fn numbers(tail: Tail) -> Option<Vec<Seq>> {
        match tail {
            Tail::Frames(frames, _) => Some(
                frames.iter().map(|frame| String::from_utf8_lossy(frame).parse().unwrap_or(-1)).collect(),
            ),
            Tail::Missing => None,
        }
    }

    #[test]
    fn a_cursor_gets_what_follows_it_or_is_sent_to_the_log() {
        let (hub, home) = (Hub::default(), HouseholdId::new());
        let book = hub.open(home);
        book.heard(7);
        assert_eq!(numbers(book.after(7)), Some(vec![]));
        assert_eq!(numbers(book.after(6)), None, "what came before the first socket is in the log only");
        for seq in 8..=10 {
            hub.ring(home, seq, frame(seq));
        }
        assert_eq!(numbers(book.after(7)), Some(vec![8, 9, 10]));
        assert_eq!(numbers(book.after(9)), Some(vec![10]));
        hub.ring(home, 9, frame(9));
        assert_eq!(numbers(book.after(8)), Some(vec![9, 10]), "a repeated ring changes nothing");
        hub.ring(home, 12, frame(12));
        assert_eq!(book.head(), 12);
        assert_eq!(numbers(book.after(10)), None, "the hole is read from the log");
        book.keep(&[(11, frame(11)), (12, frame(12))]);
        assert_eq!(numbers(book.after(10)), Some(vec![11, 12]));
    }

    #[test]
    fn the_ring_forgets_the_oldest_and_never_skips() {
        let (hub, home) = (Hub::default(), HouseholdId::new());
        let book = hub.open(home);
        for seq in 1..=1000 {
            hub.ring(home, seq, Bytes::from(vec![b'x'; 300]));
        }
        let Tail::Frames(frames, last) = book.after(999) else { panic!("the newest is there") };
        assert_eq!((frames.len(), last), (1, 1000));
        assert_eq!(book.after(1), Tail::Missing);
        assert!(lock(&book.ring).bytes <= RING_BYTES);
    }

    #[test]
    fn the_last_socket_takes_book_and_session_with_it() {
        let (hub, home, session) = (Hub::default(), HouseholdId::new(), SessionId::new());
        let (one, two) = (hub.open(home), hub.open(home));
        let (first, second) = (hub.enter(session), hub.enter(session));
        assert_eq!(hub.size(), (1, 1));
        hub.leave(home, one);
        hub.exit(session, first);
        assert_eq!(hub.size(), (1, 1));
        hub.leave(home, two);
        hub.exit(session, second);
        assert_eq!(hub.size(), (0, 0));
    }
}
