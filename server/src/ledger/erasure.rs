//! Deleting a household: it is closed at once and erased from every table seven days later. A demo household
//! is erased at once.

use super::{
    Ledger,
    fault::Fault,
    household::{check_owner, household_before},
    write::{Begun, Write, check_version},
};
use crate::db::{self, demos::Idle};
use app::{
    domain::{Household, HouseholdId, Name, Reason},
    error::AppError,
    service::{Actor, Terms, Written},
    wire::{Change, close},
};

/// The day of the deletion does not count: seven whole days remain to reopen the household.
const DAYS: i64 = 8;
/// The most rows of one transaction, so that other writers wait only milliseconds.
const STEP: i64 = 500;

impl Ledger {
    pub(super) async fn do_close_household(
        &self,
        actor: Actor,
        terms: Terms,
        name: String,
    ) -> Result<Written<Household>, Fault> {
        let subject = actor.household.uuid();
        let begun = Write::begin(self, actor, "close_household", &name, terms.mutation_id, subject).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => return household_before(*repeat, actor.household).await,
            Begun::Fresh(write) => write,
        };
        if db::demos::is_demo(&mut write.tx, actor.household).await? {
            return Err(AppError::NotInDemo.into());
        }
        check_owner(&mut write.tx, actor).await?;
        let old = db::households::find(&mut write.tx, actor.household).await?;
        check_version(terms.base_version, old.version, &old)?;
        if name.trim().is_empty() {
            return Err(AppError::field("name", Reason::Required).into());
        }
        if name.parse::<Name>().ok().as_ref() != Some(&old.name) {
            return Err(AppError::field("name", Reason::NameDiffers).into());
        }
        if let Some(erase_on) = old.erase_on {
            return Err(AppError::of_closed(erase_on, self.clock.today(&write.time_zone)).into());
        }
        let erase_on = self.clock.today(&write.time_zone).plus_days(DAYS);
        let erase_on =
            erase_on.ok_or_else(|| Fault::Other("the calendar ends in less than a week".into()))?;
        let new = Household { erase_on: Some(erase_on), version: old.version + 1, ..old.clone() };
        self.change_closing(*write, old, new).await
    }

    pub(super) async fn do_reopen_household(
        &self,
        actor: Actor,
        terms: Terms,
    ) -> Result<Written<Household>, Fault> {
        let subject = actor.household.uuid();
        let begun = Write::begin(self, actor, "reopen_household", &(), terms.mutation_id, subject).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => return household_before(*repeat, actor.household).await,
            Begun::Fresh(write) => write,
        };
        check_owner(&mut write.tx, actor).await?;
        let old = db::households::find(&mut write.tx, actor.household).await?;
        check_version(terms.base_version, old.version, &old)?;
        let Some(erase_on) = old.erase_on else {
            return Ok(Written {
                value: old,
                position: write.nothing_to_do(),
                repeated: true,
                already: true,
            });
        };
        // Whether a household is kept does not depend on when the task that erases it runs.
        if self.clock.today(&write.time_zone) >= erase_on {
            return Err(AppError::ErasureDue.into());
        }
        let new = Household { erase_on: None, version: old.version + 1, ..old.clone() };
        self.change_closing(*write, old, new).await
    }

    async fn change_closing(
        &self,
        mut write: Write,
        old: Household,
        new: Household,
    ) -> Result<Written<Household>, Fault> {
        let by = write.member();
        db::households::update(&mut write.tx, &new, by).await?;
        write.changed(Change::HouseholdUpdated(new.clone()), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: new, position, repeated: false, already: false })
    }

    /// Erases the households whose day has come; returns their number. Several processes may run it at once,
    /// and an interrupted one is continued by the next.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn erase_due(&self) -> Result<usize, Fault> {
        // A day that has begun anywhere on Earth; whether it has begun in the household's time zone is
        // checked for each.
        let latest = self.clock.today("Pacific/Kiritimati");
        let mut tx = self.database.glance().await?;
        let due = db::erasure::due(&mut tx, latest).await?;
        drop(tx);
        let mut count = 0;
        for household in due {
            if self.clock.today(&household.time_zone) < household.erase_on {
                continue;
            }
            match self.erase(household.id, &household.time_zone).await {
                Ok(()) => count += 1,
                // The others are erased nevertheless, and this one is retried in the next round.
                Err(error) => tracing::warn!(%error, household = %household.id, "cannot erase a household"),
            }
        }
        Ok(count)
    }

    /// Closes and erases an idle demo household; returns false if somebody uses it again or it is gone.
    pub(super) async fn erase_demo(&self, household: HouseholdId, idle: Idle) -> Result<bool, Fault> {
        let mut tx = self.database.begin_in(&[household]).await?;
        // Lock the household first, as every writer does. Somebody may have returned meanwhile.
        let there = db::households::lock(&mut tx, household).await?;
        let seen = self.seen.in_households().get(&household).is_some_and(|at| idle.is_broken_by(*at));
        if !there || seen || !db::demos::is_idle(&mut tx, household, idle).await? {
            return Ok(false);
        }
        let time_zone = db::households::find(&mut tx, household).await?.time_zone;
        db::erasure::close(&mut tx, household, self.clock.today(&time_zone)).await?;
        tx.commit().await?;
        // Its place is free now. If the erasure fails, `erase_due` continues it.
        if let Err(error) = self.erase(household, &time_zone).await {
            tracing::warn!(%error, %household, "cannot erase a demo household");
        }
        Ok(true)
    }

    async fn erase(&self, household: HouseholdId, time_zone: &str) -> Result<(), Fault> {
        let mut more = true;
        while more {
            let mut tx = self.database.begin_in(&[household]).await?;
            // Lock the household first, as every writer does. Its owner may have reopened it, or another
            // process has erased it.
            let there = db::households::lock(&mut tx, household).await?;
            if !there || !db::erasure::is_due(&mut tx, household, self.clock.today(time_zone)).await? {
                return Ok(());
            }
            // From here on nobody can read an incomplete household, or reopen it.
            db::erasure::remove_members(&mut tx, household, self.clock.now().millis()).await?;
            let sessions = db::erasure::send_sessions_away(&mut tx, household, STEP).await?;
            if sessions.is_empty() && !db::erasure::delete_some(&mut tx, household, STEP).await? {
                let accounts = db::erasure::delete_members(&mut tx, household, STEP).await?;
                if accounts.is_empty() {
                    db::erasure::delete_household(&mut tx, household).await?;
                    more = false;
                }
                for account in accounts {
                    db::erasure::delete_account(&mut tx, account).await?;
                }
            }
            self.commit_and_close(tx, sessions, close::NOT_A_MEMBER).await?;
        }
        Ok(())
    }
}
