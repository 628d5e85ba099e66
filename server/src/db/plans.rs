//! Plans. A plan of zero is kept, so that its version continues.

use super::{Tx, counting, on_engine, statements};
use app::domain::{ArticleId, Currency, HouseholdId, Instant, MemberId, Money, Month, MonthRange, Plan};
use sqlx::{AssertSqlSafe, FromRow};
use std::collections::BTreeMap;
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
    OF_ARTICLE = select!("where p.household_id = $1 and p.article_id = $2 order by p.month");
    ANY = "select cast(case when exists (select 1 from plans where household_id = $1 and amount > 0) \
           or exists (select 1 from recurring where household_id = $1 and target = 'plan') then 1 else 0 end as bigint)";
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

/// Rows of one statement.
const AT_ONCE: usize = 64;

/// `UPSERT` with as many rows of placeholders.
fn upsert(rows: usize) -> String {
    const COLUMNS: usize = 7;
    let row = |n: usize| {
        let places: Vec<_> = (1..=COLUMNS).map(|column| format!("${}", n * COLUMNS + column)).collect();
        format!("({})", places.join(", "))
    };
    let places: Vec<_> = (0..rows).map(row).collect();
    UPSERT.replace("($1, $2, $3, $4, $5, $6, $7)", &places.join(", "))
}

/// Inserts or updates a plan.
///
/// # Errors
/// If the store returns an error.
pub async fn put(tx: &mut Tx, household: HouseholdId, row: &Plan) -> sqlx::Result<()> {
    put_all(tx, household, std::slice::from_ref(row)).await
}

/// Inserts or updates plans of different cells, many with one statement.
///
/// # Errors
/// If the store returns an error.
pub async fn put_all(tx: &mut Tx, household: HouseholdId, rows: &[Plan]) -> sqlx::Result<()> {
    for rows in rows.chunks(AT_ONCE) {
        let sql = AssertSqlSafe(upsert(rows.len()));
        on_engine!(&mut *tx, |conn| {
            let mut query = sqlx::query(sql);
            for row in rows {
                query = query
                    .bind(household.uuid())
                    .bind(row.article_id.uuid())
                    .bind(row.month.to_string())
                    .bind(row.amount.minor())
                    .bind(row.version)
                    .bind(row.updated_by.uuid())
                    .bind(row.updated_at.millis());
            }
            query.execute(conn).await.map(|_| ())
        })?;
    }
    Ok(())
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

/// The plans of these cells, as far as they were ever set, in their order. Several cells of one month are read with one
/// statement.
///
/// # Errors
/// If the store returns an error.
pub async fn of_cells(
    tx: &mut Tx,
    household: HouseholdId,
    cells: &[(ArticleId, Month)],
) -> sqlx::Result<Vec<Plan>> {
    let mut wanted: BTreeMap<Month, Vec<ArticleId>> = BTreeMap::new();
    for (article, month) in cells {
        wanted.entry(*month).or_default().push(*article);
    }
    let mut found = BTreeMap::new();
    for (month, articles) in wanted {
        let rows = match articles.as_slice() {
            [article] => find(tx, household, *article, month).await?.into_iter().collect(),
            _ => between(tx, household, month.into(), i64::MAX).await?,
        };
        found.extend(rows.into_iter().map(|row| ((row.article_id, row.month), row)));
    }
    Ok(cells.iter().filter_map(|cell| found.remove(cell)).collect())
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

/// The plans of an article, of all months, also those of zero.
///
/// # Errors
/// If the store returns an error.
pub async fn of_article(tx: &mut Tx, household: HouseholdId, article: ArticleId) -> sqlx::Result<Vec<Plan>> {
    let rows: Vec<PlanRow> = on_engine!(tx, |conn| {
        sqlx::query_as(OF_ARTICLE).bind(household.uuid()).bind(article.uuid()).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(Plan::from).collect())
}
