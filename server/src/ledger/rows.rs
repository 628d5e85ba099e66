//! The one shape of writing a row: is it a repeat, does the row stand, was this version seen, may it
//! be done? Then the row, its entry in the log, and the answer. What differs between facts, articles
//! and centers is said in [`Row`].

use super::{
    Ledger,
    fault::Fault,
    write::{Begun, Order, Repeat, Write, alive, check_version},
};
use crate::db::{self, Tx};
use app::{
    domain::{Day, HouseholdId, Instant, Limit, MutationId},
    error::AppError,
    service::{Actor, Read, Written},
    wire::Change,
};
use serde::Serialize;
use std::{future::Future, ops::ControlFlow};
use uuid::Uuid;

/// A kind of row that people write.
pub(super) trait Row: Clone + Serialize + Send + Sync + Sized {
    type Id: Copy + Serialize + From<Uuid> + Into<Uuid> + Send + Sync;
    /// How many of them a household may have, if that is limited.
    const LIMIT: Option<Limit> = None;

    fn version(&self) -> i64;
    /// The same row one version later, by this person.
    fn later(&self, actor: Actor, now: Instant) -> Self;

    fn created(self) -> Change;
    fn updated(self) -> Change;
    /// Of the tombstone.
    fn deleted(&self, actor: Actor) -> Change;

    /// The row, and whether it is deleted.
    fn find(
        tx: &mut Tx,
        household: HouseholdId,
        id: Self::Id,
    ) -> impl Future<Output = sqlx::Result<Option<(Self, bool)>>> + Send;
    fn insert(&self, tx: &mut Tx, at: Place) -> impl Future<Output = sqlx::Result<bool>> + Send;
    fn update(&self, tx: &mut Tx, at: Place, deleted: bool) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// How many of them the household has that are not deleted; asked where there is a limit.
    fn count(_tx: &mut Tx, _household: HouseholdId) -> impl Future<Output = sqlx::Result<i64>> + Send {
        std::future::ready(Ok(0))
    }

    /// Whether it may be changed by itself.
    fn check_free(&self) -> Result<(), AppError> {
        Ok(())
    }

    /// Whether nothing needs it.
    fn check_unused(
        &self,
        _tx: &mut Tx,
        _household: HouseholdId,
    ) -> impl Future<Output = Result<(), Fault>> + Send {
        std::future::ready(Ok(()))
    }

    /// As it goes on after the time that it was deleted. When that was, its tombstone tells; `day_of` tells
    /// which day it was in the household.
    fn resumed(self, _tombstone: &Self, _day_of: impl Fn(Instant) -> Day) -> Self {
        self
    }

    /// As it comes back after a deletion.
    fn returning(
        self,
        _tx: &mut Tx,
        _household: HouseholdId,
    ) -> impl Future<Output = Result<Self, Fault>> + Send {
        std::future::ready(Ok(self))
    }
}

/// Whose a row is, and when it is written.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub household: HouseholdId,
    pub now: Instant,
}

/// A write under way, or the answer that a repeat gets.
pub(super) type Open<Started, Value> = ControlFlow<Written<Value>, Started>;

impl Ledger {
    pub(super) async fn row<R: Row>(&self, actor: Actor, id: R::Id) -> Result<Read<R>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        Ok(Read { value: alive(R::find(&mut tx, actor.household, id).await?)?, position })
    }

    /// Begins a row of this id, unless it was begun before.
    pub(super) async fn begin_new<R: Row>(
        &self,
        order: Order,
        id: R::Id,
    ) -> Result<Open<Box<Write>, R>, Fault> {
        let actor = order.actor;
        let mutation = order.terms.mutation_id.unwrap_or_else(|| MutationId::from(id.into()));
        let mut write = match order.with_mutation(mutation).begin(self, id.into()).await? {
            Begun::Repeat(repeat) => return repeated(*repeat, actor).await.map(ControlFlow::Break),
            Begun::Fresh(write) => write,
        };
        match R::find(&mut write.tx, actor.household, id).await? {
            None => Ok(ControlFlow::Continue(write)),
            Some((_, true)) => Err(AppError::Gone.into()),
            Some((_, false)) => Err(AppError::IdTaken.into()),
        }
    }

    pub(super) async fn finish_new<R: Row>(
        &self,
        mut write: Box<Write>,
        row: R,
    ) -> Result<Written<R>, Fault> {
        let place = write.place();
        check_room::<R>(&mut write.tx, place.household).await?;
        row.insert(&mut write.tx, place).await?;
        write.created(row.clone().created());
        let position = write.commit(self).await?;
        Ok(Written { value: row, position, repeated: false })
    }

    /// Begins a change of a row, which is answered as it stands.
    pub(super) async fn begin_revision<R: Row>(
        &self,
        order: Order,
        id: R::Id,
    ) -> Result<Open<(Box<Write>, R), R>, Fault> {
        let actor = order.actor;
        let mut write = match order.begin(self, id.into()).await? {
            Begun::Repeat(repeat) => return repeated(*repeat, actor).await.map(ControlFlow::Break),
            Begun::Fresh(write) => write,
        };
        let old = alive(R::find(&mut write.tx, actor.household, id).await?)?;
        old.check_free()?;
        check_version(order.terms.base_version, old.version(), &old)?;
        Ok(ControlFlow::Continue((write, old)))
    }

    pub(super) async fn finish_revision<R: Row>(
        &self,
        mut write: Box<Write>,
        old: &R,
        row: R,
    ) -> Result<Written<R>, Fault> {
        let place = write.place();
        row.update(&mut write.tx, place, false).await?;
        write.changed(row.clone().updated(), old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: row, position, repeated: false })
    }

    pub(super) async fn delete_row<R: Row>(&self, order: Order, id: R::Id) -> Result<Written<()>, Fault> {
        let actor = order.actor;
        let mut write = match order.begin(self, id.into()).await? {
            Begun::Repeat(repeat) => {
                return Ok(Written { value: (), position: repeat.position, repeated: true });
            }
            Begun::Fresh(write) => write,
        };
        let old = alive(R::find(&mut write.tx, actor.household, id).await?)?;
        old.check_free()?;
        check_version(order.terms.base_version, old.version(), &old)?;
        old.check_unused(&mut write.tx, actor.household).await?;
        let tombstone = old.later(actor, write.now);
        let place = write.place();
        tombstone.update(&mut write.tx, place, true).await?;
        write.changed(tombstone.deleted(actor), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: (), position, repeated: false })
    }

    pub(super) async fn restore_row<R: Row>(&self, order: Order, id: R::Id) -> Result<Written<R>, Fault> {
        let actor = order.actor;
        let mut write = match order.begin(self, id.into()).await? {
            Begun::Repeat(repeat) => return repeated(*repeat, actor).await,
            Begun::Fresh(write) => write,
        };
        let found = R::find(&mut write.tx, actor.household, id).await?;
        let (old, deleted) = found.ok_or(AppError::NotFound)?;
        old.check_free()?;
        check_version(order.terms.base_version, old.version(), &old)?;
        if !deleted {
            return Ok(Written { value: old, position: write.nothing_to_do(), repeated: true });
        }
        check_room::<R>(&mut write.tx, actor.household).await?;
        let row = old.later(actor, write.now).resumed(&old, |then| self.clock.day_of(then, &write.time_zone));
        let row = row.returning(&mut write.tx, actor.household).await?;
        let place = write.place();
        row.update(&mut write.tx, place, false).await?;
        write.created(row.clone().created());
        let position = write.commit(self).await?;
        Ok(Written { value: row, position, repeated: false })
    }
}

/// Refuses one more where there are as many as there may be. The household is locked, so nobody adds another
/// one meanwhile.
async fn check_room<R: Row>(tx: &mut Tx, household: HouseholdId) -> Result<(), Fault> {
    match R::LIMIT {
        Some(limit) if R::count(tx, household).await? >= limit.most() => {
            Err(AppError::LimitReached { limit }.into())
        }
        _ => Ok(()),
    }
}

/// What a write that was done before is answered: the row as it stands, and the number it had then.
async fn repeated<R: Row>(mut repeat: Repeat, actor: Actor) -> Result<Written<R>, Fault> {
    let row = R::find(&mut repeat.tx, actor.household, repeat.subject.into()).await?;
    Ok(Written { value: alive(row)?, position: repeat.position, repeated: true })
}
