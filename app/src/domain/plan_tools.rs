//! Fills many plans at once: copies last month, averages three months, spreads a year's amount.

use super::{Article, ArticleId, Currency, Kind, Month, MonthTotals, Plan, plan::PlanLine};
use std::collections::BTreeMap;

/// A plan to set: article, month, minor units of the household's currency.
pub type CellAmount = (ArticleId, Month, i64);

/// The planned amount of an article in a month, looked up without searching the list each time.
fn planned(plans: &[Plan]) -> impl Fn(ArticleId, Month) -> i64 {
    let plans: BTreeMap<_, _> =
        plans.iter().map(|plan| ((plan.article_id, plan.month), plan.amount.minor())).collect();
    move |article, month| plans.get(&(article, month)).copied().unwrap_or(0)
}

/// The articles that can be planned and are not archived.
fn usable(articles: &[Article]) -> impl Iterator<Item = &Article> {
    articles.iter().filter(|row| row.kind != Kind::Transfer && !row.archived)
}

/// The plans of the previous month, where they differ. An article without a plan in the previous month keeps
/// its own.
#[must_use]
pub fn copied(articles: &[Article], plans: &[Plan], month: Month) -> Vec<CellAmount> {
    let (before, planned) = (month.plus(-1), planned(plans));
    usable(articles)
        .map(|row| (row.id, month, planned(row.id, before)))
        .filter(|(id, _, amount)| *amount > 0 && planned(*id, month) != *amount)
        .collect()
}

/// The average spent or received on each article, without its children, in the three previous months, where
/// it differs. Half a unit is rounded up. An article without spending, or with more refunds than spending,
/// keeps its plan.
#[must_use]
pub fn averaged(
    articles: &[Article],
    plans: &[Plan],
    months: &[MonthTotals],
    month: Month,
    home: Currency,
) -> Vec<CellAmount> {
    let before: Vec<_> = (1..=3).map(|back| month.plus(-back)).collect();
    let mut sums: BTreeMap<ArticleId, i64> = BTreeMap::new();
    for totals in months.iter().filter(|totals| before.contains(&totals.month)) {
        for row in totals.articles.iter().filter(|row| row.currency == home) {
            let sum = sums.entry(row.article_id).or_default();
            *sum = sum.saturating_add(row.sum.minor());
        }
    }
    let planned = planned(plans);
    usable(articles)
        .map(|row| {
            let sum = sums.get(&row.id).copied().unwrap_or(0);
            let used = if row.kind == Kind::Expense { sum.saturating_neg() } else { sum };
            (row.id, month, used.max(0).saturating_add(1) / 3)
        })
        .filter(|(id, _, amount)| *amount > 0 && planned(*id, month) != *amount)
        .collect()
}

/// Spreads a year's amount over twelve months from this one on. The remainder goes to the first months, so
/// that the sum is exact.
#[must_use]
pub fn spread(article: ArticleId, month: Month, whole: i64) -> Vec<CellAmount> {
    let (each, rest) = (whole / 12, whole % 12);
    (0..12_i16).map(|at| (article, month.plus(at), each + i64::from(i64::from(at) < rest))).collect()
}

/// The sum of several lines.
#[must_use]
pub fn together(lines: impl Iterator<Item = PlanLine>) -> PlanLine {
    lines.fold(PlanLine::default(), |sum, line| PlanLine {
        plan: sum.plan.saturating_add(line.plan),
        fact: sum.fact.saturating_add(line.fact),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ArticleTotal, Instant, MemberId, Money};
    use proptest::prelude::*;

    fn article(kind: Kind) -> Article {
        let name = "A".parse().expect("a name");
        let (id, icon) = (ArticleId::new(), String::new());
        let (parent_id, archived, colour, version, updated_by) = (None, false, 0, 1, None);
        Article { id, name, kind, parent_id, archived, icon, colour, version, updated_by }
    }

    fn month() -> Month {
        "2026-11".parse().expect("a month")
    }

    proptest! {
        #[test]
        fn spread_amounts_sum_to_the_whole_and_differ_by_at_most_one_unit(whole in 0..1_000_000_000_i64) {
            let cells = spread(ArticleId::new(), month(), whole);
            prop_assert_eq!(cells.iter().map(|(_, _, amount)| amount).sum::<i64>(), whole);
            let (least, most) = (cells.iter().map(|cell| cell.2).min(), cells.iter().map(|cell| cell.2).max());
            prop_assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1));
            prop_assert_eq!(cells.last().map(|cell| cell.1), Some("2027-10".parse().expect("a month")));
        }

        #[test]
        fn an_average_is_within_a_unit_of_the_third_and_never_negative(sums in prop::collection::vec(-100_000..100_000_i64, 3)) {
            let food = article(Kind::Expense);
            let totals: Vec<_> = sums.iter().enumerate().map(|(back, sum)| {
                let mut totals = MonthTotals::empty(month().plus(-1 - i16::try_from(back).expect("small")));
                totals.articles.push(ArticleTotal { article_id: food.id, currency: Currency::EUR, sum: Money::from_minor(*sum, Currency::EUR) });
                totals
            }).collect();
            let cells = averaged(std::slice::from_ref(&food), &[], &totals, month(), Currency::EUR);
            let amount = cells.first().map_or(0, |cell| cell.2);
            let spent = -sums.iter().sum::<i64>();
            let right = if spent <= 0 { amount == 0 } else { (amount * 3 - spent).abs() <= 1 };
            prop_assert!(right, "{} of {}", amount, spent);
        }
    }

    #[test]
    fn last_month_is_copied_where_it_differs() {
        let (food, rent, wage) = (article(Kind::Expense), article(Kind::Expense), article(Kind::Income));
        let plan = |article: &Article, month: Month, minor| Plan {
            article_id: article.id,
            month,
            amount: Money::from_minor(minor, Currency::EUR),
            version: 1,
            updated_by: MemberId::new(),
            updated_at: Instant::from_millis(0),
        };
        let before = month().plus(-1);
        let plans = [
            plan(&food, before, 500),
            plan(&rent, before, 800),
            plan(&rent, month(), 800),
            plan(&wage, month(), 9),
        ];
        let cells = copied(&[food.clone(), rent, wage], &plans, month());
        assert_eq!(cells, [(food.id, month(), 500)], "what was not planned last month stays");
    }

    #[test]
    fn an_article_without_transactions_keeps_its_plan_when_averaging() {
        let (food, rent) = (article(Kind::Expense), article(Kind::Expense));
        let planned = Plan {
            article_id: rent.id,
            month: month(),
            amount: Money::from_minor(800, Currency::EUR),
            version: 1,
            updated_by: MemberId::new(),
            updated_at: Instant::from_millis(0),
        };
        let mut before = MonthTotals::empty(month().plus(-1));
        let sum = Money::from_minor(-300, Currency::EUR);
        before.articles.push(ArticleTotal { article_id: food.id, currency: Currency::EUR, sum });
        let cells = averaged(&[food.clone(), rent], &[planned], &[before], month(), Currency::EUR);
        assert_eq!(cells, [(food.id, month(), 100)]);
    }
}
