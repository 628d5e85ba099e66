//! When the bell rings: immediately, but for a household with many screens not again before all of them could
//! be written to. What is committed in the meantime is sent in one write. Pure.

use std::time::Duration;
use tokio::time::Instant;

/// Twice the time to write to one socket, so that at most half of a core writes to one household.
const PER_SOCKET: Duration = Duration::from_micros(20);

/// Spaces the rings.
#[derive(Debug, Default)]
pub(super) struct Wave {
    /// The bell does not ring before this.
    next: Option<Instant>,
    /// Whether a ring is scheduled for `next`.
    arranged: bool,
}

/// When to ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ring {
    Now,
    At(Instant),
    /// A ring is already scheduled.
    Arranged,
}

impl Wave {
    /// Decides when to ring for a change, given the number of sockets.
    pub fn news(&mut self, now: Instant, sockets: usize) -> Ring {
        match self.next {
            _ if self.arranged => Ring::Arranged,
            Some(next) if next > now => {
                self.arranged = true;
                Ring::At(next)
            }
            _ => {
                self.rung(now, sockets);
                Ring::Now
            }
        }
    }

    /// The scheduled ring has happened.
    pub fn rung(&mut self, now: Instant, sockets: usize) {
        self.arranged = false;
        self.next = Some(now + PER_SOCKET * u32::try_from(sockets).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ring_is_immediate_and_the_rest_of_a_burst_is_one_ring() {
        let (start, ms) = (Instant::now(), Duration::from_millis);
        let mut wave = Wave::default();
        assert_eq!(wave.news(start, 1_000), Ring::Now);
        assert_eq!(wave.news(start + ms(1), 1_000), Ring::At(start + ms(20)));
        assert_eq!(wave.news(start + ms(2), 1_000), Ring::Arranged);
        wave.rung(start + ms(20), 1_000);
        assert_eq!(wave.news(start + ms(40), 1_000), Ring::Now, "quiet for long enough");
    }

    #[test]
    fn a_family_waits_less_than_a_millisecond() {
        let start = Instant::now();
        let mut wave = Wave::default();
        assert_eq!(wave.news(start, 10), Ring::Now);
        let Ring::At(due) = wave.news(start, 10) else { panic!("it waits a little") };
        assert!(due - start < Duration::from_millis(1));
    }
}
