//! Calendar days and months, without a clock or a time zone.

use serde::{Deserialize, Serialize, de};
use std::{fmt, str::FromStr};

/// A day, written `2026-11-22`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(value_type = String, format = Date, example = "2026-11-22"))]
pub struct Day(jiff::civil::Date);

/// A month, written `2026-11`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

/// The text is not a day or month of the calendar between 1900 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the calendar")]
pub struct NoSuchDate;

impl Day {
    /// 1 January 1970.
    pub const EPOCH: Self = Self(jiff::civil::Date::constant(1970, 1, 1));

    /// Creates a day.
    ///
    /// # Errors
    /// If the calendar has no such day, or its year is not 1900 to 9999.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, NoSuchDate> {
        let date = jiff::civil::Date::new(year, month, day).map_err(|_| NoSuchDate)?;
        Self::try_from(date)
    }

    pub(super) const fn date(self) -> jiff::civil::Date {
        self.0
    }

    /// The month of the day.
    #[must_use]
    pub fn month(self) -> Month {
        Month { year: self.0.year(), month: self.0.month() }
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day_of_month(self) -> i8 {
        self.0.day()
    }

    /// The day of the week, 0 is Monday.
    #[must_use]
    pub fn weekday(self) -> usize {
        usize::try_from(self.0.weekday().to_monday_zero_offset()).unwrap_or(0)
    }

    /// The day `days` later, or earlier if negative; `None` if the calendar has no such day.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Option<Self> {
        let span = jiff::Span::new().try_days(days).ok()?;
        Self::try_from(self.0.checked_add(span).ok()?).ok()
    }

    /// The number of days from another day to this one; negative if that is later.
    #[must_use]
    pub fn days_since(self, other: Self) -> i64 {
        self.0.duration_since(other.0).as_hours() / 24
    }

    /// The previous day, or this one at the start of the calendar.
    #[must_use]
    pub fn yesterday(self) -> Self {
        self.plus_days(-1).unwrap_or(self)
    }
}

impl Month {
    /// The number of the month, 1 to 12.
    #[must_use]
    pub const fn number(self) -> i8 {
        self.month
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month `months` later, or earlier if negative; clamped to the calendar.
    #[must_use]
    pub fn plus(self, months: i16) -> Self {
        Self::at(self.index() + i32::from(months))
    }

    /// The number of months since the year 0.
    pub(super) fn index(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }

    /// The month with an index, clamped to the calendar.
    pub(super) fn at(index: i32) -> Self {
        let index = index.clamp(1900 * 12, 9999 * 12 + 11);
        let year = i16::try_from(index / 12).unwrap_or(i16::MAX);
        Self { year, month: i8::try_from(index % 12 + 1).unwrap_or(1) }
    }

    /// The first and the last day of the month.
    #[must_use]
    pub fn days(self) -> (Day, Day) {
        let first = jiff::civil::Date::constant(self.year, self.month, 1);
        (Day(first), Day(first.last_of_month()))
    }
}

impl TryFrom<jiff::civil::Date> for Day {
    type Error = NoSuchDate;

    fn try_from(date: jiff::civil::Date) -> Result<Self, Self::Error> {
        if (1900..=9999).contains(&date.year()) { Ok(Self(date)) } else { Err(NoSuchDate) }
    }
}

/// The numbers of `text` if it consists of digits of these widths separated by hyphens.
fn numbers<const N: usize>(text: &str, widths: [usize; N]) -> Option<[i16; N]> {
    let mut parts = text.split('-');
    let mut numbers = [0; N];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

impl FromStr for Day {
    type Err = NoSuchDate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let [year, month, day] = numbers(text, [4, 2, 2]).ok_or(NoSuchDate)?;
        let narrow = |number: i16| i8::try_from(number).map_err(|_| NoSuchDate);
        Self::new(year, narrow(month)?, narrow(day)?)
    }
}

impl FromStr for Month {
    type Err = NoSuchDate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let [year, month] = numbers(text, [4, 2]).ok_or(NoSuchDate)?;
        let month = i8::try_from(month).map_err(|_| NoSuchDate)?;
        Day::new(year, month, 1).map(Day::month)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NoSuchDate;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}
as_text!(Day, Month);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_day_reads_back_as_it_was_written(year in 1900..=9999_i16, month in 1..=12_i8, day in 1..=28_i8) {
            let day = Day::new(year, month, day).expect("every month has 28 days");
            prop_assert_eq!(day.to_string().parse(), Ok(day));
            prop_assert_eq!(day.month().to_string().parse(), Ok(day.month()));
        }

        #[test]
        fn days_compare_as_their_texts_do(a in 0..60_000_i32, b in 0..60_000_i32) {
            let start = jiff::civil::date(1900, 1, 1);
            let day = |n: i32| Day(start.checked_add(jiff::Span::new().days(n)).expect("within the calendar"));
            prop_assert_eq!(day(a).cmp(&day(b)), day(a).to_string().cmp(&day(b).to_string()));
        }

        #[test]
        fn days_are_counted_as_they_are_added(n in 0..60_000_i64, days in -9_000..9_000_i64) {
            let day = Day::EPOCH.plus_days(n).expect("within the calendar");
            let other = day.plus_days(days).expect("within the calendar");
            prop_assert_eq!(other.days_since(day), days);
        }

        #[test]
        fn a_day_is_within_its_month(n in 0..60_000_i32) {
            let start = jiff::civil::date(1900, 1, 1);
            let day = Day(start.checked_add(jiff::Span::new().days(n)).expect("within the calendar"));
            let (first, last) = day.month().days();
            prop_assert!(first <= day && day <= last && first.month() == last.month());
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,12}") {
            let _ = (text.parse::<Day>(), text.parse::<Month>());
        }
    }

    #[test]
    fn the_calendar_has_no_day_before_its_first() {
        let first: Day = "1900-01-01".parse().expect("a day");
        assert_eq!(first.yesterday(), first);
        let second: Day = "1900-01-02".parse().expect("a day");
        assert_eq!(second.yesterday(), first);
    }

    #[test]
    fn days_and_months_that_do_not_exist_are_refused() {
        for text in [
            "2026-02-30",
            "2026-13-01",
            "2025-02-29",
            "26-01-01",
            "0026-01-01",
            "2026-1-1",
            "2026-01-01T00:00",
            "1899-12-31",
            "+2026-01-01",
            "",
        ] {
            assert_eq!(text.parse::<Day>(), Err(NoSuchDate), "{text}");
        }
        assert!("2024-02-29".parse::<Day>().is_ok());
    }
}
