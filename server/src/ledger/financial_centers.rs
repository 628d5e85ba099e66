//! Reading financial centers and their balances over time.

use super::{Ledger, fault::Fault, rows::alive};
use crate::db;
use app::{
    domain::{
        Balance, Day, FinancialCenterId, Instant, Month, MonthBalance, MonthRange, Reason,
        balance_history::history,
    },
    error::AppError,
    replica::apply::sort_centers,
    service::{Actor, Read},
};

impl Ledger {
    pub(super) async fn do_financial_centers(&self, actor: Actor) -> Result<Read<Vec<Balance>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let mut value = db::financial_centers::list(&mut tx, actor.household).await?;
        sort_centers(&mut value);
        Ok(Read { value, position })
    }

    pub(super) async fn do_center_history(
        &self,
        actor: Actor,
        id: FinancialCenterId,
        from: Option<Month>,
        to: Option<Month>,
    ) -> Result<Read<Vec<MonthBalance>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let center = alive(db::financial_centers::find(&mut tx, actor.household, id).await?)?;
        let household = db::households::find(&mut tx, actor.household).await?;
        let today = self.clock.today(&household.time_zone).month();
        // A day far in the future, for example with a mistyped year, does not move the window.
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| to.plus(-11));
        let months = MonthRange::new(from, to).ok_or_else(|| AppError::field("from", Reason::OutOfRange))?;
        // Before the first of these months the account did not exist. Its opening balance is as of the day on
        // which it was added, or of the first recorded transaction if that is earlier.
        let added = db::financial_centers::created_at(&mut tx, actor.household, id).await?;
        let added = added.map(|at| self.clock.day_of(Instant::from_millis(at), &household.time_zone).month());
        let first = db::financial_centers::first_day(&mut tx, actor.household, id).await?;
        let began = added.into_iter().chain(first.map(Day::month)).fold(today, Month::min);
        let Some(months) = months.since(began) else { return Ok(Read { value: Vec::new(), position }) };
        // The balance before these months is today's without what has happened since: only that is read.
        let sums = db::financial_centers::months(&mut tx, actor.household, id, months.first()).await?;
        let balance = db::financial_centers::balance(&mut tx, actor.household, id).await?;
        let since = sums.iter().fold(0_i64, |since, (_, sum)| since.saturating_add(*sum));
        let before = balance.unwrap_or(center.opening_balance).plus(since.saturating_neg());
        Ok(Read { value: history(before, sums, months), position })
    }
}
