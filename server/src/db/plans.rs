//! Plans. A plan of zero is kept, so that its version continues.

use super::{Tx, counting, on_engine, statements};
use app::domain::{ArticleId, Currency, HouseholdId, Instant, MemberId, Money, Month, MonthRange, Plan};
use sqlx::FromRow;
use uuid::Uuid;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select p.article_id, p.month, p.amount, h.currency, p.version, p.updated_by, p.updated_at \
             from plans p join households h on h.id = p.household_id ",
            $rest
        )
    };
}

statements! {
    UPSERT = "insert into plans (household_id, article_id, month, amount, version, updated_by, updated_at) \
              values ($1, $2, $3, $4, $5, $6, $7) on conflict (household_id, article_id, month) do update \
              set amount = excluded.amount, version = excluded.version, updated_by = excluded.updated_by, \
              updated_at = excluded.updated_at";
    FIND = select!("where p.household_id = $1 and p.article_id = $2 and p.month = $3");
    BETWEEN = select!(
        "where p.household_id = $1 and p.month >= $2 and p.month <= $3 order by p.month, p.article_id limit $4"
    );
    OF_ARTICLE = select!("where p.household_id = $1 and p.article_id = $2 and p.amount <> 0 order by p.month limit $3");
    ANY = "select (select count(*) from plans where household_id = $1 and amount > 0) \
           + (select count(*) from recurring where household_id = $1 and target = 'plan')";
}

#[derive(FromRow)]
struct PlanRow {
    #[sqlx(try_from = "Uuid")]
    article_id: ArticleId,
    #[sqlx(try_from = "String")]
    month: Month,
    amount: i64,
    #[sqlx(try_from = "String")]
    currency: Currency,
    version: i64,
    #[sqlx(try_from = "Uuid")]
    updated_by: MemberId,
    updated_at: i64,
}

impl From<PlanRow> for Plan {
    fn from(row: PlanRow) -> Self {
        Self {
            article_id: row.article_id,
            month: row.month,
            amount: Money::from_minor(row.amount, row.currency),
            version: row.version,
            updated_by: row.updated_by,
            updated_at: Instant::from_millis(row.updated_at),
        }
    }
}

/// Inserts or updates a plan.
///
/// # Errors
/// If the store returns an error.
pub async fn put(tx: &mut Tx, household: HouseholdId, row: &Plan) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(UPSERT)
            .bind(household.uuid())
            .bind(row.article_id.uuid())
            .bind(row.month.to_string())
            .bind(row.amount.minor())
            .bind(row.version)
            .bind(row.updated_by.uuid())
            .bind(row.updated_at.millis())
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Finds the plan of an article in a month.
///
/// # Errors
/// If the store returns an error.
pub async fn find(
    tx: &mut Tx,
    household: HouseholdId,
    article: ArticleId,
    month: Month,
) -> sqlx::Result<Option<Plan>> {
    let row: Option<PlanRow> = on_engine!(tx, |conn| {
        let query = sqlx::query_as(FIND).bind(household.uuid()).bind(article.uuid()).bind(month.to_string());
        query.fetch_optional(conn).await
    })?;
    Ok(row.map(Plan::from))
}

/// The plans of these months, at most `limit`.
///
/// # Errors
/// If the store returns an error.
pub async fn between(
    tx: &mut Tx,
    household: HouseholdId,
    months: MonthRange,
    limit: i64,
) -> sqlx::Result<Vec<Plan>> {
    let (from, to) = (months.first().to_string(), months.last().to_string());
    let rows: Vec<PlanRow> = on_engine!(tx, |conn| {
        let query = sqlx::query_as(BETWEEN).bind(household.uuid()).bind(&from).bind(&to).bind(limit);
        query.fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(Plan::from).collect())
}

/// Whether any month has a plan, or any recurring entry raises plans.
///
/// # Errors
/// If the store returns an error.
pub async fn any(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<bool> {
    Ok(counting::number(tx, ANY, household).await? > 0)
}

/// The plans of an article.
///
/// # Errors
/// If the store returns an error.
pub async fn of_article(
    tx: &mut Tx,
    household: HouseholdId,
    article: ArticleId,
    limit: i64,
) -> sqlx::Result<Vec<Plan>> {
    let rows: Vec<PlanRow> = on_engine!(tx, |conn| {
        let query = sqlx::query_as(OF_ARTICLE).bind(household.uuid()).bind(article.uuid()).bind(limit);
        query.fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(Plan::from).collect())
}
