//! Parts of the log that were read for one socket, cached for a moment for the next ones.
//!
//! When a server restarts, all screens of a household reconnect, from about the same position and further
//! behind than the ring reaches. The log is then read once for all of them. The cache is bounded for the
//! whole process; beyond that each socket reads the log itself, which is slower but equally correct.

use crate::journal::encoded::Encoded;
use app::wire::Seq;
use std::{
    collections::VecDeque,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::time::Instant;

/// About as long as clients that were closed together take to reconnect.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(10);
/// The limit in bytes, for all households together.
const BYTES: usize = 64 * 1024 * 1024;

/// The bytes that all households cache now.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// The cached parts of one household.
#[derive(Debug, Default)]
pub(super) struct Replay {
    parts: VecDeque<Part>,
}

/// Consecutive frames, the first of which follows `after`.
#[derive(Debug)]
struct Part {
    after: Seq,
    frames: Vec<Encoded>,
    bytes: usize,
    until: Instant,
}

impl Drop for Part {
    fn drop(&mut self) {
        KEPT.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Replay {
    /// Caches what was just read; returns when it expires, if it was cached.
    pub fn keep(&mut self, after: Seq, frames: &[(Seq, Encoded)], now: Instant) -> Option<Instant> {
        let bytes = frames.iter().map(|(_, frame)| frame.as_bytes().len()).sum();
        if KEPT.fetch_add(bytes, Ordering::Relaxed) + bytes > BYTES {
            KEPT.fetch_sub(bytes, Ordering::Relaxed);
            return None;
        }
        let frames = frames.iter().map(|(_, frame)| frame.clone()).collect();
        let until = now + KEPT_FOR;
        self.parts.push_back(Part { after, frames, bytes, until });
        Some(until)
    }

    /// The cached frames after a cursor, up to the end of one part, and the number of the last.
    pub fn after(&self, cursor: Seq) -> Option<(Vec<Encoded>, Seq)> {
        self.parts.iter().find_map(|part| {
            let skip = usize::try_from(cursor - part.after).ok()?;
            let frames = part.frames.get(skip..).filter(|frames| !frames.is_empty())?;
            let last = part.after + Seq::try_from(part.frames.len()).ok()?;
            Some((frames.to_vec(), last))
        })
    }

    /// Drops parts that have expired.
    pub fn expire(&mut self, now: Instant) {
        while self.parts.front().is_some_and(|part| part.until <= now) {
            self.parts.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_read_by_one_socket_serve_others_for_a_while() {
        let (now, mut replay) = (Instant::now(), Replay::default());
        let frames: Vec<_> = (11..=14).map(|seq| (seq, Encoded::new(seq.to_string()))).collect();
        let until = replay.keep(10, &frames, now).expect("there is room");
        let texts = |replay: &Replay, cursor| {
            let (frames, last) = replay.after(cursor)?;
            Some((frames.iter().map(|frame| frame.text().to_owned()).collect::<Vec<_>>(), last))
        };
        assert_eq!(texts(&replay, 10), Some((vec!["11".into(), "12".into(), "13".into(), "14".into()], 14)));
        assert_eq!(texts(&replay, 12), Some((vec!["13".into(), "14".into()], 14)));
        assert_eq!((texts(&replay, 9), texts(&replay, 14)), (None, None), "neither a hole nor nothing");
        replay.expire(until - Duration::from_millis(1));
        assert!(replay.after(10).is_some());
        replay.expire(until);
        assert!(replay.after(10).is_none());
    }
}
