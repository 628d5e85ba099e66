//! Texts that people type: trimmed, of bounded length, without control characters.

pub use super::fold::folded;
use super::{
    case::{lower, upper},
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

/// Whether a character changes the text direction of what follows it, or ends such a change.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character belongs to a right-to-left script.
const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}')
        || matches!(c, '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Whether a character shows something by itself: it is assigned, not for private use, and no mark, space or
/// control.
fn is_visible(c: char) -> bool {
    // Rust's table of what `Debug` prints as it is. It escapes the marks, too.
    let escaped = c.escape_debug().len() > 1 && !matches!(c, '"' | '\'' | '\\');
    !escaped && !c.is_whitespace() && !is_invisible(c) && !is_mark(c)
}

/// Isolates a person's text, so that its direction does not affect the text next to it. A left-to-right text
/// is returned unchanged, since the program's own words are left-to-right, too.
#[must_use]
pub fn isolated(text: &str) -> String {
    if !text.contains(|c| is_direction(c) || is_right_to_left(c)) {
        return text.to_owned();
    }
    // Controls within the text could end the isolation.
    let ends = |c: &char| matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let inside: String = text.chars().filter(|c| !ends(c)).collect();
    format!("\u{2068}{inside}\u{2069}")
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn accepted_text_is_trimmed_bounded_and_round_trips(text in "[\\x00-\\x20a-zё]{0,90}") {
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
        fn isolated_text_is_balanced_and_keeps_its_letters(text in "[a-zא-ת\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069} ]{0,12}") {
            let shown = isolated(&text);
            let direction = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            let plain = |text: &str| text.chars().filter(|c| !direction(*c)).collect::<String>();
            prop_assert_eq!(plain(&shown), plain(&text));
            let controls: String = shown.chars().filter(|c| direction(*c)).collect();
            let around = shown.starts_with('\u{2068}') && shown.ends_with('\u{2069}');
            let balanced = controls.is_empty() || around && controls == "\u{2068}\u{2069}";
            prop_assert!(balanced, "{:?}", shown);
        }
    }

    #[test]
    fn a_name_is_visible_and_does_not_affect_the_text_next_to_it() {
        for unseen in [
            "\u{200b}",
            "\u{ad}",
            "\u{2800}",
            "\u{3164}",
            "\u{115f}",
            "\u{301}",
            "\u{64b}",
            "\u{94d}",
            "\u{20dd}",
            "\u{fe0f}",
            "\u{200d}",
            "\u{e0041}",
            "\u{abc}",
            "\u{102d}",
            "\u{11001}",
            "\u{fff9}",
            " \u{200b} \u{a0}\u{308}",
            "\u{202e}",
            // No characters, unassigned ones, ones for private use.
            "\u{fffe}",
            "\u{ffff}",
            "\u{fdd0}",
            "\u{1fffe}",
            "\u{10ffff}",
            "\u{378}",
            "\u{e1000}",
            "\u{50000}",
            "\u{e000}",
            "\u{f8ff}",
            "\u{10fffd}",
            // Format characters.
            "\u{600}",
            "\u{6dd}",
            "\u{70f}",
            "\u{8e2}",
            "\u{110bd}",
            "\u{13430}",
            "\u{e000}\u{301} \u{fffe}",
        ] {
            assert_eq!(unseen.parse::<Name>(), Err(TextError::Missing), "{unseen:?}");
            let stored = Name::try_from(unseen.to_owned()).map(|name| name.to_string());
            assert_eq!(stored, Ok(unseen.trim().to_owned()), "an old name stays readable: {unseen:?}");
        }
        for turning in [
            "a\u{2028}b",
            "a\u{2029}b",
            "a\u{202e}b",
            "\u{2066}a\u{2069}",
            "a\u{200f}",
            "\u{200e}a",
            "a\u{61c}",
            "a\u{202a}b\u{202c}",
        ] {
            assert_eq!(turning.parse::<Name>(), Err(TextError::ControlCharacter), "{turning:?}");
            assert!(turning.parse::<Comment>().is_ok(), "a note keeps what it has");
        }
        for seen in [
            "A",
            "ё",
            "e\u{301}",
            "🏠",
            "👨\u{200d}👩",
            "…",
            "\"",
            "'",
            "\\",
            "€",
            "𝒜",
            "𠀀",
            "ﾊ",
            "A\u{e000}",
            "כסף",
            "मा",
            "ไทย",
        ] {
            assert_eq!(seen.parse::<Name>().map(|name| name.to_string()), Ok(seen.to_owned()));
        }
        let sees = |text: &str| text.parse::<Comment>().map(|comment| comment.shown());
        assert_eq!(sees("plain"), Ok("plain".into()));
        assert_eq!(sees("כסף"), Ok("\u{2068}כסף\u{2069}".into()));
        assert_eq!(sees("a\u{2069}\u{202e}b"), Ok("\u{2068}ab\u{2069}".into()));
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
        for text in ["anna", "@b", "a@", "a@b@c", "a b@c", "a\u{202e}b@c", "a\u{200b}@c"] {
            assert_eq!(text.parse::<Email>(), Err(TextError::NotAnEmail), "{text}");
        }
    }
}
