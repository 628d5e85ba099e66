//! Sums of facts by month, article and currency.

use super::{Tx, on_engine, statements};
use app::domain::{ArticleId, Currency, HouseholdId, Month, MonthRange, MonthTotals};
use sqlx::FromRow;
use uuid::Uuid;

// `cross join` fixes SQLite's order: first the facts of the days, from an index that has all that is summed.
macro_rules! by_currency {
    ($month:literal, $group:literal) => {
        concat!(
            "select ", $month, "f.article_id, c.currency, cast(sum(f.amount) as bigint) as sum from facts f \
             cross join financial_centers c where c.household_id = f.household_id and c.id = f.financial_center_id \
             and f.household_id = $1 and f.deleted_at is null and f.date >= $2 and f.date <= $3 \
             group by ", $group, "f.article_id, c.currency"
        )
    };
}

statements! {
    MONTHS = by_currency!("substr(f.date, 1, 7) as month, ", "substr(f.date, 1, 7), ");
    MONTH = by_currency!("", "");
}

#[derive(FromRow)]
struct MonthRow {
    #[sqlx(try_from = "String")]
    month: Month,
    #[sqlx(flatten)]
    total: TotalRow,
}

#[derive(FromRow)]
struct TotalRow {
    #[sqlx(try_from = "Uuid")]
    article_id: ArticleId,
    #[sqlx(try_from = "String")]
    currency: Currency,
    sum: i64,
}

/// Sums a month by article and currency.
///
/// # Errors
/// If the store returns an error.
pub async fn month(tx: &mut Tx, household: HouseholdId, month: Month) -> sqlx::Result<MonthTotals> {
    let (first, last) = month.days();
    let mut rows: Vec<TotalRow> = on_engine!(tx, |conn| {
        let query =
            sqlx::query_as(MONTH).bind(household.uuid()).bind(first.to_string()).bind(last.to_string());
        query.fetch_all(conn).await
    })?;
    // The order of groups depends on the plan, which differs between engines and over time.
    rows.sort_by_cached_key(|row| (row.article_id, row.currency.to_string()));
    let mut totals = MonthTotals::empty(month);
    for row in rows {
        totals.push(row.article_id, row.currency, row.sum);
    }
    Ok(totals)
}

/// Sums each month of a range, including months without facts.
///
/// # Errors
/// If the store returns an error.
pub async fn months(
    tx: &mut Tx,
    household: HouseholdId,
    range: MonthRange,
) -> sqlx::Result<Vec<MonthTotals>> {
    let (first, last) = (range.first().days().0, range.last().days().1);
    let mut rows: Vec<MonthRow> = on_engine!(tx, |conn| {
        let query =
            sqlx::query_as(MONTHS).bind(household.uuid()).bind(first.to_string()).bind(last.to_string());
        query.fetch_all(conn).await
    })?;
    rows.sort_by_cached_key(|row| (row.total.article_id, row.total.currency.to_string()));
    let mut months: Vec<_> = range.months().map(MonthTotals::empty).collect();
    for MonthRow { month, total } in rows {
        if let Some(totals) = months.iter_mut().find(|totals| totals.month == month) {
            totals.push(total.article_id, total.currency, total.sum);
        }
    }
    Ok(months)
}
