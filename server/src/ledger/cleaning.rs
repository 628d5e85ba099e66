//! Deletes what has expired: sessions, invitations, counters of attempts, demo households.
//!
//! A step finds its rows by index and deletes only a few, so that no writer waits for long. A clock that
//! jumps ahead and back causes no permanent loss: nothing is deleted before the clock was steady for a while.

use super::{Ledger, demo::FORGOTTEN_AT_ONCE, fault::Fault};
use crate::{clock::Clock, db};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The most rows of one table that one transaction deletes.
const STEP: i64 = 200;
/// How long an expired invitation or session is kept, so that whoever uses it is told that it has expired.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// The pause between two steps, for waiting writers.
const BREATH: Duration = Duration::from_millis(20);
/// By how much the clock may differ from the elapsed time: it is adjusted by small amounts now and then.
const SET_RIGHT_MS: u128 = 60_000;

/// How often the cleaning runs, and for how long the clock must have been steady.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// The time between two rounds.
    pub every: Duration,
    /// How long the clock must have been steady.
    pub steady: Duration,
}

/// The cleaning task of one process.
pub struct Cleaning {
    ledger: Ledger,
    rhythm: Rhythm,
    steadiness: Steadiness,
}

impl Cleaning {
    /// A task that has not run yet.
    #[must_use]
    pub fn new(ledger: Ledger, clock: Clock, rhythm: Rhythm) -> Self {
        Self { ledger, rhythm, steadiness: Steadiness::new(clock) }
    }

    /// Runs until `shutdown`.
    pub async fn run(mut self, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.rhythm.every) => {}
                () = shutdown.cancelled() => return,
            }
            while self.round().await && !shutdown.is_cancelled() {
                tokio::time::sleep(BREATH).await;
            }
        }
    }

    /// Runs one step for each table and erases some of the idle demo households; returns true if there is
    /// more to delete.
    pub async fn round(&mut self) -> bool {
        let (now, steady) = self.steadiness.look();
        let believed = steady >= self.rhythm.steady;
        let mut more = self.ledger.clean(now, believed).await.unwrap_or_else(|error| {
            // It is retried in the next round.
            tracing::warn!(%error, "cannot delete what has ended");
            false
        });
        if believed {
            match self.ledger.forget_idle_demos().await {
                Ok(0) => {}
                Ok(count) => {
                    tracing::info!(count, "demo households that nobody came to any more are gone");
                    more |= i64::try_from(count).is_ok_and(|count| count >= FORGOTTEN_AT_ONCE);
                }
                Err(error) => tracing::warn!(%error, "cannot take away demo households"),
            }
        }
        more
    }
}

impl Ledger {
    /// Deletes one step of expired rows; returns true if there may be more.
    async fn clean(&self, now: i64, believed: bool) -> Result<bool, Fault> {
        let mut tx = self.database.begin().await?;
        // Needs no steady clock: a counter that is deleted too early only allows further attempts.
        let mut counts = vec![db::attempts::forget(&mut tx, now, STEP).await?];
        if believed {
            counts.push(db::sessions::delete_expired(&mut tx, now - KEPT_MS, STEP).await?);
            counts.push(db::invites::delete_expired(&mut tx, now - KEPT_MS, STEP).await?);
        }
        tx.commit().await?;
        Ok(counts.iter().any(|count| i64::try_from(*count).is_ok_and(|count| count >= STEP)))
    }
}

/// How long the clock has been steady: its differences match the elapsed time, which includes the time that
/// the machine is suspended.
#[derive(Debug)]
pub struct Steadiness {
    clock: Clock,
    /// The last reading: the clock, and the time since the machine was started.
    last: (i64, Duration),
    /// When the clock became steady, as time since the machine was started.
    since: Duration,
}

impl Steadiness {
    /// Steady from now on.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let now = clock.since_boot();
        Self { last: (clock.now().millis(), now), clock, since: now }
    }

    /// The clock in Unix milliseconds, and for how long it has been steady.
    pub fn look(&mut self) -> (i64, Duration) {
        let (says, now) = (self.clock.now().millis(), self.clock.since_boot());
        let (said, then) = std::mem::replace(&mut self.last, (says, now));
        let passed = i64::try_from(now.saturating_sub(then).as_millis()).unwrap_or(i64::MAX);
        let off = i128::from(says) - i128::from(said) - i128::from(passed);
        if off.unsigned_abs() > SET_RIGHT_MS {
            self.since = now;
        }
        (says, now.saturating_sub(self.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_clock_that_jumps_is_not_believed_at_once() {
        let clock = Clock::default();
        let mut steadiness = Steadiness::new(clock.clone());
        clock.suspend(HOUR);
        assert!(steadiness.look().1 >= HOUR);
        clock.advance(Duration::from_secs(30));
        assert!(steadiness.look().1 >= HOUR, "it was set right");
        clock.advance(HOUR);
        assert_eq!(steadiness.look().1, Duration::ZERO, "it jumped");
        clock.go_back(HOUR);
        assert_eq!(steadiness.look().1, Duration::ZERO, "it jumped back");
        clock.suspend(HOUR);
        assert!(steadiness.look().1 >= HOUR);
    }

    #[test]
    fn a_machine_that_is_suspended_every_night_is_believed() {
        let clock = Clock::default();
        let mut steadiness = Steadiness::new(clock.clone());
        for nights in 1..=7 {
            clock.suspend(8 * HOUR);
            assert!(steadiness.look().1 >= nights * 8 * HOUR);
        }
        // A clock that is wrong at the wake-up and corrected right after it is not steady.
        clock.suspend(8 * HOUR);
        clock.advance(24 * HOUR);
        assert_eq!(steadiness.look().1, Duration::ZERO);
    }
}
