//! The law of the pending rows: whatever order answers, frames, snapshots and edits come in, a screen
//! shows each own entry from the moment it is sent, once, and in the end exactly what the book holds.

use super::{Oracle, id};
use crate::{
    domain::{Fact, FactId},
    replica::{Replica, pending::RowState},
    wire::{Change, Frame},
};
use leptos::prelude::*;
use proptest::prelude::*;

/// An own write that the server has committed and not answered yet.
#[derive(Clone)]
struct Unanswered {
    seq: i64,
    change: Change,
}

struct Screen {
    oracle: Oracle,
    replica: Replica,
    unanswered: Vec<Unanswered>,
    editing: Option<FactId>,
    /// Own entries that were answered.
    ahead: Vec<FactId>,
}

impl Screen {
    /// Writes, and gives back what was committed.
    fn commit(&mut self, what: u8, day: u8, minor: i64, pick: usize) -> Option<Unanswered> {
        let before = self.oracle.head();
        self.oracle.write(what, day, minor, pick);
        (self.oracle.head() > before).then(|| {
            let commit = self.oracle.log.last().expect("it was just written");
            Unanswered { seq: commit.seq, change: commit.entries[0].change.clone() }
        })
    }

    fn step(&mut self, (kind, day, minor, pick): (u8, u8, i64, usize)) {
        match kind {
            // Somebody else writes.
            0 | 1 => {
                self.commit(u8::try_from(pick % 8).expect("small"), day, minor, pick);
            }
            // An own entry: on the screen before the server knows of it.
            2 | 3 => {
                if let Some(own) = self.commit(0, day, minor, pick)
                    && let Change::FactCreated(fact) = &own.change
                {
                    let foreseen = Fact { created_seq: i64::MAX, ..fact.clone() };
                    self.replica.pend(vec![foreseen], RowState::Saving);
                    assert!(self.shows(fact.id), "at once");
                    self.unanswered.push(own);
                }
            }
            // An own deletion.
            4 => {
                if let Some(own) = self.commit(6, day, minor, pick) {
                    self.unanswered.push(own);
                }
            }
            // The next frame, or one that was there already.
            5 | 6 => {
                let seq = self.position() + i64::from(kind == 5);
                if let Some(commit) = self.oracle.log.iter().find(|commit| commit.seq == seq) {
                    self.replica.apply(Frame::Commit(commit.clone()));
                }
            }
            7 => self.replica.replace(self.oracle.snapshot(self.oracle.head())),
            8 | 9 if !self.unanswered.is_empty() => {
                let own = self.unanswered.remove(pick % self.unanswered.len());
                self.answer(own, kind == 9);
            }
            // The form of a row closes, or opens: in the place of another one before that one has closed.
            10 => {
                let rows = self.replica.rows.get_untracked();
                match (self.editing.take(), rows.get(pick % 7)) {
                    (Some(before), _) if pick % 3 > 0 => self.replica.stop_editing(before),
                    (_, Some((_, row))) => {
                        self.replica.edit(row.id);
                        self.editing = Some(row.id);
                    }
                    (before, None) => self.editing = before,
                }
            }
            _ => {}
        }
        self.check_shape();
    }

    fn answer(&mut self, own: Unanswered, lost: bool) {
        match own.change {
            Change::FactCreated(_) if lost => {}
            Change::FactCreated(fact) => {
                let id = fact.id;
                self.ahead.push(id);
                self.replica.written(vec![fact], own.seq);
                if self.position() < own.seq {
                    assert!(self.shows(id), "after an answer with number k the screen shows at least k");
                }
            }
            Change::FactDeleted(_) if lost => {}
            Change::FactDeleted(gone) => {
                self.replica.hide(gone.id, Some(own.seq));
                if self.position() < own.seq && self.editing != Some(gone.id) {
                    assert!(
                        !self.shows(gone.id),
                        "after an answer with number k the screen shows at least k"
                    );
                }
            }
            _ => {}
        }
    }

    fn position(&self) -> i64 {
        self.replica.position.get_untracked().seq
    }

    fn shows(&self, id: FactId) -> bool {
        self.replica.rows.with_untracked(|rows| rows.iter().any(|(_, row)| row.id == id))
    }

    /// No row twice, days in their order, also while anything is under way.
    fn check_shape(&self) {
        self.replica.rows.with_untracked(|rows| {
            assert!(rows.is_sorted_by(|(one, _), (two, _)| one >= two), "days in their order");
            let mut ids: Vec<_> = rows.iter().map(|(_, row)| row.id).collect();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), rows.len(), "no row twice");
            // At every moment the screen is the book at its position, but for what is on its way and what
            // is being edited.
            let book = self.oracle.facts_at(self.position());
            for (_, row) in rows.iter().filter(|(_, row)| self.editing != Some(row.id)) {
                let (fact, state) = (row.fact.get_untracked(), row.state.get_untracked());
                match (state, book.get(&row.id)) {
                    (RowState::Settled, Some(stands)) => assert_eq!(fact, *stands),
                    (RowState::Settled, None) => assert!(self.ahead.contains(&row.id), "an answered entry"),
                    (RowState::Gone, _) => panic!("nobody edits this row"),
                    (RowState::Saving | RowState::Waiting | RowState::Refused(_), _) => {}
                }
            }
        });
    }

    /// Everything arrives; then the screen is the book.
    fn settle(mut self) {
        if let Some(editing) = self.editing.take() {
            self.replica.stop_editing(editing);
        }
        let mine = self.position();
        for commit in self.oracle.log.clone().into_iter().filter(|commit| commit.seq > mine) {
            self.replica.apply(Frame::Commit(commit));
        }
        for own in std::mem::take(&mut self.unanswered) {
            self.answer(own, false);
        }
        let facts = self.oracle.snapshot(self.oracle.head()).facts;
        self.replica.rows.with_untracked(|rows| {
            let known: Vec<_> =
                rows.iter().filter(|(_, row)| facts.iter().any(|fact| fact.id == row.id)).collect();
            let shown: Vec<_> = known.iter().map(|(_, row)| row.fact.get_untracked()).collect();
            assert_eq!(shown, facts);
            assert!(known.iter().all(|(_, row)| row.state.get_untracked() == RowState::Settled));
            // What is left is an own entry whose answer was lost and which somebody deleted before this
            // screen heard of it: it is sent again, and refused then.
            for (_, row) in rows.iter().filter(|(_, row)| !facts.iter().any(|fact| fact.id == row.id)) {
                assert_eq!(row.state.get_untracked(), RowState::Saving);
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn own_entries_show_once_from_the_moment_they_are_sent_whatever_comes_when(
        old in 0..12_usize,
        steps in prop::collection::vec((0..11_u8, 0..84_u8, -5000..5000_i64, 0..1000_usize), 0..80),
    ) {
        let oracle = Oracle::new(old);
        let start = oracle.snapshot(oracle.head());
        prop_assert_eq!(start.me, id(1));
        let mut screen =
            Screen { replica: Replica::new(start), oracle, unanswered: Vec::new(), editing: None, ahead: Vec::new() };
        for step in steps {
            screen.step(step);
        }
        screen.settle();
    }
}
