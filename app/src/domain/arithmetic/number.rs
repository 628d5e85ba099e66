//! Parses one number as people write it: which of its signs group digits, and which one is the decimal
//! separator.

use crate::domain::{
    Language,
    digit_groups::{only_digits, ungrouped},
};

/// The digits of a number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    /// The digits before the decimal separator.
    pub whole: String,
    /// The digits after it.
    pub fraction: String,
}

/// Why a number cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It has no digit.
    NoNumber,
    /// It can be read in more than one way, or its digits are grouped, but not by three.
    Ambiguous,
}

/// The context of a number, which decides what a single separator before three digits is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NumberContext {
    /// The number of decimals of the currency.
    pub digits: u8,
    /// The person's language, which determines the decimal separator.
    pub language: Language,
    /// Whether the number is a factor or divisor: then it is not an amount, and may have any number of
    /// decimals.
    pub factor: bool,
}

/// Parses a text of digits, spaces, apostrophes, points and commas.
pub(crate) fn read(text: &str, place: NumberContext) -> Result<Digits, Unread> {
    let text = text.trim();
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(Unread::NoNumber);
    }
    let (whole, fraction) = match decimal(text, place)? {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    if !only_digits(fraction) {
        return Err(Unread::Ambiguous);
    }
    let whole = ungrouped(whole, &[' ', '\'', '.', ',']).ok_or(Unread::Ambiguous)?;
    Ok(Digits { whole, fraction: fraction.to_owned() })
}

/// The index of the decimal separator; `None` if every separator groups.
fn decimal(text: &str, place: NumberContext) -> Result<Option<usize>, Unread> {
    let Some(last) = text.rfind(['.', ',']) else { return Ok(None) };
    let sign = if text[last..].starts_with('.') { '.' } else { ',' };
    let (whole, fraction) = (&text[..last], &text[last + 1..]);
    if whole.contains(sign) {
        // A number has one decimal separator, so both group.
        return Ok(None);
    }
    // Another separator groups already, or these cannot be the last three digits of a grouped number.
    let groups = (1..=3).contains(&whole.len())
        && only_digits(whole)
        && !whole.starts_with('0')
        && fraction.len() == 3
        && only_digits(fraction);
    let own = sign
        == match place.language {
            Language::En => '.',
            Language::Ru => ',',
        };
    if !groups {
        return Ok(Some(last));
    }
    match (fraction.len() == usize::from(place.digits), own) {
        (true, true) => Ok(Some(last)),
        // Programs and calculators write a point in every language.
        (true, false) if sign == '.' => Ok(Some(last)),
        (false, true) if place.factor => Ok(Some(last)),
        // The comma groups in English, and the currency does not have three decimals.
        (false, false) if sign == ',' => Ok(None),
        _ => Err(Unread::Ambiguous),
    }
}

/// The characters of a number.
pub(super) const fn is_part(c: char) -> bool {
    matches!(c, '0'..='9' | ' ' | '\'' | '.' | ',')
}
