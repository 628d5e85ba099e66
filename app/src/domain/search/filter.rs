//! A search with the rows of a household in place of their names: what a list, a count and sums share.

use super::{
    super::{
        Article, ArticleId, Fact, FinancialCenter, FinancialCenterId, Member, MemberId, Tag,
        branches::Branches, fold::folded,
    },
    AmountRange, DayRange, Search, Sought,
};
use std::collections::HashSet;

/// Which transactions of a household are found: those that pass each test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactFilter {
    /// The tests.
    pub tests: Vec<FactTest>,
}

/// A test of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactTest {
    /// Whether it passes if the condition does not hold.
    pub excluded: bool,
    /// The condition.
    pub condition: FactCondition,
}

/// A condition on a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactCondition {
    /// The folded note contains this text, or the category is one of these.
    Text(String, Vec<ArticleId>),
    /// The note has this tag.
    Tag(Tag),
    /// The amount.
    Amount(AmountRange),
    /// The category is one of these.
    Article(Vec<ArticleId>),
    /// The account is one of these.
    Center(Vec<FinancialCenterId>),
    /// One of these members recorded it.
    Author(Vec<MemberId>),
    /// The day.
    Day(DayRange),
}

/// The rows whose name is the sought one, or, if there is none, whose name contains it.
fn named<'a, T>(rows: &'a [T], name: impl Fn(&T) -> &str, sought: &str) -> Vec<&'a T> {
    let sought = folded(sought);
    let exact: Vec<_> = rows.iter().filter(|row| folded(name(row)) == sought).collect();
    if exact.is_empty() {
        rows.iter().filter(|row| folded(name(row)).contains(&sought)).collect()
    } else {
        exact
    }
}

/// These articles and all below them.
fn with_children(articles: &[Article], chosen: &HashSet<ArticleId>) -> Vec<ArticleId> {
    let branches = Branches::new(articles);
    let below = |id: ArticleId| branches.upwards(id).any(|above| chosen.contains(&above.id));
    articles.iter().map(|row| row.id).filter(|id| below(*id)).collect()
}

impl FactFilter {
    /// Of a search in a household with these rows. A name that no row has finds nothing.
    #[must_use]
    pub fn new(
        search: &Search,
        articles: &[Article],
        centers: &[FinancialCenter],
        members: &[Member],
    ) -> Self {
        let condition = |sought: &Sought| match sought {
            Sought::Text(text) => {
                let letters = folded(text);
                let named = articles.iter().filter(|row| folded(row.name.as_str()).contains(&letters));
                let chosen = named.map(|row| row.id).collect();
                FactCondition::Text(letters, with_children(articles, &chosen))
            }
            Sought::Tag(tag) => FactCondition::Tag(tag.clone()),
            Sought::Amount(range) => FactCondition::Amount(*range),
            Sought::Category(name) => {
                let chosen =
                    named(articles, |row| row.name.as_str(), name).iter().map(|row| row.id).collect();
                FactCondition::Article(with_children(articles, &chosen))
            }
            Sought::Account(name) => {
                let rows = named(centers, |row| row.name.as_str(), name);
                FactCondition::Center(rows.iter().map(|row| row.id).collect())
            }
            Sought::Who(name) => {
                let rows = named(members, |row| row.name.as_str(), name);
                FactCondition::Author(rows.iter().map(|row| row.id).collect())
            }
            Sought::Date(days) => FactCondition::Day(*days),
        };
        let test = |term: &super::SearchTerm| FactTest {
            excluded: term.excluded,
            condition: condition(&term.sought),
        };
        Self { tests: search.terms().iter().map(test).collect() }
    }

    /// Whether a transaction is found.
    #[must_use]
    pub fn finds(&self, fact: &Fact) -> bool {
        let note = folded(fact.comment.as_str());
        self.tests.iter().all(|test| test.condition.holds(fact, &note) != test.excluded)
    }
}

impl FactCondition {
    fn holds(&self, fact: &Fact, note: &str) -> bool {
        match self {
            Self::Text(letters, articles) => {
                note.contains(letters.as_str()) || articles.contains(&fact.article_id)
            }
            Self::Tag(tag) => fact.comment.tags().contains(tag),
            Self::Amount(range) => range.contains(fact.amount),
            Self::Article(articles) => articles.contains(&fact.article_id),
            Self::Center(centers) => centers.contains(&fact.financial_center_id),
            Self::Author(members) => members.contains(&fact.created_by),
            Self::Day(days) => days.contains(fact.date),
        }
    }
}
