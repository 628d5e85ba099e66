//! Recurring entries. A deleted one stays as a tombstone.

use super::{Tx, counting, occurrences, on_engine, statements};
use app::domain::{
    ArticleId, Comment, Currency, Day, FinancialCenterId, HouseholdId, Instant, MemberId, Money, Reason,
    Recurring, RecurringId, Target, Unit,
};
use sqlx::FromRow;
use uuid::Uuid;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select r.id, r.target, r.amount, coalesce(c.currency, h.currency) as currency, r.article_id, \
             r.financial_center_id, r.comment, r.starts_on, r.every_units, r.unit, r.from_month_end, r.ends_on, \
             r.times, r.automatic, r.open_from, r.reopened, r.by_hand, r.version, r.created_by, r.updated_by, r.created_at, r.updated_at, \
             r.deleted_at from recurring r join households h on h.id = r.household_id \
             left join financial_centers c on c.household_id = r.household_id and c.id = r.financial_center_id ",
            $rest
        )
    };
}

statements! {
    COUNT = "select count(*) from recurring where household_id = $1 and deleted_at is null";
    INSERT = "insert into recurring (household_id, id, target, amount, article_id, financial_center_id, comment, \
              starts_on, every_units, unit, from_month_end, ends_on, times, automatic, open_from, next_on, version, \
              created_by, updated_by, created_at, updated_at, reopened, by_hand) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, \
              $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) on conflict do nothing";
    UPDATE = "update recurring set target = $3, amount = $4, article_id = $5, financial_center_id = $6, comment = $7, \
              starts_on = $8, every_units = $9, unit = $10, from_month_end = $11, ends_on = $12, times = $13, \
              automatic = $14, open_from = $15, next_on = $16, version = $17, updated_by = $18, updated_at = $19, \
              deleted_at = $20, reopened = $21, by_hand = $22, passed_on = null where household_id = $1 and id = $2";
    FIND = select!("where r.household_id = $1 and r.id = $2");
    LIST = select!("where r.household_id = $1 and r.deleted_at is null");
    OF_ARTICLE = select!("where r.household_id = $1 and r.article_id = $2");
}

#[derive(FromRow)]
struct RecurringRow {
    #[sqlx(try_from = "Uuid")]
    id: RecurringId,
    target: String,
    amount: i64,
    #[sqlx(try_from = "String")]
    currency: Currency,
    #[sqlx(try_from = "Uuid")]
    article_id: ArticleId,
    financial_center_id: Option<Uuid>,
    #[sqlx(try_from = "String")]
    comment: Comment,
    #[sqlx(try_from = "String")]
    starts_on: Day,
    every_units: i64,
    unit: String,
    from_month_end: bool,
    ends_on: Option<String>,
    times: Option<i64>,
    automatic: bool,
    #[sqlx(try_from = "String")]
    open_from: Day,
    reopened: String,
    by_hand: String,
    version: i64,
    #[sqlx(try_from = "Uuid")]
    created_by: MemberId,
    #[sqlx(try_from = "Uuid")]
    updated_by: MemberId,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
}

impl RecurringRow {
    /// The row without its settled days, which are in another table.
    fn bare(self) -> sqlx::Result<Recurring> {
        let ends_on = self.ends_on.map(|text| text.parse::<Day>()).transpose();
        Ok(Recurring {
            id: self.id,
            target: self.target.parse::<Target>().map_err(unknown)?,
            amount: Money::from_minor(self.amount, self.currency),
            article_id: self.article_id,
            financial_center_id: self.financial_center_id.map(FinancialCenterId::from),
            comment: self.comment,
            starts_on: self.starts_on,
            every: self.every_units,
            unit: self.unit.parse::<Unit>().map_err(unknown)?,
            from_month_end: self.from_month_end,
            ends_on: ends_on.map_err(|error| sqlx::Error::Decode(error.into()))?,
            times: self.times,
            automatic: self.automatic,
            open_from: self.open_from,
            settled: Vec::new(),
            reopened: days(&self.reopened)?,
            by_hand: days(&self.by_hand)?,
            version: self.version,
            created_by: self.created_by,
            updated_by: self.updated_by,
            created_at: Instant::from_millis(self.created_at),
            updated_at: Instant::from_millis(self.updated_at),
        })
    }
}

pub(super) fn unknown(_: Reason) -> sqlx::Error {
    sqlx::Error::Decode("unknown word of a recurring entry".into())
}

/// Days as text, separated by spaces.
fn joined(days: &[Day]) -> String {
    days.iter().map(Day::to_string).collect::<Vec<_>>().join(" ")
}

/// Parses such a text.
fn days(column: &str) -> sqlx::Result<Vec<Day>> {
    let days = column.split_whitespace().map(str::parse).collect::<Result<Vec<Day>, _>>();
    days.map_err(|error| sqlx::Error::Decode(error.into()))
}

fn next_on(row: &Recurring) -> Option<String> {
    row.open_days().next().map(|day| day.to_string())
}

/// Counts the recurring entries that are not deleted.
///
/// # Errors
/// If the store returns an error.
pub async fn count(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<i64> {
    counting::number(tx, COUNT, household).await
}

/// A statement with `$1` to `$17`, which `INSERT` and `UPDATE` share.
macro_rules! with_columns {
    ($statement:expr, $household:ident, $row:ident) => {
        sqlx::query($statement)
            .bind($household.uuid())
            .bind($row.id.uuid())
            .bind($row.target.word())
            .bind($row.amount.minor())
            .bind($row.article_id.uuid())
            .bind($row.financial_center_id.map(FinancialCenterId::uuid))
            .bind($row.comment.as_str())
            .bind($row.starts_on.to_string())
            .bind($row.every)
            .bind($row.unit.word())
            .bind($row.from_month_end)
            .bind($row.ends_on.map(|day| day.to_string()))
            .bind($row.times)
            .bind($row.automatic)
            .bind($row.open_from.to_string())
            .bind(next_on($row))
            .bind($row.version)
    };
}

/// Inserts a new one; returns false if the id is taken.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(tx: &mut Tx, household: HouseholdId, row: &Recurring) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        with_columns!(INSERT, household, row)
            .bind(row.created_by.uuid())
            .bind(row.updated_by.uuid())
            .bind(row.created_at.millis())
            .bind(row.updated_at.millis())
            .bind(joined(&row.reopened))
            .bind(joined(&row.by_hand))
            .execute(conn)
            .await
            .map(|done| done.rows_affected() == 1)
    })
}

/// Updates every field that can change. The settled days are written by [`occurrences`].
///
/// # Errors
/// If the store returns an error.
pub async fn update(tx: &mut Tx, household: HouseholdId, row: &Recurring, deleted: bool) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        with_columns!(UPDATE, household, row)
            .bind(row.updated_by.uuid())
            .bind(row.updated_at.millis())
            .bind(deleted.then_some(row.updated_at.millis()))
            .bind(joined(&row.reopened))
            .bind(joined(&row.by_hand))
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Finds one, and whether it is deleted.
///
/// # Errors
/// If the store returns an error.
pub async fn find(
    tx: &mut Tx,
    household: HouseholdId,
    id: RecurringId,
) -> sqlx::Result<Option<(Recurring, bool)>> {
    let row: Option<RecurringRow> = on_engine!(tx, |conn| {
        sqlx::query_as(FIND).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    let Some(row) = row else { return Ok(None) };
    let deleted = row.deleted_at.is_some();
    let bare = row.bare()?;
    let settled = occurrences::since(tx, household, id, bare.open_from).await?;
    Ok(Some((Recurring { settled, ..bare }, deleted)))
}

/// Lists those that are not deleted, in no particular order.
///
/// # Errors
/// If the store returns an error.
pub async fn list(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<Vec<Recurring>> {
    let rows: Vec<RecurringRow> =
        on_engine!(tx, |conn| sqlx::query_as(LIST).bind(household.uuid()).fetch_all(conn).await)?;
    let mut rows = rows.into_iter().map(RecurringRow::bare).collect::<sqlx::Result<Vec<_>>>()?;
    for (id, day) in occurrences::ahead(tx, household).await? {
        if let Some(row) = rows.iter_mut().find(|row| row.id == id) {
            row.settled.push(day);
        }
    }
    Ok(rows)
}

/// The recurring entries of an article, and whether each is deleted.
///
/// # Errors
/// If the store returns an error.
pub async fn of_article(
    tx: &mut Tx,
    household: HouseholdId,
    article: ArticleId,
) -> sqlx::Result<Vec<(Recurring, bool)>> {
    let rows: Vec<RecurringRow> = on_engine!(tx, |conn| {
        sqlx::query_as(OF_ARTICLE).bind(household.uuid()).bind(article.uuid()).fetch_all(conn).await
    })?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let deleted = row.deleted_at.is_some();
        let bare = row.bare()?;
        let settled = occurrences::since(tx, household, bare.id, bare.open_from).await?;
        all.push((Recurring { settled, ..bare }, deleted));
    }
    Ok(all)
}
