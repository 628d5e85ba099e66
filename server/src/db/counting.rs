//! Statements that answer one number of a household.

use super::{Tx, on_engine};
use app::domain::HouseholdId;
use uuid::Uuid;

/// The number that a statement answers about a household (`$1`).
///
/// # Errors
/// If the store returns an error.
pub(super) async fn number(
    tx: &mut Tx,
    statement: &'static str,
    household: HouseholdId,
) -> sqlx::Result<i64> {
    on_engine!(tx, |conn| sqlx::query_scalar(statement).bind(household.uuid()).fetch_one(conn).await)
}

/// Whether a statement counts any row that refers to a row (`$2`) of a household (`$1`).
///
/// # Errors
/// If the store returns an error.
pub(super) async fn refers(
    tx: &mut Tx,
    statement: &'static str,
    household: HouseholdId,
    id: Uuid,
) -> sqlx::Result<bool> {
    let count: i64 = on_engine!(tx, |conn| {
        sqlx::query_scalar(statement).bind(household.uuid()).bind(id).fetch_one(conn).await
    })?;
    Ok(count > 0)
}
