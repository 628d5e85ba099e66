//! The law of foreseen changes. At each moment the screen is the book at its position with the pending
//! commands applied, each once, and the figures are the sums of the rows. When all commands are settled, the
//! screen is the book. This holds whatever is lost, doubled, reordered, refused, or done by another member
//! meanwhile.

mod deleting;

use super::{
    asking::id,
    world::{Step, World},
};
use crate::{
    command::Command,
    domain::{ArticleForm, Reason},
    error::AppError,
    outbox::{Uncounted, pending::Pending},
    replica::{Arrival, pending::RowState},
    wire::SNAPSHOT_FACTS,
};
use leptos::prelude::*;
use proptest::prelude::*;

/// Sequences of steps of these kinds.
pub(super) fn steps(kinds: u8, most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0..kinds, 0..14_u8, 0..1000_usize, -5000..5000_i64, any::<bool>()), 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn the_screen_is_the_book_and_what_is_pending_at_each_moment_and_the_book_in_the_end(
        steps in steps(20, 90),
    ) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.settle();
    }
}

#[test]
fn an_entry_moves_list_totals_and_balances_at_once_and_is_replaced_by_its_frame() {
    let mut world = World::new();
    world.make((0, 0, -500));
    let balance = |world: &World| world.replica.centers.get_untracked()[0].balance.minor();
    let moved = balance(&world);
    assert_eq!(moved, 500, "1000 before");
    world.send();
    let (mutation, call) = world.sent.remove(0);
    world.ledger.serve(mutation, &call).expect("it is carried out");
    // The response is lost.
    world.follow(1);
    assert_eq!(balance(&world), moved);
    assert!(world.page.queue.all().is_empty());
}

#[test]
fn a_refused_entry_is_shown_and_counts_nowhere() {
    let world = World::with_a_refused_entry();
    assert_eq!(world.replica.centers.get_untracked()[0].balance.minor(), 1000);
    world.replica.rows.with_untracked(|rows| {
        let row = rows.all().next().expect("it is still here");
        assert_eq!(row.state.get_untracked(), RowState::Refused(AppError::Gone));
        assert!(!row.counts.get_untracked());
    });
}

#[test]
fn what_waits_and_would_be_refused_by_now_says_why_until_it_would_be_carried_out_again() {
    let mut world = World::new();
    world.make((0, 0, -500));
    world.send();
    let (mutation, call) = world.sent.remove(0);
    assert!(world.page.uncounted().is_empty());
    world.page.queue.failed(mutation, call.attempt);
    for (n, archived) in [(1_000, true), (1_001, false)] {
        let form = ArticleForm { archived: Some(archived), ..ArticleForm::default() };
        let theirs = Pending::new(id(n), Command::ReviseArticle { id: id(1), form }, None);
        world.ledger.serve(theirs.mutation, &theirs.call()).expect("it is carried out");
        let frame = world.ledger.frame(world.ledger.head()).expect("it is in the log");
        world.replica.apply(frame);
        let why: Vec<Uncounted> = world.page.uncounted().into_values().collect();
        let refused = Uncounted::Refused(AppError::field("article_id", Reason::Archived));
        assert_eq!(why, if archived { vec![refused] } else { Vec::new() });
        assert_eq!(
            world.replica.centers.get_untracked()[0].balance.minor(),
            if archived { 1000 } else { 500 }
        );
    }
}

#[test]
fn an_old_entry_whose_answer_was_lost_does_not_count_twice_when_the_book_is_loaded_without_its_day() {
    let mut world = World::new();
    for _ in 0..SNAPSHOT_FACTS {
        world.theirs((0, 0, -1));
        world.follow(world.ledger.head());
    }
    // The third of the days: forty days ago.
    world.make((0, 2, -500));
    world.send();
    let (mutation, call) = world.sent.remove(0);
    world.ledger.serve(mutation, &call).expect("it is carried out");
    let mut read = world.ledger.at(world.ledger.head());
    assert_eq!(read.facts.pop().map(|fact| fact.amount.minor()), Some(-500), "the oldest");
    world.replica.replace(read);
    world.page.arrived(Arrival::Reading);
    assert_eq!(*world.replica.centers.get_untracked(), world.ledger.book.shown.financial_centers);
    assert_eq!(world.page.queue.all().len(), 1, "it is sent again");
}
