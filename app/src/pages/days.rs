//! The days that begin while the server cannot tell it.
//!
//! The clock of the device may be wrong. So only the days are counted that have begun on it since the server told the
//! last one.

use crate::{
    domain::Day,
    live_link::{Connection, LiveLink},
    outbox::Outbox,
    state::opened::{KeptStart, Opened},
};
use leptos::prelude::*;
use std::time::Duration;

/// How often a page without a connection looks whether another day has begun.
const LOOK: Duration = Duration::from_secs(20);

/// What the server has told last: that it was this day while the device's day had this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DayPair {
    number: i64,
    day: Day,
}

impl DayPair {
    /// The number of the device's day when this day begins.
    fn number_of(self, day: Day) -> i64 {
        self.number + day.days_since(self.day)
    }

    /// The day that it is when the device's day has this number.
    fn day_of(self, number: i64) -> Option<Day> {
        self.day.plus_days(number - self.number)
    }
}

/// The last day that the server has told, and the number of the device's day at that time; `None` if that is unknown.
#[derive(Clone, Copy)]
pub(super) struct ToldDay(StoredValue<Option<DayPair>>);

impl ToldDay {
    /// The number of the device's day when this day began.
    pub fn number_of(self, day: Day) -> Option<i64> {
        Some(self.0.get_value()?.number_of(day))
    }

    /// Returns whether the days have other numbers by now: the clock of one side was set, or is ahead of the other one
    /// at midnight.
    fn set(self, pair: Option<DayPair>) -> bool {
        let before = self.0.get_value();
        self.0.set_value(pair);
        before.zip(pair).is_some_and(|(before, pair)| before.number_of(pair.day) != pair.number)
    }
}

/// Begins the days in the book while there is no connection.
pub(super) fn follow_days(link: &LiveLink, outbox: &Outbox, opened: Opened) -> ToldDay {
    let kept = use_context::<KeptStart>();
    let is_kept = kept.is_some();
    let kept =
        kept.and_then(|kept| Some(DayPair { number: kept.day?, day: kept.replica.today.get_untracked() }));
    let told = ToldDay(StoredValue::new(kept));
    let (connection, browser) = (link.connection.clone(), link.browser.clone());
    let number = move || {
        let zone = opened.followed.get_untracked()?.household.with_untracked(|row| row.time_zone.clone());
        browser.day_number(&zone)
    };
    let (is_offline, now) = (connection.clone(), number.clone());
    let is_offline = move || matches!(is_offline.get_untracked(), Connection::Offline { .. });
    let look = move || {
        if is_offline()
            && let Some(replica) = opened.followed.get_untracked()
            && let Some((pair, number)) = told.0.get_value().zip(now())
            && let Some(today) = pair.day_of(number)
        {
            replica.begin_day(today);
        }
    };
    let outbox = outbox.clone();
    Effect::new(move |has_begun: Option<bool>| {
        let Some(replica) = opened.followed.get() else { return false };
        // At every word of the server, also if it is the same day: the device's next day may have begun since. A day
        // that the page has begun itself is none.
        replica.told.track();
        // The day of a book that the device has kept was told at another time.
        if (has_begun == Some(true) || !is_kept)
            && told.set(number().map(|number| DayPair { number, day: replica.today.get_untracked() }))
        {
            // The copy of the book has the numbers of before.
            outbox.lost_book();
            outbox.keep_soon();
        }
        true
    });
    let at_once = look.clone();
    Effect::new(move || {
        connection.track();
        opened.followed.track();
        at_once();
    });
    Effect::new(move || set_interval(look.clone(), LOOK));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    /// What is known after these words of the server, each with the number of the device's day at that time.
    fn told(words: &[(i64, &str)]) -> DayPair {
        let (number, text) = words.last().copied().expect("a word of the server");
        DayPair { number, day: day(text) }
    }

    #[test]
    fn a_day_begins_with_each_day_of_the_device_since_the_last_word_of_the_server() {
        let pair = told(&[(20_420, "2026-11-28")]);
        assert_eq!(pair.day_of(20_420), Some(day("2026-11-28")));
        assert_eq!(pair.day_of(20_423), Some(day("2026-12-01")));
        assert_eq!(pair.number_of(day("2026-12-01")), 20_423);
        assert_eq!(pair.day_of(i64::MAX), None, "no day is made up");
    }

    #[test]
    fn a_clock_that_is_late_at_midnight_does_not_put_later_days_ahead() {
        // The server's midnight comes first; the next heartbeats tell the same day.
        let pair = told(&[(20_420, "2026-11-28"), (20_420, "2026-11-29"), (20_421, "2026-11-29")]);
        assert_eq!(pair.day_of(20_421), Some(day("2026-11-29")));
        assert_eq!(pair.day_of(20_422), Some(day("2026-11-30")));
    }

    #[test]
    fn a_clock_that_is_early_at_midnight_does_not_put_later_days_behind() {
        let pair = told(&[(20_420, "2026-11-28"), (20_421, "2026-11-28"), (20_421, "2026-11-29")]);
        assert_eq!(pair.day_of(20_422), Some(day("2026-11-30")));
    }

    #[test]
    fn the_numbers_of_days_are_others_only_once_the_clocks_differ_otherwise_than_before() {
        let owner = Owner::new();
        owner.set();
        let at = |number, text| Some(DayPair { number, day: day(text) });
        let told = ToldDay(StoredValue::new(None));
        assert!(!told.set(at(20_420, "2026-11-28")), "there were none");
        assert!(!told.set(at(20_420, "2026-11-28")));
        assert!(!told.set(at(20_421, "2026-11-29")));
        assert!(told.set(at(20_421, "2026-11-30")), "the device is late");
        assert!(told.set(at(20_422, "2026-11-30")), "and has its midnight");
        assert_eq!(told.number_of(day("2026-12-01")), Some(20_423));
    }
}
