//! Reads the terms of a search.

use super::{
    super::{Reason, fold::folded},
    SearchTerm, Sought,
};

/// Whether a character opens a phrase. Phones type the curved ones.
pub(super) const fn opens(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«')
}

const fn closes(opened: char, c: char) -> bool {
    match opened {
        '"' => c == '"',
        '«' => c == '»',
        _ => matches!(c, '“' | '”'),
    }
}

/// The field that a key names, in any language.
#[derive(Clone, Copy)]
enum Key {
    Category,
    Account,
    Who,
    Date,
}

impl Key {
    fn named(word: &str) -> Option<Self> {
        Some(match folded(word).as_str() {
            "category" | "категория" => Self::Category,
            "account" | "счет" => Self::Account,
            "who" | "кто" => Self::Who,
            "date" | "дата" => Self::Date,
            _ => return None,
        })
    }

    fn sought(self, value: String) -> Result<Sought, Reason> {
        if folded(&value).trim().is_empty() {
            return Err(Reason::Required);
        }
        Ok(match self {
            Self::Category => Sought::Category(value),
            Self::Account => Sought::Account(value),
            Self::Who => Sought::Who(value),
            Self::Date => Sought::Date(value.parse()?),
        })
    }
}

/// The terms of a search.
pub(super) fn terms(text: &str) -> Result<Vec<SearchTerm>, Reason> {
    // No text of a book contains them, and PostgreSQL takes no NUL.
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(Reason::ControlCharacter);
    }
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (term, after) = term(rest)?;
        // What folds to nothing, such as `""`, excludes nothing either.
        terms.extend(term);
        rest = after.trim_start();
    }
    Ok(terms)
}

/// The first term of a text that begins with one, and the text after it.
fn term(text: &str) -> Result<(Option<SearchTerm>, &str), Reason> {
    let (token, after) = token(text);
    // `-5..9` is a range with a sign, `-5` excludes a word.
    if let Some(range) = token.parse().ok().filter(|_| token.starts_with(['-', '−'])) {
        return Ok((Some(SearchTerm { excluded: false, sought: Sought::Amount(range) }), after));
    }
    let bare = text.strip_prefix(['-', '−']).filter(|rest| rest.starts_with(|c: char| !c.is_whitespace()));
    let excluded = bare.is_some();
    let (sought, after) = sought(bare.unwrap_or(text))?;
    Ok((sought.map(|sought| SearchTerm { excluded, sought }), after))
}

fn sought(text: &str) -> Result<(Option<Sought>, &str), Reason> {
    if let Some((phrase, after)) = phrase(text) {
        return Ok((words(phrase), after));
    }
    let (token, after) = token(text);
    if let Some((key, value)) = token.split_once(':')
        && let Some(key) = Key::named(key)
    {
        let from_value = &text[token.len() - value.len()..];
        let (value, after) = phrase(from_value).unwrap_or_else(|| (value.to_owned(), after));
        return Ok((Some(key.sought(value)?), after));
    }
    if let Some(tag) = token.strip_prefix('#').and_then(|word| word.parse().ok()) {
        return Ok((Some(Sought::Tag(tag)), after));
    }
    if let Ok(range) = token.parse() {
        return Ok((Some(Sought::Amount(range)), after));
    }
    // Meant as an amount, and found as a word it would find nothing.
    if token.starts_with(['=', '>', '<', '≥', '≤']) && token.contains(char::is_numeric) {
        return Err(Reason::NotANumber);
    }
    Ok((words(token.to_owned()), after))
}

/// A text to look for, unless it has nothing that can be found.
fn words(text: String) -> Option<Sought> {
    (!folded(&text).trim().is_empty()).then_some(Sought::Text(text))
}

/// What precedes the first white space, and the rest.
fn token(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// The content of the phrase that a text begins with, with single spaces, and the text after it. A phrase that is
/// not closed, because it is still being typed, ends with the text.
fn phrase(text: &str) -> Option<(String, &str)> {
    let opened = text.chars().next().filter(|c| opens(*c))?;
    let mut content = String::new();
    let mut rest = &text[opened.len_utf8()..];
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if closes(opened, c) {
            // Two of them stand for one.
            match rest.strip_prefix(c) {
                Some(after) if c == '"' => rest = after,
                _ => break,
            }
        }
        content.push(c);
    }
    Some((content.split_whitespace().collect::<Vec<_>>().join(" "), rest))
}
