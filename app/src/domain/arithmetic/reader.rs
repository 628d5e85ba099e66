//! Parses a cleaned text from left to right, and evaluates it.

use super::{
    number::{self, Digits, NumberContext, Unread, is_part},
    ratio::Ratio,
};
use crate::domain::{
    Currency, Language,
    currency_sign::{Whose, is_symbol, whose},
    money::MoneyError,
};

/// The deepest nesting of brackets.
const DEEPEST: u8 = 8;

/// The characters of a computation, besides those of numbers.
pub(super) const fn is_operator(c: char) -> bool {
    matches!(c, '+' | '-' | '*' | '/' | '(' | ')')
}

/// A number with its sign.
pub(super) struct Plain {
    pub whole: String,
    pub fraction: String,
    pub negative: bool,
    pub signed: bool,
}

/// A left-to-right parser; `rest` is the unread text.
pub(super) struct Reader<'a> {
    pub rest: &'a str,
    pub depth: u8,
    /// Whether the last token was a multiplication or division sign.
    pub factor: bool,
    /// Whether brackets around a single unsigned number were read.
    pub bracketed: bool,
    pub currency: Currency,
    pub language: Language,
}

impl Reader<'_> {
    fn no_number(&self) -> MoneyError {
        MoneyError::NotANumber { digits: self.currency.digits() }
    }

    /// Consumes one of these signs if it comes next.
    fn take(&mut self, signs: &[char]) -> Option<char> {
        self.rest = self.rest.trim_start();
        let next = self.rest.chars().next().filter(|c| signs.contains(c))?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }

    /// Consumes the currency's own sign if it comes next.
    fn currency_sign(&mut self) -> Result<(), MoneyError> {
        self.rest = self.rest.trim_start();
        let rest = self.rest;
        let end = rest.find(|c| is_operator(c) || is_part(c)).unwrap_or(rest.len());
        let (sign, rest) = rest.split_at(end);
        if sign.is_empty() {
            return Ok(());
        }
        // A word may be abbreviated: `руб.`, `Fr.`
        self.rest = rest.strip_prefix('.').filter(|_| !sign.ends_with(is_symbol)).unwrap_or(rest);
        match whose(sign, self.currency) {
            Whose::Own => Ok(()),
            Whose::Other => Err(MoneyError::OtherCurrency { digits: self.currency.digits() }),
            Whose::Nobody => Err(self.no_number()),
        }
    }

    /// Parses a single number, with its sign before or after that of the currency.
    pub fn plain(&mut self) -> Result<Plain, MoneyError> {
        let mut sign = self.take(&['+', '-']);
        self.currency_sign()?;
        if sign.is_none() {
            sign = self.take(&['+', '-']);
            self.currency_sign()?;
        }
        let Digits { whole, fraction } = self.digits()?;
        self.currency_sign()?;
        Ok(Plain { whole, fraction, negative: sign == Some('-'), signed: sign.is_some() })
    }

    pub fn sum(&mut self) -> Result<Ratio, MoneyError> {
        let first = self.signed()?;
        let mut value = self.product(first)?;
        while let Some(sign) = self.take(&['+', '-']) {
            // The operand has no sign: two signs in a row are a typing error.
            let first = self.single()?;
            let next = self.product(first)?;
            value = value.plus(if sign == '+' { next } else { next.negated()? })?;
        }
        Ok(value)
    }

    fn product(&mut self, first: Ratio) -> Result<Ratio, MoneyError> {
        let mut value = first;
        while let Some(sign) = self.take(&['*', '/']) {
            self.factor = true;
            let next = self.signed()?;
            self.factor = false;
            if sign == '/' && next.over == 0 {
                return Err(self.no_number());
            }
            value = value.times(if sign == '*' { next } else { next.inverted()? })?;
        }
        Ok(value)
    }

    /// Parses a factor, including `-2`.
    fn signed(&mut self) -> Result<Ratio, MoneyError> {
        match self.take(&['+', '-']) {
            None | Some('+') => self.single(),
            Some(_) => self.single()?.negated(),
        }
    }

    fn single(&mut self) -> Result<Ratio, MoneyError> {
        self.currency_sign()?;
        let value = if self.take(&['(']).is_none() {
            Ratio::of(&self.digits()?)?
        } else {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(self.no_number());
            }
            self.factor = false;
            // A sign inside says what the brackets would: `(-30)` is negative either way.
            let inside = self.rest.split_once(')').map(|(inside, _)| inside);
            self.bracketed |= inside.is_some_and(|inside| !inside.contains(is_operator));
            let value = self.sum()?;
            self.depth -= 1;
            self.take(&[')']).ok_or_else(|| self.no_number())?;
            value
        };
        self.currency_sign()?;
        Ok(value)
    }

    /// Parses the digits of a number.
    fn digits(&mut self) -> Result<Digits, MoneyError> {
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        let digits = self.currency.digits();
        let factor = self.factor || rest.starts_with(['*', '/']);
        number::read(text, NumberContext { digits, language: self.language, factor }).map_err(|unread| {
            match unread {
                Unread::NoNumber => MoneyError::NotANumber { digits },
                Unread::Ambiguous => MoneyError::Ambiguous { digits },
            }
        })
    }
}
