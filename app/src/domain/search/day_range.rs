//! Days as a search states them.

use super::super::{Day, Month, Reason};
use std::{fmt, str::FromStr};

/// A range of days, both ends included; an absent end is open, and one of them is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRange {
    first: Option<Day>,
    last: Option<Day>,
}

impl DayRange {
    /// From one day to the other; `None` if both ends are open.
    #[must_use]
    pub fn new(first: Option<Day>, last: Option<Day>) -> Option<Self> {
        (first.is_some() || last.is_some()).then_some(Self { first, last })
    }

    /// The first day; `None` if there is no earliest one.
    #[must_use]
    pub const fn first(self) -> Option<Day> {
        self.first
    }

    /// The last day; `None` if there is no latest one.
    #[must_use]
    pub const fn last(self) -> Option<Day> {
        self.last
    }

    /// Whether a day lies in the range.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        self.first.is_none_or(|first| first <= day) && self.last.is_none_or(|last| day <= last)
    }
}

/// The days of a day, a month or a year.
fn days(text: &str) -> Result<(Day, Day), Reason> {
    if let Ok(day) = text.parse::<Day>() {
        return Ok((day, day));
    }
    if let Ok(month) = text.parse::<Month>() {
        return Ok(month.days());
    }
    let month = |number: u8| format!("{text}-{number:02}").parse::<Month>();
    match (month(1), month(12)) {
        (Ok(first), Ok(last)) => Ok((first.days().0, last.days().1)),
        _ => Err(Reason::NotADate),
    }
}

impl FromStr for DayRange {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Reason> {
        let (first, last) = match text.split_once("..") {
            None => days(text).map(|(first, last)| (Some(first), Some(last)))?,
            Some((first, "")) => (Some(days(first)?.0), None),
            Some(("", last)) => (None, Some(days(last)?.1)),
            Some((one, other)) => {
                let (one, other) = (days(one)?, days(other)?);
                (Some(one.0.min(other.0)), Some(one.1.max(other.1)))
            }
        };
        Ok(Self { first, last })
    }
}

impl fmt::Display for DayRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (Some(first), Some(last)) if first == last => write!(f, "{first}"),
            (Some(first), Some(last)) if first.month().days() == (first, last) => {
                write!(f, "{}", first.month())
            }
            (Some(first), Some(last)) if days(&format!("{:04}", first.year())) == Ok((first, last)) => {
                write!(f, "{:04}", first.year())
            }
            (Some(first), Some(last)) => write!(f, "{first}..{last}"),
            (Some(first), None) => write!(f, "{first}.."),
            (None, Some(last)) => write!(f, "..{last}"),
            (None, None) => Ok(()),
        }
    }
}
