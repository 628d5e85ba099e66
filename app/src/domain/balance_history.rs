//! What was in a center at the end of each month.

use super::{Money, Month};
use serde::{Deserialize, Serialize};

/// What was in a center at the end of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MonthBalance {
    /// The month.
    pub month: Month,
    /// In the currency of the center.
    pub balance: Money,
}

/// So many months at once.
pub const MOST_MONTHS: i16 = 120;

/// What was there at the end of each month from one to another, both included: what it opened with and all
/// that moved up to then. `sums` has what moved in each month, in minor units; months may be missing.
#[must_use]
pub fn history(opening: Money, sums: &[(Month, i64)], from: Month, to: Month) -> Vec<MonthBalance> {
    let moved = |within: &dyn Fn(Month) -> bool| -> i64 {
        let sums = sums.iter().filter(|(month, _)| within(*month));
        sums.fold(0, |all, (_, sum)| all.saturating_add(*sum))
    };
    let mut balance = opening.plus(moved(&|month| month < from));
    let months = from.through(to).map(|month| {
        balance = balance.plus(moved(&|other| other == month));
        MonthBalance { month, balance }
    });
    months.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_month_ends_with_what_opened_and_all_that_moved_up_to_then(
            opening in -1000..1000_i64,
            moves in prop::collection::vec((0..30_i16, -500..500_i64), 0..40),
            from in 0..30_i16, count in 0..30_i16,
        ) {
            let start: Month = "2025-01".parse().expect("a month");
            let sums: Vec<(Month, i64)> = moves.iter().map(|(at, sum)| (start.plus(*at), *sum)).collect();
            let (first, last) = (start.plus(from), start.plus(from + count));
            let rows = history(Money::from_minor(opening, Currency::EUR), &sums, first, last);
            prop_assert_eq!(rows.len(), usize::try_from(count).expect("not negative") + 1);
            for row in rows {
                let sum: i64 = sums.iter().filter(|(month, _)| *month <= row.month).map(|(_, sum)| sum).sum();
                prop_assert_eq!(row.balance.minor(), opening + sum);
            }
        }
    }
}
