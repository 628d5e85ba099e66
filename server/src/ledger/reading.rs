//! Readings across several tables, each in one transaction: snapshot, summary, log.

use super::{Ledger, fault::Fault, plans::MOST_READ, sockets::readable};
use crate::{
    db::{
        self,
        change_log::{Logged, Portion},
    },
    journal::{LogEntry, frames},
};
use app::{
    domain::{HouseholdId, Money, Month, Summary, plan},
    error::AppError,
    replica::apply::{sort_articles, sort_centers, sort_recurring},
    service::{Actor, Event, Read, Since, Snapshot},
    wire::{Position, SNAPSHOT_FACTS},
};

/// The most bytes of the log in one response.
const EVENT_BYTES: i64 = 1024 * 1024;

impl Ledger {
    /// The end of a household's log.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn position(&self, household: HouseholdId) -> Result<Position, Fault> {
        let mut tx = self.database.glance().await?;
        Ok(db::households::position(&mut tx, household).await?)
    }

    pub(super) async fn do_snapshot(&self, actor: Actor) -> Result<Snapshot, Fault> {
        let mut tx = self.database.read().await?;
        // The browser sends this request with a body, which may take a while to arrive after the request was
        // authenticated.
        if !db::members::is_one(&mut tx, actor.household, actor.member).await? {
            return Err(AppError::NotSignedIn.into());
        }
        let position = db::households::position(&mut tx, actor.household).await?;
        let household = db::households::find(&mut tx, actor.household).await?;
        let today = self.clock.today(&household.time_zone);
        let mut articles = db::articles::list(&mut tx, actor.household).await?;
        sort_articles(&mut articles);
        let mut financial_centers = db::financial_centers::list(&mut tx, actor.household).await?;
        sort_centers(&mut financial_centers);
        let mut recurring = db::recurring::list(&mut tx, actor.household).await?;
        sort_recurring(&mut recurring);
        let limit = i64::try_from(SNAPSHOT_FACTS).unwrap_or(i64::MAX);
        Ok(Snapshot {
            position,
            today,
            household,
            me: actor.member,
            members: db::members::list(&mut tx, actor.household).await?,
            articles,
            merged: db::articles::merged(&mut tx, actor.household).await?,
            financial_centers,
            month: db::totals::month(&mut tx, actor.household, today.month()).await?,
            plans: db::plans::between(&mut tx, actor.household, today.month().into(), MOST_READ).await?,
            recurring,
            facts: db::fact_pages::newest(&mut tx, actor.household, limit).await?,
        })
    }

    pub(super) async fn do_summary(
        &self,
        actor: Actor,
        month: Option<Month>,
    ) -> Result<Read<Summary>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let household = db::households::find(&mut tx, actor.household).await?;
        let month = month.unwrap_or_else(|| self.clock.today(&household.time_zone).month());
        let articles = db::articles::list(&mut tx, actor.household).await?;
        let plans = db::plans::between(&mut tx, actor.household, month.into(), MOST_READ).await?;
        let totals = db::totals::month(&mut tx, actor.household, month).await?;
        let mut financial_centers = db::financial_centers::list(&mut tx, actor.household).await?;
        sort_centers(&mut financial_centers);
        let value = Summary {
            month,
            totals: totals.by_currency(&articles, household.currency),
            articles: plan::summaries(&articles, &plans, &totals, household.currency),
            left_to_spend: plan::spending(&articles, &plans, &totals, household.currency)
                .map(|line| Money::from_minor(line.left(), household.currency)),
            financial_centers,
        };
        Ok(Read { value, position })
    }

    pub(super) async fn do_events(
        &self,
        actor: Actor,
        Since { seq: since, epoch, check }: Since,
        limit: i64,
    ) -> Result<Read<Vec<Event>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        if epoch.is_some_and(|epoch| epoch != position.epoch) || since > position.seq {
            // The position is of another epoch, or ahead of this log: no entry after it would be valid.
            return Err(AppError::PositionLost.into());
        }
        if check.is_some() && check != db::change_log::check_of(&mut tx, actor.household, since).await? {
            // The number was assigned again after the book was restored from a backup.
            return Err(AppError::PositionLost.into());
        }
        let portion = Portion { entries: limit, bytes: EVENT_BYTES };
        let logged = db::change_log::after(&mut tx, actor.household, since, portion).await?;
        let value = readable(logged, event)?;
        Ok(Read { value, position })
    }
}

fn event(logged: Logged) -> Result<Event, Fault> {
    let entries: Vec<LogEntry> = serde_json::from_str(&logged.changes)?;
    Ok(Event {
        seq: logged.seq,
        check: Some(logged.check()),
        at: logged.at,
        member_id: logged.member_id,
        mutation_id: logged.mutation_id,
        changes: entries.into_iter().map(frames::entry).collect::<Result<_, _>>()?,
    })
}
