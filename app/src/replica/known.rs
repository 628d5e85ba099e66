//! The book that a page decides commands on: what it has loaded, with the pending commands applied.

use super::{apply::Book, pending::RowState, settlements::Settlements};
use crate::{
    command::{GroupParts, Known, Lookup, Stamp},
    domain::{
        Article, ArticleId, Day, Fact, FactId, FinancialCenter, FinancialCenterId, GroupId, GroupKind,
        Household, Instant, Limit, Member, MemberId, Money, Month, Plan, Recurring, RecurringId, Target,
        occurrence::Settlement,
    },
};

/// How a row of facts differs from the confirmed book.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The row.
    pub row: FactId,
    /// The state of the row.
    pub state: RowState,
    /// The facts that the pending command asks for; none if it deletes the row.
    pub facts: Vec<Fact>,
    /// Whether the figures include the change. Otherwise `facts` are shown, and the figures are those of the
    /// book.
    pub counts: bool,
}

/// The loaded part of the book, with the pending commands applied.
#[derive(Clone)]
pub struct OnPage<'a> {
    /// The book.
    pub book: &'a Book,
    /// The tombstones of facts whose deletion is pending.
    pub deleted: &'a [Fact],
    /// How days were settled, by pending commands too.
    pub(crate) settlements: &'a Settlements,
    /// The rows of facts that are shown differently from the book; without facts if they are hidden.
    pub shown: Vec<&'a Mark>,
}

impl<'a> OnPage<'a> {
    /// A book without pending commands.
    #[must_use]
    pub const fn new(book: &'a Book) -> Self {
        Self { book, deleted: &[], settlements: &book.settlements, shown: Vec::new() }
    }

    fn shown(&self, row: FactId) -> Option<&'a [Fact]> {
        self.shown.iter().find(|mark| mark.row == row).map(|mark| mark.facts.as_slice())
    }
}

impl Known for OnPage<'_> {
    /// The server assigns number and time. Until then a row is the first of its day.
    fn stamp(&self) -> Stamp {
        let shown = &self.book.shown;
        Stamp { member: shown.me, now: Instant::from_millis(0), seq: i64::MAX, today: shown.today }
    }

    fn fact(&self, id: FactId) -> Lookup<Fact> {
        let found = self.book.fact(id).cloned();
        match (self.shown(id), found) {
            (Some([fact, ..]), _) => Lookup::Found(fact.clone()),
            (Some([]), Some(fact)) => Lookup::Deleted(fact),
            (_, Some(fact)) => Lookup::Found(fact),
            (_, None) => {
                let gone = self.deleted.iter().rev().find(|fact| fact.id == id);
                // A fact that is not here may be older than what is loaded, or deleted.
                gone.map_or(Lookup::NotLoaded, |fact| Lookup::Deleted(fact.clone()))
            }
        }
    }

    fn group(&self, kind: GroupKind, id: GroupId) -> Lookup<GroupParts> {
        let row = FactId::from(id.uuid());
        let shown = self.shown(row);
        let alive = match shown {
            Some(facts) if !facts.is_empty() => facts.to_vec(),
            _ => self.book.facts.row(row),
        };
        let of_group = |fact: &&Fact| fact.group.is_some_and(|group| group.id == id && group.kind == kind);
        let alive: Vec<Fact> = alive.into_iter().filter(|fact| of_group(&fact)).collect();
        let Some(version) = alive.first().map(|part| part.version) else {
            let version = self.deleted.iter().filter(of_group).map(|part| part.version).max();
            let Some(version) = version else { return Lookup::NotLoaded };
            let last = self.deleted.iter().filter(of_group).filter(|part| part.version == version);
            return Lookup::Deleted(GroupParts { alive, dead: last.cloned().collect(), version });
        };
        match shown {
            Some([]) => Lookup::Deleted(GroupParts { alive: Vec::new(), dead: alive, version }),
            // At the end of the loaded rows, some parts may not be loaded.
            None if self.book.cuts(id) => Lookup::NotLoaded,
            _ => Lookup::Found(GroupParts { alive, dead: Vec::new(), version }),
        }
    }

    /// A page keeps the names of deleted articles, but receives no tombstones: after a new snapshot, what it has of a
    /// deleted article may be older than what was deleted. So a restoration is not foreseen.
    fn article(&self, id: ArticleId) -> Lookup<Article> {
        let found = self.book.shown.articles.iter().find(|row| row.id == id);
        found.map_or(Lookup::Absent, |row| Lookup::Found(row.clone()))
    }

    /// An article that does not exist may be one that was merged too long ago for the page to know.
    fn merged_into(&self, id: ArticleId) -> Lookup<ArticleId> {
        let shown = &self.book.shown;
        match shown.merged.iter().find(|merged| merged.id == id) {
            Some(merged) => Lookup::Found(merged.into),
            None if self.book.merged_before && shown.articles.iter().all(|row| row.id != id) => {
                Lookup::NotLoaded
            }
            None => Lookup::Missing,
        }
    }

    fn articles(&self) -> Option<Vec<Article>> {
        Some(self.book.shown.articles.clone())
    }

    /// Facts that are not loaded, plans of other months, and deleted rows may use it too. Deleted rows can be restored,
    /// so they count, and a page never receives those deleted before it was opened: not even a page with every fact
    /// can tell that an article is unused. Its deletion is foreseen only as a refusal. The screens offer none: they
    /// archive and merge.
    fn article_in_use(&self, id: ArticleId) -> Option<bool> {
        let shown = &self.book.shown;
        let used = self.book.facts.all().any(|row| row.article_id == id)
            || shown.articles.iter().any(|row| row.parent_id == Some(id))
            || shown.plans.iter().any(|row| row.article_id == id && row.amount.minor() > 0)
            || shown.recurring.iter().any(|row| row.article_id == id);
        used.then_some(true)
    }

    fn transfer_article(&self) -> Option<ArticleId> {
        Article::of_transfers(&self.book.shown.articles)
    }

    /// A restoration is not foreseen, as with articles.
    fn financial_center(&self, id: FinancialCenterId) -> Lookup<FinancialCenter> {
        let found = self.book.shown.financial_centers.iter().find(|row| row.center.id == id);
        found.map_or(Lookup::Absent, |row| Lookup::Found(row.center.clone()))
    }

    fn balance(&self, id: FinancialCenterId) -> Option<Money> {
        let found = self.book.shown.financial_centers.iter().find(|row| row.center.id == id);
        found.map(|row| row.balance)
    }

    /// Facts that are not loaded, and deleted rows, may use it too, as with articles.
    fn financial_center_in_use(&self, id: FinancialCenterId) -> Option<bool> {
        let shown = &self.book.shown;
        let used = self.book.facts.all().any(|row| row.financial_center_id == id)
            || shown.recurring.iter().any(|row| row.financial_center_id == Some(id));
        used.then_some(true)
    }

    fn last_position(&self) -> Option<i64> {
        Some(self.book.shown.financial_centers.iter().map(|row| row.center.position).max().unwrap_or(0))
    }

    fn recurring(&self, id: RecurringId) -> Lookup<Recurring> {
        let found = self.book.shown.recurring.iter().find(|row| row.id == id);
        found.map_or(Lookup::Absent, |row| Lookup::Found(row.clone()))
    }

    /// A page knows which days are settled, and how only if it has seen that.
    fn settlement(&self, id: RecurringId, day: Day) -> Lookup<Settlement> {
        let Lookup::Found(row) = self.recurring(id) else { return Lookup::NotLoaded };
        if let Some(how) = self.settlements.find(id, day).filter(|_| !row.is_open(day)) {
            return Lookup::Found(how);
        }
        let never = row.is_open(day) || (day >= row.open_from && !row.settled.contains(&day));
        if never { Lookup::Missing } else { Lookup::NotLoaded }
    }

    /// The page does not know the days before the first open one. They matter only if that day is in the
    /// future.
    fn last_settled(&self, id: RecurringId, before: Day) -> Option<Option<Day>> {
        let Lookup::Found(row) = self.recurring(id) else { return None };
        let last = row.settled.iter().copied().filter(|day| *day < before).max();
        (last.is_some() || row.open_from <= self.book.shown.today).then_some(last)
    }

    /// Only rows that were deleted on this page are looked up as deleted, so it was today.
    fn day_of(&self, _: Instant) -> Day {
        self.book.shown.today
    }

    fn count(&self, limit: Limit) -> Option<i64> {
        let shown = &self.book.shown;
        let count = match limit {
            Limit::Articles => shown.articles.len(),
            Limit::FinancialCenters => shown.financial_centers.len(),
            Limit::Recurring => shown.recurring.len(),
            Limit::Invites | Limit::Members | Limit::Merged => return None,
        };
        i64::try_from(count).ok()
    }

    fn household(&self) -> Option<Household> {
        Some(self.book.shown.household.clone())
    }

    fn member(&self, id: MemberId) -> Lookup<Member> {
        let found = self.book.shown.members.iter().find(|row| row.id == id);
        found.map_or(Lookup::Missing, |row| Lookup::Found(row.clone()))
    }

    fn plan(&self, article: ArticleId, month: Month) -> Lookup<Plan> {
        match self.book.plans_of(month) {
            Some(mut plans) => plans
                .find(|row| row.article_id == article)
                .map_or(Lookup::Missing, |row| Lookup::Found(row.clone())),
            None => Lookup::NotLoaded,
        }
    }

    /// Months that are not loaded may have plans.
    fn anything_planned(&self) -> Option<bool> {
        let planned = self.book.shown.plans.iter().any(|row| row.amount.minor() > 0);
        let recurs = self.book.shown.recurring.iter().any(|row| row.target == Target::Plan);
        (planned || recurs).then_some(true)
    }

    fn time_zone_exists(&self, _: &str) -> Option<bool> {
        None
    }
}
