//! Parts of the log that were read for one socket, kept for a moment for the next one.
//!
//! When a server comes back, all screens of a household come back with it, from about the same place and
//! further behind than the ring reaches. The log is then read once for all of them. What is kept is bounded
//! for the whole process; above that each reads for itself, which is slower and as right.

use super::encoded::Encoded;
use app::wire::Seq;
use std::{
    collections::VecDeque,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tokio::time::Instant;

/// As long as those that were sent away at once take to come back, and some more.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(10);
/// Of all households together.
const BYTES: usize = 64 * 1024 * 1024;

/// What all households keep now.
static KEPT: AtomicUsize = AtomicUsize::new(0);

/// The parts of one household.
#[derive(Debug, Default)]
pub(super) struct Replay {
    parts: VecDeque<Part>,
}

/// Frames without a hole, the first of them the one after `after`.
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
    /// Keeps what was just read; answers when it is to be let go, if it was kept.
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

    /// Frames after a cursor, as many as one part has, and the number of the last.
    pub fn after(&self, cursor: Seq) -> Option<(Vec<Encoded>, Seq)> {
        self.parts.iter().find_map(|part| {
            let skip = usize::try_from(cursor - part.after).ok()?;
            let frames = part.frames.get(skip..).filter(|frames| !frames.is_empty())?;
            let last = part.after + Seq::try_from(part.frames.len()).ok()?;
            Some((frames.to_vec(), last))
        })
    }

    /// Lets go of what was kept long enough.
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
    fn what_one_socket_read_serves_the_next_for_a_while() {
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
