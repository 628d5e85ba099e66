//! Commands that name rows which other commands add or change.

use super::*;
use crate::domain::{ArticleForm, FinancialCenterForm, OccurrenceForm};

fn article(n: u128) -> String {
    Uuid::from_u128(n).to_string()
}

pub(super) fn add_article(n: u128) -> Command {
    Command::AddArticle(ArticleForm { id: Some(article(n)), ..ArticleForm::default() })
}

fn rename(n: u128) -> Command {
    Command::ReviseArticle { id: Uuid::from_u128(n).into(), form: ArticleForm::default() }
}

pub(super) fn entry_on(n: u128, of: u128) -> Command {
    let (id, article_id) = (Some(fact(n).to_string()), Some(article(of)));
    Command::RecordFact(FactForm { id, article_id, ..FactForm::default() })
}

#[test]
fn an_entry_waits_for_the_category_that_was_made_for_it_and_nothing_else_does() {
    let mut queue = Queue::default();
    queue.push(pending(1, add_article(1)));
    queue.push(pending(2, entry_on(2, 1)));
    queue.push(pending(3, entry_on(3, 7)));
    assert_eq!(queue.ready(), [key(1), key(3)]);
    queue.start(key(1)).expect("it is its turn");
    queue.answered(key(1), &[(RowId::Article(Uuid::from_u128(1).into()), 1)]);
    assert_eq!(queue.ready(), [key(2), key(3)]);
}

#[test]
fn an_entry_on_a_refused_category_is_kept_and_sent_once_that_is_decided() {
    let mut queue = Queue::default();
    queue.push(pending(1, add_article(1)));
    queue.push(pending(2, entry_on(2, 1)));
    let call = queue.start(key(1)).expect("it is its turn");
    queue.refused(key(1), call.attempt, AppError::IdTaken);
    assert_eq!(queue.ready(), []);
    assert_eq!(queue.held_by(key(2)).map(|first| first.mutation), Some(key(1)));
    assert_eq!(
        queue.give_up(RowId::Article(Uuid::from_u128(1).into())).len(),
        1,
        "what was typed is not lost"
    );
    assert_eq!(queue.ready(), [key(2)]);
}

#[test]
fn an_entry_waits_for_a_change_of_its_category_but_not_for_a_refused_one() {
    let mut queue = Queue::default();
    queue.push(pending(1, rename(1)));
    queue.push(pending(2, entry_on(2, 1)));
    assert_eq!(queue.ready(), [key(1)]);
    let call = queue.start(key(1)).expect("it is its turn");
    queue.refused(key(1), call.attempt, AppError::Gone);
    assert_eq!(queue.ready(), [key(2)], "the category is there without the change");
}

#[test]
fn days_of_one_recurring_entry_do_not_wait_for_each_other_and_a_day_is_settled_in_order() {
    let id = Uuid::from_u128(1).into();
    let day = |text: &str| text.parse().expect("a day");
    let form = OccurrenceForm { day: Some("2026-11-01".into()), ..OccurrenceForm::default() };
    let mut queue = Queue::default();
    queue.push(pending(1, Command::ConfirmOccurrence { id, form }));
    queue.push(pending(2, Command::SkipOccurrence { id, day: day("2026-12-01") }));
    queue.push(pending(3, Command::ReopenOccurrence { id, day: day("2026-11-01") }));
    assert_eq!(queue.ready(), [key(1), key(2)]);
    queue.start(key(1)).expect("it is its turn");
    queue.answered(key(1), &[]);
    assert_eq!(queue.ready(), [key(2), key(3)]);
}

#[test]
fn a_change_of_the_transaction_of_an_expected_day_waits_until_the_day_is_recorded() {
    let form = OccurrenceForm {
        day: Some("2026-11-01".into()),
        fact_id: Some(fact(1).to_string()),
        ..OccurrenceForm::default()
    };
    let mut queue = Queue::default();
    queue.push(pending(1, Command::ConfirmOccurrence { id: Uuid::from_u128(1).into(), form }));
    queue.push(pending(2, revise(1)));
    queue.push(pending(3, revise(2)));
    assert_eq!(queue.ready(), [key(1), key(3)]);
    queue.start(key(1)).expect("it is its turn");
    queue.answered(key(1), &[(row(1), 1)]);
    assert_eq!(queue.ready(), [key(2), key(3)]);
}

/// An entry in an account, as a difference to its statement or not.
fn in_account(n: u128, account: u128, is_difference: bool) -> Command {
    Command::RecordFact(FactForm {
        id: Some(fact(n).to_string()),
        financial_center_id: Some(Uuid::from_u128(account).to_string()),
        balance: is_difference.then(|| "0.00".to_owned()),
        ..FactForm::default()
    })
}

#[test]
fn the_difference_to_a_statement_is_sent_after_what_its_balance_contains_and_before_what_it_does_not() {
    let opening = Command::ReviseFinancialCenter {
        id: Uuid::from_u128(1).into(),
        form: FinancialCenterForm::default(),
    };
    for moves in [in_account(9, 1, false), revise(9), delete(9), opening] {
        let mut queue = Queue::default();
        queue.push(pending(1, moves.clone()));
        queue.push(pending(2, in_account(2, 1, true)));
        queue.push(pending(3, in_account(3, 2, false)));
        assert_eq!(queue.ready(), [key(1), key(3)], "{moves:?}");
        queue.start(key(1)).expect("it is its turn");
        queue.answered(key(1), &[]);
        assert_eq!(queue.ready(), [key(2), key(3)]);
        queue.push(pending(4, moves));
        assert_eq!(queue.ready(), [key(2), key(3)], "it is not in the balance");
        let call = queue.start(key(2)).expect("it is its turn");
        queue.refused(key(2), call.attempt, AppError::BalanceChanged);
        assert_eq!(queue.ready(), [key(3), key(4)], "a refused one holds up nothing");
    }
}

/// A command that records a transaction of this category in account 1; `is_difference` makes it the difference to a statement.
fn with_category(n: u128, category: u128, is_difference: bool) -> Command {
    let Command::RecordFact(form) = in_account(n, 1, is_difference) else { panic!("it records") };
    Command::RecordFact(FactForm { article_id: Some(article(category)), ..form })
}

#[test]
fn a_difference_does_not_wait_for_a_command_that_itself_waits_for_a_decision() {
    let category = RowId::Article(Uuid::from_u128(1).into());
    // What is refused, what depends on it and moves a balance, and the row that is decided about.
    for (refused, depends, decided) in
        [(add_article(1), with_category(2, 1, false), category), (in_account(2, 1, false), revise(2), row(2))]
    {
        let mut queue = Queue::default();
        queue.push(pending(1, refused));
        let call = queue.start(key(1)).expect("it is its turn");
        // Before the refusal is known the difference waits for both.
        queue.push(pending(2, depends));
        queue.push(pending(3, in_account(3, 1, true)));
        assert_eq!(queue.ready(), []);
        assert!(queue.held_by(key(3)).is_some_and(|earlier| earlier.mutation == key(2)));
        queue.refused(key(1), call.attempt, AppError::Gone);
        assert_eq!(queue.ready(), [key(3)], "nobody knows when the person decides");
        queue.try_again(decided, None);
        assert_eq!(queue.ready(), [key(1)], "both are on their way again");
    }
}

#[test]
fn a_difference_waits_for_the_deletion_of_a_row_whose_change_was_refused() {
    let mut queue = Queue::default();
    queue.push(pending(1, revise(2)));
    let call = queue.start(key(1)).expect("it is its turn");
    queue.push(pending(2, delete(2)));
    queue.push(pending(3, in_account(3, 1, true)));
    queue.refused(key(1), call.attempt, AppError::Gone);
    // Nothing has to be decided: the deletion is what the person wants, and it is on its way.
    assert_eq!(queue.ready(), [key(2)]);
    assert!(queue.held_by(key(3)).is_some_and(|earlier| earlier.mutation == key(2)));
}

#[test]
fn what_moves_a_balance_does_not_wait_for_a_difference_that_waits_for_a_decision() {
    let mut queue = Queue::default();
    queue.push(pending(1, add_article(1)));
    queue.push(pending(2, with_category(2, 1, true)));
    queue.push(pending(3, in_account(3, 1, false)));
    let call = queue.start(key(1)).expect("it is its turn");
    assert_eq!(queue.ready(), []);
    queue.refused(key(1), call.attempt, AppError::IdTaken);
    assert_eq!(queue.ready(), [key(3)]);
    // The difference is sent after it, and refused if the balance is another by then.
    queue.start(key(3)).expect("it is its turn");
    queue.answered(key(3), &[]);
    queue.give_up(RowId::Article(Uuid::from_u128(1).into()));
    assert_eq!(queue.ready(), [key(2)]);
}
