//! Checks every figure against a slow and simple reference that adds up all facts in memory.
//!
//! A household of random facts, transfers, splits, plans, moved and archived articles in three currencies is
//! written over HTTP. Then each summary, balance, plan and remaining amount must equal the reference, on the
//! server and in a replica that followed the log from the middle. The seed is printed.

pub mod household;

use crate::{harness::Member, on_both_engines};
use app::{
    domain::{
        Article, ArticleId, ArticleSummary, Balance, Currency, Day, Fact, GroupKind, Kind, Money, Month,
        MonthRange, MonthTotals, Plan, Summary, plan, totals::CurrencyTotal,
    },
    replica::apply::{Book, Outcome, sorted_totals},
    service::{Event, Grid, Snapshot},
    wire::{Commit, Frame},
};
use fastrand::Rng;
use household::Writer;
use std::collections::BTreeMap;

/// The months of all facts.
fn months() -> Vec<Month> {
    let month = |text: &str| text.parse::<Month>().expect("a month");
    let range = MonthRange::new(month("2025-11"), month("2026-12"));
    range.expect("fourteen months").months().collect()
}

/// All rows, as the lists return them.
struct Reference {
    facts: Vec<Fact>,
    articles: Vec<Article>,
    centers: Vec<Balance>,
    plans: Vec<Plan>,
    home: Currency,
}

impl Reference {
    async fn read(anna: &Member) -> Self {
        let mut facts: Vec<Fact> = Vec::new();
        let mut path = "/facts?limit=500".to_owned();
        loop {
            let page = anna.get(&path).await.is(200).body;
            facts.extend(rows::<Fact>(&page["items"]));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/facts?limit=500&cursor={cursor}");
        }
        let list = async |path: &str| anna.get(path).await.is(200).body["items"].clone();
        Self {
            facts,
            articles: rows(&list("/articles").await),
            centers: rows(&list("/financial-centers").await),
            plans: rows(&list("/plans?from=1980-01&to=2079-12").await),
            home: Currency::EUR,
        }
    }

    fn currency(&self, fact: &Fact) -> Currency {
        self.centers
            .iter()
            .find(|row| row.center.id == fact.financial_center_id)
            .expect("a center")
            .center
            .currency
    }

    fn kind(&self, article: ArticleId) -> Kind {
        self.articles.iter().find(|row| row.id == article).expect("an article").kind
    }

    /// Whether an article is another one or its descendant.
    fn within(&self, article: ArticleId, above: ArticleId) -> bool {
        let parent = self.articles.iter().find(|row| row.id == article).expect("an article").parent_id;
        article == above || parent.is_some_and(|parent| self.within(parent, above))
    }

    fn sum(&self, wanted: impl Fn(&Fact) -> bool) -> i64 {
        self.facts.iter().filter(|fact| wanted(fact)).map(|fact| fact.amount.minor()).sum()
    }

    fn balance(&self, row: &Balance) -> i64 {
        row.center.opening_balance.minor() + self.sum(|fact| fact.financial_center_id == row.center.id)
    }

    fn planned(&self, month: Month, wanted: impl Fn(ArticleId) -> bool) -> i64 {
        // A merged article keeps a plan of zero.
        let set = self.plans.iter().filter(|plan| plan.month == month && plan.amount.minor() != 0);
        let plans = set.filter(|plan| wanted(plan.article_id));
        plans.map(|plan| plan.amount.minor()).sum()
    }

    fn summary(&self, month: Month) -> Summary {
        let here = |fact: &Fact, currency| fact.date.month() == month && self.currency(fact) == currency;
        let currencies = ["EUR", "JPY", "USD"].map(|code| code.parse::<Currency>().expect("a currency"));
        let of_kind =
            |kind, currency| self.sum(|fact| here(fact, currency) && self.kind(fact.article_id) == kind);
        let totals = currencies.into_iter().map(|currency| CurrencyTotal {
            currency,
            income: Money::from_minor(of_kind(Kind::Income, currency), currency),
            spent: Money::from_minor(-of_kind(Kind::Expense, currency), currency),
        });
        let mut articles = Vec::new();
        for article in self.articles.iter().filter(|row| row.kind != Kind::Transfer) {
            for currency in currencies {
                let within = |id| self.within(id, article.id);
                let happened = self.facts.iter().any(|fact| here(fact, currency) && within(fact.article_id));
                let fact = self.sum(|fact| here(fact, currency) && within(fact.article_id));
                let planned = if currency == self.home { self.planned(month, within) } else { 0 };
                if !happened && planned == 0 {
                    continue;
                }
                let money = |minor| (currency == self.home).then(|| Money::from_minor(minor, currency));
                let used = if article.kind == Kind::Expense { -fact } else { fact };
                articles.push(ArticleSummary {
                    article_id: article.id,
                    currency,
                    fact: Money::from_minor(fact, currency),
                    plan: money(planned),
                    left: money(planned - used),
                });
            }
        }
        articles.sort_by_key(|row| (row.article_id, row.currency));
        let planned = self.planned(month, |id| self.kind(id) == Kind::Expense);
        let spent = -of_kind(Kind::Expense, self.home);
        Summary {
            month,
            totals: totals
                .filter(|row| row.currency == self.home || row.income.minor() != 0 || row.spent.minor() != 0)
                .collect(),
            articles,
            left_to_spend: (planned > 0).then(|| Money::from_minor(planned - spent, self.home)),
            financial_centers: self.centers.clone(),
        }
    }

    fn month(&self, month: Month) -> MonthTotals {
        let mut totals = MonthTotals::empty(month);
        for fact in self.facts.iter().filter(|fact| fact.date.month() == month) {
            totals.add(fact.article_id, self.currency(fact), fact.amount.minor());
        }
        totals
    }
}

fn rows<T: serde::de::DeserializeOwned>(value: &serde_json::Value) -> Vec<T> {
    serde_json::from_value(value.clone()).expect("rows of this type")
}

/// Rows that sum to zero may be present or absent.
fn told(mut summary: Summary) -> Summary {
    summary.articles.retain(|row| row.fact.minor() != 0 || row.plan.is_some_and(|plan| plan.minor() != 0));
    summary
}

async fn snapshot(anna: &Member) -> Snapshot {
    serde_json::from_value(anna.get("/snapshot").await.is(200).body).expect("a snapshot")
}

/// The months of the plan page, as the browser requests them.
async fn grid(anna: &Member) -> Grid {
    let (first, last) = (months()[0], months()[13]);
    let asked = serde_json::json!({ "from": first, "to": last });
    let request =
        anna.client.post(format!("http://{}/api/ui/plan_grid", anna.addr)).header("cookie", &anna.cookie);
    request.json(&asked).send().await.expect("the server answers").json().await.expect("a grid")
}

/// Applies the log after the book's position, some changes twice.
async fn follow(anna: &Member, book: &mut Book, rng: &mut Rng) {
    loop {
        let page = anna.get(&format!("/events?since={}&limit=500", book.position().seq)).await.is(200).body;
        let events: Vec<Event> = rows(&page["items"]);
        if events.is_empty() {
            return;
        }
        for event in events {
            let commit =
                Commit { seq: event.seq, check: event.check, mutation_id: None, entries: event.changes };
            assert!(matches!(book.apply(Frame::Commit(commit.clone())), Outcome::Applied(_)));
            if rng.u8(0..10) == 0 {
                assert_eq!(book.apply(Frame::Commit(commit)), Outcome::Duplicate);
            }
        }
    }
}

fn check_groups(reference: &Reference) {
    let mut groups: BTreeMap<_, Vec<&Fact>> = BTreeMap::new();
    for fact in &reference.facts {
        if let Some(group) = fact.group {
            groups.entry(group.id).or_default().push(fact);
        }
    }
    for parts in groups.into_values() {
        let currencies: Vec<_> = parts.iter().map(|part| reference.currency(part)).collect();
        if parts[0].group.is_some_and(|group| group.kind == GroupKind::Transfer) {
            assert_eq!(parts.len(), 2);
            let sum: i64 = parts.iter().map(|part| part.amount.minor()).sum();
            assert!(sum == 0 || currencies[0] != currencies[1], "a transfer in one currency sums to zero");
        }
        assert!(parts.len() >= 2 && parts.iter().all(|part| part.version == parts[0].version));
        assert!(
            parts.iter().all(|part| (part.date, part.created_seq) == (parts[0].date, parts[0].created_seq))
        );
    }
}

fn check_book(book: &Book, reference: &Reference) {
    let shown = &book.shown;
    for row in &shown.financial_centers {
        assert_eq!(row.balance.minor(), reference.balance(row), "balance = opening + sum");
    }
    let month = shown.month.month;
    assert_eq!(sorted_totals(&shown.month), sorted_totals(&reference.month(month)));
    let line = plan::spending(&shown.articles, &shown.plans, &shown.month, reference.home);
    let left = reference.summary(month).left_to_spend.map(Money::minor);
    assert_eq!(line.map(plan::PlanLine::left), left, "left to spend");
    if let Some(grid) = &book.grid {
        for (totals, month) in grid.months.iter().zip(months()) {
            assert_eq!(sorted_totals(totals), sorted_totals(&reference.month(month)), "{month}");
        }
        let key = |plan: &Plan| (plan.article_id, plan.month);
        let (mut mine, mut theirs) = (grid.plans.clone(), reference.plans.clone());
        mine.sort_by_key(key);
        theirs.sort_by_key(key);
        assert_eq!(mine, theirs);
    }
}

async fn figures_of(anna: Member, writes: usize) {
    let seed = fastrand::u64(..);
    println!("seed {seed}, {writes} writes");
    let mut rng = Rng::with_seed(seed);
    let mut writer = Writer::new(&anna, rng.fork()).await;
    let from = rng.usize(0..=writes);
    writer.write(from).await;
    // The months are read a little later than the book, as on a screen.
    let mut book = Book::new(snapshot(&anna).await);
    writer.write((writes - from).min(3)).await;
    let early = grid(&anna).await;
    assert!(book.open_grid(early.clone()));
    writer.write((writes - from).saturating_sub(3)).await;
    follow(&anna, &mut book, &mut rng).await;
    let head = book.position().seq;
    let mut late = Book::new(snapshot(&anna).await);
    assert!(
        head == early.position.seq || !late.open_grid(early),
        "months older than the book are read again"
    );

    let reference = Reference::read(&anna).await;
    check_groups(&reference);
    check_book(&book, &reference);
    assert!(late.open_grid(grid(&anna).await));
    check_book(&late, &reference);
    assert_eq!(late.facts.all().map(|fact| fact.id).collect::<Vec<_>>(), {
        let mut newest: Vec<_> = reference.facts.iter().map(|fact| fact.id).collect();
        newest.truncate(late.facts.all().count());
        newest
    });
    let mut grand = BTreeMap::new();
    for month in months() {
        let summary: Summary =
            serde_json::from_value(anna.get(&format!("/summary?month={month}")).await.is(200).body)
                .expect("a summary");
        let plain = told(reference.summary(month));
        assert_eq!(told(summary.clone()), plain, "seed {seed}");
        for row in &summary.articles {
            let children = reference.articles.iter().filter(|child| child.parent_id == Some(row.article_id));
            let below: i64 = children
                .flat_map(|child| {
                    plain
                        .articles
                        .iter()
                        .filter(|other| other.article_id == child.id && other.currency == row.currency)
                })
                .map(|child| child.fact.minor())
                .sum();
            let own = reference
                .month(month)
                .articles
                .iter()
                .find(|own| own.article_id == row.article_id && own.currency == row.currency)
                .map_or(0, |own| own.sum.minor());
            assert_eq!(row.fact.minor(), own + below, "roll-up = own + children");
        }
        grand.insert(month, summary.totals);
    }
    // Moving an article anywhere in the tree changes no grand total.
    writer.move_everything().await;
    // Neither does merging, and the replica follows.
    writer.merge_some().await;
    follow(&anna, &mut book, &mut rng).await;
    let reference = Reference::read(&anna).await;
    check_groups(&reference);
    check_book(&book, &reference);
    for (month, totals) in grand {
        let summary = anna.get(&format!("/summary?month={month}")).await.is(200).body;
        assert_eq!(rows::<CurrencyTotal>(&summary["totals"]), totals);
    }
}

on_both_engines! {
    async fn every_figure_of_a_small_household_equals_the_reference(server: TestServer) {
        for writes in [0, 1, 30, 300] {
            figures_of(server.founder("Anna").await, writes).await;
        }
    }

    async fn every_figure_of_a_large_household_equals_the_reference(server: TestServer) {
        figures_of(server.founder("Anna").await, 4_000).await;
    }
}

/// A day within the months.
fn day(rng: &mut Rng) -> Day {
    let month = months()[rng.usize(0..14)];
    Day::new(month.year(), month.number(), rng.i8(1..=28)).expect("every month has 28 days")
}
