//! Ranges of months.

use super::{Day, Month};

/// A range of months, both ends included: at least one month, at most [`MonthRange::MOST`].
///
/// Requests for several months use this type, so that the size of the answer is bounded before anything is
/// allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthRange {
    first: Month,
    last: Month,
}

impl MonthRange {
    /// The widest range: a hundred years.
    pub const MOST: i32 = 1200;

    /// The months from `first` to `last`; `None` if `last` is earlier, or too far away.
    #[must_use]
    pub fn new(first: Month, last: Month) -> Option<Self> {
        Self { first, last }.at_most(Self::MOST)
    }

    /// The months of the days from `first` to `last`; `None` if `last` is earlier, or too far away.
    #[must_use]
    pub fn of_days(first: Day, last: Day) -> Option<Self> {
        Self::new(first.month(), last.month()).filter(|_| first <= last)
    }

    /// The same range, if it has at most this many months.
    #[must_use]
    pub fn at_most(self, months: i32) -> Option<Self> {
        (1..=months).contains(&self.count()).then_some(self)
    }

    /// The range without the months before `month`; `None` if nothing is left.
    #[must_use]
    pub fn since(self, month: Month) -> Option<Self> {
        Self { first: self.first.max(month), ..self }.at_most(Self::MOST)
    }

    /// The first month.
    #[must_use]
    pub const fn first(self) -> Month {
        self.first
    }

    /// The last month.
    #[must_use]
    pub const fn last(self) -> Month {
        self.last
    }

    fn count(self) -> i32 {
        self.last.index() - self.first.index() + 1
    }

    /// Each month, in order. Uses indexes, because [`Month::plus`] saturates at the end of the calendar.
    pub fn months(self) -> impl Iterator<Item = Month> {
        (self.first.index()..=self.last.index()).map(Month::at)
    }
}

impl From<Month> for MonthRange {
    /// The range of this single month.
    fn from(month: Month) -> Self {
        Self { first: month, last: month }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn month(text: &str) -> Month {
        text.parse().expect("a month")
    }

    proptest! {
        #[test]
        fn a_range_has_every_month_from_its_first_to_its_last(first in 1900 * 12..=9999 * 12 + 11_i32, width in 1..=1200_i32) {
            let first = Month::at(first);
            let last = Month::at((first.index() + width - 1).min(9999 * 12 + 11));
            let range = MonthRange::new(first, last).expect("in order and not too wide");
            let months: Vec<_> = range.months().collect();
            prop_assert_eq!(months.first().copied(), Some(first));
            prop_assert_eq!(months.last().copied(), Some(last));
            prop_assert!(months.windows(2).all(|pair| pair[0] < pair[1] && pair[0].plus(1) == pair[1]));
        }
    }

    #[test]
    fn ranges_stay_within_the_calendar_and_a_hundred_years() {
        let range = |first, last| MonthRange::new(month(first), month(last));
        let count = |first, last| range(first, last).map(|range| range.months().count());
        assert_eq!(count("9999-10", "9999-12"), Some(3));
        assert_eq!(count("1900-01", "1900-01"), Some(1));
        assert_eq!(count("9900-01", "9999-12"), Some(1200));
        assert_eq!(count("9899-12", "9999-12"), None);
        assert_eq!(count("1900-01", "9999-12"), None);
        assert_eq!(count("2026-02", "2026-01"), None);
        let day = |text: &str| text.parse().expect("a day");
        let days = |first, last| MonthRange::of_days(day(first), day(last));
        assert_eq!(days("2026-01-31", "2026-02-01"), range("2026-01", "2026-02"));
        assert_eq!(days("2026-02-02", "2026-02-01"), None);
        assert_eq!(days("1926-12-31", "2026-11-01"), range("1926-12", "2026-11"));
        assert_eq!(days("1926-11-30", "2026-11-01"), None);
        let year = range("2026-01", "2026-12").expect("a year");
        assert_eq!((year.at_most(11), year.at_most(12)), (None, Some(year)));
        assert_eq!(year.since(month("2025-07")), Some(year));
        assert_eq!(year.since(month("2026-07")), range("2026-07", "2026-12"));
        assert_eq!(year.since(month("2027-01")), None);
    }
}
