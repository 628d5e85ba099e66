//! What all rows of the book have: a version, which grows with each change.

use super::{Article, Fact, FactGroup, FinancialCenter, Household, Member, Plan, Recurring};
use serde::Serialize;

/// A row with its version.
pub trait Versioned: Serialize {
    /// Its version.
    fn version(&self) -> i64;
}

macro_rules! versioned {
    ($($row:ty),*) => {$(
        impl Versioned for $row {
            fn version(&self) -> i64 {
                self.version
            }
        }
    )*};
}
versioned!(Article, Fact, FactGroup, FinancialCenter, Household, Member, Plan, Recurring);
