//! Financial centers: where the money is.

use super::{
    Ledger,
    fault::Fault,
    rows::{Place, Row},
    write::{Order, alive},
};
use crate::db::{self, Tx};
use app::{
    domain::{
        Balance, FinancialCenter, FinancialCenterForm, FinancialCenterId, FinancialCenterRevision,
        HouseholdId, Instant, Limit, Money, Month, MonthBalance, MonthRange, Reason,
        balance_history::history, financial_center::POSITION_STEP,
    },
    error::AppError,
    replica::apply::sort_centers,
    service::{Actor, Read, Written},
    wire::{Change, Deleted},
};
use std::ops::ControlFlow;

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
        let sums = db::financial_centers::months(&mut tx, actor.household, id).await?;
        let household = db::households::find(&mut tx, actor.household).await?;
        let today = self.clock.today(&household.time_zone).month();
        // A day that is far ahead, because its year was mistyped, does not move the window.
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| to.plus(-11));
        let months = MonthRange::new(from, to).ok_or_else(|| AppError::field("from", Reason::OutOfRange))?;
        // Before the first of these months there was no account whose balance could be told. Its opening
        // balance is of the day on which it was added, unless something was recorded on an earlier one.
        let added = db::financial_centers::created_at(&mut tx, actor.household, id).await?;
        let added = added.map(|at| self.clock.day_of(Instant::from_millis(at), &household.time_zone).month());
        let first = sums.iter().map(|(month, _)| *month).min();
        let began = added.into_iter().chain(first).fold(today, Month::min);
        let value = months.since(began).map(|months| history(center.opening_balance, sums, months));
        Ok(Read { value: value.unwrap_or_default(), position })
    }

    pub(super) async fn add_financial_center(
        &self,
        order: Order,
        form: &FinancialCenterForm,
    ) -> Result<Written<FinancialCenter>, Fault> {
        let actor = order.actor;
        let new = form.new_center()?;
        let mut write = match self.begin_new::<FinancialCenter>(order, new.id).await? {
            ControlFlow::Continue(write) => write,
            ControlFlow::Break(answer) => return Ok(answer),
        };
        let currency = match new.currency {
            Some(currency) => currency,
            None => db::households::find(&mut write.tx, actor.household).await?.currency,
        };
        let opening_balance = match &new.opening_balance {
            Some(text) => {
                Money::parse(text, currency).map_err(|error| AppError::field("opening_balance", error))?
            }
            None => Money::zero(currency),
        };
        let position = match new.position {
            Some(position) => position,
            None => db::financial_centers::last_position(&mut write.tx, actor.household)
                .await?
                .saturating_add(POSITION_STEP),
        };
        let center = FinancialCenter {
            id: new.id,
            name: new.name,
            currency,
            opening_balance,
            archived: new.archived,
            position,
            version: 1,
        };
        self.finish_new(write, center).await
    }

    pub(super) async fn revise_financial_center(
        &self,
        order: Order,
        id: FinancialCenterId,
        form: &FinancialCenterForm,
    ) -> Result<Written<FinancialCenter>, Fault> {
        let actor = order.actor;
        let FinancialCenterRevision { name, currency, opening_balance, archived, position } =
            form.revision()?;
        let opened = self.begin_revision::<FinancialCenter>(order, id).await?;
        let (mut write, old) = match opened {
            ControlFlow::Continue(opened) => opened,
            ControlFlow::Break(answer) => return Ok(answer),
        };
        let currency = currency.unwrap_or(old.currency);
        if currency != old.currency
            && db::financial_centers::in_use(&mut write.tx, actor.household, id).await?
        {
            return Err(AppError::field("currency", Reason::UsedCurrency).into());
        }
        let opening_balance = opening_balance.unwrap_or_else(|| old.opening_balance.to_string());
        let opening_balance = Money::parse(&opening_balance, currency)
            .map_err(|error| AppError::field("opening_balance", error))?;
        let center = FinancialCenter {
            id,
            name: name.unwrap_or_else(|| old.name.clone()),
            currency,
            opening_balance,
            archived: archived.unwrap_or(old.archived),
            position: position.unwrap_or(old.position),
            version: old.version + 1,
        };
        self.finish_revision(write, &old, center).await
    }
}

impl Row for FinancialCenter {
    type Id = FinancialCenterId;
    const LIMIT: Option<Limit> = Some(Limit::FinancialCenters);

    fn version(&self) -> i64 {
        self.version
    }

    fn later(&self, _: Actor, _: Instant) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }

    fn created(self) -> Change {
        Change::FinancialCenterCreated(self)
    }

    fn updated(self) -> Change {
        Change::FinancialCenterUpdated(self)
    }

    fn deleted(&self, _: Actor) -> Change {
        Change::FinancialCenterDeleted(Deleted { id: self.id })
    }

    async fn find(
        tx: &mut Tx,
        household: HouseholdId,
        id: FinancialCenterId,
    ) -> sqlx::Result<Option<(Self, bool)>> {
        db::financial_centers::find(tx, household, id).await
    }

    async fn count(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<i64> {
        db::financial_centers::count(tx, household).await
    }

    async fn insert(&self, tx: &mut Tx, at: Place) -> sqlx::Result<bool> {
        db::financial_centers::insert(tx, at.household, self, at.now.millis()).await
    }

    async fn update(&self, tx: &mut Tx, at: Place, deleted: bool) -> sqlx::Result<()> {
        db::financial_centers::update(tx, at.household, self, deleted, at.now.millis()).await
    }

    async fn check_unused(&self, tx: &mut Tx, household: HouseholdId) -> Result<(), Fault> {
        if db::financial_centers::in_use(tx, household, self.id).await? {
            return Err(AppError::InUse.into());
        }
        Ok(())
    }
}
