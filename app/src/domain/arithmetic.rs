//! An amount that is worked out while it is typed: `16.99*3+2`, `120/2`, `(8 + 4,50) × 2`.
//!
//! Everything is computed exactly, as fractions of whole numbers. Only the end is brought to the
//! currency's digits, half a unit away from zero, and then it says so: a tenth off 16.99 is no whole cent.
//! A plain number is never rounded, it is read as [`Money::parse`] does.

use super::{
    Currency, Kind, Money,
    money::{MoneyError, has_sign},
};

/// What a text came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worked {
    /// The amount.
    pub money: Money,
    /// There was something to work out.
    pub computed: bool,
    /// It is not exactly this: the currency has no smaller unit.
    pub rounded: bool,
}

/// More characters than anybody types into an amount.
const LONGEST: usize = 100;
/// Brackets within brackets.
const DEEPEST: u8 = 8;

const fn is_operator(c: char) -> bool {
    matches!(c, '+' | '-' | '\u{2212}' | '*' | '×' | '/' | '÷' | '(' | ')')
}

/// Whether there is something to work out in a text, beyond a sign before a number.
#[must_use]
pub fn is_computation(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['+', '-', '\u{2212}']);
    text.contains(is_operator)
}

/// Reads an amount, working it out where it is a computation.
///
/// # Errors
/// As [`Money::parse`].
pub fn work_out(text: &str, currency: Currency) -> Result<Worked, MoneyError> {
    if !is_computation(text) {
        let money = Money::parse(text, currency)?;
        return Ok(Worked { money, computed: false, rounded: false });
    }
    if text.chars().count() > LONGEST {
        return Err(MoneyError::NotANumber);
    }
    let mut reader = Reader { rest: text, depth: 0 };
    let value = reader.sum()?;
    if !reader.rest.trim_start().is_empty() {
        return Err(MoneyError::NotANumber);
    }
    let unit = Ratio { over: 10_i128.pow(u32::from(currency.digits())), under: 1 };
    let minor = value.times(unit)?;
    let (whole, rest) = (minor.over / minor.under, minor.over % minor.under);
    let up = rest.unsigned_abs() * 2 >= minor.under.unsigned_abs();
    let whole = whole.saturating_add(if up { minor.over.signum() } else { 0 });
    let money = i64::try_from(whole).ok().filter(|minor| minor.unsigned_abs() < Money::LIMIT.unsigned_abs());
    let money = Money::from_minor(money.ok_or(MoneyError::TooLarge)?, currency);
    Ok(Worked { money, computed: true, rounded: rest != 0 })
}

/// What was typed as a plain amount with a sign: that of the article unless one was typed. What cannot be
/// worked out stays as it is, to be refused where it is read.
#[must_use]
pub fn plainly(text: &str, kind: Option<Kind>, currency: Currency) -> String {
    let direction = kind.filter(|_| !has_sign(text));
    match work_out(text, currency) {
        Ok(Worked { money, .. }) => match direction {
            Some(Kind::Expense) => money.negated().to_string(),
            _ => money.to_string(),
        },
        Err(_) => text.to_owned(),
    }
}

/// A fraction in lowest terms with a positive denominator.
#[derive(Clone, Copy)]
struct Ratio {
    over: i128,
    under: i128,
}

impl Ratio {
    fn new(over: i128, under: i128) -> Result<Self, MoneyError> {
        if under == 0 {
            return Err(MoneyError::NotANumber);
        }
        let (mut a, mut b) = (over.unsigned_abs(), under.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = i128::try_from(a.max(1)).map_err(|_| MoneyError::TooLarge)? * under.signum();
        // The least number there is has no opposite.
        let lowest = over.checked_div(divisor).zip(under.checked_div(divisor));
        lowest.map(|(over, under)| Self { over, under }).ok_or(MoneyError::TooLarge)
    }

    fn plus(self, other: Self) -> Result<Self, MoneyError> {
        let left = self.over.checked_mul(other.under);
        let right = other.over.checked_mul(self.under);
        let over = left.zip(right).and_then(|(left, right)| left.checked_add(right));
        let under = self.under.checked_mul(other.under);
        let (over, under) = over.zip(under).ok_or(MoneyError::TooLarge)?;
        Self::new(over, under)
    }

    fn times(self, other: Self) -> Result<Self, MoneyError> {
        let over = self.over.checked_mul(other.over);
        let (over, under) = over.zip(self.under.checked_mul(other.under)).ok_or(MoneyError::TooLarge)?;
        Self::new(over, under)
    }

    fn negated(self) -> Result<Self, MoneyError> {
        self.times(Self { over: -1, under: 1 })
    }

    fn inverted(self) -> Result<Self, MoneyError> {
        Self::new(self.under, self.over)
    }
}

/// Reads from left to right; `rest` is what has not been read.
struct Reader<'a> {
    rest: &'a str,
    depth: u8,
}

impl Reader<'_> {
    /// Takes one of these signs if it comes next.
    fn take(&mut self, signs: &[char]) -> Option<char> {
        self.rest = self.rest.trim_start();
        let next = self.rest.chars().next().filter(|c| signs.contains(c))?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    fn sum(&mut self) -> Result<Ratio, MoneyError> {
        let first = self.signed()?;
        let mut value = self.product(first)?;
        while let Some(sign) = self.take(&['+', '-', '\u{2212}']) {
            // Not signed: two such signs beside each other are a slip.
            let first = self.single()?;
            let next = self.product(first)?;
            value = value.plus(if sign == '+' { next } else { next.negated()? })?;
        }
        Ok(value)
    }

    fn product(&mut self, first: Ratio) -> Result<Ratio, MoneyError> {
        let mut value = first;
        while let Some(sign) = self.take(&['*', '×', '/', '÷']) {
            let next = self.signed()?;
            value = value.times(if matches!(sign, '*' | '×') { next } else { next.inverted()? })?;
        }
        Ok(value)
    }

    /// A factor, `-2` too.
    fn signed(&mut self) -> Result<Ratio, MoneyError> {
        match self.take(&['+', '-', '\u{2212}']) {
            None | Some('+') => self.single(),
            Some(_) => self.single()?.negated(),
        }
    }

    fn single(&mut self) -> Result<Ratio, MoneyError> {
        if self.take(&['(']).is_none() {
            return self.number();
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(MoneyError::NotANumber);
        }
        let value = self.sum()?;
        self.depth -= 1;
        self.take(&[')']).map(|_| value).ok_or(MoneyError::NotANumber)
    }

    /// A number as people write it, with as many digits as they like.
    fn number(&mut self) -> Result<Ratio, MoneyError> {
        let end = self.rest.find(is_operator).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        // Nothing between two operators is no missing amount.
        let parts = super::money::split(text).map_err(|_| MoneyError::NotANumber)?;
        let (negative, whole, fraction) = parts;
        if negative {
            return Err(MoneyError::NotANumber);
        }
        let mut over: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            let next = over.checked_mul(10).and_then(|over| over.checked_add(i128::from(digit - b'0')));
            over = next.ok_or(MoneyError::TooLarge)?;
        }
        let under = u32::try_from(fraction.len()).ok().and_then(|digits| 10_i128.checked_pow(digits));
        Ratio::new(over, under.ok_or(MoneyError::TooLarge)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn worked(text: &str) -> Result<(i64, bool), MoneyError> {
        work_out(text, Currency::EUR).map(|worked| (worked.money.minor(), worked.rounded))
    }

    #[test]
    fn amounts_are_worked_out_as_on_paper() {
        for (text, minor) in [
            ("16.99*3+2", 5297),
            ("120/2", 6000),
            ("2+3*4", 1400),
            ("(2+3)*4", 2000),
            ("10-2-3", 500),
            ("100/3*3", 10000),
            ("0,1+0,2", 30),
            ("1 000 × 2", 200_000),
            ("12\u{2212}2,50", 950),
            ("-(4+6)", -1000),
            ("3*-2", -600),
            ("1/8*8", 100),
            ("+5+5", 1000),
        ] {
            assert_eq!(worked(text), Ok((minor, false)), "{text}");
        }
    }

    #[test]
    fn only_the_end_is_rounded_and_says_so() {
        assert_eq!(worked("16.99*1.1"), Ok((1869, true)));
        assert_eq!(worked("100/3"), Ok((3333, true)));
        assert_eq!(worked("-100/3"), Ok((-3333, true)));
        assert_eq!(worked("0.01/2"), Ok((1, true)), "half a cent goes away from zero");
        assert_eq!(worked("-0.01/2"), Ok((-1, true)));
        assert_eq!(
            worked("1.005"),
            Err(MoneyError::TooManyDigits { digits: 2 }),
            "a plain number is not rounded"
        );
    }

    #[test]
    fn what_is_no_computation_is_refused() {
        for text in
            ["1+", "*2", "1//2", "1++2", "(1", "1)", "()", "1+a", "1/0", "1/(2-2)", "2(3)", "--1", "1+.", "+"]
        {
            assert_eq!(worked(text), Err(MoneyError::NotANumber), "{text}");
        }
        let least = "(18446744073709551616*-9223372036854775808)";
        for text in [
            format!("1/{least}"),
            format!("{least}/-1"),
            format!("{least}*-1"),
            "-9223372036854775808/100".into(),
        ] {
            assert_eq!(worked(&text), Err(MoneyError::TooLarge), "{text}");
        }
        assert_eq!(worked("99999999999*99999999999*99999999999*99999999999"), Err(MoneyError::TooLarge));
        assert_eq!(worked(&"(".repeat(99)), Err(MoneyError::NotANumber));
    }

    #[test]
    fn the_direction_comes_from_the_article_unless_it_is_typed() {
        let read = |text: &str, kind| plainly(text, Some(kind), Currency::EUR);
        assert_eq!(read("10-3", Kind::Expense), "-7.00");
        assert_eq!(read("10-3", Kind::Income), "7.00");
        assert_eq!(read("+10-3", Kind::Expense), "7.00", "a refund");
        assert_eq!(read("-10-3", Kind::Income), "-13.00");
        assert_eq!(read("12,50", Kind::Expense), "-12.50");
        assert_eq!(read("twelve", Kind::Expense), "twelve");
    }

    proptest! {
        #[test]
        fn sums_and_products_are_those_of_whole_cents(a in 0..1_000_000_i64, b in 0..1_000_000_i64, n in 1..1000_i64) {
            let money = |minor| Money::from_minor(minor, Currency::EUR);
            prop_assert_eq!(worked(&format!("{}+{}*{n}", money(a), money(b))), Ok((a + b * n, false)));
            prop_assert_eq!(worked(&format!("({}-{})*{n}", money(a), money(b))), Ok(((a - b) * n, false)));
            prop_assert_eq!(worked(&format!("{}*{n}/{n}+0", money(a))), Ok((a, false)));
        }

        #[test]
        fn no_text_panics_and_what_comes_out_is_within_the_limit(text in "[0-9+*/()., \u{2212}×÷-]{0,40}") {
            if let Ok(worked) = work_out(&text, Currency::EUR) {
                prop_assert!(worked.money.minor().abs() < Money::LIMIT);
            }
        }
    }
}
