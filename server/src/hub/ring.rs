//! The last frames of a household, in memory. Bounded in number and bytes; the log has the older ones.

use crate::journal::encoded::Encoded;
use app::wire::Seq;
use std::collections::VecDeque;

const RING_FRAMES: usize = 256;
const RING_BYTES: usize = 64 * 1024;

/// The last frames, without a gap between them; `seq` of the first is `last + 1 − frames.len()`.
#[derive(Debug, Default)]
pub(super) struct FrameRing {
    last: Seq,
    frames: VecDeque<Encoded>,
    bytes: usize,
}

impl FrameRing {
    /// Adds the frame of a change; one that is not the next begins the ring anew.
    pub fn push(&mut self, seq: Seq, frame: Encoded) {
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

    /// Adds frames that are in order and without a gap where they fit: before the first frame, while there is
    /// room, or after the last.
    pub fn fit(&mut self, frames: &[(Seq, Encoded)]) {
        for (seq, frame) in frames.iter().rev() {
            let room = self.frames.len() < RING_FRAMES && self.bytes + frame.as_bytes().len() <= RING_BYTES;
            if room && !self.frames.is_empty() && *seq + 1 == self.first() {
                self.bytes += frame.as_bytes().len();
                self.frames.push_front(frame.clone());
            }
        }
        for (seq, frame) in frames {
            if self.frames.is_empty() || *seq == self.last + 1 {
                self.push(*seq, frame.clone());
            }
        }
    }

    /// The frames after a cursor, with the number of the last one; `None` if the ring does not reach back so
    /// far, or ends before.
    #[must_use]
    pub fn after(&self, cursor: Seq) -> Option<(Vec<Encoded>, Seq)> {
        if self.frames.is_empty() || self.first() > cursor + 1 || self.last <= cursor {
            return None;
        }
        let skip = usize::try_from(cursor + 1 - self.first()).unwrap_or(usize::MAX);
        Some((self.frames.iter().skip(skip).cloned().collect(), self.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_drops_the_oldest_frames_and_never_skips_one() {
        let mut ring = FrameRing::default();
        for seq in 1..=1000 {
            ring.push(seq, Encoded::new("x".repeat(300)));
        }
        let (frames, last) = ring.after(999).expect("the newest is there");
        assert_eq!((frames.len(), last), (1, 1000));
        assert!(ring.after(1).is_none());
        assert!(ring.bytes <= RING_BYTES);
    }
}
