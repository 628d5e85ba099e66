//! Money as an integer number of minor units. Floats are used nowhere.

use super::{Currency, digit_groups::ungrouped};
use serde::{Deserialize, Serialize, de};
use std::{fmt, str::FromStr};

/// An exact amount: minor units, and the number of digits after the decimal point.
///
/// On the wire it is a string with exactly that many decimals, `"-12.50"` or `"1500"`, so that parsing it
/// recovers the precision. Negative is spent, positive is received.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    digits: u8,
}

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is empty.
    #[error("the amount is missing")]
    Missing,
    /// The text is not a decimal number.
    #[error("not a decimal number")]
    NotANumber {
        /// The digits of the currency, for an example of the format.
        digits: u8,
    },
    /// The number can be read in two ways, such as `1,234`, or its digits are grouped, but not by three.
    #[error("the amount can be read in two ways")]
    Ambiguous {
        /// The digits of the currency, for an example of the format.
        digits: u8,
    },
    /// Two numbers with a dash and no space between them, such as `12-50`: an amount or a difference.
    #[error("the amount can be read as a decimal number and as a difference")]
    Dashed {
        /// The digits of the currency, for an example of the format.
        digits: u8,
    },
    /// A computation with a negative result and no leading sign, which would change the direction of the
    /// money.
    #[error("the result is below zero")]
    BelowZero,
    /// Brackets around a single number within a computation: they may be a minus, or nothing.
    #[error("brackets around a number may mean that it is negative")]
    Bracketed,
    /// The text names another currency.
    #[error("the sign of another currency")]
    OtherCurrency {
        /// The digits of the currency, for an example of the format.
        digits: u8,
    },
    /// More decimals than the currency has; amounts are never rounded.
    #[error("the currency has {digits} digits after the point")]
    TooManyDigits {
        /// The digits of the currency.
        digits: u8,
    },
    /// 10¹³ minor units or more.
    #[error("the amount is too large")]
    TooLarge,
    /// The amount of a transaction is zero.
    #[error("the amount is zero")]
    Zero,
}

impl MoneyError {
    /// The stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "required",
            Self::NotANumber { .. } => "not_a_number",
            Self::Ambiguous { .. } | Self::Dashed { .. } | Self::Bracketed => "ambiguous",
            Self::BelowZero => "below_zero",
            Self::OtherCurrency { .. } => "other_currency",
            Self::TooManyDigits { .. } => "too_many_digits",
            Self::TooLarge => "too_large",
            Self::Zero => "zero",
        }
    }
}

impl MoneyError {
    /// Whether the same text may be an amount of another currency.
    #[must_use]
    pub const fn depends_on_currency(self) -> bool {
        match self {
            Self::Missing | Self::NotANumber { .. } | Self::BelowZero | Self::Bracketed | Self::Zero => false,
            Self::Ambiguous { .. }
            | Self::Dashed { .. }
            | Self::OtherCurrency { .. }
            | Self::TooManyDigits { .. }
            | Self::TooLarge => true,
        }
    }
}

impl Money {
    /// The most decimals of a supported currency.
    pub const MAX_DIGITS: u8 = 3;
    /// The exclusive upper bound of entered amounts, in minor units.
    pub const LIMIT: i64 = 10_000_000_000_000;

    /// An amount of `minor` units of a currency.
    #[must_use]
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, digits: currency.digits() }
    }

    /// Zero, in a currency.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self::from_minor(0, currency)
    }

    /// The number of minor units: cents, yen, fils.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The number of decimals.
    #[must_use]
    pub const fn digits(self) -> u8 {
        self.digits
    }

    /// Whether it is spent rather than received.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The amount with the opposite sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self { minor: self.minor.saturating_neg(), digits: self.digits }
    }

    /// Adds minor units of the same currency. The limit on amounts leaves room for a million of the largest
    /// ones; beyond that the sum saturates instead of wrapping.
    #[must_use]
    pub const fn plus(self, minor: i64) -> Self {
        Self { minor: self.minor.saturating_add(minor), digits: self.digits }
    }

    /// Parses an amount as programs send it: a point or a comma before the decimals, a minus sign, spaces
    /// between groups of three digits. Amounts typed by people are read by [`super::arithmetic::work_out`],
    /// which knows their language. Zero is allowed here; see [`Money::parse_entry`].
    ///
    /// # Errors
    /// What is wrong with the text; nothing is ever rounded.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let digits = currency.digits();
        let (negative, whole, fraction) = split(text, digits)?;
        if fraction.len() > usize::from(digits) {
            return Err(MoneyError::TooManyDigits { digits });
        }
        let mut minor: i64 = 0;
        let padding = usize::from(digits) - fraction.len();
        for digit in whole.bytes().chain(fraction.bytes()).chain(std::iter::repeat_n(b'0', padding)) {
            minor = minor
                .checked_mul(10)
                .and_then(|minor| minor.checked_add(i64::from(digit - b'0')))
                .filter(|minor| *minor < Self::LIMIT)
                .ok_or(MoneyError::TooLarge)?;
        }
        Ok(Self { minor: if negative { -minor } else { minor }, digits })
    }

    /// [`Money::parse`] for the amount of a fact, which is never zero.
    ///
    /// # Errors
    /// As [`Money::parse`], and [`MoneyError::Zero`].
    pub fn parse_entry(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        match Self::parse(text, currency)? {
            Self { minor: 0, .. } => Err(MoneyError::Zero),
            amount => Ok(amount),
        }
    }
}

/// Splits a text into its sign, the digits before the point, and those after it.
fn split(text: &str, digits: u8) -> Result<(bool, String, String), MoneyError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(MoneyError::Missing);
    }
    let (negative, unsigned) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text).trim_start()),
    };
    let (whole, fraction) = unsigned.split_once(['.', ',']).unwrap_or((unsigned, ""));
    // Spaces that group digits: plain, no-break, narrow no-break, thin.
    let whole = whole.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ");
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let spaced = whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    if (whole.is_empty() && fraction.is_empty()) || !spaced || !only_digits(fraction) {
        return Err(MoneyError::NotANumber { digits });
    }
    let whole = ungrouped(&whole, &[' ']).ok_or(MoneyError::Ambiguous { digits })?;
    Ok((negative, whole, fraction.to_owned()))
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let unit = 10_u64.pow(u32::from(self.digits));
        let (whole, fraction) = (self.minor.unsigned_abs() / unit, self.minor.unsigned_abs() % unit);
        match self.digits {
            0 => write!(f, "{sign}{whole}"),
            digits => write!(f, "{sign}{whole}.{fraction:0width$}", width = usize::from(digits)),
        }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Parses only what [`Money`]'s `Display` writes.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let fraction = unsigned.split_once('.').map_or("", |(_, fraction)| fraction);
        let digits = u8::try_from(fraction.len()).ok().filter(|digits| *digits <= Self::MAX_DIGITS);
        let digits = digits.ok_or(MoneyError::TooManyDigits { digits: Self::MAX_DIGITS })?;
        let joined = text.replacen('.', "", 1);
        let minor = joined.parse().map_err(|_| MoneyError::NotANumber { digits })?;
        let money = Self { minor, digits };
        if money.to_string() == text { Ok(money) } else { Err(MoneyError::NotANumber { digits }) }
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().expect("a currency")
    }

    fn any_currency() -> impl Strategy<Value = Currency> {
        prop_oneof![Just("EUR"), Just("JPY"), Just("KWD"), Just("RUB")].prop_map(currency)
    }

    proptest! {
        #[test]
        fn an_amount_reads_back_as_it_was_written(minor in -Money::LIMIT + 1..Money::LIMIT, currency in any_currency()) {
            let money = Money::from_minor(minor, currency);
            prop_assert_eq!(Money::parse(&money.to_string(), currency), Ok(money));
            prop_assert_eq!(money.to_string().parse(), Ok(money));
        }

        #[test]
        fn comma_unicode_minus_and_grouping_are_equivalent(minor in 1..Money::LIMIT, currency in any_currency()) {
            let plain = Money::from_minor(-minor, currency).to_string();
            let mut typed = String::from("\u{2212}");
            let digits = plain.trim_start_matches('-');
            let point = digits.find('.').unwrap_or(digits.len());
            for (at, c) in digits.chars().enumerate() {
                if at > 0 && at < point && (point - at).is_multiple_of(3) {
                    typed.push('\u{202f}');
                }
                typed.push(if c == '.' { ',' } else { c });
            }
            prop_assert_eq!(Money::parse(&typed, currency), Money::parse(&plain, currency));
        }

        #[test]
        fn no_text_panics_and_parsed_amounts_are_within_the_limit(text in "\\PC{0,24}", currency in any_currency()) {
            if let Ok(money) = Money::parse(&text, currency) {
                prop_assert!(money.minor().abs() < Money::LIMIT);
                prop_assert_eq!(Money::parse(&money.to_string(), currency), Ok(money));
            }
        }

        #[test]
        fn more_digits_than_the_currency_has_are_refused_not_rounded(whole in 0..1000_u32, extra in "[0-9]{4,9}", currency in any_currency()) {
            let refused = Err(MoneyError::TooManyDigits { digits: currency.digits() });
            prop_assert_eq!(Money::parse(&format!("{whole}.{extra}"), currency), refused);
        }
    }

    #[test]
    fn each_bad_text_has_its_own_refusal() {
        let eur = Currency::EUR;
        let long = "9".repeat(400);
        for (text, error) in [
            ("", MoneyError::Missing),
            ("  ", MoneyError::Missing),
            ("0", MoneyError::Zero),
            ("-0,00", MoneyError::Zero),
            ("1e9", MoneyError::NotANumber { digits: 2 }),
            ("1.2.3", MoneyError::NotANumber { digits: 2 }),
            ("--1", MoneyError::NotANumber { digits: 2 }),
            (".", MoneyError::NotANumber { digits: 2 }),
            ("NaN", MoneyError::NotANumber { digits: 2 }),
            ("١٢", MoneyError::NotANumber { digits: 2 }),
            ("12 50", MoneyError::Ambiguous { digits: 2 }),
            ("1 2345", MoneyError::Ambiguous { digits: 2 }),
            ("1 234 56,00", MoneyError::Ambiguous { digits: 2 }),
            ("1 234 567 ,00", MoneyError::Ambiguous { digits: 2 }),
            ("1.234", MoneyError::TooManyDigits { digits: 2 }),
            ("100000000000.00", MoneyError::TooLarge),
            (long.as_str(), MoneyError::TooLarge),
        ] {
            assert_eq!(Money::parse_entry(text, eur), Err(error), "{text:?}");
        }
        assert_eq!(Money::parse("99999999999.99", eur).map(Money::minor), Ok(Money::LIMIT - 1));
        assert_eq!(Money::parse("1,5", currency("JPY")), Err(MoneyError::TooManyDigits { digits: 0 }));
        assert_eq!(Money::parse(".5", eur).map(Money::minor), Ok(50));
    }
}
