//! A short hash of a log entry, by which a client that resumes is recognised.

use crate::domain::Reason;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// The first four bytes of a hash of a log entry, written as eight hexadecimal digits.
///
/// A database file or volume that is restored by hand keeps its epoch and assigns the same numbers again to
/// other changes. The number alone would let a client continue with rows that no longer exist.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(value_type = String, example = "09af3c7e"))]
pub struct Check(u32);

impl Check {
    /// Takes the first bytes of a hash.
    #[must_use]
    pub const fn new(hash: [u8; 4]) -> Self {
        Self(u32::from_be_bytes(hash))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({self})")
    }
}

/// The text is not eight hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACheck;

impl fmt::Display for NotACheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a check has eight hexadecimal digits")
    }
}

impl From<NotACheck> for Reason {
    fn from(_: NotACheck) -> Self {
        Self::UnknownWord
    }
}

impl FromStr for Check {
    type Err = NotACheck;

    fn from_str(text: &str) -> Result<Self, NotACheck> {
        if text.len() != 8 || text.starts_with('+') {
            return Err(NotACheck);
        }
        u32::from_str_radix(text, 16).map(Self).map_err(|_| NotACheck)
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Check {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_eight_digits_are_read_back() {
        for check in [Check(0), Check(0x00af_3c7e), Check(u32::MAX)] {
            let text = check.to_string();
            assert_eq!((text.len(), text.parse()), (8, Ok(check)));
            assert_eq!(serde_json::from_value(serde_json::to_value(check).expect("JSON")).ok(), Some(check));
        }
        assert_eq!("00AF3C7E".parse(), Ok(Check(0x00af_3c7e)));
        for text in ["", "0", "00af3c7", "00af3c7e0", "+0af3c7e", "-0af3c7e", "00af3c7g", "00af3c7é", "٣٣٣٣"]
        {
            assert_eq!(text.parse::<Check>(), Err(NotACheck), "{text}");
        }
    }
}
