//! Setting plans, one or a column of them in one change, and reading the months of the grid.

use super::{
    Ledger,
    fault::Fault,
    write::{Begun, Order, check_version},
};
use crate::db::{self, Tx};
use app::{
    domain::{
        ArticleId, FieldError, HouseholdId, Kind, Money, Month, MonthRange, Plan, PlanForm, Reason,
        plan::{MOST_CELLS, NewPlan},
    },
    error::AppError,
    service::{Actor, Grid, Read, Written},
    wire::Change,
};

/// So many plans in one answer: the months of a grid with a thousand categories, twice.
pub(super) const MOST_READ: i64 = 50_000;

fn too_many() -> AppError {
    AppError::field("to", Reason::OutOfRange)
}

fn range(from: Month, to: Month) -> Result<MonthRange, AppError> {
    MonthRange::new(from, to).ok_or_else(too_many)
}

impl Ledger {
    pub(super) async fn do_grid(&self, actor: Actor, from: Month, to: Month) -> Result<Grid, Fault> {
        let months = range(from, to)?.at_most(Grid::MOST_MONTHS).ok_or_else(too_many)?;
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        Ok(Grid {
            position,
            plans: db::plans::between(&mut tx, actor.household, months, MOST_READ).await?,
            months: db::facts::months(&mut tx, actor.household, months).await?,
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
        // Refused, and not cut off: a list that lacks some of its rows looks like a list.
        if i64::try_from(value.len()).is_ok_and(|count| count > MOST_READ) {
            return Err(too_many().into());
        }
        Ok(Read { value, position })
    }

    pub(super) async fn set_plans(
        &self,
        order: Order,
        forms: &[PlanForm],
    ) -> Result<Written<Vec<Plan>>, Fault> {
        let actor = order.actor;
        let new = checked(forms)?;
        let subject = actor.household.uuid();
        let begun = order.begin(self, subject).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let value = standing(&mut repeat.tx, actor.household, &new).await?;
                return Ok(Written { value, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let currency = db::households::find(&mut write.tx, actor.household).await?.currency;
        let mut changed = false;
        for plan in &new {
            let amount =
                Money::parse(&plan.amount, currency).map_err(|error| AppError::field("amount", error))?;
            if amount.is_negative() {
                return Err(AppError::field("amount", Reason::Negative).into());
            }
            check_article(&mut write.tx, actor.household, plan.article_id).await?;
            let old = db::plans::find(&mut write.tx, actor.household, plan.article_id, plan.month).await?;
            let version = old.as_ref().map_or(0, |old| old.version);
            let row = Plan {
                article_id: plan.article_id,
                month: plan.month,
                amount,
                version: version + 1,
                updated_by: actor.member,
                updated_at: write.now,
            };
            check_version(plan.version, version, &old.as_ref().unwrap_or(&Plan { version, ..row.clone() }))?;
            if old.as_ref().is_some_and(|old| old.amount == amount) {
                continue;
            }
            changed = true;
            db::plans::put(&mut write.tx, actor.household, &row).await?;
            match old {
                Some(old) => write.changed(Change::PlanUpdated(row), &old)?,
                None => write.created(Change::PlanUpdated(row)),
            }
        }
        let value = standing(&mut write.tx, actor.household, &new).await?;
        if !changed {
            return Ok(Written { value, position: write.nothing_to_do(), repeated: true });
        }
        let position = write.commit(self).await?;
        Ok(Written { value, position, repeated: false })
    }
}

fn checked(forms: &[PlanForm]) -> Result<Vec<NewPlan>, Vec<FieldError>> {
    let refused = |reason| vec![FieldError { field: "items".into(), reason }];
    if forms.is_empty() {
        return Err(refused(Reason::Required));
    }
    if forms.len() > MOST_CELLS {
        return Err(refused(Reason::OutOfRange));
    }
    let new = forms.iter().map(PlanForm::new_plan).collect::<Result<Vec<_>, _>>()?;
    let mut cells: Vec<_> = new.iter().map(|plan| (plan.article_id, plan.month)).collect();
    cells.sort_unstable();
    // Two amounts for one cell: which was meant?
    if cells.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(refused(Reason::Duplicate));
    }
    Ok(new)
}

/// The plans of these cells as they stand; those that somebody ever set.
async fn standing(tx: &mut Tx, household: HouseholdId, cells: &[NewPlan]) -> Result<Vec<Plan>, Fault> {
    let mut rows = Vec::with_capacity(cells.len());
    for cell in cells {
        rows.extend(db::plans::find(tx, household, cell.article_id, cell.month).await?);
    }
    Ok(rows)
}

/// Plans are for what comes in and goes out; an archived article may still be planned down to zero.
pub(super) async fn check_article(tx: &mut Tx, household: HouseholdId, id: ArticleId) -> Result<(), Fault> {
    let reason = match db::articles::find(tx, household, id).await? {
        Some((article, false)) if article.kind != Kind::Transfer => return Ok(()),
        Some((_, false)) => Reason::KindDiffers,
        Some((_, true)) | None => Reason::NotFound,
    };
    Err(AppError::field("article_id", reason).into())
}
