//! The rows of the screen by day: who is told of which change.

use super::oracle::{Oracle, id};
use crate::{
    domain::Fact,
    replica::Replica,
    wire::{Change, Commit, DeletedFact, Entry, Frame},
};
use leptos::prelude::*;

#[test]
fn a_change_tells_only_those_who_look_at_its_day_and_a_day_that_comes_back_is_another_one() {
    let owner = Owner::new();
    owner.set();
    let start = Oracle::new(1).snapshot(1);
    let [first] = start.facts.as_slice() else { panic!("it has one") };
    let (first, today, seq) = (first.clone(), start.today, start.position.seq);
    let replica = Replica::new(start);
    let days = || replica.rows.with_untracked(|rows| rows.days().cloned().collect::<Vec<_>>());
    let frame = |seq, change, before| {
        let entries = vec![Entry { change, before }];
        replica.apply(Frame::Commit(Commit { seq, check: None, mutation_id: None, entries }))
    };
    let other = |n: i64, back: i64| Fact {
        id: id(900 + u128::try_from(n).expect("small")),
        created_seq: seq + n,
        date: today.plus_days(-back).expect("a day"),
        ..first.clone()
    };
    frame(seq + 1, Change::FactCreated(other(1, 40)), None);
    let of = |back: i64| days().into_iter().find(|rows| rows.day == today.plus_days(-back).expect("a day"));
    let old = of(40).expect("its day");
    let order = replica.rows.clone();
    let (runs, orders) = (StoredValue::new(0), StoredValue::new(0));
    let looked = old.clone();
    let watched = Memo::new(move |_| {
        runs.update_value(|runs| *runs += 1);
        looked.get().len()
    });
    let days_of = Memo::new(move |_| {
        orders.update_value(|orders| *orders += 1);
        order.with(|rows| rows.days().count())
    });
    let runs = || {
        _ = (watched.get(), days_of.get());
        (runs.get_value(), orders.get_value())
    };
    assert_eq!(runs(), (1, 1));
    frame(seq + 2, Change::FactCreated(Fact { date: first.date, ..other(2, 0) }), None);
    assert_eq!(runs(), (1, 1), "of another day, which was there");
    frame(seq + 3, Change::FactCreated(other(3, 40)), None);
    assert_eq!((runs(), watched.get()), ((2, 1), 2));
    frame(seq + 4, Change::FactCreated(other(4, 41)), None);
    assert_eq!(runs(), (2, 2), "a new day");
    for n in [1, 3] {
        let gone = DeletedFact { id: other(n, 40).id, version: 2, deleted_by: first.created_by };
        frame(seq + 4 + n.min(2), Change::FactDeleted(gone), Some(other(n, 40).before()));
    }
    assert_eq!(of(40), None);
    frame(seq + 7, Change::FactCreated(other(7, 40)), None);
    let new = of(40).expect("its day");
    assert_ne!((new.key(), &new), (old.key(), &old));
    assert_eq!(untrack(|| new.get()).len(), 1);
}
