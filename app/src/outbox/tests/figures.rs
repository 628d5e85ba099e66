//! Compares the figures of a page with those of a book and with plain sums.

use crate::{
    domain::*,
    replica::{
        Replica,
        apply::{Book, sorted_totals},
    },
    service::{Grid, Snapshot},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

pub fn same_figures(replica: &Replica, book: &Book) {
    let shown = &book.shown;
    assert_eq!(sorted_totals(&replica.month.get_untracked()), sorted_totals(&shown.month));
    assert_eq!(*replica.centers.get_untracked(), shown.financial_centers);
    assert_eq!(*replica.articles.get_untracked(), shown.articles);
    assert_eq!(*replica.recurring.get_untracked(), shown.recurring);
    assert_eq!(*replica.members.get_untracked(), shown.members);
    assert_eq!(replica.household.get_untracked(), shown.household);
    let sorted = |plans: &[Plan]| {
        let mut plans = plans.to_vec();
        plans.sort_by_key(|plan| plan.article_id);
        plans
    };
    assert_eq!(sorted(&replica.plans.get_untracked()), sorted(&shown.plans));
}

/// The months around today, read with this book.
pub fn grid(book: &Snapshot) -> Grid {
    let months = (-2..=0).map(|at| {
        let mut totals = MonthTotals::empty(book.month.month.plus(at));
        let month = totals.month;
        for fact in book.facts.iter().filter(|fact| fact.date.month() == month) {
            let center = book.financial_centers.iter().find(|row| row.center.id == fact.financial_center_id);
            totals.add(fact.article_id, center.expect("it stands").center.currency, fact.amount.minor());
        }
        totals
    });
    Grid { position: book.position, plans: book.plans.clone(), months: months.collect() }
}

pub fn same_months(one: &Grid, other: &Grid) {
    let plans = |grid: &Grid| {
        let plans = grid.plans.iter().map(|plan| ((plan.article_id, plan.month), plan.amount.minor()));
        plans.collect::<BTreeMap<_, _>>()
    };
    assert_eq!(plans(one), plans(other));
    for (one, other) in one.months.iter().zip(&other.months) {
        assert_eq!(sorted_totals(one), sorted_totals(other));
    }
}

/// Checks that the figures are the plain sums of these rows.
pub fn sums(replica: &Replica, facts: &[Fact]) {
    let month = replica.month.get_untracked();
    let mut plain = MonthTotals::empty(month.month);
    for row in replica.centers.get_untracked().iter() {
        let of_center = facts.iter().filter(|fact| fact.financial_center_id == row.center.id);
        let sum: i64 = of_center.clone().map(|fact| fact.amount.minor()).sum();
        assert_eq!(row.balance.minor(), row.center.opening_balance.minor() + sum, "the balance is the sum");
        for fact in of_center.filter(|fact| fact.date.month() == month.month) {
            plain.add(fact.article_id, row.center.currency, fact.amount.minor());
        }
    }
    assert_eq!(sorted_totals(&month), sorted_totals(&plain), "the month is the sum");
}
