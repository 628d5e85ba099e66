//! Plans: the planned amount of an article in a month.
//!
//! It is unsigned, in the direction of the article's kind, and in the household's currency. Each article has
//! a plan of its own; the total of a parent is its own plan plus those of its descendants.

use super::{
    Article, ArticleId, ArticleSummary, Currency, FieldError, Instant, Kind, MemberId, Money, Month,
    MonthTotals, Refusals,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// The line of an article alone, without its descendants.
fn own(article: &Article, plans: &[Plan], totals: &MonthTotals, home: Currency) -> PlanLine {
    let plan = plans.iter().find(|row| row.article_id == article.id && row.month == totals.month);
    let sum = totals.articles.iter().find(|row| row.article_id == article.id && row.currency == home);
    let sum = sum.map_or(0, |row| row.sum.minor());
    let fact = if article.kind == Kind::Expense { sum.saturating_neg() } else { sum };
    PlanLine { plan: plan.map_or(0, |row| row.amount.minor()), fact }
}

/// The line of every income and expense article, with its descendants.
#[must_use]
pub fn lines(
    articles: &[Article],
    plans: &[Plan],
    totals: &MonthTotals,
    home: Currency,
) -> BTreeMap<ArticleId, PlanLine> {
    let mut lines: BTreeMap<ArticleId, PlanLine> = BTreeMap::new();
    for article in articles.iter().filter(|row| row.kind != Kind::Transfer) {
        let mine = own(article, plans, totals, home);
        let mut at = Some(article);
        // At most as many steps as there are articles. A cycle cannot be stored, and would end here too.
        for _ in 0..articles.len() {
            let Some(here) = at else { break };
            lines.entry(here.id).or_default().add(mine);
            at = here.parent_id.and_then(|parent| articles.iter().find(|row| row.id == parent));
        }
    }
    lines
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
    for article in articles.iter().filter(|row| row.kind == Kind::Expense) {
        all.add(own(article, plans, totals, home));
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
    let mut at = Some(id);
    for _ in 0..articles.len() {
        let here = at?;
        if let Some(line) = lines.get(&here).filter(|line| line.plan > 0) {
            return Some((here, *line));
        }
        at = articles.iter().find(|row| row.id == here).and_then(|row| row.parent_id);
    }
    None
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
    for (article_id, line) in &lines {
        let there = rows.iter().any(|row| row.article_id == *article_id && row.currency == home);
        if line.plan > 0 && !there {
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
