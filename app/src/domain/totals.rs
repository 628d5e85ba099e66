//! Sums over facts. No sum mixes currencies, and transfers count as neither income nor expense.

use super::{Article, ArticleId, Currency, Kind, Money, Month, branches::Branches};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The sum of the facts of an article in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ArticleTotal {
    /// The article, without its children.
    pub article_id: ArticleId,
    /// The currency of the centers.
    pub currency: Currency,
    /// The signed sum.
    pub sum: Money,
}

/// The sums of one month, by article and currency, without zeros.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MonthTotals {
    /// The month.
    pub month: Month,
    /// One entry per article and currency.
    pub articles: Vec<ArticleTotal>,
}

/// Income and spending in one currency; both positive unless refunds outweigh purchases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CurrencyTotal {
    /// The currency.
    pub currency: Currency,
    /// The sum of income articles.
    pub income: Money,
    /// The negated sum of expense articles.
    pub spent: Money,
}

/// The figures of an article with its descendants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ArticleSummary {
    /// The article.
    pub article_id: ArticleId,
    /// The currency.
    pub currency: Currency,
    /// The sum of its facts and those of its descendants.
    pub fact: Money,
    /// The plan of it and its descendants; only in the household's currency.
    pub plan: Option<Money>,
    /// The remaining amount; negative if overspent.
    pub left: Option<Money>,
}

/// The figures of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Summary {
    /// The month.
    pub month: Month,
    /// Totals per currency, the household's first.
    pub totals: Vec<CurrencyTotal>,
    /// Figures per article, rolled up the tree.
    pub articles: Vec<ArticleSummary>,
    /// The amount left of all planned spending, in the household's currency; null if nothing is planned.
    pub left_to_spend: Option<Money>,
    /// The current balance of each center.
    pub financial_centers: Vec<super::financial_center::Balance>,
}

impl MonthTotals {
    /// A month without facts.
    #[must_use]
    pub const fn empty(month: Month) -> Self {
        Self { month, articles: Vec::new() }
    }

    /// Adds the sum of an article in a currency in which it has none yet.
    pub fn push(&mut self, article_id: ArticleId, currency: Currency, minor: i64) {
        if minor != 0 {
            self.articles.push(ArticleTotal {
                article_id,
                currency,
                sum: Money::from_minor(minor, currency),
            });
        }
    }

    /// Adds `minor` units to an article's sum.
    pub fn add(&mut self, article_id: ArticleId, currency: Currency, minor: i64) {
        let place =
            self.articles.iter().position(|row| row.article_id == article_id && row.currency == currency);
        match place {
            Some(at) => {
                let sum = self.articles[at].sum.plus(minor);
                if sum.minor() == 0 {
                    self.articles.swap_remove(at);
                } else {
                    self.articles[at].sum = sum;
                }
            }
            None => self.push(article_id, currency, minor),
        }
    }

    /// Income and spending per currency, the household's first, the others by code.
    #[must_use]
    pub fn by_currency(&self, articles: &[Article], household: Currency) -> Vec<CurrencyTotal> {
        let mut totals = BTreeMap::new();
        totals.insert(household, (0_i64, 0_i64));
        let branches = Branches::new(articles);
        for row in &self.articles {
            let kind = branches.find(row.article_id).map(|article| article.kind);
            let (income, spent) = totals.entry(row.currency).or_default();
            match kind {
                Some(Kind::Income) => *income = income.saturating_add(row.sum.minor()),
                Some(Kind::Expense) => *spent = spent.saturating_sub(row.sum.minor()),
                Some(Kind::Transfer) | None => {}
            }
        }
        let mut totals: Vec<_> = totals
            .into_iter()
            .map(|(currency, (income, spent))| CurrencyTotal {
                currency,
                income: Money::from_minor(income, currency),
                spent: Money::from_minor(spent, currency),
            })
            .filter(|total| {
                total.currency == household || total.income.minor() != 0 || total.spent.minor() != 0
            })
            .collect();
        totals.sort_by_key(|total| total.currency != household);
        totals
    }

    /// The sum of each article with its descendants, without transfers.
    #[must_use]
    pub fn rolled_up(&self, articles: &[Article]) -> Vec<ArticleSummary> {
        let branches = Branches::new(articles);
        let mut sums = vec![BTreeMap::<Currency, i64>::new(); articles.len()];
        let add = |sums: &mut BTreeMap<_, _>, currency, minor| {
            let sum: &mut i64 = sums.entry(currency).or_default();
            *sum = sum.saturating_add(minor);
        };
        for row in &self.articles {
            if let Some(at) = branches.place(row.article_id) {
                add(&mut sums[at], row.currency, row.sum.minor());
            }
        }
        branches.roll_up(&mut sums, |above, below| {
            below.iter().for_each(|(currency, minor)| add(above, *currency, *minor));
        });
        let counted = articles.iter().zip(sums).filter(|(article, _)| article.kind != Kind::Transfer);
        counted
            .flat_map(|(article, sums)| {
                sums.into_iter().map(move |(currency, minor)| ((article.id, currency), minor))
            })
            .map(|((article_id, currency), minor)| ArticleSummary {
                article_id,
                currency,
                fact: Money::from_minor(minor, currency),
                plan: None,
                left: None,
            })
            .collect()
    }
}
