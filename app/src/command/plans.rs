//! Setting plans: one or several in one change.

use super::{
    TypedIn,
    decision::{Revised, Stop, check_version},
    known::{Known, Lookup},
};
use crate::{
    domain::{
        ArticleId, FieldError, Kind, Money, Plan, PlanForm, Reason,
        plan::{MOST_CELLS, NewPlan},
    },
    error::AppError,
};

/// Sets the plans whose amounts differ. Each form may name the version that the member saw.
pub(super) fn set(
    known: &dyn Known,
    typed_in: TypedIn,
    forms: &[PlanForm],
) -> Result<Vec<Revised<Plan>>, Stop> {
    let new = cells(forms)?;
    let (currency, stamp) = (known.household().ok_or(Stop::Unknown)?.currency, known.stamp());
    typed_in.check(currency)?;
    let mut changes = Vec::with_capacity(new.len());
    for NewPlan { article_id, month, amount, version: seen } in new {
        let amount = Money::parse(&amount, currency).map_err(|error| AppError::field("amount", error))?;
        if amount.is_negative() {
            return Err(AppError::field("amount", Reason::Negative).into());
        }
        check_article(known, article_id)?;
        let old = match known.plan(article_id, month) {
            Lookup::Found(plan) => Some(plan),
            Lookup::Missing | Lookup::Absent | Lookup::Deleted(_) => None,
            Lookup::NotLoaded => return Err(Stop::Unknown),
        };
        let version = old.as_ref().map_or(0, |old| old.version);
        let row = Plan {
            article_id,
            month,
            amount,
            version: version + 1,
            updated_by: stamp.member,
            updated_at: stamp.now,
        };
        check_version(seen, version, &old.as_ref().unwrap_or(&Plan { version, ..row.clone() }))?;
        match old {
            Some(old) if old.amount == amount => {}
            Some(old) => changes.push(Revised::updated(old, row)),
            None => changes.push(Revised::created(row)),
        }
    }
    if changes.is_empty() { Err(Stop::Already) } else { Ok(changes) }
}

/// Parses the forms; each cell may occur only once.
///
/// # Errors
/// Names every refused field.
pub fn cells(forms: &[PlanForm]) -> Result<Vec<NewPlan>, Vec<FieldError>> {
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
    // Two amounts for one cell are ambiguous.
    if cells.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(refused(Reason::Duplicate));
    }
    Ok(new)
}

/// Plans are for income and expenses, not for transfers. An archived article is accepted, so that its plans
/// can be set to zero.
pub(super) fn check_article(known: &dyn Known, id: ArticleId) -> Result<(), Stop> {
    let reason = match known.article(id) {
        Lookup::Found(article) if article.kind != Kind::Transfer => return Ok(()),
        Lookup::Found(_) => Reason::KindDiffers,
        Lookup::Deleted(_) | Lookup::Missing | Lookup::Absent => Reason::NotFound,
        Lookup::NotLoaded => return Err(Stop::Unknown),
    };
    Err(AppError::field("article_id", reason).into())
}
