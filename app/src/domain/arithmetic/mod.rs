//! Evaluates an amount as it is typed: `16.99*3+2`, `120/2`, `(8 + 4,50) × 2`.
//!
//! Computation is exact, in fractions of integers. Only the result is rounded to the currency's digits, half
//! away from zero, and [`Worked::rounded`] reports it: a tenth off 16.99 is not a whole cent. A plain number
//! is never rounded; it is read as [`Money::parse`] does.
//!
//! Brackets around one unsigned number are a minus on statements, and nothing in a computation. So `(30.00)` is
//! −30.00, and `(30.00)+1`, which may be a number that was pasted and continued, is refused.

mod number;
mod ratio;
mod reader;
#[cfg(test)]
mod tests;

use super::{
    Currency, Kind, Language, Money,
    fold::{is_blank, is_invisible},
    money::MoneyError,
};
use number::{Digits, NumberContext, is_part};
use ratio::Ratio;
use reader::{Plain, Reader, is_operator};

/// The result of evaluating a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worked {
    /// The amount.
    pub money: Money,
    /// Whether the text is a computation.
    pub computed: bool,
    /// Whether the amount was rounded, because the currency has no smaller unit.
    pub rounded: bool,
    /// Whether a direction was typed: a leading sign, or brackets around a number.
    pub signed: bool,
}

/// The longest accepted text, in characters.
const LONGEST: usize = 100;

/// The text with one character for each thing that has many: minus signs and dashes, apostrophes, spaces,
/// full-width digits and signs. Invisible characters are dropped, such as the direction marks that come with
/// an amount copied from a page in Hebrew.
fn cleaned(text: &str) -> String {
    let plain = |c: char| {
        Some(match c {
            // Between two cells or lines, not between the digits of one number.
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\t',
            c if is_blank(c) => ' ',
            c if is_invisible(c) => return None,
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
            '`' | '´' | '\u{2b9}' | '\u{2bc}' | '\u{2018}' | '\u{2019}' | '\u{2032}' => '\'',
            '×' | '∗' | '⋅' => '*',
            '÷' | '\u{2044}' | '\u{2215}' => '/',
            '。' | '｡' => '.',
            '、' | '､' => ',',
            '￥' => '¥',
            '￡' => '£',
            '￦' => '₩',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0)?,
            c if c.is_whitespace() => ' ',
            c => c,
        })
    };
    text.chars().filter_map(plain).collect::<String>().trim().to_owned()
}

/// Whether a cleaned text is a computation, beyond signs before a number.
fn is_computation(text: &str) -> bool {
    let number = text.find(|c: char| c.is_ascii_digit() || c == '(').and_then(|at| text.get(at..));
    number.is_some_and(|number| number.contains(is_operator))
}

/// Whether a cleaned text has two integers with a dash and no space between them, the second with exactly the
/// currency's digits: `12-50` is a price to some and a difference to others. Spaces on both sides make it a
/// difference.
fn is_dashed(text: &str, place: NumberContext) -> bool {
    place.digits > 0
        && text.match_indices('-').any(|(at, _)| {
            let (before, after) = (&text[..at], &text[at + 1..]);
            let (word, left) = before.split_at(before.trim_end_matches(is_part).len());
            // The point of an abbreviation: `Fr.12-50`.
            let left = left.strip_prefix('.').filter(|_| word.ends_with(char::is_alphabetic)).unwrap_or(left);
            let right = &after[..after.len() - after.trim_start_matches(is_part).len()];
            let spaced = left.ends_with(' ') && right.starts_with(' ');
            let right = right.trim();
            let decimals =
                right.len() == usize::from(place.digits) && right.bytes().all(|c| c.is_ascii_digit());
            !spaced && decimals && number::read(left, place).is_ok_and(|left| left.fraction.is_empty())
        })
}

/// The content of a text that is one number in brackets: on statements such a number is negative.
fn bracketed(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('(')?;
    let (inside, after) = rest.split_once(')')?;
    let only_sign = |text: &str| !text.contains(|c: char| is_operator(c) || c.is_ascii_digit());
    let inside = inside.trim_start();
    // A minus inside the brackets repeats the same.
    let inside = inside.strip_prefix('-').unwrap_or(inside);
    (only_sign(before) && only_sign(after) && !inside.contains(is_operator))
        .then(|| format!("{before}{inside}{after}"))
}

/// Parses a typed amount, and evaluates it if it is a computation. A plain number is never rounded.
///
/// # Errors
/// If the text is not an amount, or can be read in two ways.
pub fn work_out(text: &str, currency: Currency, language: Language) -> Result<Worked, MoneyError> {
    let text = cleaned(text);
    let digits = currency.digits();
    let refused = Err(MoneyError::NotANumber { digits });
    if text.is_empty() {
        return Err(MoneyError::Missing);
    }
    if text.contains('\t') {
        return Err(MoneyError::Ambiguous { digits });
    }
    let lone = bracketed(&text);
    let text = lone.as_ref().unwrap_or(&text);
    let computed = is_computation(text);
    if computed && text.chars().count() > LONGEST {
        return refused;
    }
    if computed && is_dashed(text, NumberContext { digits, language, factor: false }) {
        return Err(MoneyError::Dashed { digits });
    }
    let mut reader = Reader { rest: text, depth: 0, factor: false, bracketed: false, currency, language };
    let (value, signed) = if computed {
        let signed = text.starts_with(['+', '-']);
        (reader.sum()?, signed)
    } else {
        let Plain { whole, fraction, negative, signed } = reader.plain()?;
        if fraction.len() > usize::from(digits) {
            return Err(MoneyError::TooManyDigits { digits });
        }
        let value = Ratio::of(&Digits { whole, fraction })?;
        (if negative { value.negated()? } else { value }, signed)
    };
    if !reader.rest.trim_start().is_empty() {
        return refused;
    }
    if reader.bracketed {
        return Err(MoneyError::Bracketed);
    }
    let value = if lone.is_some() { value.negated()? } else { value };
    let unit = Ratio { over: 10_i128.pow(u32::from(digits)), under: 1 };
    let minor = value.times(unit)?;
    let (whole, rest) = (minor.over / minor.under, minor.over % minor.under);
    let up = rest.unsigned_abs() * 2 >= minor.under.unsigned_abs();
    let whole = whole.saturating_add(if up { minor.over.signum() } else { 0 });
    let money = i64::try_from(whole).ok().filter(|minor| minor.unsigned_abs() < Money::LIMIT.unsigned_abs());
    let money = Money::from_minor(money.ok_or(MoneyError::TooLarge)?, currency);
    Ok(Worked { money, computed, rounded: rest != 0, signed: signed || lone.is_some() })
}

/// Reads a typed amount as a plain signed one. Without a typed sign the article's kind determines the
/// direction.
///
/// # Errors
/// As [`work_out`]. Also refuses a computation with a negative result and no leading sign, since it would
/// silently turn an expense into income or the other way round.
pub fn plainly(
    text: &str,
    kind: Option<Kind>,
    currency: Currency,
    language: Language,
) -> Result<String, MoneyError> {
    let Worked { money, signed, .. } = work_out(text, currency, language)?;
    if matches!(kind, Some(Kind::Expense | Kind::Income)) && !signed && money.is_negative() {
        return Err(MoneyError::BelowZero);
    }
    Ok(match kind {
        Some(Kind::Expense) if !signed => money.negated().to_string(),
        _ => money.to_string(),
    })
}

/// The text with the opposite sign: plus if it had a minus or no sign, minus if it had a plus.
#[must_use]
pub fn with_other_sign(text: &str) -> String {
    let text = cleaned(text);
    if let Some(inside) = bracketed(&text) {
        return format!("+{inside}");
    }
    if is_computation(&text) {
        // The sign of the whole is inverted, not that of its first number.
        let inside = |start: &str| {
            let inside = text.strip_prefix(start)?.strip_suffix(')')?;
            (!inside.contains(['(', ')'])).then_some(inside)
        };
        return match (inside("-("), inside("+(")) {
            (Some(inside), _) => format!("+({inside})"),
            (None, Some(inside)) => format!("-({inside})"),
            (None, None) if text.starts_with(['+', '-']) => format!("-({text})"),
            (None, None) => format!("+({text})"),
        };
    }
    let unsigned = text.replacen(['+', '-'], "", 1);
    if text.contains('+') { format!("-{unsigned}") } else { format!("+{unsigned}") }
}

/// The text continued by an operator key. A minus after a number subtracts, so it gets spaces: without them two integers
/// with a dash between them can be read in two ways.
#[must_use]
pub fn with_operator(text: &str, operator: &str) -> String {
    let before = text.trim_end();
    let ends_a_term = before.ends_with(|c: char| c.is_ascii_digit() || matches!(c, ')' | '.' | ','));
    if ends_a_term && cleaned(operator) == "-" {
        format!("{before} {operator} ")
    } else {
        format!("{text}{operator}")
    }
}
