//! A revision of a row that another member has changed: it continues if it loses none of their changes.

use super::*;
use crate::{
    command::Subject,
    domain::{
        Article, ArticleForm, ArticleId, Comment, Currency, Day, Fact, FinancialCenter, FinancialCenterForm,
        FinancialCenterId, Instant, Kind, Money, Recurring, RecurringForm, Target, recurring::tests::rent,
    },
    outbox::{merging::goes_on_from, pending::Seen},
    replica::{Replica, tests::oracle::snapshot},
};
use leptos::prelude::Owner;

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

/// A fact of the book with one of three values in each field; all are in an account in euros.
fn version(version: i64, [amount, article, date, comment]: [u8; 4]) -> Fact {
    let member = Uuid::from_u128(1).into();
    Fact {
        id: fact(9),
        amount: Money::from_minor(-100 * (i64::from(amount) + 1), Currency::EUR),
        article_id: ArticleId::from(Uuid::from_u128(u128::from(article) + 1)),
        financial_center_id: FinancialCenterId::from(Uuid::from_u128(1)),
        date: day(["2026-11-01", "2026-11-02", "2026-11-03"][usize::from(date)]),
        comment: ["", "bread", "milk"][usize::from(comment)].parse::<Comment>().expect("a remark"),
        group: None,
        version,
        created_seq: 1,
        created_by: member,
        updated_by: member,
        created_at: Instant::from_millis(0),
        updated_at: Instant::from_millis(0),
    }
}

/// The revision that gives the marked fields the values of a fact; amounts in one of several notations.
fn revision(to: &Fact, given: [bool; 4], long: bool) -> FactForm {
    let [amount, article, date, comment] = given;
    let text = to.amount.to_string();
    let short = text.strip_suffix(".00").unwrap_or(&text).to_owned();
    FactForm {
        amount: amount.then_some(if long { text } else { short }),
        article_id: article.then(|| to.article_id.to_string()),
        date: date.then(|| to.date.to_string()),
        comment: comment.then(|| to.comment.to_string()),
        ..FactForm::default()
    }
}

/// One of three values for each of four fields.
fn fields() -> impl Strategy<Value = [u8; 4]> {
    prop::array::uniform4(0..3_u8)
}

/// A revision: the values of four fields, and which of them are given.
#[derive(Clone, Copy, Debug)]
struct RevisedFields {
    mine: [u8; 4],
    given: [bool; 4],
}

fn revised_fields() -> impl Strategy<Value = RevisedFields> {
    (fields(), prop::array::uniform4(any::<bool>())).prop_map(|(mine, given)| RevisedFields { mine, given })
}

impl RevisedFields {
    /// Whether the revision leaves every field as it is now that somebody else has changed since it was seen.
    fn keeps(self, theirs: [u8; 4], seen: [u8; 4]) -> bool {
        (0..4).all(|at| theirs[at] == seen[at] || !self.given[at] || self.mine[at] == theirs[at])
    }
}

/// The version that a command continues from when it is refused as stale.
fn goes_on<T: serde::Serialize>(command: Command, seen: Subject, theirs: &T) -> Option<i64> {
    let owner = Owner::new();
    owner.set();
    let refused = Pending { seen: seen.into(), ..Pending::new(key(1), command, Some(1)) };
    let current = serde_json::to_string(theirs).expect("it can be written");
    goes_on_from(&refused, &AppError::Stale { current }, &Replica::new(snapshot()))
}

proptest! {
    #[test]
    fn a_revision_of_a_fact_goes_on_unless_it_undoes_what_somebody_else_wrote(
        (seen, theirs, revised) in (fields(), fields(), revised_fields()),
        long in any::<bool>(),
    ) {
        let form = revision(&version(1, revised.mine), revised.given, long);
        let command = Command::ReviseFact { id: fact(9), form };
        let went_on = goes_on(command, version(1, seen).into(), &version(4, theirs));
        prop_assert_eq!(went_on, revised.keeps(theirs, seen).then_some(4));
    }

    #[test]
    fn a_revision_of_a_recurring_entry_goes_on_whatever_days_somebody_settles_or_reopens(
        plan in any::<bool>(),
        steps in prop::collection::vec((0..6_usize, any::<bool>()), 0..8),
        today in 0..6_usize,
    ) {
        let target = if plan { Target::Plan } else { Target::Fact };
        let seen = Recurring { target, ..rent() };
        let days: Vec<Day> = seen.schedule().days().take(6).collect();
        let settle = |row: Recurring, (at, settles): (usize, bool)| {
            let row = if settles && row.is_open(days[at]) {
                row.with_settled(days[at])
            } else if !settles && !row.is_open(days[at]) {
                row.with_reopened(days[at], days[today])
            } else {
                return row;
            };
            Recurring { version: row.version + 1, updated_at: Instant::from_millis(1), ..row }
        };
        let theirs = steps.into_iter().fold(seen.clone(), settle);
        let revises = || Command::ReviseRecurring { id: seen.id, form: RecurringForm::default() };
        prop_assert_eq!(goes_on(revises(), seen.clone().into(), &theirs), Some(theirs.version));
        let revised = Recurring { automatic: !theirs.automatic, ..theirs };
        prop_assert_eq!(goes_on(revises(), seen.clone().into(), &revised), Some(revised.version), "another field");
        let form = RecurringForm { automatic: Some(seen.automatic), ..RecurringForm::default() };
        let back = Command::ReviseRecurring { id: seen.id, form };
        prop_assert_eq!(goes_on(back, seen.clone().into(), &revised), None, "it would undo what they changed");
    }
}

/// A category of the book with one of three values in each field.
fn category(version: i64, [name, parent, icon, colour]: [u8; 4]) -> Article {
    Article {
        id: ArticleId::from(Uuid::from_u128(9)),
        name: ["Cats", "Dogs", "Fish"][usize::from(name)].parse().expect("a name"),
        kind: Kind::Expense,
        parent_id: (parent > 0).then(|| ArticleId::from(Uuid::from_u128(u128::from(parent)))),
        archived: false,
        icon: ["", "paw", "basket"][usize::from(icon)].to_owned(),
        colour: colour.into(),
        version,
        updated_by: None,
    }
}

proptest! {
    #[test]
    fn a_revision_of_a_category_goes_on_unless_it_undoes_what_somebody_else_wrote(
        (seen, theirs, revised) in (fields(), fields(), revised_fields()),
    ) {
        let full = ArticleForm::from(&category(1, revised.mine));
        let [name, parent, icon, colour] = revised.given;
        let form = ArticleForm {
            name: full.name.filter(|_| name),
            parent_id: full.parent_id.filter(|_| parent),
            icon: full.icon.filter(|_| icon),
            colour: full.colour.filter(|_| colour),
            ..ArticleForm::default()
        };
        let command = Command::ReviseArticle { id: category(1, seen).id, form };
        let went_on = goes_on(command, category(1, seen).into(), &category(4, theirs));
        prop_assert_eq!(went_on, revised.keeps(theirs, seen).then_some(4));
    }
}

#[test]
fn an_amount_does_not_go_on_into_another_currency() {
    let euros = snapshot().financial_centers[0].center.clone();
    let dollars = "USD".parse().expect("a currency");
    let theirs = FinancialCenter {
        currency: dollars,
        opening_balance: Money::from_minor(1000, dollars),
        version: 2,
        ..euros.clone()
    };
    let revises = |form| Command::ReviseFinancialCenter { id: euros.id, form };
    let name = FinancialCenterForm { name: Some("Jar".into()), ..FinancialCenterForm::default() };
    assert_eq!(goes_on(revises(name), euros.clone().into(), &theirs), Some(2));
    let opening = FinancialCenterForm { opening_balance: Some("5".into()), ..FinancialCenterForm::default() };
    assert_eq!(goes_on(revises(opening), euros.clone().into(), &theirs), None);
}

#[test]
fn only_another_version_of_the_row_lets_a_revision_go_on() {
    let command = Command::ReviseFact { id: fact(9), form: FactForm::default() };
    let seen = Seen::Facts(vec![version(1, [0; 4])]);
    let pending = Pending { seen, ..Pending::new(key(1), command, Some(1)) };
    let replica = Replica::new(snapshot());
    for error in [AppError::NotFound, AppError::Gone, AppError::Stale { current: "{}".into() }] {
        assert_eq!(goes_on_from(&pending, &error, &replica), None, "{error:?}");
    }
}
