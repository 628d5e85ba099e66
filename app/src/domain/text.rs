//! Texts that people type: trimmed, of bounded length, without control characters.

use super::case::{lower, upper};
use serde::{Deserialize, Serialize, de};
use std::{fmt, str::FromStr};

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but space.
    #[error("the text is empty")]
    Missing,
    /// More characters than the field takes.
    #[error("the text has more than {max} characters")]
    TooLong {
        /// The most it may have.
        max: usize,
    },
    /// A NUL, a line break or another control character.
    #[error("the text has a control character")]
    ControlCharacter,
    /// Not an address that mail could reach.
    #[error("not an email address")]
    NotAnEmail,
}

impl TextError {
    /// The stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "required",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter => "control_character",
            Self::NotAnEmail => "not_an_email",
        }
    }
}

fn clean(text: &str, max: usize) -> Result<String, TextError> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err(TextError::ControlCharacter);
    }
    if text.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    Ok(text.to_owned())
}

/// Lower case, and `ё` as `е`: what a search compares, since SQLite folds only ASCII.
#[must_use]
pub fn folded(text: &str) -> String {
    lower(text).replace('ё', "е")
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let check: fn(&str) -> Result<String, TextError> = $check;
                check(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}

text_type!(
    /// The name of a person, an article, a center or a household: 1 to 80 characters.
    Name,
    |text| match clean(text, 80)? {
        name if name.is_empty() => Err(TextError::Missing),
        name => Ok(name),
    }
);
text_type!(
    /// A remark on a fact: up to 500 characters, often none.
    Comment,
    |text| clean(text, 500)
);
text_type!(
    /// An email address in lower case, so that one person cannot register twice by accident.
    Email,
    |text| {
        let email = lower(&clean(text, 254)?);
        match email.split_once('@') {
            _ if email.is_empty() => Err(TextError::Missing),
            Some((local, domain))
                if !local.is_empty()
                    && !domain.is_empty()
                    && !domain.contains('@')
                    && !email.contains(char::is_whitespace) =>
            {
                Ok(email)
            }
            _ => Err(TextError::NotAnEmail),
        }
    }
);

impl Default for Comment {
    /// No remark.
    fn default() -> Self {
        Self(String::new())
    }
}

impl Comment {
    /// Nothing was remarked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Name {
    /// Up to two letters that stand for the person on a small badge.
    #[must_use]
    pub fn initials(&self) -> String {
        let letter = |c: &char| !c.is_whitespace() && !c.is_ascii_punctuation();
        self.0.chars().find(letter).map(|c| upper(c.encode_utf8(&mut [0; 4]))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_accepted_is_trimmed_bounded_and_reads_back(text in "[\\x00-\\x20a-zё]{0,90}") {
            if let Ok(name) = text.parse::<Name>() {
                prop_assert_eq!(name.as_str(), text.trim());
                prop_assert!((1..=80).contains(&name.as_str().chars().count()));
                prop_assert_eq!(name.as_str().parse::<Name>(), Ok(name.clone()));
            } else {
                let text = text.trim();
                prop_assert!(text.is_empty() || text.chars().count() > 80 || text.chars().any(char::is_control));
            }
        }

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,20}") {
            prop_assert_eq!(folded(&folded(&text)), folded(&text));
        }
    }

    #[test]
    fn a_comment_is_counted_in_characters_not_bytes() {
        assert!("ё".repeat(500).parse::<Comment>().is_ok());
        assert_eq!("ё".repeat(501).parse::<Comment>(), Err(TextError::TooLong { max: 500 }));
        assert_eq!("a\0b".parse::<Comment>(), Err(TextError::ControlCharacter));
        assert_eq!("two\nlines".parse::<Comment>(), Err(TextError::ControlCharacter));
    }

    #[test]
    fn an_email_needs_two_sides_and_no_spaces() {
        assert_eq!(
            " Anna@Example.org ".parse::<Email>().map(|e| e.to_string()),
            Ok("anna@example.org".into())
        );
        for text in ["anna", "@b", "a@", "a@b@c", "a b@c"] {
            assert_eq!(text.parse::<Email>(), Err(TextError::NotAnEmail), "{text}");
        }
    }
}
