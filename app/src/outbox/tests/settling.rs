//! What holds of the screen after every step, and once the network works again.

use super::{
    figures::{grid, same_figures, same_months, sums},
    world::World,
};
use crate::{
    command::Command,
    domain::{Fact, FactId, FactKey, MutationId},
    replica::{apply::Book, foreseen::Foreseen, pending::RowState},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

impl World {
    /// Checks that the screen is the fold. `carried` is a command whose frame has just arrived, before the
    /// outbox has received it.
    pub fn check(&self, carried: Option<MutationId>) {
        let position = self.replica.position.get_untracked();
        let mut folded = Foreseen::new(Book::new(self.ledger.at(position.seq)));
        let mut asked = self.page.all_asked();
        asked.retain(|one| Some(one.mutation) != carried);
        folded.foresee(&asked);
        let book = folded.book();
        same_figures(&self.replica, book);
        // Each row shows what the book contains, or is marked as not counting.
        let mut counted = self.replica.behind.get_untracked();
        self.replica.rows.with_untracked(|rows| {
            for (day, row) in rows.days().flat_map(|day| day.get().into_iter().map(|row| (day.day, row))) {
                assert_eq!(row.fact.with_untracked(|fact| fact.date), day, "on its day");
                let state = row.state.get_untracked();
                let pending = matches!(state, RowState::Saving | RowState::Waiting);
                let last = self.page.queue.of(row.id.into()).last();
                let is_change = last.is_some_and(|last| !last.command.deletes());
                let refused = matches!(state, RowState::Refused(_)) && is_change;
                let now = book.facts.row(row.id);
                let alone = now.iter().any(|fact| fact.group.is_none());
                if (pending && alone || refused && !now.is_empty()) && self.editing != Some(row.id) {
                    let shown = Some(row.parts.get_untracked()).filter(|parts| !parts.is_empty());
                    let shown = shown.unwrap_or_else(|| vec![row.fact.get_untracked()]);
                    assert_eq!(shown, now, "a row shows what counts");
                }
                if row.counts.get_untracked() {
                    match row.parts.get_untracked() {
                        parts if parts.is_empty() => counted.push(row.fact.get_untracked()),
                        parts => counted.extend(parts),
                    }
                }
            }
            let keys: Vec<_> = rows.all().map(|row| row.fact.with_untracked(Fact::key)).collect();
            assert!(keys.is_sorted_by(|one, two| one > two), "in their order, each once");
        });
        counted.sort_by_key(|fact| std::cmp::Reverse(fact.key()));
        assert_eq!(counted, book.snapshot().facts, "nothing counts twice, and nothing is left out");
        sums(&self.replica, &counted);
        if let Some(shown) = self.replica.grid.get_untracked() {
            // Months that were read after the book may contain pending commands.
            let ahead = shown.position.seq > position.seq;
            let plain = if ahead { self.ledger.at(shown.position.seq) } else { book.snapshot() };
            same_months(&shown, &grid(&plain));
        }
        // Refused commands change nothing.
        let mut standing = Foreseen::new(Book::new(self.ledger.at(position.seq)));
        standing.foresee(
            &asked
                .iter()
                .filter(|one| !matches!(one.state, RowState::Refused(_)))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let alone = asked.iter().any(|one| matches!(one.command, Command::SetPlans(_)) && one.stands);
        if !alone {
            same_figures(&self.replica, standing.book());
        }
        // Pending commands are in it, as far as that can be checked: a new transaction counts once.
        for one in asked.iter().filter(|one| one.stands && one.answer.is_none()) {
            let Command::RecordFact(form) = &one.command else { continue };
            let row: FactId = form.id.as_ref().and_then(|id| id.parse().ok()).expect("it has one");
            let last = asked.iter().rfind(|other| other.row == Some(row)).expect("itself");
            // A page that was killed may have deleted it, and have stored only that it was recorded.
            let was_deleted = self.ledger.deleted().iter().any(|fact| fact.id == row);
            if last.mutation == one.mutation && !was_deleted {
                assert_eq!(counted.iter().filter(|fact| fact.id == row).count(), 1);
            }
        }
    }

    /// The network works again: then the screen is the book.
    pub fn settle(mut self) {
        if let Some(row) = self.editing.take() {
            self.replica.stop_editing(row);
        }
        for _ in 0..200 {
            for (mutation, call) in std::mem::take(&mut self.sent) {
                let answer = self.ledger.serve(mutation, &call);
                self.answers.push((mutation, call.attempt, answer));
            }
            for answer in std::mem::take(&mut self.answers) {
                self.hear(answer);
                self.check(None);
            }
            let refused: Vec<_> =
                self.page.queue.all().iter().filter(|one| one.is_refused()).map(|one| one.mutation).collect();
            for mutation in refused {
                self.page.queue.give_up_one(mutation);
            }
            for pending in self.page.queue.all().to_vec() {
                self.page.queue.failed(pending.mutation, pending.tries);
            }
            self.send();
            let here = self.replica.position.get_untracked().seq;
            self.follow(here + 1);
            self.check(None);
            if self.page.queue.all().is_empty() && here == self.ledger.head() {
                break;
            }
        }
        assert_eq!(self.page.all_asked(), [], "everything ends");
        same_figures(&self.replica, &self.ledger.book);
        assert_eq!(self.replica.behind.get_untracked(), []);
        let facts = self.ledger.book.snapshot().facts;
        let rows: BTreeMap<FactId, FactKey> =
            facts.iter().rev().map(|fact| (fact.row_id(), fact.key())).collect();
        self.replica.rows.with_untracked(|shown| {
            let all: Vec<_> = shown.all().collect();
            assert_eq!(all.len(), rows.len());
            for row in all {
                assert_eq!(row.state.get_untracked(), RowState::Settled);
                assert!(row.counts.get_untracked());
                assert_eq!(rows.get(&row.id), Some(&row.fact.with_untracked(Fact::key)));
            }
        });
    }
}
