//! The inverse of an entry: how the foreseen book becomes the confirmed one again.

use super::apply::Book;
use crate::{
    domain::{Article, ArticleId, Fact, FinancialCenter, Month, Recurring},
    wire::{Change, Deleted, DeletedArticle, DeletedFact, Entry},
};

/// Undoes one entry.
#[derive(Clone, Debug)]
pub(super) enum Inverse {
    Entry(Box<Entry>),
    /// Removes a plan that was not set before.
    Plan(ArticleId, Month),
}

/// The inverse of a change; `None` if there is nothing to undo.
pub(super) fn inverse(book: &Book, change: &Change) -> Option<Inverse> {
    let shown = &book.shown;
    let (change, before) = match change {
        Change::FactCreated(fact) => return Some(Inverse::Entry(deletion(fact).into())),
        Change::FactUpdated(fact) => (Change::FactUpdated(book.fact(fact.id)?.clone()), Some(fact.before())),
        Change::FactDeleted(gone) => (Change::FactCreated(book.fact(gone.id)?.clone()), None),
        Change::ArticleCreated(Article { id, .. })
        | Change::ArticleUpdated(Article { id, .. })
        | Change::ArticleDeleted(DeletedArticle { id, .. }) => {
            let old = shown.articles.iter().find(|old| old.id == *id).cloned();
            let gone = Change::ArticleDeleted(DeletedArticle { id: *id, merged_into: None });
            (old.map_or(gone, Change::ArticleUpdated), None)
        }
        // Only a center in which nothing was recorded can be deleted, so its balance is its opening
        // balance.
        Change::FinancialCenterCreated(FinancialCenter { id, .. })
        | Change::FinancialCenterUpdated(FinancialCenter { id, .. })
        | Change::FinancialCenterDeleted(Deleted { id }) => {
            let old = shown.financial_centers.iter().find(|old| old.center.id == *id);
            let gone = Change::FinancialCenterDeleted(Deleted { id: *id });
            (old.map_or(gone, |old| Change::FinancialCenterUpdated(old.center.clone())), None)
        }
        Change::PlanUpdated(plan) => {
            let old = book.plans_of(plan.month)?.find(|old| old.article_id == plan.article_id);
            let Some(old) = old else { return Some(Inverse::Plan(plan.article_id, plan.month)) };
            (Change::PlanUpdated(old.clone()), None)
        }
        Change::RecurringCreated(Recurring { id, .. })
        | Change::RecurringUpdated(Recurring { id, .. })
        | Change::RecurringDeleted(Deleted { id }) => {
            let old = shown.recurring.iter().find(|old| old.id == *id).cloned();
            (old.map_or(Change::RecurringDeleted(Deleted { id: *id }), Change::RecurringUpdated), None)
        }
        Change::MemberCreated(row) | Change::MemberUpdated(row) => {
            let old = shown.members.iter().find(|old| old.id == row.id)?;
            (Change::MemberUpdated(old.clone()), None)
        }
        Change::HouseholdUpdated(_) => (Change::HouseholdUpdated(shown.household.clone()), None),
    };
    Some(Inverse::Entry(Entry { change, before }.into()))
}

/// The deletion of a fact.
pub(super) fn deletion(fact: &Fact) -> Entry {
    let gone = DeletedFact { id: fact.id, version: fact.version, deleted_by: fact.updated_by };
    Entry { change: Change::FactDeleted(gone), before: Some(fact.before()) }
}
