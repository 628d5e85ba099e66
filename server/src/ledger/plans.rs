//! Reading plans and the months of the plan page.

use super::{Ledger, fault::Fault};
use crate::db::{self, Tx};
use app::{
    domain::{HouseholdId, Month, MonthRange, Plan, Reason, plan::NewPlan},
    error::AppError,
    service::{Actor, Grid, Read},
};

/// The most plans in one response: twice the months of a grid with a thousand categories.
pub(super) const MOST_READ: i64 = 50_000;

fn too_wide() -> AppError {
    AppError::field("to", Reason::OutOfRange)
}

fn range(from: Month, to: Month) -> Result<MonthRange, AppError> {
    MonthRange::new(from, to).ok_or_else(too_wide)
}

impl Ledger {
    pub(super) async fn do_grid(&self, actor: Actor, from: Month, to: Month) -> Result<Grid, Fault> {
        let months = range(from, to)?.at_most(Grid::MOST_MONTHS).ok_or_else(too_wide)?;
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        Ok(Grid {
            position,
            plans: db::plans::between(&mut tx, actor.household, months, MOST_READ).await?,
            months: db::totals::months(&mut tx, actor.household, months).await?,
        })
    }

    pub(super) async fn do_plans(
        &self,
        actor: Actor,
        from: Month,
        to: Month,
    ) -> Result<Read<Vec<Plan>>, Fault> {
        let months = range(from, to)?;
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let value = db::plans::between(&mut tx, actor.household, months, MOST_READ + 1).await?;
        // Refused instead of cut off: a list without some of its rows looks like a complete list.
        if i64::try_from(value.len()).is_ok_and(|count| count > MOST_READ) {
            return Err(AppError::field("to", Reason::TooManyPlans).into());
        }
        Ok(Read { value, position })
    }
}

/// The plans of these cells, as far as they were ever set.
pub(super) async fn standing(
    tx: &mut Tx,
    household: HouseholdId,
    cells: &[NewPlan],
) -> Result<Vec<Plan>, Fault> {
    let cells: Vec<_> = cells.iter().map(|cell| (cell.article_id, cell.month)).collect();
    Ok(db::plans::of_cells(tx, household, &cells).await?)
}
