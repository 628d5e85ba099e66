//! Records recurring entries automatically once their day begins in the household's time zone.

use super::{
    Ledger,
    fault::Fault,
    loaded::Loaded,
    rows::alive,
    storing::store,
    write::{Begun, Write},
};
use crate::db::{self, due::Due};
use app::{
    command::{Command, Decision, Revised, decide},
    domain::{
        AccountId, Day, Language, OccurrenceForm, Plan, Recurring, Role, SessionId, Target,
        occurrence::{Occurrence, Settlement},
    },
    error::AppError,
    service::{Actor, Terms},
};
use uuid::Uuid;

impl Ledger {
    /// Settles every automatic day that is due, in every household; returns the number of days. Several
    /// processes may run it at once.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn settle_due(&self) -> Result<usize, Fault> {
        // A day that has begun anywhere on Earth; whether it has begun in the household's time zone is
        // checked for each.
        let latest = self.clock.today("Pacific/Kiritimati");
        let mut tx = self.database.glance().await?;
        let due = db::due::due(&mut tx, latest, latest.month().plus(1).days().1).await?;
        drop(tx);
        let mut count = 0;
        for due in due {
            match self.settle_next(&due).await {
                Ok(true) => count += 1,
                Ok(false) => {}
                // For example because the account was archived: the row stays expected and visible.
                Err(error) => tracing::debug!(%error, id = %due.id, "a recurring entry cannot be recorded"),
            }
        }
        Ok(count)
    }

    /// Settles the next due day of a recurring entry; returns false if there is none.
    async fn settle_next(&self, due: &Due) -> Result<bool, Fault> {
        let today = self.clock.today(&due.time_zone);
        if !due.is_worth_a_look(today) {
            return Ok(false);
        }
        let mut tx = self.database.read().await?;
        let row = alive(db::recurring::find(&mut tx, due.household_id, due.id).await?)?;
        drop(tx);
        if row.automatic_days(today).next().is_none() {
            // Its open days are too far in the past. It is skipped until another day is due.
            let mut tx = self.database.begin_in(&[due.household_id]).await?;
            let next_on = row.next_automatic_day(today);
            db::due::pass_over(&mut tx, due.household_id, &row, next_on, today).await?;
            tx.commit().await?;
            return Ok(false);
        }
        let actor = self.in_whose_name(due).await?;
        let begun = Write::begin(self, actor, "settle_due", &due.id, None, due.id.uuid()).await?;
        let Begun::Fresh(mut write) = begun else { return Ok(false) };
        let row = alive(db::recurring::find(&mut write.tx, actor.household, due.id).await?)?;
        // Another process or a member may have settled the day already.
        let next = row.automatic_days(today).next();
        let Some(day) = next.filter(|_| row.automatic) else { return Ok(false) };
        match row.target {
            Target::Fact => self.record(&mut write, &row, day).await?,
            Target::Plan => raise_plan(&mut write, &row, day).await?,
        }
        write.commit(self).await?;
        Ok(true)
    }

    /// Records the transaction of a day by the rule for a confirmation.
    async fn record(&self, write: &mut Write, row: &Recurring, day: Day) -> Result<(), Fault> {
        let form = OccurrenceForm { day: Some(day.to_string()), ..OccurrenceForm::default() };
        let (command, terms) = (Command::ConfirmOccurrence { id: row.id, form }, Terms::default());
        let known = Loaded::of(write, &self.clock, terms, row.id.uuid(), &command).await?;
        match decide(&known, terms, &command) {
            Decision::Changes(changes) => {
                for change in &changes {
                    store(write, change).await?;
                }
                Ok(())
            }
            Decision::Refused(error) => Err(error.into()),
            Decision::Already | Decision::Unknown => {
                Err(Fault::Other(format!("the day {day} of {} cannot be recorded", row.id)))
            }
        }
    }

    /// The member in whose name it is recorded: the last one who changed the recurring entry, or the owner if
    /// that member has left.
    async fn in_whose_name(&self, due: &Due) -> Result<Actor, Fault> {
        let mut tx = self.database.read().await?;
        let members = db::members::list(&mut tx, due.household_id).await?;
        let here = |row: &&app::domain::Member| !row.removed;
        let author = members.iter().filter(here).find(|row| row.id == due.updated_by);
        let member = author.or_else(|| members.iter().filter(here).find(|row| row.role == Role::Owner));
        let member = member.ok_or(AppError::NoHousehold)?.id;
        Ok(Actor {
            account: AccountId::from(Uuid::nil()),
            household: due.household_id,
            member,
            session: SessionId::from(Uuid::nil()),
            language: Language::En,
        })
    }
}

/// Adds the amount to the plan of the day's month, and settles the day.
async fn raise_plan(write: &mut Write, row: &Recurring, day: Day) -> Result<(), Fault> {
    let (household, month) = (write.scope().household, day.month());
    let old = db::plans::find(&mut write.tx, household, row.article_id, month).await?;
    let amount = old.as_ref().map_or(row.amount, |old| old.amount.plus(row.amount.minor()));
    let plan = Plan {
        article_id: row.article_id,
        month,
        amount,
        version: old.as_ref().map_or(0, |old| old.version) + 1,
        updated_by: write.member(),
        updated_at: write.now,
    };
    let raised = match old {
        Some(old) => Revised::updated(old, plan),
        None => Revised::created(plan),
    };
    store(write, &raised.into()).await?;
    let occurrence = Occurrence { recurring_id: row.id, day, settlement: Settlement::Planned };
    store(write, &Revised::created(occurrence).into()).await?;
    let (version, updated_at) = (row.version + 1, write.now);
    let settled = Recurring { version, updated_at, ..row.clone() }.with_settled(day);
    store(write, &Revised::updated(row.clone(), settled).into()).await
}
