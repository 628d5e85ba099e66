//! Texts that people type: trimmed, of bounded length, without control characters.

pub use super::fold::folded;
use super::{
    case::{lower, upper},
    direction::{is_direction, isolated},
    fold::is_invisible,
    marks::is_mark,
};
use serde::{Deserialize, Serialize, de};
use std::{fmt, str::FromStr};

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The text is empty.
    #[error("the text is empty")]
    Missing,
    /// More characters than the field accepts.
    #[error("the text has more than {max} characters")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// A NUL, a line break or another control character.
    #[error("the text has a control character")]
    ControlCharacter,
    /// Not a plausible email address.
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

/// Whether the glyph of a symbol is blank: a placeholder for an object that plain text does not contain, blanks of
/// Egyptian hieroglyphs, and a note without a head.
const fn is_blank(c: char) -> bool {
    matches!(c, '\u{fffc}' | '\u{13441}' | '\u{13442}' | '\u{1d159}')
}

/// Whether a character shows something by itself: it is assigned, not for private use, and no mark, space, blank or
/// control.
fn is_visible(c: char) -> bool {
    // Rust's table of what `Debug` prints as it is. It escapes the marks, too.
    let escaped = c.escape_debug().len() > 1 && !matches!(c, '"' | '\'' | '\\');
    !escaped && !c.is_whitespace() && !is_blank(c) && !is_invisible(c) && !is_mark(c)
}

/// Checks a name in the database or the log: earlier versions allowed invisible names.
fn stored_name(text: &str) -> Result<String, TextError> {
    match clean(text, 80)? {
        name if name.is_empty() => Err(TextError::Missing),
        name => Ok(name),
    }
}

/// Checks a new name: it must be visible and must not affect the text next to it.
fn new_name(text: &str) -> Result<String, TextError> {
    let name = stored_name(text)?;
    if !name.chars().any(is_visible) {
        return Err(TextError::Missing);
    }
    if name.contains(|c| is_direction(c) || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(TextError::ControlCharacter);
    }
    Ok(name)
}

/// Checks an email address in the database: earlier versions allowed invisible characters.
fn stored_email(text: &str) -> Result<String, TextError> {
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

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        text_type!($(#[$doc])* $name, $check, $check);
    };
    // The check of new values, and the check of stored values, which earlier versions checked less strictly.
    ($(#[$doc:meta])* $name:ident, $check:expr, $stored:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text isolated for showing it next to other text.
            #[must_use]
            pub fn shown(&self) -> String {
                isolated(&self.0)
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
                let check: fn(&str) -> Result<String, TextError> = $stored;
                check(&text).map(Self)
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
                Self::try_from(String::deserialize(deserializer)?).map_err(de::Error::custom)
            }
        }
    };
}

text_type!(
    /// The name of a person, an article, a center or a household: 1 to 80 characters, some of them visible.
    Name,
    new_name,
    stored_name
);
text_type!(
    /// A remark on a fact: up to 500 characters, often empty.
    Comment,
    |text| clean(text, 500)
);
text_type!(
    /// An email address in lower case, so that a person cannot register twice by accident.
    Email,
    |text| match stored_email(text)? {
        email if email.contains(|c| is_direction(c) || is_invisible(c)) => Err(TextError::NotAnEmail),
        email => Ok(email),
    },
    stored_email
);

impl Default for Comment {
    /// An empty comment.
    fn default() -> Self {
        Self(String::new())
    }
}

impl Comment {
    /// Whether the comment is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Name {
    /// The initial that stands for the person on a small badge.
    #[must_use]
    pub fn initials(&self) -> String {
        let letter = |c: &char| is_visible(*c) && !c.is_ascii_punctuation();
        self.0.chars().find(letter).map(|c| upper(c.encode_utf8(&mut [0; 4]))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
