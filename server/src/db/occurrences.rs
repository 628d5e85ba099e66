//! The occurrences of recurring entries that were recorded, planned or skipped: at most one row for each day. A row is
//! never updated, only inserted and deleted.

use super::{Tx, on_engine, statements};
use app::domain::{
    Day, HouseholdId, Instant, MemberId, RecurringId,
    occurrence::{Occurrence, Settlement},
};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    INSERT = "insert into occurrences (household_id, recurring_id, day, outcome, fact_id, settled_by, settled_at) \
              values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
    FIND = "select day, outcome, fact_id from occurrences where household_id = $1 and recurring_id = $2 and day = $3";
    SINCE = "select day from occurrences where household_id = $1 and recurring_id = $2 and day >= $3 order by day";
    LATEST = "select max(day) from occurrences where household_id = $1 and recurring_id = $2 and day < $3";
    // `cross join` fixes SQLite's order: from each entry to its days from the open one on.
    AHEAD = "select o.recurring_id, o.day from recurring r cross join occurrences o where r.household_id = $1 \
             and r.deleted_at is null and o.household_id = r.household_id and o.recurring_id = r.id and o.day >= r.open_from";
    DELETE = "delete from occurrences where household_id = $1 and recurring_id = $2 and day = $3";
}

const fn columns(settlement: Settlement) -> (&'static str, Option<Uuid>) {
    match settlement {
        Settlement::Recorded(fact) => ("recorded", Some(fact.uuid())),
        Settlement::Planned => ("planned", None),
        Settlement::Skipped => ("skipped", None),
    }
}

#[derive(FromRow)]
struct OccurrenceRow {
    outcome: String,
    fact_id: Option<Uuid>,
}

#[derive(FromRow)]
struct AheadRow {
    #[sqlx(try_from = "Uuid")]
    recurring_id: RecurringId,
    #[sqlx(try_from = "String")]
    day: Day,
}

#[derive(FromRow)]
struct DayRow {
    #[sqlx(try_from = "String")]
    day: Day,
}

/// Records how a day was settled, by whom and when; returns false if it was settled before.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(
    tx: &mut Tx,
    household: HouseholdId,
    row: &Occurrence,
    (by, at): (MemberId, Instant),
) -> sqlx::Result<bool> {
    let (outcome, fact) = columns(row.settlement);
    on_engine!(tx, |conn| {
        sqlx::query(INSERT)
            .bind(household.uuid())
            .bind(row.recurring_id.uuid())
            .bind(row.day.to_string())
            .bind(outcome)
            .bind(fact)
            .bind(by.uuid())
            .bind(at.millis())
            .execute(conn)
            .await
            .map(|done| done.rows_affected() == 1)
    })
}

/// How a day was settled; `None` while it is open.
///
/// # Errors
/// If the store returns an error.
pub async fn find(
    tx: &mut Tx,
    household: HouseholdId,
    id: RecurringId,
    day: Day,
) -> sqlx::Result<Option<Settlement>> {
    let row: Option<OccurrenceRow> = on_engine!(tx, |conn| {
        let query = sqlx::query_as(FIND).bind(household.uuid()).bind(id.uuid()).bind(day.to_string());
        query.fetch_optional(conn).await
    })?;
    Ok(row.map(|row| match (row.outcome.as_str(), row.fact_id) {
        ("recorded", Some(fact)) => Settlement::Recorded(fact.into()),
        ("planned", _) => Settlement::Planned,
        _ => Settlement::Skipped,
    }))
}

/// The settled days from `first` on, in order.
///
/// # Errors
/// If the store returns an error.
pub async fn since(
    tx: &mut Tx,
    household: HouseholdId,
    id: RecurringId,
    first: Day,
) -> sqlx::Result<Vec<Day>> {
    let rows: Vec<DayRow> = on_engine!(tx, |conn| {
        let query = sqlx::query_as(SINCE).bind(household.uuid()).bind(id.uuid()).bind(first.to_string());
        query.fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| row.day).collect())
}

/// The last settled day before another day.
///
/// # Errors
/// If the store returns an error.
pub async fn latest(
    tx: &mut Tx,
    household: HouseholdId,
    id: RecurringId,
    before: Day,
) -> sqlx::Result<Option<Day>> {
    let day: Option<String> = on_engine!(tx, |conn| {
        let query = sqlx::query_scalar(LATEST).bind(household.uuid()).bind(id.uuid());
        query.bind(before.to_string()).fetch_one(conn).await
    })?;
    Ok(day.and_then(|day| day.parse().ok()))
}

/// The settled days of all recurring entries that come after an open one, in order.
///
/// # Errors
/// If the store returns an error.
pub async fn ahead(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<Vec<(RecurringId, Day)>> {
    let mut rows: Vec<AheadRow> =
        on_engine!(tx, |conn| sqlx::query_as(AHEAD).bind(household.uuid()).fetch_all(conn).await)?;
    rows.sort_by_key(|row| row.day);
    Ok(rows.into_iter().map(|row| (row.recurring_id, row.day)).collect())
}

/// Reopens a day.
///
/// # Errors
/// If the store returns an error.
pub async fn delete(tx: &mut Tx, household: HouseholdId, id: RecurringId, day: Day) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(DELETE).bind(household.uuid()).bind(id.uuid()).bind(day.to_string());
        query.execute(conn).await.map(|_| ())
    })
}
