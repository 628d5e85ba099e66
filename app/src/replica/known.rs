//! What a page knows of the book: what it has loaded, and what is pending over it.

use super::{Replica, apply::Book, pending::Pending};
use crate::{
    command::{Command, Decision, Known, Lookup, Parts, Stamp, decide},
    domain::{
        Article, ArticleId, Day, Fact, FactId, FinancialCenter, FinancialCenterId, GroupId, GroupKind,
        Household, Instant, Limit, Member, MemberId, Month, Plan, Recurring, RecurringId, Target,
        recurring::Settlement,
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
        found.map_or(Lookup::Absent, |row| Lookup::Found(row.clone()))
    }

    fn articles(&self) -> Option<Vec<Article>> {
        Some(self.book.shown.articles.clone())
    }

    /// What is not loaded, and what was deleted, may use it too.
    fn article_in_use(&self, id: ArticleId) -> Option<bool> {
        let shown = &self.book.shown;
        let used = shown.facts.iter().any(|row| row.article_id == id)
            || shown.articles.iter().any(|row| row.parent_id == Some(id))
            || shown.plans.iter().any(|row| row.article_id == id && row.amount.minor() > 0)
            || shown.recurring.iter().any(|row| row.article_id == id);
        used.then_some(true)
    }

    fn transfer_article(&self) -> Option<ArticleId> {
        Article::of_transfers(&self.book.shown.articles)
    }

    fn financial_center(&self, id: FinancialCenterId) -> Lookup<FinancialCenter> {
        let found = self.book.shown.financial_centers.iter().find(|row| row.center.id == id);
        found.map_or(Lookup::Absent, |row| Lookup::Found(row.center.clone()))
    }

    /// What is not loaded, and what was deleted, may use it too.
    fn financial_center_in_use(&self, id: FinancialCenterId) -> Option<bool> {
        let shown = &self.book.shown;
        let used = shown.facts.iter().any(|row| row.financial_center_id == id)
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

    /// That a day is settled is known, and not how.
    fn settlement(&self, id: RecurringId, day: Day) -> Lookup<Settlement> {
        let Lookup::Found(row) = self.recurring(id) else { return Lookup::NotLoaded };
        let never = row.is_open(day) || (day >= row.open_from && !row.settled.contains(&day));
        if never { Lookup::Missing } else { Lookup::NotLoaded }
    }

    /// Of the days before the first open one nothing is known, which matters only where that one lies ahead.
    fn last_settled(&self, id: RecurringId, before: Day) -> Option<Option<Day>> {
        let Lookup::Found(row) = self.recurring(id) else { return None };
        let last = row.settled.iter().copied().filter(|day| *day < before).max();
        (last.is_some() || row.open_from <= self.book.shown.today).then_some(last)
    }

    /// Only rows that were deleted here are looked up as deleted, and that was today.
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

    /// Other months than those that are loaded may have plans.
    fn anything_planned(&self) -> Option<bool> {
        let planned = self.book.shown.plans.iter().any(|row| row.amount.minor() > 0);
        let recurs = self.book.shown.recurring.iter().any(|row| row.target == Target::Plan);
        (planned || recurs).then_some(true)
    }

    fn time_zone_exists(&self, _: &str) -> Option<bool> {
        None
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

    fn household(&self) -> Option<Household> {
        self.page.household()
    }

    fn member(&self, id: MemberId) -> Lookup<Member> {
        self.page.member(id)
    }

    fn plan(&self, article: ArticleId, month: Month) -> Lookup<Plan> {
        self.page.plan(article, month)
    }

    fn anything_planned(&self) -> Option<bool> {
        self.page.anything_planned()
    }

    fn time_zone_exists(&self, name: &str) -> Option<bool> {
        self.page.time_zone_exists(name)
    }

    fn articles(&self) -> Option<Vec<Article>> {
        self.page.articles()
    }

    fn article_in_use(&self, id: ArticleId) -> Option<bool> {
        self.page.article_in_use(id)
    }

    fn financial_center_in_use(&self, id: FinancialCenterId) -> Option<bool> {
        self.page.financial_center_in_use(id)
    }

    fn last_position(&self) -> Option<i64> {
        self.page.last_position()
    }

    fn recurring(&self, id: RecurringId) -> Lookup<Recurring> {
        self.page.recurring(id)
    }

    fn settlement(&self, id: RecurringId, day: Day) -> Lookup<Settlement> {
        self.page.settlement(id, day)
    }

    fn last_settled(&self, id: RecurringId, before: Day) -> Option<Option<Day>> {
        self.page.last_settled(id, before)
    }

    fn day_of(&self, instant: Instant) -> Day {
        self.page.day_of(instant)
    }

    fn count(&self, limit: Limit) -> Option<i64> {
        self.page.count(limit)
    }
}
