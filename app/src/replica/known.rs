//! What a page knows of the book: what it has loaded, and what is pending over it.

use super::{Replica, apply::Book, pending::Pending};
use crate::{
    command::{Command, Decision, Known, Lookup, Parts, Stamp, decide},
    domain::{
        Article, ArticleId, Fact, FactId, FinancialCenter, FinancialCenterId, GroupId, GroupKind, Instant,
        Kind,
    },
    service::Terms,
};

impl Replica {
    /// What a command will most likely become.
    #[must_use]
    pub fn decide(&self, terms: Terms, command: &Command) -> Decision {
        let inner = self.lock();
        let page = OnPage { book: &inner.book };
        decide(&Foreseen { page, pending: &inner.pending }, terms, command)
    }
}

/// The book as a page has loaded it.
#[derive(Clone, Copy)]
pub struct OnPage<'a> {
    /// The book.
    pub book: &'a Book,
}

impl Known for OnPage<'_> {
    /// Number and time are the server's to give. Until then a row stands above everything of its day.
    fn stamp(&self) -> Stamp {
        let shown = &self.book.shown;
        Stamp { member: shown.me, now: Instant::from_millis(0), seq: i64::MAX, today: shown.today }
    }

    fn fact(&self, id: FactId) -> Lookup<Fact> {
        let found = self.book.shown.facts.iter().find(|fact| fact.id == id);
        // One that is not here may be an older one, or have been deleted.
        found.map_or(Lookup::NotLoaded, |fact| Lookup::Found(fact.clone()))
    }

    fn group(&self, kind: GroupKind, id: GroupId) -> Lookup<Parts> {
        let of_group = |fact: &&Fact| fact.group.is_some_and(|group| group.id == id && group.kind == kind);
        let mut alive: Vec<Fact> = self.book.shown.facts.iter().filter(of_group).cloned().collect();
        alive.sort_by_key(|fact| fact.id);
        // Where the list ends, some of the parts may lie beyond.
        let cut = self.book.cuts(id);
        match alive.first().map(|part| part.version) {
            Some(version) if !cut => Lookup::Found(Parts { alive, dead: Vec::new(), version }),
            _ => Lookup::NotLoaded,
        }
    }

    fn article(&self, id: ArticleId) -> Lookup<Article> {
        let found = self.book.shown.articles.iter().find(|row| row.id == id);
        found.map_or(Lookup::Missing, |row| Lookup::Found(row.clone()))
    }

    fn transfer_article(&self) -> Option<ArticleId> {
        let usable = |row: &&Article| row.kind == Kind::Transfer && !row.archived;
        self.book.shown.articles.iter().filter(usable).map(|row| row.id).min()
    }

    fn financial_center(&self, id: FinancialCenterId) -> Lookup<FinancialCenter> {
        let found = self.book.shown.financial_centers.iter().find(|row| row.center.id == id);
        found.map_or(Lookup::Missing, |row| Lookup::Found(row.center.clone()))
    }
}

/// The same with the rows as they shall be: what is asked for next builds on what is not confirmed yet.
struct Foreseen<'a> {
    page: OnPage<'a>,
    pending: &'a Pending,
}

impl Known for Foreseen<'_> {
    fn stamp(&self) -> Stamp {
        self.page.stamp()
    }

    fn fact(&self, id: FactId) -> Lookup<Fact> {
        match (self.pending.find(id), self.page.fact(id)) {
            (Some([fact, ..]), _) => Lookup::Found(fact.clone()),
            (Some([]), Lookup::Found(fact)) => Lookup::Deleted(fact),
            (_, found) => found,
        }
    }

    fn group(&self, kind: GroupKind, id: GroupId) -> Lookup<Parts> {
        match (self.pending.find(FactId::from(id.uuid())), self.page.group(kind, id)) {
            (Some(facts @ [first, ..]), _) => {
                let (mut alive, version) = (facts.to_vec(), first.version);
                alive.sort_by_key(|fact| fact.id);
                Lookup::Found(Parts { alive, dead: Vec::new(), version })
            }
            (Some([]), Lookup::Found(Parts { alive, dead, version })) => {
                Lookup::Deleted(Parts { alive: dead, dead: alive, version })
            }
            (_, found) => found,
        }
    }

    fn article(&self, id: ArticleId) -> Lookup<Article> {
        self.page.article(id)
    }

    fn transfer_article(&self) -> Option<ArticleId> {
        self.page.transfer_article()
    }

    fn financial_center(&self, id: FinancialCenterId) -> Lookup<FinancialCenter> {
        self.page.financial_center(id)
    }
}
