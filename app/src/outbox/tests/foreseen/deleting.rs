//! A deletion that is refused because another member changed the row before it arrived.

use crate::{
    domain::{Fact, FactId},
    error::AppError,
    outbox::tests::world::World,
    replica::pending::RowState,
};
use leptos::prelude::*;
use proptest::prelude::*;

/// The amounts that the list shows of a row, and the state of the row.
fn shown(world: &World, row: FactId) -> Option<(Vec<i64>, RowState)> {
    world.replica.rows.with_untracked(|rows| {
        let shown = rows.all().find(|shown| shown.id == row)?;
        let parts = shown.parts.get_untracked();
        let parts = if parts.is_empty() { vec![shown.fact.get_untracked()] } else { parts };
        Some((parts.iter().map(|fact| fact.amount.minor()).collect(), shown.state.get_untracked()))
    })
}

fn amounts(facts: &[Fact]) -> Vec<i64> {
    facts.iter().map(|fact| fact.amount.minor()).collect()
}

/// Records a row, which another member changes before its deletion arrives. Returns the row and its current
/// facts.
fn contested(world: &mut World, record: (u8, usize, i64), change: (u8, usize, i64)) -> (FactId, Vec<Fact>) {
    world.theirs(record);
    world.follow(1);
    let row = world.replica.rows.with_untracked(|rows| rows.all().next().map(|row| row.id));
    let row = row.expect("it is shown");
    let before = world.replica.facts_of(row);
    world.theirs(change);
    let now = world.ledger.book.facts.row(row);
    assert_ne!(amounts(&before), amounts(&now), "somebody changes it");
    (row, now)
}

fn deletion_refused(record: (u8, usize, i64), change: (u8, usize, i64), delete: (u8, usize, i64)) {
    let mut world = World::new();
    let (row, now) = contested(&mut world, record, change);
    world.make(delete);
    assert_eq!(shown(&world, row), None, "it goes at once");
    world.send();
    let (mutation, call) = world.sent.remove(0);
    let Err(no @ AppError::Stale { .. }) = world.ledger.serve(mutation, &call) else {
        panic!("it is refused")
    };
    world.hear((mutation, call.attempt, Err(no.clone())));
    let refused = Some((amounts(&now), RowState::Refused(no)));
    assert_eq!(shown(&world, row), refused, "before the page hears what somebody changed");
    world.check(None);
    world.follow(2);
    assert_eq!(shown(&world, row), refused, "and after");
    world.check(None);
    assert_eq!(world.page.listed()[0].facts, now, "the list of what was refused names it as it is by now");

    // A repeated deletion is made on the version that was shown.
    let version = now.first().map(|fact| fact.version);
    world.page.queue.try_again(row.into(), version);
    world.page.fold();
    assert_eq!(shown(&world, row), None);
    world.send();
    let (mutation, call) = world.sent.remove(0);
    assert_eq!(call.terms.base_version, version);
    let written = world.ledger.serve(mutation, &call);
    world.hear((mutation, call.attempt, written));
    world.settle();
}

#[test]
fn a_row_whose_deletion_is_refused_late_is_shown_as_somebody_made_it_and_can_be_deleted_anyway() {
    deletion_refused((0, 0, -500), (2, 0, -700), (3, 0, 0));
}

#[test]
fn so_is_a_transfer_or_split() {
    deletion_refused((5, 0, -500), (6, 4, -700), (6, 0, 0));
}

proptest! {
    #[test]
    fn a_discarded_deletion_shows_the_row_of_the_book(minor in 1..5000_i64) {
        let mut world = World::new();
        let (row, now) = contested(&mut world, (0, 0, -minor), (2, 0, -minor - 1));
        world.make((3, 0, 0));
        world.send();
        let (mutation, call) = world.sent.remove(0);
        let answer = world.ledger.serve(mutation, &call);
        world.hear((mutation, call.attempt, answer));
        world.follow(2);
        world.page.queue.give_up(row.into());
        world.page.fold();
        prop_assert_eq!(shown(&world, row), Some((amounts(&now), RowState::Settled)));
    }
}
