//! The kept sums of the accounts.
//!
//! `financial_centers.facts_sum` is the sum of the facts of a center that are not deleted, and
//! `households.sums_seq` the number of the last change that is in the sums of a household. Each change moves
//! the sums in its own transaction, and takes its number and moves `sums_seq` in one statement
//! ([`super::households::next_seq`]). A process of an earlier version that runs beside this one takes numbers without
//! moving the sums: then `sums_seq` is behind the log or absent, readers sum the facts, and the next change of
//! this program counts the sums anew.

use super::{Tx, on_engine, statements};
use app::domain::{FinancialCenterId, HouseholdId};
use sqlx::FromRow;
use std::collections::HashMap;
use uuid::Uuid;

statements! {
    MOVE = "update financial_centers set facts_sum = facts_sum + $3 where household_id = $1 and id = $2";
    COUNT_ANEW = "update financial_centers set facts_sum = coalesce((select cast(sum(f.amount) as bigint) from facts f \
                  where f.household_id = financial_centers.household_id and f.financial_center_id = financial_centers.id \
                  and f.deleted_at is null), 0) where household_id = $1";
    IN_STEP = "update households set sums_seq = seq where id = $1";
    SUMS = "select f.financial_center_id, cast(sum(f.amount) as bigint) as sum from facts f \
            where f.household_id = $1 and f.deleted_at is null group by f.financial_center_id";
    WRONG = "select c.household_id, count(*) as centers from financial_centers c join households h on h.id = c.household_id \
             where h.sums_seq = h.seq and h.erase_on is null and c.facts_sum <> coalesce((select cast(sum(f.amount) as bigint) from facts f \
             where f.household_id = c.household_id and f.financial_center_id = c.id and f.deleted_at is null), 0) \
             group by c.household_id";
}

#[derive(FromRow)]
struct SumRow {
    #[sqlx(try_from = "Uuid")]
    financial_center_id: FinancialCenterId,
    sum: i64,
}

/// Moves the kept sum of a center by an amount in minor units.
///
/// # Errors
/// If the store returns an error.
pub async fn move_by(
    tx: &mut Tx,
    household: HouseholdId,
    center: FinancialCenterId,
    minor: i64,
) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(MOVE).bind(household.uuid()).bind(center.uuid()).bind(minor);
        query.execute(conn).await.map(|_| ())
    })
}

/// Counts the sums of a household anew, up to the number that this transaction has taken.
///
/// # Errors
/// If the store returns an error.
pub async fn count_anew(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<()> {
    for sql in [COUNT_ANEW, IN_STEP] {
        on_engine!(&mut *tx, |conn| sqlx::query(sql).bind(household.uuid()).execute(conn).await.map(|_| ()))?;
    }
    Ok(())
}

/// Sums the facts of each center that has any. It reads all facts of the household: for a household whose kept sums
/// are behind.
///
/// # Errors
/// If the store returns an error.
pub(super) async fn sums(
    tx: &mut Tx,
    household: HouseholdId,
) -> sqlx::Result<HashMap<FinancialCenterId, i64>> {
    let rows: Vec<SumRow> =
        on_engine!(tx, |conn| sqlx::query_as(SUMS).bind(household.uuid()).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| (row.financial_center_id, row.sum)).collect())
}

/// The number of centers of each household whose kept sum is not the sum of their facts; only households that have
/// any, and that is not being erased. Reads all facts: for the command line.
///
/// # Errors
/// If the store returns an error.
pub async fn wrong(tx: &mut Tx) -> sqlx::Result<HashMap<Uuid, i64>> {
    let rows: Vec<(Uuid, i64)> = on_engine!(tx, |conn| sqlx::query_as(WRONG).fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}
