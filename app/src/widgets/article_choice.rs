//! The choice of a category: which ones are offered, and which one is chosen.

use crate::{
    domain::{Article, ArticleId},
    replica::Replica,
    ui::choice::Choice,
};
use leptos::prelude::*;
use std::{collections::BTreeMap, ops::Deref};

type Offers = Box<dyn Fn(&Article) -> bool + Send + Sync>;

/// The choice of a category, and which ones are offered; none is one too.
#[derive(Clone, Copy)]
pub struct ArticleChoice {
    choice: Choice,
    offers: StoredValue<Offers>,
    replica: StoredValue<Replica>,
}

impl Deref for ArticleChoice {
    type Target = Choice;

    fn deref(&self) -> &Choice {
        &self.choice
    }
}

impl ArticleChoice {
    /// Among those that are used, and the one that the form begins with.
    #[must_use]
    pub fn new(first: Option<String>, replica: &Replica) -> Self {
        let first = first.unwrap_or_default();
        let began: Option<ArticleId> = first.parse().ok();
        Self::among(first, replica, move |row| !row.archived || Some(row.id) == began)
    }

    /// Among those that are offered.
    #[must_use]
    pub fn among(
        first: String,
        replica: &Replica,
        offers: impl Fn(&Article) -> bool + Send + Sync + 'static,
    ) -> Self {
        let offers: StoredValue<Offers> = StoredValue::new(Box::new(offers));
        let choice = Choice::new(first, replica.articles.clone(), move |rows, id| {
            let id: Option<ArticleId> = id.parse().ok();
            let found = |id| rows.iter().find(|row| row.id == id);
            id.is_none_or(|id| offers.try_with_value(|offers| found(id).is_some_and(offers)).unwrap_or(false))
        });
        Self { choice, offers, replica: StoredValue::new(replica.clone()) }
    }

    /// The book of the page.
    #[must_use]
    pub fn replica(self) -> Replica {
        self.replica.get_value()
    }

    /// Whether this one is offered.
    #[must_use]
    pub fn offers_row(self, row: &Article) -> bool {
        self.offers.with_value(|offers| offers(row))
    }

    /// The ones that are offered and not archived, and how many loaded transactions use each.
    #[must_use]
    pub fn offered_rows(self) -> Vec<(Article, usize)> {
        let replica = self.replica();
        let mut used: BTreeMap<ArticleId, usize> = BTreeMap::new();
        replica.rows.with_untracked(|rows| {
            for row in rows.all() {
                *used.entry(row.fact.with_untracked(|fact| fact.article_id)).or_default() += 1;
            }
        });
        let articles = replica.articles.get_untracked();
        let offered = articles.iter().filter(|row| !row.archived && self.offers_row(row));
        offered.map(|row| (row.clone(), used.get(&row.id).copied().unwrap_or(0))).collect()
    }

    /// The one that is chosen.
    #[must_use]
    pub fn id(self) -> Option<ArticleId> {
        self.try_get_untracked()?.parse().ok()
    }
}
