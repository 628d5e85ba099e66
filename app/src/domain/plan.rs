//! Plans: the planned amount of an article in a month.
//!
//! It is unsigned, in the direction of the article's kind, and in the household's currency. Each article has
//! a plan of its own; the total of a parent is its own plan plus those of its descendants.

use super::{
    Article, ArticleId, ArticleSummary, Currency, FieldError, Instant, Kind, MemberId, Money, Month,
    MonthTotals, Refusals, branches::Branches,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The planned amount of an article in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Plan {
    /// The article, without its descendants.
    pub article_id: ArticleId,
    /// The month.
    pub month: Month,
    /// The amount in the household's currency, never negative; zero is the same as none.
    pub amount: Money,
    /// 1 when first set; incremented by each change.
    pub version: i64,
    /// The member who set it last.
    pub updated_by: MemberId,
    /// When it was last set.
    pub updated_at: Instant,
}

/// A plan as it was typed, not validated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PlanForm {
    /// The article.
    pub article_id: Option<String>,
    /// The month, `2026-11`.
    pub month: Option<String>,
    /// A decimal number in the household's currency; empty or zero removes the plan.
    pub amount: Option<String>,
    /// Sets the plan only if it has this version; 0 if there is none yet.
    pub version: Option<i64>,
}

/// The most cells in one change: thirty categories over a year, and some more.
pub const MOST_CELLS: usize = 500;

/// A validated plan, except for what depends on the household's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlan {
    /// The article.
    pub article_id: ArticleId,
    /// The month.
    pub month: Month,
    /// The amount as typed.
    pub amount: String,
    /// The version that was seen.
    pub version: Option<i64>,
}

impl PlanForm {
    /// Validates the form.
    ///
    /// # Errors
    /// Every refused field.
    pub fn new_plan(&self) -> Result<NewPlan, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let article_id = refusals.required("article_id", self.article_id.as_ref());
        let month = refusals.required("month", self.month.as_ref());
        let amount = self.amount.as_ref().filter(|text| !text.trim().is_empty());
        let amount = amount.cloned().unwrap_or_else(|| "0".into());
        let plan = article_id.zip(month);
        refusals.and(plan.map(|(article_id, month)| NewPlan {
            article_id,
            month,
            amount,
            version: self.version,
        }))
    }
}

/// Planned, actual and remaining amounts, in minor units of the household's currency and in the direction of
/// the kind: spending is positive for an expense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanLine {
    /// The planned amount.
    pub plan: i64,
    /// The amount spent or received.
    pub fact: i64,
}

impl PlanLine {
    /// The remaining amount; negative if overspent.
    #[must_use]
    pub const fn left(self) -> i64 {
        self.plan.saturating_sub(self.fact)
    }

    fn add(&mut self, other: Self) {
        self.plan = self.plan.saturating_add(other.plan);
        self.fact = self.fact.saturating_add(other.fact);
    }
}

/// The line of each article alone, without its descendants, in the order of the articles. Transfers have none.
fn own(
    articles: &[Article],
    branches: &Branches,
    (plans, totals, home): (&[Plan], &MonthTotals, Currency),
) -> Vec<PlanLine> {
    let mut lines = vec![PlanLine::default(); articles.len()];
    let place = |id: ArticleId| branches.place(id).filter(|at| articles[*at].kind != Kind::Transfer);
    for row in plans.iter().filter(|row| row.month == totals.month) {
        if let Some(at) = place(row.article_id) {
            lines[at].plan = row.amount.minor();
        }
    }
    for row in totals.articles.iter().filter(|row| row.currency == home) {
        if let Some(at) = place(row.article_id) {
            let sum = row.sum.minor();
            lines[at].fact = if articles[at].kind == Kind::Expense { sum.saturating_neg() } else { sum };
        }
    }
    lines
}

/// The line of every income and expense article, with its descendants.
#[must_use]
pub fn lines(
    articles: &[Article],
    plans: &[Plan],
    totals: &MonthTotals,
    home: Currency,
) -> BTreeMap<ArticleId, PlanLine> {
    let branches = Branches::new(articles);
    let mut lines = own(articles, &branches, (plans, totals, home));
    branches.roll_up(&mut lines, |above, below| above.add(*below));
    let lines = articles.iter().zip(lines).filter(|(row, _)| row.kind != Kind::Transfer);
    lines.map(|(row, line)| (row.id, line)).collect()
}

/// The line of all expenses of the month: what is left of it is left to spend. `None` if nothing is planned.
#[must_use]
pub fn spending(
    articles: &[Article],
    plans: &[Plan],
    totals: &MonthTotals,
    home: Currency,
) -> Option<PlanLine> {
    let mut all = PlanLine::default();
    let lines = own(articles, &Branches::new(articles), (plans, totals, home));
    for (_, line) in articles.iter().zip(lines).filter(|(row, _)| row.kind == Kind::Expense) {
        all.add(line);
    }
    (all.plan > 0).then_some(all)
}

/// The nearest article upwards, itself included, that has a plan in itself or below, and its line: spending
/// on the article reduces what is left there.
#[must_use]
pub fn planned_above(
    id: ArticleId,
    articles: &[Article],
    lines: &BTreeMap<ArticleId, PlanLine>,
) -> Option<(ArticleId, PlanLine)> {
    let planned = |row: &Article| Some((row.id, *lines.get(&row.id).filter(|line| line.plan > 0)?));
    Branches::new(articles).upwards(id).find_map(planned)
}

/// The figures of every article per currency, rolled up the tree, without transfers.
#[must_use]
pub fn summaries(
    articles: &[Article],
    plans: &[Plan],
    totals: &MonthTotals,
    home: Currency,
) -> Vec<ArticleSummary> {
    let lines = lines(articles, plans, totals, home);
    let mut rows = totals.rolled_up(articles);
    let spent: BTreeSet<ArticleId> =
        rows.iter().filter(|row| row.currency == home).map(|row| row.article_id).collect();
    for (article_id, line) in &lines {
        if line.plan > 0 && !spent.contains(article_id) {
            let fact = Money::zero(home);
            rows.push(ArticleSummary {
                article_id: *article_id,
                currency: home,
                fact,
                plan: None,
                left: None,
            });
        }
    }
    for row in rows.iter_mut().filter(|row| row.currency == home) {
        if let Some(line) = lines.get(&row.article_id) {
            row.plan = Some(Money::from_minor(line.plan, home));
            row.left = Some(Money::from_minor(line.left(), home));
        }
    }
    rows.sort_by_key(|row| (row.article_id, row.currency));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::branches::tests::forests;
    use proptest::prelude::*;

    const MONTH: &str = "2026-11";

    fn abroad() -> Currency {
        "JPY".parse().expect("a currency")
    }

    /// Sums in two currencies, and plans of two months, as drawn for each article.
    fn figures(articles: &[Article], drawn: &[(i64, i64, i64)]) -> (Vec<Plan>, MonthTotals) {
        let month: Month = MONTH.parse().expect("a month");
        let (mut plans, mut totals) = (Vec::new(), MonthTotals::empty(month));
        for (article, (planned, home, foreign)) in articles.iter().zip(drawn) {
            for (month, amount) in [(month, *planned), (month.plus(1), 7)] {
                let amount = Money::from_minor(amount, Currency::EUR);
                let (version, updated_by, updated_at) = (1, MemberId::new(), Instant::from_millis(0));
                plans.push(Plan { article_id: article.id, month, amount, version, updated_by, updated_at });
            }
            totals.add(article.id, Currency::EUR, *home);
            totals.add(article.id, abroad(), *foreign);
        }
        (plans, totals)
    }

    /// The articles at or below this one.
    fn branch(articles: &[Article], top: ArticleId) -> Vec<&Article> {
        let is_below = |row: &&Article| {
            let above = |id: &ArticleId| articles.iter().find(|row| row.id == *id)?.parent_id;
            std::iter::successors(Some(row.id), above).any(|id| id == top)
        };
        articles.iter().filter(is_below).collect()
    }

    proptest! {
        #[test]
        fn the_figures_of_an_article_are_the_sums_over_everything_below_it(
            (articles, drawn) in forests().prop_flat_map(|all| {
                let figures = prop::collection::vec((0..3_i64, -3..3_i64, -3..3_i64), all.len());
                (Just(all), figures)
            })
        ) {
            let (plans, totals) = figures(&articles, &drawn);
            let all = lines(&articles, &plans, &totals, Currency::EUR);
            let rows = summaries(&articles, &plans, &totals, Currency::EUR);
            for article in &articles {
                let of_kind = article.kind != Kind::Transfer;
                let below = branch(&articles, article.id);
                let sum = |of: &dyn Fn(&Article) -> i64| below.iter().map(|row| of(row)).sum::<i64>();
                let spent = |currency: Currency| sum(&|row| {
                    let one = totals.articles.iter().find(|one| one.article_id == row.id && one.currency == currency);
                    one.map_or(0, |one| one.sum.minor())
                });
                let planned = sum(&|row| plans.iter()
                    .find(|plan| plan.article_id == row.id && plan.month == totals.month)
                    .map_or(0, |plan| plan.amount.minor()));
                let home = spent(Currency::EUR);
                let fact = if article.kind == Kind::Expense { -home } else { home };
                prop_assert_eq!(all.get(&article.id).copied(), of_kind.then_some(PlanLine { plan: planned, fact }));
                for (currency, fact) in [(Currency::EUR, home), (abroad(), spent(abroad()))] {
                    let row = rows.iter().find(|row| row.article_id == article.id && row.currency == currency);
                    prop_assert_eq!(row.map_or(0, |row| row.fact.minor()), if of_kind { fact } else { 0 });
                    let plan = row.and_then(|row| row.plan).map_or(0, Money::minor);
                    prop_assert_eq!(plan, if of_kind && currency == Currency::EUR { planned } else { 0 });
                }
                let nearest = std::iter::successors(Some(article), |row| {
                    articles.iter().find(|above| Some(above.id) == row.parent_id)
                }).find(|row| all.get(&row.id).is_some_and(|line| line.plan > 0));
                let found = planned_above(article.id, &articles, &all).map(|(id, _)| id);
                prop_assert_eq!(found, nearest.map(|row| row.id));
            }
        }
    }
}
