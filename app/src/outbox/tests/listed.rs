//! The list of pending and refused commands on the screens.

use super::{
    plans::{cell, plan, set},
    *,
};
use crate::{
    domain::PlanForm,
    outbox::inner::OutboxState,
    replica::{Replica, pending::RowState, tests::oracle::snapshot},
    wire::Position,
};
use leptos::prelude::Owner;

fn no() -> AppError {
    AppError::NotFound
}

fn inner(all: impl IntoIterator<Item = Pending>) -> OutboxState {
    let mut inner = OutboxState::default();
    for pending in all {
        inner.queue.push(pending);
    }
    inner
}

fn listed(inner: &OutboxState) -> Vec<(MutationId, RowState)> {
    inner.listed().into_iter().map(|listed| (listed.mutation, listed.state)).collect()
}

fn refuse(inner: &mut OutboxState, mutation: u128) {
    let call = inner.queue.start(key(mutation)).expect("it is its turn");
    assert!(inner.queue.refused(key(mutation), call.attempt, no()));
}

#[test]
fn the_last_of_several_commands_on_a_row_is_listed_and_the_newest_row_first() {
    let inner = inner([pending(1, record(1)), pending(2, record(2)), pending(3, revise(1))]);
    assert_eq!(listed(&inner), [(key(3), RowState::Saving), (key(2), RowState::Saving)]);
}

#[test]
fn a_row_waits_once_a_try_had_no_answer_and_is_refused_until_that_is_decided() {
    let mut inner = inner([pending(1, record(1)), pending(2, revise(1))]);
    let first = start(&mut inner.queue);
    assert_eq!(inner.states()[&row(1)], RowState::Saving, "the first try");
    inner.queue.failed(key(1), first.attempt);
    assert_eq!(inner.states()[&row(1)], RowState::Waiting, "until it goes again");
    let second = start(&mut inner.queue);
    assert_eq!(inner.states()[&row(1)], RowState::Waiting, "and while it does");
    inner.queue.refused(key(1), second.attempt, no());
    assert_eq!(listed(&inner), [(key(2), RowState::Refused(no()))]);
    assert_eq!(inner.states(), BTreeMap::from([(row(1), RowState::Refused(no()))]));
    inner.queue.give_up(row(1));
    assert_eq!((inner.listed(), inner.states()), (Vec::new(), BTreeMap::new()));
}

#[test]
fn an_entry_on_a_category_that_waits_says_that_it_waits_too() {
    let mut inner = inner([pending(1, waiting::add_article(1)), pending(2, waiting::entry_on(2, 1))]);
    let first = start(&mut inner.queue);
    assert_eq!(inner.states()[&row(2)], RowState::Saving, "while the category is in its first attempt");
    inner.queue.failed(key(1), first.attempt);
    assert_eq!(inner.states()[&row(2)], RowState::Waiting);
    start(&mut inner.queue);
    assert_eq!(inner.states()[&row(2)], RowState::Waiting, "while it is sent again");
}

#[test]
fn an_entry_on_a_refused_category_waits_and_names_what_it_waits_for() {
    let (category, entry) = (waiting::add_article(1), waiting::entry_on(2, 1));
    let mut inner = inner([pending(1, category), pending(2, entry)]);
    refuse(&mut inner, 1);
    let article = RowId::Article(Uuid::from_u128(1).into());
    let held: Vec<_> =
        inner.listed().into_iter().map(|listed| (listed.row, listed.state, listed.held_by)).collect();
    assert_eq!(held, [(row(2), RowState::Waiting, Some(article)), (article, RowState::Refused(no()), None)]);
}

#[test]
fn a_plan_is_what_it_was_set_to_last_until_the_book_of_the_page_has_it() {
    let owner = Owner::new();
    owner.set();
    let replica = Replica::new(snapshot());
    let mut inner = inner([set(1, &[plan(1, "10", 0)]), set(2, &[plan(2, "20", 0)])]);
    inner.replica = Some(replica);
    inner.settle();
    let amount =
        |inner: &OutboxState, of| inner.planned(cell(of)).and_then(|form: &PlanForm| form.amount.clone());
    assert_eq!(
        (amount(&inner, 1), amount(&inner, 2), amount(&inner, 3)),
        (Some("10".into()), Some("20".into()), None)
    );
    refuse(&mut inner, 2);
    assert_eq!(amount(&inner, 2), None, "what was refused is as the book has it");
    inner.queue.start(key(1)).expect("it is its turn");
    let done = inner.answered(key(1), &[(cell(1), 1)]).expect("it is there");
    assert_eq!(inner.own.get(&cell(1)), Some(&1));
    let ahead = Position { seq: 1, ..snapshot().position };
    inner.settles(done.clone(), ahead, Vec::new());
    inner.settle();
    assert_eq!(amount(&inner, 1), Some("10".into()), "the log of this page is not there yet");
    assert_eq!(inner.states().get(&cell(1)), Some(&RowState::Saving));
    inner.queue.push(set(3, &[plan(1, "30", 1)]));
    assert_eq!(amount(&inner, 1), Some("30".into()));
    inner.queue.start(key(3)).expect("it is its turn");
    inner.answered(key(3), &[(cell(1), 2)]);
    inner.settling.clear();
    inner.settles(done, snapshot().position, Vec::new());
    assert_eq!(amount(&inner, 1), None, "the book has it");
}
