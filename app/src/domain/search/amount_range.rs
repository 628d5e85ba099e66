//! Amounts as a search states them: without a currency.

use super::super::Money;
use std::{fmt, ops::RangeInclusive, str::FromStr};

/// Digits after the decimal point that an amount of a search may have. No currency has more.
const DIGITS: u32 = 4;
/// Digits before the decimal point that it may have.
const WHOLE_DIGITS: usize = 13;

/// A decimal number, in units of 10⁻⁴.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SoughtAmount {
    units: i64,
    /// Whether a sign was typed, so that the direction counts too.
    signed: bool,
}

/// A range of amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountRange {
    /// More than this.
    Over(SoughtAmount),
    /// This or more.
    AtLeast(SoughtAmount),
    /// Less than this.
    Under(SoughtAmount),
    /// This or less.
    AtMost(SoughtAmount),
    /// From the first to the second, which is not less; both have a sign, or neither.
    Between(SoughtAmount, SoughtAmount),
}

impl AmountRange {
    /// From one amount to the other, whichever is greater.
    fn between(one: SoughtAmount, other: SoughtAmount) -> Self {
        let signed = one.signed || other.signed;
        let of = |units| SoughtAmount { units, signed };
        Self::Between(of(one.units.min(other.units)), of(one.units.max(other.units)))
    }

    /// Whether the direction of the money counts, and not only the magnitude.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        match self {
            Self::Over(amount) | Self::AtLeast(amount) | Self::Under(amount) | Self::AtMost(amount) => {
                amount.signed
            }
            Self::Between(least, _) => least.signed,
        }
    }

    /// The range in minor units of a currency with this many digits after the decimal point; empty if its first
    /// number is greater than its last.
    #[must_use]
    pub fn minor(self, digits: u8) -> RangeInclusive<i64> {
        match self {
            Self::Over(amount) => amount.floor(digits).saturating_add(1)..=i64::MAX,
            Self::AtLeast(amount) => amount.ceil(digits)..=i64::MAX,
            Self::Under(amount) => i64::MIN..=amount.ceil(digits).saturating_sub(1),
            Self::AtMost(amount) => i64::MIN..=amount.floor(digits),
            Self::Between(least, most) => least.ceil(digits)..=most.floor(digits),
        }
    }

    /// Whether an amount lies in the range.
    #[must_use]
    pub fn contains(self, amount: Money) -> bool {
        let minor = if self.is_signed() { amount.minor() } else { amount.minor().saturating_abs() };
        self.minor(amount.digits()).contains(&minor)
    }
}

impl SoughtAmount {
    fn scaled(self, digits: u8) -> (i128, i128) {
        (i128::from(self.units) * 10_i128.pow(u32::from(digits.min(9))), 10_i128.pow(DIGITS))
    }

    fn floor(self, digits: u8) -> i64 {
        let (units, scale) = self.scaled(digits);
        narrow(units.div_euclid(scale))
    }

    fn ceil(self, digits: u8) -> i64 {
        let (units, scale) = self.scaled(digits);
        narrow(-(-units).div_euclid(scale))
    }
}

fn narrow(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

/// A text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAmount;

impl FromStr for SoughtAmount {
    type Err = NotAnAmount;

    /// Parses digits with a point or comma before at most four more, and a sign.
    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let (sign, rest) = match text.chars().next() {
            Some('-' | '−' | '–') => (Some(-1), text.trim_start_matches(['-', '−', '–'])),
            Some('+') => (Some(1), &text[1..]),
            _ => (None, text),
        };
        let (whole, fraction) = rest.split_once(['.', ',']).unwrap_or((rest, "0"));
        let digits = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, WHOLE_DIGITS) || !digits(fraction, DIGITS as usize) {
            return Err(NotAnAmount);
        }
        let units: i64 = format!("{whole}{fraction:0<4}").parse().map_err(|_| NotAnAmount)?;
        Ok(Self { units: units * sign.unwrap_or(1), signed: sign.is_some() })
    }
}

impl FromStr for AmountRange {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        for (sign, range) in [
            (">=", Self::AtLeast as fn(_) -> _),
            ("≥", Self::AtLeast),
            ("<=", Self::AtMost),
            ("≤", Self::AtMost),
            (">", Self::Over),
            ("<", Self::Under),
        ] {
            if let Some(rest) = text.strip_prefix(sign) {
                return rest.parse().map(range);
            }
        }
        let equal = text.strip_prefix('=');
        match equal.unwrap_or(text).split_once("..") {
            Some((least, "")) => least.parse().map(Self::AtLeast),
            Some(("", most)) => most.parse().map(Self::AtMost),
            Some((one, other)) => Ok(Self::between(one.parse()?, other.parse()?)),
            None => {
                let amount: SoughtAmount = equal.ok_or(NotAnAmount)?.parse()?;
                Ok(Self::between(amount, amount))
            }
        }
    }
}

impl fmt::Display for SoughtAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match (self.units < 0, self.signed) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        let scale = 10_u64.pow(DIGITS);
        let (whole, fraction) = (self.units.unsigned_abs() / scale, self.units.unsigned_abs() % scale);
        let fraction = format!("{fraction:04}");
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            // Two decimals, as amounts are written in most currencies.
            digits => write!(f, "{sign}{whole}.{digits:0<2}"),
        }
    }
}

impl fmt::Display for AmountRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Over(amount) => write!(f, ">{amount}"),
            Self::AtLeast(amount) => write!(f, ">={amount}"),
            Self::Under(amount) => write!(f, "<{amount}"),
            Self::AtMost(amount) => write!(f, "<={amount}"),
            Self::Between(least, most) if least == most => write!(f, "={least}"),
            Self::Between(least, most) => write!(f, "{least}..{most}"),
        }
    }
}
