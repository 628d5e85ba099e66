//! Financial centers and their balances. A deleted center stays as a tombstone.

use super::{Tx, balances, counting, on_engine, statements};
use app::domain::{
    Balance, Currency, Day, FinancialCenter, FinancialCenterId, HouseholdId, MemberId, Money, Month, Name,
    text::folded,
};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    COUNT = "select count(*) from financial_centers where household_id = $1 and deleted_at is null";
    INSERT = "insert into financial_centers (household_id, id, name, folded, currency, opening_balance, archived, version, \
              created_at, updated_at, position, updated_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11) on conflict do nothing";
    LIST = "select c.id, c.name, c.currency, c.opening_balance, c.archived, c.position, c.version, c.updated_by, c.deleted_at, \
            c.facts_sum, coalesce(h.sums_seq = h.seq, false) as kept from financial_centers c \
            join households h on h.id = c.household_id where c.household_id = $1 and c.deleted_at is null";
    NAMES = "select id, name, currency, opening_balance, archived, position, version, updated_by, deleted_at, facts_sum, \
             true as kept from financial_centers where household_id = $1 and deleted_at is null";
    FIND = "select c.id, c.name, c.currency, c.opening_balance, c.archived, c.position, c.version, c.updated_by, c.deleted_at, \
            c.facts_sum, coalesce(h.sums_seq = h.seq, false) as kept from financial_centers c \
            join households h on h.id = c.household_id where c.household_id = $1 and c.id = $2";
    UPDATE = "update financial_centers set name = $3, folded = $4, currency = $5, opening_balance = $6, archived = $7, \
              version = $8, updated_at = $9, deleted_at = $10, position = $11, updated_by = $12 where household_id = $1 and id = $2";
    MONTHS = "select substr(date, 1, 7) as month, cast(sum(amount) as bigint) as sum from facts where household_id = $1 \
              and financial_center_id = $2 and date >= $3 and deleted_at is null group by substr(date, 1, 7)";
    FIRST_DAY = "select date from facts where household_id = $1 and financial_center_id = $2 and deleted_at is null \
                 order by date limit 1";
    CREATED_AT = "select created_at from financial_centers where household_id = $1 and id = $2";
    LAST_POSITION = "select coalesce(max(position), 0) from financial_centers where household_id = $1 and deleted_at is null";
    IN_USE = "select cast(case when exists (select 1 from facts where household_id = $1 and financial_center_id = $2) \
              or exists (select 1 from recurring where household_id = $1 and financial_center_id = $2) then 1 else 0 end as bigint)";
}

#[derive(FromRow)]
struct CenterRow {
    #[sqlx(try_from = "Uuid")]
    id: FinancialCenterId,
    #[sqlx(try_from = "String")]
    name: Name,
    #[sqlx(try_from = "String")]
    currency: Currency,
    opening_balance: i64,
    archived: bool,
    position: i64,
    version: i64,
    updated_by: Option<Uuid>,
    deleted_at: Option<i64>,
    facts_sum: i64,
    /// Whether `facts_sum` holds every change up to the end of the log.
    kept: bool,
}

impl CenterRow {
    fn center(self) -> FinancialCenter {
        let Self { id, name, currency, opening_balance, archived, position, version, .. } = self;
        let opening_balance = Money::from_minor(opening_balance, currency);
        let updated_by = self.updated_by.map(MemberId::from);
        FinancialCenter { id, name, currency, opening_balance, archived, position, version, updated_by }
    }

    fn balance(self) -> Balance {
        let facts_sum = self.facts_sum;
        let center = self.center();
        Balance { balance: center.opening_balance.plus(facts_sum), center }
    }
}

#[derive(FromRow)]
struct MonthRow {
    #[sqlx(try_from = "String")]
    month: Month,
    sum: i64,
}

/// Sums each month in which the center has facts, from a month on, in minor units and no particular order.
///
/// # Errors
/// If the store returns an error.
pub async fn months(
    tx: &mut Tx,
    household: HouseholdId,
    id: FinancialCenterId,
    from: Month,
) -> sqlx::Result<Vec<(Month, i64)>> {
    let first = from.days().0.to_string();
    let rows: Vec<MonthRow> = on_engine!(tx, |conn| {
        let query = sqlx::query_as(MONTHS).bind(household.uuid()).bind(id.uuid()).bind(first);
        query.fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| (row.month, row.sum)).collect())
}

/// The day of the first fact of a center.
///
/// # Errors
/// If the store returns an error.
pub async fn first_day(
    tx: &mut Tx,
    household: HouseholdId,
    id: FinancialCenterId,
) -> sqlx::Result<Option<Day>> {
    let day: Option<String> = on_engine!(tx, |conn| {
        sqlx::query_scalar(FIRST_DAY).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    Ok(day.and_then(|day| day.parse().ok()))
}

/// When a center was created, in Unix milliseconds.
///
/// # Errors
/// If the store returns an error.
pub async fn created_at(
    tx: &mut Tx,
    household: HouseholdId,
    id: FinancialCenterId,
) -> sqlx::Result<Option<i64>> {
    on_engine!(tx, |conn| {
        sqlx::query_scalar(CREATED_AT).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })
}

/// Counts the centers that are not deleted.
///
/// # Errors
/// If the store returns an error.
pub async fn count(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<i64> {
    counting::number(tx, COUNT, household).await
}

/// A statement with `$1` to `$8`, which `INSERT` and `UPDATE` share.
macro_rules! with_columns {
    ($statement:expr, $household:ident, $row:ident) => {
        sqlx::query($statement)
            .bind($household.uuid())
            .bind($row.id.uuid())
            .bind($row.name.as_str())
            .bind(folded($row.name.as_str()))
            .bind($row.currency.code())
            .bind($row.opening_balance.minor())
            .bind($row.archived)
            .bind($row.version)
    };
}

/// Inserts a new center; returns false if the id is taken.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(
    tx: &mut Tx,
    household: HouseholdId,
    row: &FinancialCenter,
    now: i64,
) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        with_columns!(INSERT, household, row)
            .bind(now)
            .bind(row.position)
            .bind(row.updated_by.map(MemberId::uuid))
            .execute(conn)
            .await
            .map(|done| done.rows_affected() == 1)
    })
}

/// Lists the centers that are not deleted, with their balances, in no particular order.
///
/// # Errors
/// If the store returns an error.
pub async fn list(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<Vec<Balance>> {
    let mut rows: Vec<CenterRow> =
        on_engine!(&mut *tx, |conn| sqlx::query_as(LIST).bind(household.uuid()).fetch_all(conn).await)?;
    sum_if_behind(tx, household, &mut rows).await?;
    Ok(rows.into_iter().map(CenterRow::balance).collect())
}

/// Lists all centers without their balances, in no particular order.
///
/// # Errors
/// If the store returns an error.
pub async fn without_balances(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<Vec<FinancialCenter>> {
    let rows: Vec<CenterRow> =
        on_engine!(tx, |conn| sqlx::query_as(NAMES).bind(household.uuid()).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(CenterRow::center).collect())
}

/// The current balance of a center, also of a deleted one.
///
/// # Errors
/// If the store returns an error.
pub async fn balance(
    tx: &mut Tx,
    household: HouseholdId,
    id: FinancialCenterId,
) -> sqlx::Result<Option<Money>> {
    let mut row: Option<CenterRow> = on_engine!(&mut *tx, |conn| {
        sqlx::query_as(FIND).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    sum_if_behind(tx, household, row.as_mut_slice()).await?;
    Ok(row.map(|row| row.balance().balance))
}

/// Sums the facts if the kept sums are behind the log.
async fn sum_if_behind(tx: &mut Tx, household: HouseholdId, rows: &mut [CenterRow]) -> sqlx::Result<()> {
    if rows.iter().all(|row| row.kept) {
        return Ok(());
    }
    let sums = balances::sums(tx, household).await?;
    for row in rows {
        row.facts_sum = sums.get(&row.id).copied().unwrap_or(0);
    }
    Ok(())
}

/// The greatest position among the centers that are not deleted.
///
/// # Errors
/// If the store returns an error.
pub async fn last_position(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<i64> {
    counting::number(tx, LAST_POSITION, household).await
}

/// Finds a center, and whether it is deleted.
///
/// # Errors
/// If the store returns an error.
pub async fn find(
    tx: &mut Tx,
    household: HouseholdId,
    id: FinancialCenterId,
) -> sqlx::Result<Option<(FinancialCenter, bool)>> {
    let row: Option<CenterRow> = on_engine!(tx, |conn| {
        sqlx::query_as(FIND).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    Ok(row.map(|row| {
        let deleted = row.deleted_at.is_some();
        (row.center(), deleted)
    }))
}

/// Updates every field that can change.
///
/// # Errors
/// If the store returns an error.
pub async fn update(
    tx: &mut Tx,
    household: HouseholdId,
    row: &FinancialCenter,
    deleted: bool,
    now: i64,
) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        with_columns!(UPDATE, household, row)
            .bind(now)
            .bind(deleted.then_some(now))
            .bind(row.position)
            .bind(row.updated_by.map(MemberId::uuid))
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Whether facts or recurring entries refer to a center. Deleted ones count, since they may be restored.
///
/// # Errors
/// If the store returns an error.
pub async fn in_use(tx: &mut Tx, household: HouseholdId, id: FinancialCenterId) -> sqlx::Result<bool> {
    counting::refers(tx, IN_USE, household, id.uuid()).await
}
