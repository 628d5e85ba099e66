//! Reading facts, and the row that every change of a fact goes through.

use super::{
    Ledger,
    fault::Fault,
    rows::{Place, Row},
};
use crate::db::{self, Tx};
use app::{
    domain::{Article, Fact, FactId, FinancialCenter, HouseholdId, Instant, Reason, Refusals},
    error::AppError,
    service::{Actor, FactPage, FactQuery, Read},
    wire::{Change, DeletedFact},
};

/// Article and center of a fact, both this household's and in use.
pub(super) struct Places {
    pub article: Option<Article>,
    pub center: Option<FinancialCenter>,
}

impl Ledger {
    pub(super) async fn do_facts(&self, actor: Actor, query: FactQuery) -> Result<Read<FactPage>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        // One more than asked for tells whether there are more.
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let mut page = FactQuery { limit: query.limit + 1, ..query };
        let mut items = Vec::new();
        loop {
            let rows = db::facts::page(&mut tx, actor.household, &page).await?;
            let (count, last) = (rows.len(), rows.last().map(Fact::key));
            let tagged = |fact: &Fact| page.tag.as_ref().is_none_or(|tag| fact.comment.tags().contains(tag));
            items.extend(rows.into_iter().filter(tagged));
            // What has only a longer tag is left out, so the next ones may still be wanted.
            if items.len() > wanted || count <= wanted {
                break;
            }
            page.after = last;
        }
        let more = items.len() > wanted;
        items.truncate(wanted);
        let next = items.last().filter(|_| more).map(Fact::key);
        Ok(Read { value: FactPage { items, next }, position })
    }
}

impl Row for Fact {
    type Id = FactId;

    fn version(&self) -> i64 {
        self.version
    }

    fn later(&self, actor: Actor, now: Instant) -> Self {
        Self { version: self.version + 1, updated_by: actor.member, updated_at: now, ..self.clone() }
    }

    fn created(self) -> Change {
        Change::FactCreated(self)
    }

    fn updated(self) -> Change {
        Change::FactUpdated(self)
    }

    fn deleted(&self, actor: Actor) -> Change {
        Change::FactDeleted(DeletedFact { id: self.id, version: self.version, deleted_by: actor.member })
    }

    async fn find(tx: &mut Tx, household: HouseholdId, id: FactId) -> sqlx::Result<Option<(Self, bool)>> {
        db::facts::find(tx, household, id).await
    }

    async fn insert(&self, tx: &mut Tx, at: Place) -> sqlx::Result<bool> {
        db::facts::insert(tx, at.household, self).await
    }

    async fn update(&self, tx: &mut Tx, at: Place, deleted: bool) -> sqlx::Result<()> {
        db::facts::update(tx, at.household, self, deleted).await
    }

    /// A part of a transfer or split is changed with the whole only.
    fn check_free(&self) -> Result<(), AppError> {
        if self.group.is_some() { Err(AppError::PartOfGroup) } else { Ok(()) }
    }
}

/// Looks article and center up in this household and notes what cannot be used.
pub(super) async fn places(
    tx: &mut Tx,
    household: HouseholdId,
    article: Option<app::domain::ArticleId>,
    center: Option<app::domain::FinancialCenterId>,
    refusals: &mut Refusals,
) -> Result<Places, Fault> {
    let mut places = Places { article: None, center: None };
    if let Some(id) = article {
        let found =
            db::articles::find(tx, household, id).await?.map(|(row, deleted)| (row.archived, deleted, row));
        places.article = usable("article_id", found, refusals);
    }
    if let Some(id) = center {
        let found = db::financial_centers::find(tx, household, id)
            .await?
            .map(|(row, deleted)| (row.archived, deleted, row));
        places.center = usable("financial_center_id", found, refusals);
    }
    Ok(places)
}

pub(super) fn usable<T>(field: &str, found: Option<(bool, bool, T)>, refusals: &mut Refusals) -> Option<T> {
    match found {
        Some((false, false, row)) => Some(row),
        Some((true, false, row)) => {
            refusals.add(field, Reason::Archived);
            Some(row)
        }
        Some((_, true, _)) | None => {
            refusals.add(field, Reason::NotFound);
            None
        }
    }
}
