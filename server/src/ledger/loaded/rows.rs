//! Loads single rows by the ids that a command names.

use super::Loaded;
use crate::{
    db::{self, Tx},
    ledger::fault::Fault,
};
use app::{
    command::{GroupParts, Lookup},
    domain::{
        Day, Fact, FinancialCenter, GroupId, GroupKind, Recurring, RecurringId, occurrence::Settlement,
    },
};
use std::str::FromStr;

impl Loaded {
    pub(super) async fn load_fact(
        &mut self,
        tx: &mut Tx,
        id: Option<&impl ToString>,
    ) -> Result<Option<Fact>, Fault> {
        let Some(id) = id.and_then(|id| read(Some(&id.to_string()))) else { return Ok(None) };
        let found = db::facts::find(tx, self.household_id, id).await?;
        let fact = found.as_ref().map(|(fact, _)| fact.clone());
        self.facts.insert(id, lookup(found));
        Ok(fact)
    }

    pub(super) async fn load_group(
        &mut self,
        tx: &mut Tx,
        kind: GroupKind,
        id: GroupId,
    ) -> Result<(), Fault> {
        let alive = db::facts::parts(tx, self.household_id, id).await?;
        let dead = if alive.is_empty() {
            db::facts::deleted_parts(tx, self.household_id, id).await?
        } else {
            Vec::new()
        };
        let parts = || alive.iter().chain(&dead);
        let version = parts().map(|part| part.version).max();
        // A transfer is not found by the id of a split, and a split not by that of a transfer.
        let of_kind = parts().all(|part| part.group.is_some_and(|group| group.kind == kind));
        let found = match version.filter(|_| of_kind) {
            None => Lookup::Missing,
            Some(version) if alive.is_empty() => Lookup::Deleted(GroupParts { alive, dead, version }),
            Some(version) => Lookup::Found(GroupParts { alive, dead, version }),
        };
        self.groups.insert(id, (kind, found));
        Ok(())
    }

    pub(super) async fn load_article(
        &mut self,
        tx: &mut Tx,
        id: Option<&impl ToString>,
    ) -> Result<(), Fault> {
        let Some(id) = id.and_then(|id| read(Some(&id.to_string()))) else { return Ok(()) };
        if self.articles.contains_key(&id) {
            return Ok(());
        }
        let found = db::articles::find(tx, self.household_id, id).await?;
        if found.as_ref().is_some_and(|(_, deleted)| *deleted)
            && let Some(into) = db::articles::merged_into(tx, self.household_id, id).await?
        {
            // That one was not merged itself: what was merged into an article follows it when it is merged.
            self.articles.insert(into, lookup(db::articles::find(tx, self.household_id, into).await?));
            self.merged.insert(id, into);
        }
        self.articles.insert(id, lookup(found));
        Ok(())
    }

    /// Loads all articles that are not deleted, for a command that names many.
    pub(super) async fn load_articles(&mut self, tx: &mut Tx) -> Result<(), Fault> {
        let all = db::articles::list(tx, self.household_id).await?;
        self.articles.extend(all.into_iter().map(|article| (article.id, Lookup::Found(article))));
        Ok(())
    }

    pub(super) async fn load_center(
        &mut self,
        tx: &mut Tx,
        id: Option<&impl ToString>,
    ) -> Result<Option<FinancialCenter>, Fault> {
        let Some(id) = id.and_then(|id| read(Some(&id.to_string()))) else { return Ok(None) };
        let found = db::financial_centers::find(tx, self.household_id, id).await?;
        let center = found.as_ref().map(|(center, _)| center.clone());
        self.centers.insert(id, lookup(found));
        Ok(center)
    }

    /// The row, if it exists.
    pub(super) async fn load_recurring(
        &mut self,
        tx: &mut Tx,
        id: RecurringId,
    ) -> Result<Option<Recurring>, Fault> {
        let found = db::recurring::find(tx, self.household_id, id).await?;
        let row = found.as_ref().filter(|(_, deleted)| !deleted).map(|(row, _)| row.clone());
        self.recurring.insert(id, lookup(found));
        Ok(row)
    }

    pub(super) async fn load_settlement(
        &mut self,
        tx: &mut Tx,
        id: RecurringId,
        day: Day,
    ) -> Result<Option<Settlement>, Fault> {
        let found = db::occurrences::find(tx, self.household_id, id, day).await?;
        self.settlements.insert((id, day), found.map_or(Lookup::Missing, Lookup::Found));
        Ok(found)
    }
}

/// Parses a value as the form parses it; `None` if it is invalid.
pub(super) fn read<T: FromStr>(text: Option<&String>) -> Option<T> {
    text?.trim().parse().ok()
}

fn lookup<T>(found: Option<(T, bool)>) -> Lookup<T> {
    match found {
        None => Lookup::Missing,
        Some((row, true)) => Lookup::Deleted(row),
        Some((row, false)) => Lookup::Found(row),
    }
}
