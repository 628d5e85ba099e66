//! The changes of this page that can be undone. Pure: its owner reports what the cells plan by now.
//!
//! A change is undone only over its own result. Once this page has set a cell over an amount of another member, the
//! earlier changes of that cell stay done: what they replaced is not what the other member replaced.

use crate::domain::{ArticleId, MemberId, Month, MutationId, plan_tools::CellAmount};
use std::collections::BTreeMap;

/// A cell: an article in a month.
pub(super) type Cell = (ArticleId, Month);

/// A change of this page.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SetBefore {
    /// Its idempotency key.
    mutation: MutationId,
    /// The amounts before it.
    before: Vec<CellAmount>,
    /// The cells that were set over an amount of another member since, with that member if they are known.
    overtaken: BTreeMap<Cell, Option<MemberId>>,
}

/// The changes of this page, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UndoStack(Vec<SetBefore>);

/// What undoing the last change means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Undoing {
    /// It was refused, and is discarded.
    Discard(MutationId),
    /// These cells get these amounts.
    Set(Vec<CellAmount>),
    /// Another member has set one of its cells since.
    Overtaken(Option<MemberId>),
}

impl UndoStack {
    /// Adds a change. `replaced` are those of its cells that another member had set, with that member.
    pub fn push(
        &mut self,
        mutation: MutationId,
        before: Vec<CellAmount>,
        replaced: &[(Cell, Option<MemberId>)],
    ) {
        for (cell, by) in replaced {
            let sets = |one: &&mut SetBefore| one.before.iter().any(|(of, month, _)| (*of, *month) == *cell);
            for earlier in self.0.iter_mut().filter(sets) {
                earlier.overtaken.insert(*cell, *by);
            }
        }
        self.0.push(SetBefore { mutation, before, overtaken: BTreeMap::new() });
    }

    /// Drops changes that were never made: they were refused.
    pub fn forget(&mut self, never_made: impl Fn(MutationId) -> bool) {
        self.0.retain(|one| !never_made(one.mutation));
    }

    /// Whether there is no change to undo.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the last change; `None` if there is none. Changes without an effect are skipped. `now` is what a cell
    /// plans.
    pub fn undo(
        &mut self,
        is_refused: impl Fn(MutationId) -> bool,
        now: impl Fn(Cell) -> Option<i64>,
    ) -> Option<Undoing> {
        while let Some(last) = self.0.pop() {
            if is_refused(last.mutation) {
                return Some(Undoing::Discard(last.mutation));
            }
            let differs = |(article, month, old): &&CellAmount| now((*article, *month)) != Some(*old);
            let cells: Vec<CellAmount> = last.before.iter().filter(differs).copied().collect();
            let by = cells.iter().find_map(|(article, month, _)| last.overtaken.get(&(*article, *month)));
            match by {
                Some(by) => return Some(Undoing::Overtaken(*by)),
                None if cells.is_empty() => {}
                None => return Some(Undoing::Set(cells)),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    #[derive(Clone, Debug)]
    enum Step {
        Mine(usize, i64),
        Theirs(usize, i64),
        Undo,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..2_usize, 0..4_i64).prop_map(|(at, amount)| Step::Mine(at, amount)),
            2 => (0..2_usize, 0..4_i64).prop_map(|(at, amount)| Step::Theirs(at, amount)),
            4 => Just(Step::Undo),
        ]
    }

    /// A cell of the book, and all amounts that it had: who set them, and what they were.
    #[derive(Clone, Debug, Default)]
    struct InBook {
        amount: i64,
        version: i64,
        /// The version after this page's last change.
        own: Option<i64>,
        history: Vec<(bool, i64)>,
    }

    impl InBook {
        fn set(&mut self, amount: i64, mine: bool) {
            self.amount = amount;
            self.version += 1;
            if mine {
                self.own = Some(self.version);
            }
        }

        fn is_own(&self) -> bool {
            self.own == Some(self.version)
        }
    }

    proptest! {
        #[test]
        fn an_undo_takes_back_what_this_page_did_last_and_never_what_somebody_else_did(
            steps in prop::collection::vec(step(), 0..40),
        ) {
            let other = MemberId::from(Uuid::from_u128(9));
            let month: Month = "2026-11".parse().expect("a month");
            let cells = [1, 2].map(|id| (ArticleId::from(Uuid::from_u128(id)), month));
            let mut book = [InBook::default(), InBook::default()];
            let mut stack = UndoStack::default();
            for step in steps {
                match step {
                    Step::Mine(at, amount) => {
                        let (cell, here) = (cells[at], &mut book[at]);
                        if here.amount == amount {
                            continue;
                        }
                        let is_theirs = here.version > 0 && !here.is_own();
                        let replaced: Vec<_> = is_theirs.then_some((cell, Some(other))).into_iter().collect();
                        stack.push(MutationId::new(), vec![(cell.0, cell.1, here.amount)], &replaced);
                        here.set(amount, true);
                        here.history.push((true, amount));
                    }
                    Step::Theirs(at, amount) => {
                        book[at].set(amount, false);
                        book[at].history.push((false, amount));
                    }
                    Step::Undo => {
                        let now = |cell| cells.iter().position(|one| *one == cell).map(|at| book[at].amount);
                        let Some(Undoing::Set(set)) = stack.undo(|_| false, now) else { continue };
                        for (article, _, amount) in set {
                            let at = usize::from(article == cells[1].0);
                            // The server refuses it otherwise.
                            if book[at].is_own() {
                                prop_assert_eq!(book[at].history.pop().map(|(mine, _)| mine), Some(true));
                                let before = book[at].history.last().map_or(0, |(_, amount)| *amount);
                                prop_assert_eq!(amount, before);
                                book[at].set(amount, true);
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_change_over_another_members_amount_is_undone_once_and_the_one_before_it_is_refused() {
        let (other, cell) = (MemberId::from(Uuid::from_u128(9)), ArticleId::from(Uuid::from_u128(1)));
        let month: Month = "2026-11".parse().expect("a month");
        let mut stack = UndoStack::default();
        stack.push(MutationId::new(), vec![(cell, month, 0)], &[]);
        stack.push(MutationId::new(), vec![(cell, month, 200)], &[((cell, month), Some(other))]);
        let first = stack.undo(|_| false, |_| Some(300));
        assert_eq!(first, Some(Undoing::Set(vec![(cell, month, 200)])));
        assert_eq!(stack.undo(|_| false, |_| Some(200)), Some(Undoing::Overtaken(Some(other))));
        assert_eq!(stack.undo(|_| false, |_| Some(200)), None);
    }
}
