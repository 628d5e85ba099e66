//! A simple model of the server: all facts and the log. What a page shows is compared with it.

use crate::{
    domain::{household::Role, *},
    replica::apply::{Book, sort_centers, sorted_totals},
    service::{Grid, Snapshot},
    wire::{Change, Commit, DeletedFact, Entry, Position, SNAPSHOT_FACTS},
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A simple model of the server: all facts, and the log.
#[derive(Clone)]
pub struct Oracle {
    start: Snapshot,
    facts: BTreeMap<FactId, Fact>,
    pub log: Vec<Commit>,
}

pub fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

pub fn day(n: u8) -> Day {
    // Two months around the one that contains today.
    Day::new(2026, 10 + i8::try_from(n / 28).expect("small"), 1 + i8::try_from(n % 28).expect("small"))
        .expect("a day")
}

/// A household of one member, with an article of each kind (1 to 3), an account in euros (1) and one in yen (2).
pub fn snapshot() -> Snapshot {
    Oracle::new(0).start
}

impl Oracle {
    pub fn new(old_facts: usize) -> Self {
        let eur = Currency::EUR;
        let name = |text: &str| text.parse::<Name>().expect("a name");
        let article = |n, kind| Article {
            id: id(n),
            name: name("A"),
            kind,
            parent_id: None,
            archived: false,
            icon: String::new(),
            colour: 0,
            version: 1,
            updated_by: None,
        };
        let center = |n, currency| Balance {
            center: FinancialCenter {
                id: id(n),
                name: name("C"),
                currency,
                opening_balance: Money::from_minor(1000, currency),
                archived: false,
                position: 0,
                version: 1,
                updated_by: None,
            },
            balance: Money::from_minor(1000, currency),
        };
        let start = Snapshot {
            position: Position { epoch: Uuid::nil(), seq: 0, check: None },
            today: day(40),
            household: Household {
                id: id(1),
                name: name("H"),
                currency: eur,
                time_zone: "UTC".into(),
                erase_on: None,
                version: 1,
            },
            me: id(1),
            members: vec![Member {
                id: id(1),
                name: name("M"),
                role: Role::Owner,
                colour: 0,
                removed: false,
                version: 1,
            }],
            articles: vec![article(1, Kind::Expense), article(2, Kind::Income), article(3, Kind::Transfer)],
            financial_centers: vec![center(1, eur), center(2, "JPY".parse().expect("a currency"))],
            merged: Vec::new(),
            month: MonthTotals::empty(day(40).month()),
            recurring: Vec::new(),
            plans: Vec::new(),
            facts: Vec::new(),
        };
        let mut oracle = Self { start, facts: BTreeMap::new(), log: Vec::new() };
        for n in 0..old_facts {
            oracle.write(0, u8::try_from(n % 80).expect("small"), 100, n);
        }
        oracle
    }

    /// Writes one change: 0 to 3 create, 4 and 5 change, 6 deletes, 7 does several at once, 8 plans.
    pub fn write(&mut self, what: u8, day_number: u8, minor: i64, pick: usize) {
        let mut entries = Vec::new();
        let parts = if what == 7 { 3 } else { 1 };
        for part in 0..parts {
            entries.extend(self.change(
                if what == 7 { [1, 4, 6][part] } else { what },
                day_number,
                minor,
                pick + part,
            ));
        }
        if !entries.is_empty() {
            let seq = self.head() + 1;
            self.log.push(Commit { seq, check: None, mutation_id: None, entries });
        }
    }

    fn change(&mut self, what: u8, day_number: u8, minor: i64, pick: usize) -> Option<Entry> {
        if what == 8 {
            let article_id = self.start.articles[pick % 2].id;
            let amount = Money::from_minor(minor.abs(), Currency::EUR);
            let (version, updated_by, updated_at) = (self.head() + 1, id(1), Instant::from_millis(0));
            let plan =
                Plan { article_id, month: day(day_number).month(), amount, version, updated_by, updated_at };
            return Some(Entry { change: Change::PlanUpdated(plan), before: None });
        }
        let center = &self.start.financial_centers[pick % 2].center;
        let seq = self.head() + 1;
        let fresh = Fact {
            id: id(1_000_000 + u128::try_from(self.facts.len() * 1000 + pick % 1000).expect("small")),
            amount: Money::from_minor(if minor == 0 { 1 } else { minor }, center.currency),
            article_id: self.start.articles[pick % 3].id,
            financial_center_id: center.id,
            date: day(day_number),
            comment: Comment::default(),
            group: None,
            version: 1,
            created_seq: seq,
            created_by: id(1),
            updated_by: id(1),
            created_at: Instant::from_millis(0),
            updated_at: Instant::from_millis(0),
        };
        if what < 4 {
            if self.facts.contains_key(&fresh.id) {
                return None;
            }
            self.facts.insert(fresh.id, fresh.clone());
            return Some(Entry { change: Change::FactCreated(fresh), before: None });
        }
        let old = self.facts.values().nth(pick.checked_rem(self.facts.len())?)?.clone();
        let before = Some(old.before());
        if what == 6 {
            self.facts.remove(&old.id);
            let gone = DeletedFact { id: old.id, version: old.version + 1, deleted_by: id(1) };
            return Some(Entry { change: Change::FactDeleted(gone), before });
        }
        let new = Fact { id: old.id, version: old.version + 1, created_seq: old.created_seq, ..fresh };
        self.facts.insert(new.id, new.clone());
        Some(Entry { change: Change::FactUpdated(new), before })
    }

    pub fn head(&self) -> i64 {
        i64::try_from(self.log.len()).expect("small")
    }

    /// The facts after the first `seq` changes, folded from the log.
    pub fn facts_at(&self, seq: i64) -> BTreeMap<FactId, Fact> {
        let mut facts = BTreeMap::new();
        for entry in self.log.iter().filter(|commit| commit.seq <= seq).flat_map(|commit| &commit.entries) {
            match &entry.change {
                Change::FactCreated(fact) | Change::FactUpdated(fact) => {
                    facts.insert(fact.id, fact.clone());
                }
                Change::FactDeleted(gone) => {
                    facts.remove(&gone.id);
                }
                _ => {}
            }
        }
        facts
    }

    fn plans_at(&self, seq: i64) -> Vec<Plan> {
        let mut plans = BTreeMap::new();
        for entry in self.log.iter().filter(|commit| commit.seq <= seq).flat_map(|commit| &commit.entries) {
            if let Change::PlanUpdated(plan) = &entry.change {
                plans.insert((plan.month, plan.article_id), plan.clone());
            }
        }
        plans.into_values().collect()
    }

    /// The months of the plan page as they are after the first `seq` changes.
    pub fn grid(&self, seq: i64) -> Grid {
        let months = MonthRange::new(day(0).month(), day(83).month()).expect("in order");
        let mut months: Vec<_> = months.months().map(MonthTotals::empty).collect();
        for fact in self.facts_at(seq).values() {
            let row =
                self.start.financial_centers.iter().find(|row| row.center.id == fact.financial_center_id);
            let currency = row.expect("a center of the household").center.currency;
            let totals = months.iter_mut().find(|totals| totals.month == fact.date.month());
            totals.expect("one of the months").add(fact.article_id, currency, fact.amount.minor());
        }
        Grid {
            position: Position { epoch: Uuid::nil(), seq, check: None },
            plans: self.plans_at(seq),
            months,
        }
    }

    pub fn snapshot(&self, seq: i64) -> Snapshot {
        let all = self.facts_at(seq);
        let mut snapshot = self.start.clone();
        snapshot.position.seq = seq;
        for fact in all.values() {
            let row =
                snapshot.financial_centers.iter_mut().find(|row| row.center.id == fact.financial_center_id);
            let row = row.expect("a center of the household");
            row.balance = row.balance.plus(fact.amount.minor());
            if fact.date.month() == snapshot.month.month {
                snapshot.month.add(fact.article_id, row.center.currency, fact.amount.minor());
            }
        }
        snapshot.plans = self.plans_at(seq);
        snapshot.plans.retain(|plan| plan.month == snapshot.month.month);
        snapshot.facts = all.into_values().collect();
        snapshot.facts.sort_by_key(|fact| std::cmp::Reverse(fact.key()));
        snapshot.facts.truncate(SNAPSHOT_FACTS);
        snapshot
    }

    /// Panics unless the replica shows exactly what the log says at its position.
    pub fn check(&self, book: &Book, loaded: Option<FactKey>) {
        let truth = self.snapshot(book.position().seq);
        let mut facts: Vec<_> = self.facts_at(book.position().seq).into_values().collect();
        facts.sort_by_key(|fact| std::cmp::Reverse(fact.key()));
        facts.retain(|fact| loaded.is_none_or(|boundary| fact.key() >= boundary));
        assert_eq!(book.snapshot().facts, facts);
        assert_eq!(sorted_totals(&book.shown.month), sorted_totals(&truth.month));
        assert_eq!(sorted_plans(&book.shown.plans), truth.plans);
        if let Some(grid) = &book.grid {
            let truth = self.grid(grid.position.seq);
            assert_eq!(sorted_plans(&grid.plans), truth.plans);
            for (shown, true_month) in grid.months.iter().zip(&truth.months) {
                assert_eq!(sorted_totals(shown), sorted_totals(true_month));
            }
        }
        let mut centers = truth.financial_centers;
        sort_centers(&mut centers);
        assert_eq!(book.shown.financial_centers, centers);
    }
}

fn sorted_plans(plans: &[Plan]) -> Vec<Plan> {
    let mut plans = plans.to_vec();
    plans.sort_by_key(|plan| (plan.month, plan.article_id));
    plans
}

pub type Write = (u8, u8, i64, usize);

pub fn writes(most: usize) -> impl Strategy<Value = Vec<Write>> {
    prop::collection::vec((0..9_u8, 0..84_u8, -5000..5000_i64, 0..1000_usize), 1..most)
}
