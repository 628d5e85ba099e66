//! Commands on one row: their order, and what becomes of those after a refused one.

use super::{
    waiting::{add_article, entry_on},
    *,
};
use crate::{command::Subject, service::Written, wire::Position};

#[test]
fn a_correction_of_a_sent_command_waits_for_it_and_is_made_on_its_result() {
    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    let first = start(&mut queue);
    queue.push(pending(2, revise(1)));
    assert_eq!(queue.ready(), [], "it is not known yet what the row has become");
    assert!(queue.failed(key(1), first.attempt));
    let again = start(&mut queue);
    assert_eq!(
        (again.attempt, &again.command, again.terms),
        (2, &first.command, first.terms),
        "the same again"
    );
    queue.answered(key(1), &[(row(1), 4)]);
    assert_eq!(start(&mut queue).terms.base_version, Some(4));
}

#[test]
fn a_refusal_of_an_earlier_try_does_not_end_a_later_one() {
    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    let mutation = key(1);
    let first = start(&mut queue);
    queue.failed(mutation, first.attempt);
    let second = start(&mut queue);
    assert!(!queue.refused(mutation, first.attempt, AppError::NotFound));
    assert!(queue.refused(mutation, second.attempt, AppError::NotFound));
    assert_eq!(queue.ready(), [], "it waits for the person");
}

#[test]
fn a_deletion_after_a_refused_command_is_sent_or_dropped() {
    let mutation = key(1);
    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    let first = start(&mut queue);
    queue.push(pending(2, delete(1)));
    queue.refused(mutation, first.attempt, AppError::NotFound);
    assert_eq!(queue, Queue::default(), "it never came to be");

    queue.push(pending(1, revise(1)));
    let first = start(&mut queue);
    queue.push(pending(2, delete(1)));
    queue.refused(mutation, first.attempt, AppError::NotFound);
    let deletion = start(&mut queue);
    assert_eq!((deletion.command, deletion.terms.base_version), (delete(1), Some(1)), "as it was seen");

    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    let first = start(&mut queue);
    queue.push(pending(2, delete(1)));
    queue.push(pending(3, Command::RestoreFact { id: fact(1) }));
    queue.refused(mutation, first.attempt, AppError::NotFound);
    assert_eq!(queue.all().len(), 3, "an entry that was taken back from deletion is not lost");
}

#[test]
fn a_deletion_that_is_taken_back_before_it_is_refused_never_was() {
    let mut queue = Queue::default();
    queue.push(pending(1, delete(1)));
    let first = start(&mut queue);
    queue.push(pending(2, Command::RestoreFact { id: fact(1) }));
    queue.push(pending(3, revise(1)));
    queue.refused(key(1), first.attempt, AppError::Stale { current: "{}".into() });
    let revision = start(&mut queue);
    assert_eq!((revision.command, revision.terms.base_version), (revise(1), Some(1)), "as it was seen");
    assert_eq!(queue.all().len(), 1);
}

#[test]
fn a_revision_continues_from_a_newer_version_only() {
    let mutation = key(1);
    let mut queue = Queue::default();
    queue.push(pending(1, revise(1)));
    let first = start(&mut queue);
    assert!(!queue.rebased(mutation, first.attempt, 1), "else it would go round and round");
    assert!(queue.rebased(mutation, first.attempt, 3));
    assert_eq!(start(&mut queue).terms.base_version, Some(3));
}

#[test]
fn discarding_a_command_discards_those_that_follow_it_on_its_row_and_no_others() {
    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    queue.push(pending(2, revise(1)));
    queue.push(pending(3, revise(2)));
    assert_eq!(queue.give_up(row(1)), [], "nothing was refused");
    let call = queue.start(key(1)).expect("it is its turn");
    queue.refused(key(1), call.attempt, AppError::NotFound);
    assert_eq!(queue.give_up(row(1)).len(), 2);
    assert_eq!(queue.ready(), [key(3)]);
}

#[test]
fn a_repeat_is_ones_own_even_if_another_tab_has_sent_the_command_first() {
    let mut queue = Queue::default();
    queue.push(pending(1, delete(1)));
    start(&mut queue);
    let written = |already| Written {
        value: Subject::Deleted(()),
        position: Position { epoch: Uuid::nil(), seq: 1, check: None },
        repeated: true,
        already,
    };
    let sent = queue.get(key(1)).expect("it is there");
    assert!(!sent.was_done_before(&written(false)));
    assert!(sent.was_done_before(&written(true)));
}

#[test]
fn new_transactions_that_could_not_be_sent_at_once_are_sent_in_the_order_in_which_they_were_made() {
    let mut queue = Queue::default();
    for number in 1..=3 {
        queue.push(pending(number, record(number)));
    }
    queue.push(pending(4, revise(9)));
    assert_eq!(queue.ready(), [1, 2, 3, 4].map(key), "what is made is sent at once");
    for number in 1..=4 {
        let call = queue.start(key(number)).expect("it is its turn");
        queue.failed(key(number), call.attempt);
    }
    assert_eq!(queue.ready(), [key(1), key(4)], "a change of a row is in no list");
    queue.start(key(1)).expect("it is its turn");
    assert_eq!(queue.start(key(2)), None);
    queue.push(pending(5, record(5)));
    assert_eq!(queue.ready(), [key(4), key(5)], "what is made now is sent at once");
    queue.answered(key(1), &[(row(1), 1)]);
    assert_eq!(queue.ready(), [2, 4, 5].map(key));
    let call = queue.start(key(2)).expect("it is its turn");
    queue.failed(key(2), call.attempt);
    assert_eq!(queue.ready(), [2, 4, 5].map(key), "without a connection everything fails");
    queue.connected_anew();
    let call = queue.start(key(2)).expect("it is its turn");
    queue.failed(key(2), call.attempt);
    assert_eq!(queue.ready(), [2, 3, 4, 5].map(key), "one that fails for itself holds up nothing");
    queue.disconnected();
    assert_eq!(queue.ready(), [2, 4, 5].map(key), "on the next connection it may be carried out");
}

#[test]
fn a_transaction_whose_response_is_lost_with_the_connection_holds_up_no_other_one_on_the_next_one() {
    let mut queue = Queue::default();
    for number in 1..=2 {
        queue.push(pending(number, record(number)));
        let call = queue.start(key(number)).expect("it is its turn");
        queue.failed(key(number), call.attempt);
    }
    queue.start(key(1)).expect("it is its turn");
    assert_eq!(queue.ready(), []);
    queue.connected_anew();
    assert_eq!(queue.ready(), [key(2)]);
}

#[test]
fn a_transaction_that_waits_for_its_category_holds_up_no_other_one() {
    let mut queue = Queue::default();
    queue.push(pending(1, add_article(1)));
    queue.push(pending(2, entry_on(2, 1)));
    queue.push(pending(3, record(3)));
    for number in [1, 3] {
        let call = queue.start(key(number)).expect("it is its turn");
        queue.failed(key(number), call.attempt);
    }
    assert_eq!(queue.ready(), [key(1), key(3)]);
}
