//! Financial centers: where the money is.

use super::{
    Ledger,
    fault::Fault,
    write::{Begun, Write, alive, check_version},
};
use crate::db;
use app::{
    domain::{
        Balance, FinancialCenter, FinancialCenterForm, FinancialCenterId, FinancialCenterRevision, Money,
        MutationId,
    },
    error::AppError,
    replica::apply::sort_centers,
    service::{Actor, Read, Terms, Written},
    wire::{Change, Deleted},
};

impl Ledger {
    pub(super) async fn do_financial_centers(&self, actor: Actor) -> Result<Read<Vec<Balance>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let mut value = db::financial_centers::list(&mut tx, actor.household).await?;
        sort_centers(&mut value);
        Ok(Read { value, position })
    }

    pub(super) async fn do_financial_center(
        &self,
        actor: Actor,
        id: FinancialCenterId,
    ) -> Result<Read<FinancialCenter>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let value = alive(db::financial_centers::find(&mut tx, actor.household, id).await?)?;
        Ok(Read { value, position })
    }

    pub(super) async fn do_add_financial_center(
        &self,
        actor: Actor,
        terms: Terms,
        form: FinancialCenterForm,
    ) -> Result<Written<FinancialCenter>, Fault> {
        let new = form.new_center()?;
        let mutation = terms.mutation_id.unwrap_or_else(|| MutationId::from(new.id.uuid()));
        let begun =
            Write::begin(self, actor, "add_financial_center", &form, Some(mutation), new.id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let row = db::financial_centers::find(&mut repeat.tx, actor.household, repeat.subject.into())
                    .await?;
                return Ok(Written { value: alive(row)?, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        match db::financial_centers::find(&mut write.tx, actor.household, new.id).await? {
            None => {}
            Some((_, true)) => return Err(AppError::Gone.into()),
            Some((_, false)) => return Err(AppError::IdTaken.into()),
        }
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
        let center = FinancialCenter {
            id: new.id,
            name: new.name,
            currency,
            opening_balance,
            archived: new.archived,
            version: 1,
        };
        db::financial_centers::insert(&mut write.tx, actor.household, &center, write.now.millis()).await?;
        write.created(Change::FinancialCenterCreated(center.clone()));
        let position = write.commit(self).await?;
        Ok(Written { value: center, position, repeated: false })
    }

    pub(super) async fn do_revise_financial_center(
        &self,
        actor: Actor,
        terms: Terms,
        id: FinancialCenterId,
        form: FinancialCenterForm,
    ) -> Result<Written<FinancialCenter>, Fault> {
        let FinancialCenterRevision { name, currency, opening_balance, archived } = form.revision()?;
        let begun =
            Write::begin(self, actor, "revise_financial_center", &(id, &form), terms.mutation_id, id.uuid())
                .await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let row = db::financial_centers::find(&mut repeat.tx, actor.household, id).await?;
                return Ok(Written { value: alive(row)?, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let old = alive(db::financial_centers::find(&mut write.tx, actor.household, id).await?)?;
        check_version(terms.base_version, old.version, &old)?;
        let currency = currency.unwrap_or(old.currency);
        if currency != old.currency
            && db::financial_centers::in_use(&mut write.tx, actor.household, id).await?
        {
            return Err(AppError::InUse.into());
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
            version: old.version + 1,
        };
        db::financial_centers::update(&mut write.tx, actor.household, &center, false, write.now.millis())
            .await?;
        write.changed(Change::FinancialCenterUpdated(center.clone()), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: center, position, repeated: false })
    }

    pub(super) async fn do_delete_financial_center(
        &self,
        actor: Actor,
        terms: Terms,
        id: FinancialCenterId,
    ) -> Result<Written<()>, Fault> {
        let begun =
            Write::begin(self, actor, "delete_financial_center", &id, terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => {
                return Ok(Written { value: (), position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let old = alive(db::financial_centers::find(&mut write.tx, actor.household, id).await?)?;
        check_version(terms.base_version, old.version, &old)?;
        if db::financial_centers::in_use(&mut write.tx, actor.household, id).await? {
            return Err(AppError::InUse.into());
        }
        let tombstone = FinancialCenter { version: old.version + 1, ..old.clone() };
        db::financial_centers::update(&mut write.tx, actor.household, &tombstone, true, write.now.millis())
            .await?;
        write.changed(Change::FinancialCenterDeleted(Deleted { id }), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: (), position, repeated: false })
    }

    pub(super) async fn do_restore_financial_center(
        &self,
        actor: Actor,
        terms: Terms,
        id: FinancialCenterId,
    ) -> Result<Written<FinancialCenter>, Fault> {
        let begun =
            Write::begin(self, actor, "restore_financial_center", &id, terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(mut repeat) => {
                let row = db::financial_centers::find(&mut repeat.tx, actor.household, id).await?;
                return Ok(Written { value: alive(row)?, position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let (old, deleted) = db::financial_centers::find(&mut write.tx, actor.household, id)
            .await?
            .ok_or(AppError::NotFound)?;
        check_version(terms.base_version, old.version, &old)?;
        if !deleted {
            let position = app::wire::Position { seq: write.position.seq - 1, ..write.position };
            return Ok(Written { value: old, position, repeated: true });
        }
        let center = FinancialCenter { version: old.version + 1, ..old };
        db::financial_centers::update(&mut write.tx, actor.household, &center, false, write.now.millis())
            .await?;
        write.created(Change::FinancialCenterCreated(center.clone()));
        let position = write.commit(self).await?;
        Ok(Written { value: center, position, repeated: false })
    }
}
