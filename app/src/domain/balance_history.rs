//! The balance of a center at the end of each month.

use super::{Money, Month, MonthRange};
use serde::{Deserialize, Serialize};

/// The balance of a center at the end of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MonthBalance {
    /// The month.
    pub month: Month,
    /// The balance, in the currency of the center.
    pub balance: Money,
}

/// Computes the balance at the end of each of these months: the opening balance plus all facts up to then.
/// `sums` holds the sum of each month in minor units; months may be missing and in any order.
#[must_use]
pub fn history(opening: Money, mut sums: Vec<(Month, i64)>, months: MonthRange) -> Vec<MonthBalance> {
    sums.sort_unstable_by_key(|(month, _)| *month);
    let mut sums = sums.into_iter().peekable();
    let mut balance = opening;
    let at_the_end_of = |month| {
        while let Some((_, sum)) = sums.next_if(|(moved, _)| *moved <= month) {
            balance = balance.plus(sum);
        }
        MonthBalance { month, balance }
    };
    months.months().map(at_the_end_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_month_ends_with_the_opening_balance_and_all_sums_up_to_then(
            opening in -1000..1000_i64,
            moves in prop::collection::vec((0..30_i16, -500..500_i64), 0..40),
            from in 0..30_i16, count in 0..30_i16,
        ) {
            let start: Month = "2025-01".parse().expect("a month");
            let sums: Vec<(Month, i64)> = moves.iter().map(|(at, sum)| (start.plus(*at), *sum)).collect();
            let (first, last) = (start.plus(from), start.plus(from + count));
            let months = MonthRange::new(first, last).expect("in order");
            let rows = history(Money::from_minor(opening, Currency::EUR), sums.clone(), months);
            prop_assert_eq!(rows.len(), usize::try_from(count).expect("not negative") + 1);
            for row in rows {
                let sum: i64 = sums.iter().filter(|(month, _)| *month <= row.month).map(|(_, sum)| sum).sum();
                prop_assert_eq!(row.balance.minor(), opening + sum);
            }
        }
    }
}
