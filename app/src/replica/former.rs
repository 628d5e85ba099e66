//! The last known articles and financial centers that are no longer in the book.
//!
//! A pending or refused row names its category and account as they were when it was entered. If another
//! member deletes or merges them meanwhile, the row keeps the name and the icon that the person saw, until it
//! is settled.

use super::Replica;
use crate::domain::{Article, ArticleId, FinancialCenter, FinancialCenterId};
use leptos::prelude::*;
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Articles and financial centers that were in the book since the page was opened, and are no longer.
#[derive(Clone, Default)]
pub(super) struct Former {
    articles: Arc<RwLock<HashMap<ArticleId, Article>>>,
    centers: Arc<RwLock<HashMap<FinancialCenterId, FinancialCenter>>>,
}

impl Former {
    /// Keeps the articles that are removed.
    pub fn keep_articles(&self, old: &[Article], new: &[Article]) {
        // The usual case: nothing was removed.
        if old.iter().map(|row| row.id).eq(new.iter().map(|row| row.id)) {
            return;
        }
        let gone = old.iter().filter(|old| new.iter().all(|new| new.id != old.id));
        let mut kept = self.articles.write().unwrap_or_else(PoisonError::into_inner);
        kept.extend(gone.map(|row| (row.id, row.clone())));
    }

    /// Keeps the centers that are removed.
    pub fn keep_centers<'a>(
        &self,
        old: impl Iterator<Item = &'a FinancialCenter> + Clone,
        new: impl Iterator<Item = &'a FinancialCenter> + Clone,
    ) {
        if old.clone().map(|row| row.id).eq(new.clone().map(|row| row.id)) {
            return;
        }
        let gone = old.filter(|old| new.clone().all(|new| new.id != old.id));
        let mut kept = self.centers.write().unwrap_or_else(PoisonError::into_inner);
        kept.extend(gone.map(|row| (row.id, row.clone())));
    }
}

impl Replica {
    /// An article, in its last version if it was removed. Tracks changes of that.
    #[must_use]
    pub fn article(&self, id: ArticleId) -> Option<Article> {
        let there = self.articles.with(|rows| rows.iter().find(|row| row.id == id).cloned());
        there.or_else(|| {
            let kept = self.former.articles.read().unwrap_or_else(PoisonError::into_inner);
            kept.get(&id).cloned()
        })
    }

    /// A financial center, in its last version if it was removed. Tracks changes of that.
    #[must_use]
    pub fn center(&self, id: FinancialCenterId) -> Option<FinancialCenter> {
        let there = self
            .centers
            .with(|rows| rows.iter().find(|row| row.center.id == id).map(|row| row.center.clone()));
        there.or_else(|| {
            let kept = self.former.centers.read().unwrap_or_else(PoisonError::into_inner);
            kept.get(&id).cloned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        replica::tests::oracle::snapshot,
        wire::{Change, Commit, Deleted, DeletedArticle, Entry, Frame},
    };

    #[test]
    fn a_row_removed_from_the_book_keeps_its_name_for_the_rows_that_refer_to_it() {
        let owner = Owner::new();
        owner.set();
        let replica = Replica::new(snapshot());
        let article = replica.articles.get_untracked()[0].clone();
        let center = replica.centers.get_untracked()[0].center.clone();
        let gone = |change| Entry { change, before: None };
        let entries = vec![
            gone(Change::ArticleDeleted(DeletedArticle { id: article.id, merged_into: None })),
            gone(Change::FinancialCenterDeleted(Deleted { id: center.id })),
        ];
        let seq = replica.position.get_untracked().seq + 1;
        replica.apply(Frame::Commit(Commit { seq, check: None, mutation_id: None, entries }));
        assert!(replica.articles.with_untracked(|rows| rows.iter().all(|row| row.id != article.id)));
        assert_eq!(untrack(|| replica.article(article.id)), Some(article));
        assert_eq!(untrack(|| replica.center(center.id)), Some(center));
    }
}
