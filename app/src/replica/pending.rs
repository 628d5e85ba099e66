//! What this browser has asked for and the log has not brought yet.
//!
//! Own entries show at once, keyed by the id that was made here. The entry of the log with that id
//! takes their place; until then the answer of the server is shown, so that after an answer with
//! number k the writer's screen shows at least k. Pure, like the reducer.

use crate::{
    domain::{Fact, FactId},
    error::AppError,
    wire::Seq,
};
use std::collections::BTreeMap;

/// How far a row is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RowState {
    /// As the book has it.
    #[default]
    Settled,
    /// On its way.
    Saving,
    /// There was no answer; it is sent again by itself.
    Waiting,
    /// The server said no; what was typed is still here.
    Refused(AppError),
    /// Somebody deleted the row while it is being edited here.
    Gone,
}

/// One row's difference to the book.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Overlay {
    /// A row to be, or changed: its fact, or the parts of a transfer or split; `answered` is the number of the
    /// write once the server told it.
    Shown { facts: Vec<Fact>, state: RowState, answered: Option<Seq> },
    /// A row deleted here.
    Hidden { answered: Option<Seq> },
}

/// All differences to the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    rows: BTreeMap<FactId, Overlay>,
}

impl Pending {
    /// A row is not confirmed: so it shall be, and so far it is.
    pub fn pend(&mut self, facts: Vec<Fact>, state: RowState) {
        let Some(id) = facts.first().map(Fact::row_id) else { return };
        self.rows.insert(id, Overlay::Shown { facts, state, answered: None });
    }

    /// The server has written it.
    pub fn answered(&mut self, facts: Vec<Fact>, seq: Seq) {
        let Some(id) = facts.first().map(Fact::row_id) else { return };
        self.rows.insert(id, Overlay::Shown { facts, state: RowState::Settled, answered: Some(seq) });
    }

    /// A row is being deleted; `answered` once the server told the number.
    pub fn hide(&mut self, id: FactId, answered: Option<Seq>) {
        self.rows.insert(id, Overlay::Hidden { answered });
    }

    /// Shows the row as the book has it.
    pub fn forget(&mut self, id: FactId) {
        self.rows.remove(&id);
    }

    /// The log has reached `seq`: what it includes is not pending any more. `arrived` are the rows it
    /// brought last, which settles new ones even when their answer was lost.
    pub fn settle(&mut self, seq: Seq, arrived: &[FactId]) {
        self.rows.retain(|id, overlay| match overlay {
            Overlay::Shown { answered: Some(answered), .. }
            | Overlay::Hidden { answered: Some(answered) } => *answered > seq,
            Overlay::Shown { facts, .. } => {
                facts.first().is_some_and(|fact| fact.created_seq < Seq::MAX) || !arrived.contains(id)
            }
            Overlay::Hidden { .. } => true,
        });
    }

    /// The facts of a row that differs from the book; none of one that is deleted here.
    #[must_use]
    pub fn find(&self, id: FactId) -> Option<&[Fact]> {
        self.rows.get(&id).map(|overlay| match overlay {
            Overlay::Shown { facts, .. } => facts.as_slice(),
            Overlay::Hidden { .. } => &[],
        })
    }

    /// The rows to show, in the order of facts: the book's with the differences over them.
    #[must_use]
    pub fn over(&self, book: &[Fact]) -> Vec<(Fact, RowState)> {
        let mut rows: Vec<(Fact, RowState)> = Vec::with_capacity(book.len() + self.rows.len());
        for fact in book {
            if !self.rows.contains_key(&fact.row_id()) {
                rows.push((fact.clone(), RowState::Settled));
            }
        }
        for overlay in self.rows.values() {
            if let Overlay::Shown { facts, state, .. } = overlay {
                rows.extend(facts.iter().map(|fact| (fact.clone(), state.clone())));
            }
        }
        rows.sort_by_key(|(fact, _)| std::cmp::Reverse(fact.key()));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ArticleId, Comment, Currency, FinancialCenterId, Instant, MemberId, Money};

    fn fact(amount: i64, created_seq: Seq) -> Fact {
        Fact {
            id: FactId::new(),
            amount: Money::from_minor(amount, Currency::EUR),
            article_id: ArticleId::new(),
            financial_center_id: FinancialCenterId::new(),
            date: "2026-11-22".parse().expect("a day"),
            comment: Comment::default(),
            group: None,
            version: 1,
            created_seq,
            created_by: MemberId::new(),
            updated_by: MemberId::new(),
            created_at: Instant::from_millis(0),
            updated_at: Instant::from_millis(0),
        }
    }

    fn amounts(pending: &Pending, book: &[Fact]) -> Vec<(i64, RowState)> {
        pending.over(book).into_iter().map(|(fact, state)| (fact.amount.minor(), state)).collect()
    }

    #[test]
    fn an_own_entry_shows_at_once_and_gives_way_to_the_log() {
        let (mut pending, old, new) = (Pending::default(), fact(1, 1), fact(2, i64::MAX));
        let book = [old];
        pending.pend(vec![new.clone()], RowState::Saving);
        assert_eq!(amounts(&pending, &book), [(2, RowState::Saving), (1, RowState::Settled)]);
        let written = Fact { created_seq: 7, ..new };
        pending.answered(vec![written.clone()], 7);
        assert_eq!(
            amounts(&pending, &book),
            [(2, RowState::Settled), (1, RowState::Settled)],
            "after an answer it stays"
        );
        pending.settle(6, &[]);
        assert_eq!(amounts(&pending, &book).len(), 2);
        pending.settle(7, &[]);
        assert_eq!(pending, Pending::default(), "the book has it now");
        assert_eq!(amounts(&pending, &[written, book[0].clone()]).len(), 2, "once");
    }

    #[test]
    fn an_entry_whose_answer_was_lost_settles_when_the_log_brings_it() {
        let (mut pending, new) = (Pending::default(), fact(2, i64::MAX));
        pending.pend(vec![new.clone()], RowState::Waiting);
        assert_eq!(amounts(&pending, &[]), [(2, RowState::Waiting)], "what was typed is still here");
        pending.settle(3, &[FactId::new()]);
        assert_eq!(amounts(&pending, &[]).len(), 1);
        pending.settle(4, &[new.id]);
        assert_eq!(pending, Pending::default());
    }

    #[test]
    fn a_change_that_waits_is_not_settled_by_what_somebody_else_does_to_the_row() {
        let (mut pending, old) = (Pending::default(), fact(1, 1));
        let mine = Fact { version: 2, amount: Money::from_minor(2, Currency::EUR), ..old.clone() };
        pending.pend(vec![mine], RowState::Waiting);
        pending.settle(5, &[old.id]);
        assert_eq!(amounts(&pending, &[Fact { version: 2, ..old }]), [(2, RowState::Waiting)]);
    }

    #[test]
    fn a_row_deleted_here_is_gone_at_once_and_comes_back_if_the_book_still_has_it_later() {
        let (mut pending, row) = (Pending::default(), fact(1, 1));
        let book = [row.clone()];
        pending.hide(row.id, Some(9));
        assert_eq!(amounts(&pending, &book), []);
        pending.settle(9, &[row.id]);
        // The log said deleted at 9 and somebody restored it at 10: the book decides.
        assert_eq!(amounts(&pending, &book), [(1, RowState::Settled)]);
    }
}
