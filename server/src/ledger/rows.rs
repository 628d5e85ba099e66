//! Reading one row by its id, and the scope of written rows.

use super::{Ledger, fault::Fault};
use crate::db::{self, Tx};
use app::{
    domain::{
        Article, ArticleId, Fact, FactId, FinancialCenter, FinancialCenterId, HouseholdId, Instant,
        Recurring, RecurringId,
    },
    error::AppError,
    service::{Actor, Read},
};
use std::future::Future;

/// The household of written rows, and the time of the write.
#[derive(Clone, Copy)]
pub(super) struct WriteScope {
    pub household: HouseholdId,
    pub now: Instant,
}

/// A row that exists and is not deleted.
pub(super) fn alive<T>(found: Option<(T, bool)>) -> Result<T, Fault> {
    match found {
        None => Err(AppError::NotFound.into()),
        Some((_, true)) => Err(AppError::Gone.into()),
        Some((row, false)) => Ok(row),
    }
}

/// A row that can be found by its id.
pub(super) trait Findable: Send + Sized {
    type Id: Copy + Send;

    /// The row, and whether it is deleted.
    fn find(
        tx: &mut Tx,
        household: HouseholdId,
        id: Self::Id,
    ) -> impl Future<Output = sqlx::Result<Option<(Self, bool)>>> + Send;
}

impl Ledger {
    pub(super) async fn row<R: Findable>(&self, actor: Actor, id: R::Id) -> Result<Read<R>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        Ok(Read { value: alive(R::find(&mut tx, actor.household, id).await?)?, position })
    }
}

/// Implements [`Findable`] by the table group of each family.
macro_rules! findable {
    ($($row:ident($id:ident) in $table:ident,)+) => {
        $(
            impl Findable for $row {
                type Id = $id;

                async fn find(
                    tx: &mut Tx,
                    household: HouseholdId,
                    id: $id,
                ) -> sqlx::Result<Option<(Self, bool)>> {
                    db::$table::find(tx, household, id).await
                }
            }
        )+
    };
}

findable! {
    Fact(FactId) in facts,
    Article(ArticleId) in articles,
    FinancialCenter(FinancialCenterId) in financial_centers,
    Recurring(RecurringId) in recurring,
}
