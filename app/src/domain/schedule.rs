//! The schedule of a recurring entry: every n weeks, months or years from a first day on.
//!
//! Each day is computed from the first one, never from the previous one: a schedule that starts on the 31st
//! comes on 28 February and then on 31 March again.

use super::{Day, Reason};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The unit between two days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Seven days.
    Week,
    /// The same day of another month, or its last day if the month is shorter.
    #[default]
    Month,
    /// The same day of another year; 29 February becomes the 28th in years without one.
    Year,
}

impl Unit {
    /// All units, shortest first.
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Year];

    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

impl FromStr for Unit {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|unit| unit.word() == text).ok_or(Reason::UnknownWord)
    }
}

/// The days of a recurring entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The first day.
    pub starts_on: Day,
    /// The number of units between two days.
    pub every: i64,
    /// The unit.
    pub unit: Unit,
    /// Whether days are counted from the end of the month: a schedule that starts on the last day stays on
    /// the last day.
    pub from_month_end: bool,
    /// The last possible day.
    pub ends_on: Option<Day>,
    /// The largest number of days.
    pub times: Option<i64>,
}

impl Schedule {
    /// The largest number of units between two days.
    pub const MOST_UNITS: i64 = 99;
    /// The largest number of days, if it is limited.
    pub const MOST_TIMES: i64 = 999;

    /// The day with index `n`, from 0; `None` after the end of the schedule or of the calendar.
    #[must_use]
    pub fn nth(&self, n: i64) -> Option<Day> {
        if self.times.is_some_and(|times| n >= times) {
            return None;
        }
        let units = self.every.checked_mul(n)?;
        let day = match self.unit {
            Unit::Week => self.starts_on.plus_days(units.checked_mul(7)?)?,
            Unit::Month => self.months_later(units)?,
            Unit::Year => self.months_later(units.checked_mul(12)?)?,
        };
        self.ends_on.is_none_or(|last| day <= last).then_some(day)
    }

    fn months_later(&self, months: i64) -> Option<Day> {
        let (from, day) = (self.starts_on.month(), self.starts_on.day_of_month());
        let month = from.plus(i16::try_from(months).ok()?);
        // [`Month::plus`] saturates at the end of the calendar.
        let distance = (i64::from(month.year()) - i64::from(from.year())) * 12
            + i64::from(month.number() - from.number());
        if distance != months {
            return None;
        }
        let last = month.days().1.day_of_month();
        let day = if self.from_month_end {
            (last - (from.days().1.day_of_month() - day)).max(1)
        } else {
            day.min(last)
        };
        Day::new(month.year(), month.number(), day).ok()
    }

    /// All days in order; without an end they continue to the end of the calendar.
    pub fn days(self) -> impl Iterator<Item = Day> {
        (0..).map_while(move |n| self.nth(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day of the calendar")
    }

    fn from(start: &str, every: i64, unit: Unit) -> Schedule {
        let starts_on = day(start);
        Schedule { starts_on, every, unit, from_month_end: false, ends_on: None, times: None }
    }

    /// The first days as text.
    fn first(schedule: Schedule, count: usize) -> String {
        schedule.days().take(count).map(|day| day.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_31st_becomes_the_last_day_of_shorter_months_and_the_31st_again_after() {
        let days = first(from("2026-12-31", 1, Unit::Month), 6);
        assert_eq!(days, "2026-12-31 2027-01-31 2027-02-28 2027-03-31 2027-04-30 2027-05-31");
        let leap = first(from("2027-12-30", 1, Unit::Month), 4);
        assert_eq!(leap, "2027-12-30 2028-01-30 2028-02-29 2028-03-30");
    }

    #[test]
    fn counted_from_the_month_end_days_keep_their_distance_from_it() {
        let last = Schedule { from_month_end: true, ..from("2027-02-28", 1, Unit::Month) };
        assert_eq!(first(last, 4), "2027-02-28 2027-03-31 2027-04-30 2027-05-31");
        let third = Schedule { from_month_end: true, ..from("2026-11-28", 1, Unit::Month) };
        assert_eq!(first(third, 4), "2026-11-28 2026-12-29 2027-01-29 2027-02-26");
        // The 31st day from the end of January is its first; in shorter months it is their first day, too.
        let far = Schedule { from_month_end: true, ..from("2027-01-01", 1, Unit::Month) };
        assert_eq!(first(far, 3), "2027-01-01 2027-02-01 2027-03-01");
    }

    #[test]
    fn the_29th_of_february_becomes_the_28th_in_other_years() {
        let days = first(from("2028-02-29", 1, Unit::Year), 5);
        assert_eq!(days, "2028-02-29 2029-02-28 2030-02-28 2031-02-28 2032-02-29");
        let century = first(from("2096-02-29", 4, Unit::Year), 3);
        assert_eq!(century, "2096-02-29 2100-02-28 2104-02-29");
        let last = Schedule { from_month_end: true, ..from("2027-02-28", 1, Unit::Year) };
        assert_eq!(first(last, 2), "2027-02-28 2028-02-29");
    }

    #[test]
    fn weeks_continue_over_the_end_of_a_year_and_over_a_leap_day() {
        let two = first(from("2026-12-17", 2, Unit::Week), 4);
        assert_eq!(two, "2026-12-17 2026-12-31 2027-01-14 2027-01-28");
        // A year of 53 weeks: every fourth week does not start again with January.
        let four = first(from("2026-12-10", 4, Unit::Week), 3);
        assert_eq!(four, "2026-12-10 2027-01-07 2027-02-04");
        let leap = first(from("2028-02-22", 1, Unit::Week), 3);
        assert_eq!(leap, "2028-02-22 2028-02-29 2028-03-07");
        // 53 weeks after a Thursday comes a Thursday.
        assert_eq!(first(from("2026-12-31", 53, Unit::Week), 2), "2026-12-31 2028-01-06");
    }

    #[test]
    fn weeks_do_not_shift_when_the_clocks_change() {
        // In Berlin clocks change on 29 March and 25 October 2026; days have no hours, so nothing shifts.
        assert_eq!(first(from("2026-03-22", 1, Unit::Week), 3), "2026-03-22 2026-03-29 2026-04-05");
        assert_eq!(first(from("2026-10-18", 1, Unit::Week), 3), "2026-10-18 2026-10-25 2026-11-01");
    }

    #[test]
    fn days_can_be_several_months_or_years_apart() {
        assert_eq!(
            first(from("2026-11-30", 3, Unit::Month), 4),
            "2026-11-30 2027-02-28 2027-05-30 2027-08-30"
        );
        assert_eq!(first(from("2026-08-31", 6, Unit::Month), 3), "2026-08-31 2027-02-28 2027-08-31");
        assert_eq!(first(from("2026-05-01", 2, Unit::Year), 3), "2026-05-01 2028-05-01 2030-05-01");
    }

    #[test]
    fn the_last_day_is_included_and_the_first_counts() {
        let until = Schedule { ends_on: Some(day("2027-01-31")), ..from("2026-11-30", 1, Unit::Month) };
        assert_eq!(first(until, 9), "2026-11-30 2026-12-30 2027-01-30");
        let on_it = Schedule { ends_on: Some(day("2027-01-30")), ..until };
        assert_eq!(on_it.days().count(), 3);
        let before = Schedule { ends_on: Some(day("2027-01-29")), ..until };
        assert_eq!(before.days().count(), 2);
        let times = Schedule { times: Some(2), ..from("2026-11-30", 1, Unit::Month) };
        assert_eq!(first(times, 9), "2026-11-30 2026-12-30");
    }

    #[test]
    fn every_schedule_ends_with_the_calendar() {
        assert_eq!(from("9998-12-31", 1, Unit::Year).days().count(), 2);
        assert_eq!(from("9999-10-31", 1, Unit::Month).days().count(), 3);
        assert_eq!(from("9999-12-24", 1, Unit::Week).days().count(), 2);
        assert_eq!(from("9999-12-31", 99, Unit::Year).nth(i64::MAX), None);
    }

    proptest! {
        #[test]
        fn days_are_in_order_and_the_given_number_of_units_apart(
            n in 0..40_000_i64, every in 1..=99_i64, unit in 0..3_usize, from_month_end in any::<bool>(),
        ) {
            let starts_on = Day::new(1900, 1, 1).expect("the first").plus_days(n).expect("within the calendar");
            let unit = Unit::ALL[unit];
            let schedule = Schedule { starts_on, every, unit, from_month_end, ends_on: None, times: Some(60) };
            let days: Vec<Day> = schedule.days().collect();
            prop_assert_eq!(days[0], starts_on);
            prop_assert!(days.is_sorted_by(|a, b| a < b));
            for (n, day) in (0..).zip(&days) {
                let units: i64 = every * n;
                match unit {
                    Unit::Week => prop_assert_eq!(starts_on.plus_days(7 * units), Some(*day)),
                    Unit::Month | Unit::Year => {
                        let months = if unit == Unit::Year { 12 * units } else { units };
                        let month = starts_on.month().plus(i16::try_from(months).expect("few"));
                        prop_assert_eq!(day.month(), month);
                        let to_end = |day: Day| day.month().days().1.day_of_month() - day.day_of_month();
                        let last = day.month().days().1;
                        if from_month_end {
                            prop_assert!(to_end(*day) == to_end(starts_on) || day.day_of_month() == 1);
                        } else {
                            prop_assert!(day.day_of_month() == starts_on.day_of_month() || *day == last);
                        }
                    }
                }
            }
        }
    }
}
