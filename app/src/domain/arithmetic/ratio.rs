//! Exact fractions, in which amounts are computed.

use super::number::Digits;
use crate::domain::money::MoneyError;

/// A fraction in lowest terms with a positive denominator.
#[derive(Clone, Copy)]
pub(super) struct Ratio {
    pub over: i128,
    pub under: i128,
}

impl Ratio {
    fn new(over: i128, under: i128) -> Result<Self, MoneyError> {
        if under == 0 {
            return Err(MoneyError::TooLarge);
        }
        let (mut a, mut b) = (over.unsigned_abs(), under.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = i128::try_from(a.max(1)).map_err(|_| MoneyError::TooLarge)? * under.signum();
        // `i128::MIN` has no opposite.
        let lowest = over.checked_div(divisor).zip(under.checked_div(divisor));
        lowest.map(|(over, under)| Self { over, under }).ok_or(MoneyError::TooLarge)
    }

    /// Exactly the number with these digits.
    pub fn of(digits: &Digits) -> Result<Self, MoneyError> {
        let mut over: i128 = 0;
        for digit in digits.whole.bytes().chain(digits.fraction.bytes()) {
            let next = over.checked_mul(10).and_then(|over| over.checked_add(i128::from(digit - b'0')));
            over = next.ok_or(MoneyError::TooLarge)?;
        }
        let under = u32::try_from(digits.fraction.len()).ok().and_then(|digits| 10_i128.checked_pow(digits));
        Self::new(over, under.ok_or(MoneyError::TooLarge)?)
    }

    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        let left = self.over.checked_mul(other.under);
        let right = other.over.checked_mul(self.under);
        let over = left.zip(right).and_then(|(left, right)| left.checked_add(right));
        let under = self.under.checked_mul(other.under);
        let (over, under) = over.zip(under).ok_or(MoneyError::TooLarge)?;
        Self::new(over, under)
    }

    pub fn times(self, other: Self) -> Result<Self, MoneyError> {
        let over = self.over.checked_mul(other.over);
        let (over, under) = over.zip(self.under.checked_mul(other.under)).ok_or(MoneyError::TooLarge)?;
        Self::new(over, under)
    }

    pub fn negated(self) -> Result<Self, MoneyError> {
        self.times(Self { over: -1, under: 1 })
    }

    pub fn inverted(self) -> Result<Self, MoneyError> {
        Self::new(self.under, self.over)
    }
}
