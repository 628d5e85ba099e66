//! What time it is, and what day in a household's time zone.

use app::domain::{Day, Instant};
use jiff::{Timestamp, tz::TimeZone};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// The system's clock. Tests set it, so that none depends on the day on which it runs, and move it, so that nothing
/// has to wait a week for an invitation to end.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// Now.
    #[must_use]
    pub fn now(&self) -> Instant {
        Instant::from_millis(Timestamp::now().as_millisecond() + self.ahead_ms.load(Ordering::Relaxed))
    }

    /// A clock that shows an instant now, and goes on from there.
    #[must_use]
    pub fn set_to(now: Instant) -> Self {
        let ahead = now.millis() - Timestamp::now().as_millisecond();
        Self { ahead_ms: Arc::new(AtomicI64::new(ahead)) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(by, Ordering::Relaxed);
    }

    /// Moves the clock back.
    pub fn go_back(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_sub(by, Ordering::Relaxed);
    }

    /// The day it is in a time zone; in UTC where the name is not known any more.
    #[must_use]
    pub fn today(&self, time_zone: &str) -> Day {
        self.day_of(self.now(), time_zone)
    }

    /// The day it was at an instant in a time zone.
    #[must_use]
    pub fn day_of(&self, instant: Instant, time_zone: &str) -> Day {
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        let then = Timestamp::from_millisecond(instant.millis()).unwrap_or(Timestamp::UNIX_EPOCH);
        Day::try_from(then.to_zoned(zone).date()).unwrap_or(Day::EPOCH)
    }
}
