//! Instants, in milliseconds.

use super::Day;
use serde::{Deserialize, Serialize, de};
use std::fmt;

/// An instant: Unix milliseconds in the database, `2026-11-22T10:15:00.000Z` on the wire.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(value_type = String, format = DateTime))]
pub struct Instant(jiff::Timestamp);

impl Instant {
    /// Converts Unix milliseconds; a number outside the supported range is clamped to it.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        let edge = if millis < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        Self(jiff::Timestamp::from_millisecond(millis).unwrap_or(edge))
    }

    /// Unix milliseconds.
    #[must_use]
    pub fn millis(self) -> i64 {
        self.0.as_millisecond()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Parses only the format that [`Instant`] writes. The library's parser handles every form of time zone and
/// describes every kind of mistake, which would be a twentieth of the browser's download.
fn read(text: &str) -> Option<jiff::Timestamp> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (seconds, millis) = time.split_once('.')?;
    let mut parts = seconds.split(':').map(|part| part.parse().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let nanos = millis.parse::<i32>().ok().filter(|_| millis.len() == 3)? * 1_000_000;
    let day: Day = day.parse().ok()?;
    let time = jiff::civil::Time::new(hour, minute, second, nanos).ok()?;
    jiff::tz::Offset::UTC.to_timestamp(day.date().to_datetime(time)).ok()
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text).map(Self).ok_or_else(|| de::Error::custom("not an instant"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_in_utc_with_milliseconds_and_reads_back() {
        let instant = Instant::from_millis(1_795_342_500_007);
        assert_eq!(instant.to_string(), "2026-11-22T10:15:00.007Z");
        let json = serde_json::to_string(&instant).expect("an instant is a string");
        assert_eq!(serde_json::from_str::<Instant>(&json).expect("it reads back"), instant);
    }
}
