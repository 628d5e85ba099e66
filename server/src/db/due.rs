//! Automatic recurring entries, and which of them need to be checked.
//!
//! `next_on` is the first open day. Days too far in the past to be recorded automatically are left to people,
//! who may take months: then `next_on` is the first open day after those, and `passed_on` the day on which
//! that was determined. Whatever changes the row sets both again.

use super::{Tx, on_engine, recurring::unknown, statements};
use app::domain::{Day, HouseholdId, MemberId, Recurring, RecurringId, Target};
use sqlx::FromRow;
use uuid::Uuid;

/// Selects automatic entries, each part by an index of its own.
macro_rules! due {
    ($first:literal, $second:literal, $third:literal) => {
        concat!(due!($first), " union all ", due!($second), " union all ", due!($third))
    };
    ($condition:literal) => {
        concat!(
            "select r.household_id, r.id as id, r.updated_by, r.target, r.next_on as next_on, r.passed_on, h.time_zone \
             from recurring r join households h on h.id = r.household_id \
             where r.automatic and r.deleted_at is null and h.erase_on is null and ",
            $condition
        )
    };
}

statements! {
    DUE = due!("r.target = 'fact' and r.next_on <= $1", "r.target = 'plan' and r.next_on <= $2", "r.passed_on > $1");
    // If the row has changed in the meantime, that change has set both.
    PASS = "update recurring set next_on = $4, passed_on = $5 where household_id = $1 and id = $2 and version = $3 \
            and deleted_at is null";
}

/// An automatic recurring entry, and when it is due next.
#[derive(Clone, Debug)]
pub struct Due {
    /// Its household.
    pub household_id: HouseholdId,
    /// Its id.
    pub id: RecurringId,
    /// The member who changed it last, in whose name it is recorded.
    pub updated_by: MemberId,
    /// What is recorded or planned.
    pub target: Target,
    /// The day it is due; `None` if only days too far in the past are left.
    pub next_on: Option<Day>,
    /// The day on which those were left to people.
    pub passed_on: Option<Day>,
    /// The household's time zone.
    pub time_zone: String,
}

impl Due {
    /// Whether something may be due today.
    #[must_use]
    pub fn is_worth_a_look(&self, today: Day) -> bool {
        let reached = self.next_on.is_some_and(|day| self.target.is_due(day, today));
        // The clock was wrong when days were left to people: they may not be too far in the past at all.
        reached || self.passed_on.is_some_and(|day| day > today)
    }
}

#[derive(FromRow)]
struct DueRow {
    #[sqlx(try_from = "Uuid")]
    household_id: HouseholdId,
    #[sqlx(try_from = "Uuid")]
    id: RecurringId,
    #[sqlx(try_from = "Uuid")]
    updated_by: MemberId,
    target: String,
    next_on: Option<String>,
    passed_on: Option<String>,
    time_zone: String,
}

/// Lists the automatic entries of all households that need to be checked: those with an open day up to
/// `last`, for plans up to `planned`, that is not left to people; and those whose days may have been left to
/// people by a clock that was ahead.
///
/// # Errors
/// If the store returns an error.
pub async fn due(tx: &mut Tx, last: Day, planned: Day) -> sqlx::Result<Vec<Due>> {
    let mut rows: Vec<DueRow> = on_engine!(tx, |conn| {
        sqlx::query_as(DUE).bind(last.to_string()).bind(planned.to_string()).fetch_all(conn).await
    })?;
    // An entry may be in two parts of the statement.
    rows.sort_by(|one, other| {
        (&one.next_on, one.household_id, one.id).cmp(&(&other.next_on, other.household_id, other.id))
    });
    rows.dedup_by_key(|row| (row.household_id, row.id));
    let day = |text: Option<String>| {
        let day = text.map(|text| text.parse::<Day>()).transpose();
        day.map_err(|error| sqlx::Error::Decode(error.into()))
    };
    let due = |row: DueRow| {
        let target = row.target.parse().map_err(unknown)?;
        let (next_on, passed_on) = (day(row.next_on)?, day(row.passed_on)?);
        let DueRow { household_id, id, updated_by, time_zone, .. } = row;
        Ok(Due { household_id, id, updated_by, target, next_on, passed_on, time_zone })
    };
    rows.into_iter().map(due).collect()
}

/// Leaves the open days before `next_on` to people, as determined on a day. Does nothing if the row has
/// changed since it was read.
///
/// # Errors
/// If the store returns an error.
pub async fn pass_over(
    tx: &mut Tx,
    household: HouseholdId,
    row: &Recurring,
    next_on: Option<Day>,
    on: Day,
) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(PASS)
            .bind(household.uuid())
            .bind(row.id.uuid())
            .bind(row.version)
            .bind(next_on.map(|day| day.to_string()))
            .bind(on.to_string())
            .execute(conn)
            .await
            .map(|_| ())
    })
}
