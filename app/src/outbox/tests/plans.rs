//! Plans in the queue: many rows in one command, each row with a version of its own.

use super::*;
use crate::domain::PlanForm;

pub(super) fn plan(article: u128, amount: &str, version: i64) -> PlanForm {
    PlanForm {
        article_id: Some(Uuid::from_u128(article).to_string()),
        month: Some("2026-11".into()),
        amount: Some(amount.into()),
        version: Some(version),
    }
}

pub(super) fn cell(article: u128) -> RowId {
    RowId::Plan(Uuid::from_u128(article).into(), "2026-11".parse().expect("a month"))
}

pub(super) fn set(mutation: u128, forms: &[PlanForm]) -> Pending {
    pending(mutation, Command::SetPlans(forms.to_vec()))
}

/// What is sent of a call: amounts, and versions they are made on.
fn sent(call: &Call) -> Vec<(String, Option<i64>)> {
    let Command::SetPlans(forms) = &call.command else { panic!("plans are sent") };
    forms.iter().map(|form| (form.amount.clone().unwrap_or_default(), form.version)).collect()
}

#[test]
fn an_amount_that_follows_one_without_a_response_is_made_on_its_result() {
    let mut queue = Queue::default();
    queue.push(set(1, &[plan(1, "10", 0)]));
    start(&mut queue);
    queue.push(set(2, &[plan(1, "20", 0)]));
    assert_eq!(queue.ready(), [], "one after the other");
    queue.answered(key(1), &[(cell(1), 1)]);
    assert_eq!(sent(&start(&mut queue)), [("20".into(), Some(1))]);
}

#[test]
fn only_the_last_of_the_amounts_entered_during_a_call_is_sent() {
    let mut queue = Queue::default();
    queue.push(set(1, &[plan(1, "10", 0)]));
    start(&mut queue);
    assert_eq!(queue.push(set(2, &[plan(1, "20", 0)])), key(2));
    assert_eq!(queue.push(set(3, &[plan(1, "30", 0)])), key(2), "in the place of the one before it");
    queue.answered(key(1), &[(cell(1), 1)]);
    let call = start(&mut queue);
    assert_eq!(sent(&call), [("30".into(), Some(1))]);
    assert_eq!(queue.push(set(4, &[plan(1, "40", 0)])), key(4), "what was sent is never replaced");
}

#[test]
fn an_amount_whose_call_had_no_response_is_repeated_unchanged_and_not_replaced() {
    let mut queue = Queue::default();
    queue.push(set(1, &[plan(1, "10", 0)]));
    let first = start(&mut queue);
    assert!(queue.failed(key(1), first.attempt));
    assert_eq!(queue.push(set(2, &[plan(1, "20", 0)])), key(2), "the first may have been carried out");
    let again = start(&mut queue);
    assert_eq!((&again.command, again.terms), (&first.command, first.terms));
}

#[test]
fn many_plans_wait_for_each_of_their_cells_and_take_the_version_of_each() {
    let mut queue = Queue::default();
    queue.push(set(1, &[plan(1, "10", 0)]));
    queue.push(set(2, &[plan(2, "20", 4)]));
    queue.push(set(3, &[plan(1, "11", 0), plan(2, "21", 4), plan(3, "31", 7)]));
    for n in [1, 2] {
        queue.start(key(n)).expect("cells do not wait for each other");
    }
    queue.answered(key(2), &[(cell(2), 5)]);
    assert_eq!(queue.start(key(3)), None, "one of its cells is on its way");
    queue.answered(key(1), &[(cell(1), 1)]);
    let call = start(&mut queue);
    assert_eq!(sent(&call), [("11".into(), Some(1)), ("21".into(), Some(5)), ("31".into(), Some(7))]);
}

#[test]
fn a_refused_plan_holds_up_no_other_amount_and_is_discarded_alone() {
    let mut queue = Queue::default();
    queue.push(set(1, &[plan(1, "10", 2), plan(2, "10", 2)]));
    let call = start(&mut queue);
    queue.push(set(2, &[plan(1, "12", 2)]));
    queue.refused(key(1), call.attempt, AppError::Gone);
    assert_eq!(sent(&start(&mut queue)), [("12".into(), Some(2))], "as it was seen");
    queue.push(set(3, &[plan(2, "13", 6)]));
    assert_eq!(sent(&start(&mut queue)), [("13".into(), Some(6))]);
    assert_eq!(queue.give_up(cell(2)).len(), 1);
    assert_eq!(queue.all().len(), 2);
}
