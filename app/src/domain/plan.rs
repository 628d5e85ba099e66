//! A plan: the amount meant for an article in a month.
//!
//! It is written without a sign, in the article's own direction, and counts in the household's currency
//! only. Each article has a plan of its own; what a parent comes to is its own and those below it.

use super::{
    Article, ArticleId, ArticleSummary, Currency, FieldError, Instant, Kind, MemberId, Money, Month,
    MonthTotals, Refusals,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The amount meant for an article in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Plan {
    /// What it is meant for; those below it not included.
    pub article_id: ArticleId,
    /// The month.
    pub month: Month,
    /// In the household's currency, never negative; zero is the same as none.
    pub amount: Money,
    /// 1 when first set, one more with each change.
    pub version: i64,
    /// Who set it last.
    pub updated_by: MemberId,
    /// When.
    pub updated_at: Instant,
}

/// A plan as it was typed, nothing checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PlanForm {
    /// What it is meant for.
    pub article_id: Option<String>,
    /// `2026-11`.
    pub month: Option<String>,
    /// A decimal number in the household's currency; empty or zero takes the plan away.
    pub amount: Option<String>,
    /// Only if the plan still has this version, 0 for none yet.
    pub version: Option<i64>,
}

/// So many cells in one change: thirty categories over a year and some more.
pub const MOST_CELLS: usize = 500;

/// A plan, checked but for what only the household's own rows can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlan {
    /// What it is meant for.
    pub article_id: ArticleId,
    /// The month.
    pub month: Month,
    /// As typed.
    pub amount: String,
    /// The version that was looked at.
    pub version: Option<i64>,
}

impl PlanForm {
    /// Reads a plan.
    ///
    /// # Errors
    /// Names every field that is refused.
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

/// What was meant, what happened and what is left, in minor units of the household's currency and in the
/// direction of the kind: spent is positive on an expense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What was meant.
    pub plan: i64,
    /// What was spent or received.
    pub fact: i64,
}

impl Line {
    /// What is left of the plan; negative when it is overspent.
    #[must_use]
    pub const fn left(self) -> i64 {
        self.plan.saturating_sub(self.fact)
    }

    fn add(&mut self, other: Self) {
        self.plan = self.plan.saturating_add(other.plan);
        self.fact = self.fact.saturating_add(other.fact);
    }
}

/// An article's own line, nothing below it counted.
fn own(article: &Article, plans: &[Plan], totals: &MonthTotals, home: Currency) -> Line {
    let plan = plans.iter().find(|row| row.article_id == article.id && row.month == totals.month);
    let sum = totals.articles.iter().find(|row| row.article_id == article.id && row.currency == home);
    let sum = sum.map_or(0, |row| row.sum.minor());
    let fact = if article.kind == Kind::Expense { sum.saturating_neg() } else { sum };
    Line { plan: plan.map_or(0, |row| row.amount.minor()), fact }
}

/// Every income and expense article with all that stands below it.
#[must_use]
pub fn lines(
    articles: &[Article],
    plans: &[Plan],
    totals: &MonthTotals,
    home: Currency,
) -> BTreeMap<ArticleId, Line> {
    let mut lines: BTreeMap<ArticleId, Line> = BTreeMap::new();
    for article in articles.iter().filter(|row| row.kind != Kind::Transfer) {
        let mine = own(article, plans, totals, home);
        let mut at = Some(article);
        // As deep as a tree of so many can be; a circle cannot be stored, and would end here too.
        for _ in 0..articles.len() {
            let Some(here) = at else { break };
            lines.entry(here.id).or_default().add(mine);
            at = here.parent_id.and_then(|parent| articles.iter().find(|row| row.id == parent));
        }
    }
    lines
}

/// All expenses of the month together: what is left of it is left to spend. None when nothing is planned.
#[must_use]
pub fn spending(articles: &[Article], plans: &[Plan], totals: &MonthTotals, home: Currency) -> Option<Line> {
    let mut all = Line::default();
    for article in articles.iter().filter(|row| row.kind == Kind::Expense) {
        all.add(own(article, plans, totals, home));
    }
    (all.plan > 0).then_some(all)
}

/// The nearest article upwards, itself included, that has a plan in itself or below, and its line: what is
/// left there is what spending on the article takes from.
#[must_use]
pub fn planned_above(
    id: ArticleId,
    articles: &[Article],
    lines: &BTreeMap<ArticleId, Line>,
) -> Option<(ArticleId, Line)> {
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

/// Every article's figures per currency, rolled up the tree, transfers left out.
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
