//! By how much a write moves the kept sums of the accounts.

use super::fault::Fault;
use crate::db::{self, Tx};
use app::{
    command::{Fate, Revised},
    domain::{Fact, FinancialCenterId, HouseholdId},
};
use std::collections::BTreeMap;

/// What the facts that a write changes add to each center, in minor units.
#[derive(Debug, Default)]
pub(super) struct SumMoves(BTreeMap<FinancialCenterId, i64>);

impl SumMoves {
    /// Notes a changed fact.
    pub fn note(&mut self, row: &Revised<Fact>) {
        // None for a fact that is restored: it counted nothing while it was deleted.
        if let Some(before) = &row.before {
            self.add(before.financial_center_id, before.amount.minor().saturating_neg());
        }
        if row.fate != Fate::Deleted {
            self.add(row.after.financial_center_id, row.after.amount.minor());
        }
    }

    fn add(&mut self, center: FinancialCenterId, minor: i64) {
        let sum = self.0.entry(center).or_default();
        *sum = sum.saturating_add(minor);
    }

    /// Stores the moved sums. If the sums were behind before this write, they are counted anew.
    pub async fn store(self, tx: &mut Tx, household: HouseholdId, kept: bool) -> Result<(), Fault> {
        if !kept {
            return Ok(db::balances::count_anew(tx, household).await?);
        }
        for (center, minor) in self.0.into_iter().filter(|(_, minor)| *minor != 0) {
            db::balances::move_by(tx, household, center, minor).await?;
        }
        Ok(())
    }
}
