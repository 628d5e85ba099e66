//! One number as people write it: which of its signs group digits, and which begins the decimals.

use crate::domain::Language;

/// The digits of a number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    /// Before the decimal sign.
    pub whole: String,
    /// After it.
    pub fraction: String,
}

/// Why a number is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// There is no digit in it.
    NoNumber,
    /// It can be read in more than one way, or its digits are grouped by another number than three.
    Ambiguous,
}

/// Where a number stands, which decides what a single sign before three digits is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The digits that the currency has after the decimal sign.
    pub digits: u8,
    /// Its decimal sign is the reader's own.
    pub language: Language,
    /// It multiplies or divides: it is no amount, and has as many decimals as it likes.
    pub factor: bool,
}

/// Plain digits, spaces, apostrophes, points and commas; nothing else is in the text.
pub(crate) fn read(text: &str, place: Place) -> Result<Digits, Unread> {
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

/// Where the decimal sign stands; none where every sign groups.
fn decimal(text: &str, place: Place) -> Result<Option<usize>, Unread> {
    let Some(last) = text.rfind(['.', ',']) else { return Ok(None) };
    let sign = if text[last..].starts_with('.') { '.' } else { ',' };
    let (whole, fraction) = (&text[..last], &text[last + 1..]);
    if whole.contains(sign) {
        // Decimals begin once, so both group.
        return Ok(None);
    }
    // Another sign groups already, or these cannot be the last three of a number in groups.
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
        // The comma groups in English, and the currency does not have these decimals.
        (false, false) if sign == ',' => Ok(None),
        _ => Err(Unread::Ambiguous),
    }
}

fn only_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The digits of a whole number without the sign that groups them by three; none where it does not.
pub(crate) fn ungrouped(text: &str, signs: &[char]) -> Option<String> {
    let Some(at) = text.find(signs) else { return only_digits(text).then(|| text.to_owned()) };
    let sign = text[at..].chars().next()?;
    let mut groups = text.split(sign);
    let first = groups.next()?;
    let begins = (1..=3).contains(&first.len()) && only_digits(first) && !first.starts_with('0');
    let goes_on = groups.all(|group| group.len() == 3 && only_digits(group));
    (begins && goes_on).then(|| text.replace(sign, ""))
}
