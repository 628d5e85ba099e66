//! The current time, and the current day in a household's time zone.

use app::domain::{Day, Instant};
use jiff::{Timestamp, tz::TimeZone};
use rustix::time::{ClockId, clock_gettime};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// The system's clock. Tests set it, so that no test depends on the day on which it runs, and advance it, so
/// that no test waits a week for an invitation to expire.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
    /// The system's time at which this clock was stopped, in Unix milliseconds; 0 while it runs.
    stopped_ms: Arc<AtomicI64>,
    /// Simulated suspension in milliseconds, added to what the system reports. Set by tests.
    suspended_ms: Arc<AtomicI64>,
}

/// Counts time while the machine is suspended, which [`std::time::Instant`] does not.
#[cfg(any(target_os = "linux", target_os = "android"))]
const SINCE_BOOT: ClockId = ClockId::Boottime;
/// On macOS the monotonic clock counts time while the machine is suspended, too.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const SINCE_BOOT: ClockId = ClockId::Monotonic;

impl Clock {
    /// The current instant.
    #[must_use]
    pub fn now(&self) -> Instant {
        let system = match self.stopped_ms.load(Ordering::Relaxed) {
            0 => Timestamp::now().as_millisecond(),
            stopped => stopped,
        };
        Instant::from_millis(system + self.ahead_ms.load(Ordering::Relaxed))
    }

    /// A clock that shows the given instant now and continues from there.
    #[must_use]
    pub fn set_to(now: Instant) -> Self {
        let ahead = now.millis() - Timestamp::now().as_millisecond();
        Self { ahead_ms: Arc::new(AtomicI64::new(ahead)), ..Self::default() }
    }

    /// Time since the machine booted, by a clock that nobody can set. It includes time in which the machine
    /// was suspended.
    #[must_use]
    pub fn since_boot(&self) -> Duration {
        let found = clock_gettime(SINCE_BOOT);
        let seconds = u64::try_from(found.tv_sec).unwrap_or(0);
        let nanoseconds = u32::try_from(found.tv_nsec).unwrap_or(0);
        let suspended = u64::try_from(self.suspended_ms.load(Ordering::Relaxed)).unwrap_or(0);
        Duration::new(seconds, nanoseconds).saturating_add(Duration::from_millis(suspended))
    }

    /// Simulates a suspended machine: time passes while the program does nothing.
    pub fn suspend(&self, for_so_long: Duration) {
        self.advance(for_so_long);
        let ms = i64::try_from(for_so_long.as_millis()).unwrap_or(i64::MAX);
        self.suspended_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// Stops the clock: from here on only [`Clock::advance`] and [`Clock::go_back`] move it. So a test of a
    /// rate does not depend on how long the machine takes for its requests.
    pub fn stop(&self) {
        self.stopped_ms.store(Timestamp::now().as_millisecond(), Ordering::Relaxed);
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

    /// The current day in a time zone; in UTC if the zone is unknown.
    #[must_use]
    pub fn today(&self, time_zone: &str) -> Day {
        self.day_of(self.now(), time_zone)
    }

    /// The day of an instant in a time zone; in UTC if the zone is unknown.
    #[must_use]
    pub fn day_of(&self, instant: Instant, time_zone: &str) -> Day {
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        let then = Timestamp::from_millisecond(instant.millis()).unwrap_or(Timestamp::UNIX_EPOCH);
        Day::try_from(then.to_zoned(zone).date()).unwrap_or(Day::EPOCH)
    }
}
