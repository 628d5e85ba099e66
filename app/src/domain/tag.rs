//! Tags: words in a comment that begin with `#`, such as `#trip` in `petrol #trip`.
//!
//! Tags are part of the comment's text, so whatever writes a comment writes its tags, and the two cannot
//! disagree.

use super::{
    Comment, Reason,
    case::lower,
    text::{TextError, folded},
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A tag without its `#`, folded: in lower case, without accents, `ё` as `е`. 1 to 40 characters, not only
/// digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema), schema(value_type = String, example = "trip"))]
pub struct Tag(String);

impl Tag {
    const LONGEST: usize = 40;

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Whether a tag continues with a character.
fn goes_on(c: char) -> bool {
    let ends = matches!(c, '«' | '»' | '“' | '”' | '„' | '…' | '—' | '–' | '№' | '’');
    !c.is_whitespace() && !c.is_control() && !ends && (!c.is_ascii_punctuation() || matches!(c, '_' | '-'))
}

fn is_word(word: &str) -> bool {
    let word = folded(word);
    let length = word.chars().count();
    (1..=Tag::LONGEST).contains(&length)
        && !word.chars().all(|c| c.is_ascii_digit() || matches!(c, '_' | '-'))
}

impl FromStr for Tag {
    type Err = Reason;

    /// Parses a tag with or without its `#`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim();
        let word = word.strip_prefix('#').unwrap_or(word);
        match word {
            "" => Err(TextError::Missing.into()),
            word if is_word(word) && word.chars().all(goes_on) => Ok(Self(folded(word))),
            _ => Err(Reason::UnknownWord),
        }
    }
}

/// The form in which a note is searched: folded, followed by a line for each of its tags, so that a tag is found as
/// such, and not as the beginning of a longer one. Notes have no line breaks of their own.
#[must_use]
pub fn folded_note(text: &str) -> String {
    let mut note = folded(text);
    let tags = pieces(text).into_iter().filter(|(tag, _)| *tag).map(|(_, word)| folded(word));
    for (at, tag) in tags.enumerate() {
        if at == 0 {
            note.push('\n');
        }
        note.push_str(&tag);
        note.push('\n');
    }
    note
}

/// Splits a text into tags as they were typed, with their `#`, and the text between them.
fn pieces(text: &str) -> Vec<(bool, &str)> {
    let mut pieces = Vec::new();
    let (mut from, mut before) = (0, None);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let word = &text[at + c.len_utf8()..];
        let end = word.find(|c| !goes_on(c)).unwrap_or(word.len());
        // Within a word or an address `#` does not begin a tag.
        if c == '#' && before.is_none_or(|c| !goes_on(c) && c != '#' && c != '/') && is_word(&word[..end]) {
            pieces.push((false, &text[from..at]));
            from = at + 1 + end;
            pieces.push((true, &text[at..from]));
            (at, before) = (from, word[..end].chars().last());
        } else {
            (at, before) = (at + c.len_utf8(), Some(c));
        }
    }
    pieces.push((false, &text[from..]));
    pieces
}

impl Comment {
    /// Its tags, each once, in order.
    #[must_use]
    pub fn tags(&self) -> Vec<Tag> {
        self.written_tags().into_iter().map(|(tag, _)| tag).collect()
    }

    /// Its tags, each once, in order, with their spelling in lower case with `#`.
    #[must_use]
    pub fn written_tags(&self) -> Vec<(Tag, String)> {
        let mut tags: Vec<(Tag, String)> = Vec::new();
        for (_, word) in pieces(self.as_str()).into_iter().filter(|(tag, _)| *tag) {
            let tag = Tag(folded(&word[1..]));
            if tags.iter().all(|(other, _)| *other != tag) {
                tags.push((tag, lower(word)));
            }
        }
        tags
    }

    /// The comment without its tags.
    #[must_use]
    pub fn without_tags(&self) -> String {
        let rest: Vec<&str> = pieces(self.as_str())
            .into_iter()
            .filter(|(tag, _)| !tag)
            .flat_map(|(_, text)| text.split_whitespace())
            .collect();
        rest.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tags(text: &str) -> Vec<String> {
        let comment: Comment = text.parse().expect("a comment");
        comment.tags().into_iter().map(|tag| tag.0).collect()
    }

    #[test]
    fn a_tag_is_a_word_after_a_hash() {
        assert_eq!(
            tags("petrol #Trip, #Тёплое-море (#with_kids) #trip"),
            ["trip", "теплое-море", "with_kids"]
        );
        assert_eq!(tags("#first and last#"), ["first"]);
        for none in ["bill #12", "C# and a#b", "https://example.org/#top", "##", "# alone", ""] {
            assert_eq!(tags(none), Vec::<String>::new(), "{none}");
        }
        let comment: Comment = "#Łódź in May, #łódź in June, #lodz".parse().expect("a comment");
        let written = comment.written_tags().into_iter().map(|(tag, word)| (tag.0, word)).collect::<Vec<_>>();
        assert_eq!(written, [("lodz".to_owned(), "#łódź".to_owned())]);
        let comment: Comment = "petrol #trip and coffee #2026-trip".parse().expect("a comment");
        assert_eq!(comment.without_tags(), "petrol and coffee");
    }

    #[test]
    fn a_tag_is_parsed_with_or_without_its_hash() {
        assert_eq!("#Trip".parse(), Ok(Tag("trip".into())));
        assert_eq!("trip".parse::<Tag>().map(|tag| tag.to_string()), Ok("#trip".into()));
        assert_eq!("".parse::<Tag>(), Err(Reason::Required));
        for wrong in ["two words", "12", "a#b", "a,b", &"x".repeat(41)] {
            assert_eq!(wrong.parse::<Tag>(), Err(Reason::UnknownWord), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_found_tag_can_be_parsed(text in "[#a-zё,. _2-]{0,40}") {
            if let Ok(comment) = text.parse::<Comment>() {
                for tag in comment.tags() {
                    prop_assert_eq!(tag.to_string().parse(), Ok(tag));
                }
            }
        }

        #[test]
        fn no_text_panics_and_only_tags_and_spaces_are_removed(text in "\\PC{0,60}") {
            let all: String = pieces(&text).into_iter().map(|(_, piece)| piece).collect();
            prop_assert_eq!(all, text);
        }
    }
}
