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
    /// The server said no; what was typed is still here.
    Refused(AppError),
    /// Somebody deleted the row while it is being edited here.
    Gone,
}

/// One row's difference to the book.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Overlay {
    /// A row to be, or changed; `answered` is the number of the write once the server told it.
    Shown { fact: Fact, state: RowState, answered: Option<Seq> },
    /// A row deleted here.
    Hidden { answered: Option<Seq> },
}

/// All differences to the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    rows: BTreeMap<FactId, Overlay>,
}

impl Pending {
    /// A row is sent.
    pub fn send(&mut self, fact: Fact) {
        self.rows.insert(fact.id, Overlay::Shown { fact, state: RowState::Saving, answered: None });
    }

    /// The server has written it.
    pub fn answered(&mut self, fact: Fact, seq: Seq) {
        self.rows.insert(fact.id, Overlay::Shown { fact, state: RowState::Settled, answered: Some(seq) });
    }

    /// The server said no.
    pub fn refused(&mut self, id: FactId, error: AppError) {
        if let Some(Overlay::Shown { state, .. }) = self.rows.get_mut(&id) {
            *state = RowState::Refused(error);
        }
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
    /// brought last, which settles them even when their answer was lost.
    pub fn settle(&mut self, seq: Seq, arrived: &[FactId]) {
        self.rows.retain(|id, overlay| match overlay {
            Overlay::Shown { answered: Some(answered), .. }
            | Overlay::Hidden { answered: Some(answered) } => *answered > seq,
            Overlay::Shown { .. } => !arrived.contains(id),
            Overlay::Hidden { .. } => true,
        });
    }

    /// How many rows wait for an answer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let waits = |overlay: &&Overlay| match overlay {
            Overlay::Shown { state, .. } => *state != RowState::Settled,
            Overlay::Hidden { answered } => answered.is_none(),
        };
        self.rows.values().filter(waits).count()
    }

    /// The rows to show, in the order of facts: the book's with the differences over them.
    #[must_use]
    pub fn over(&self, book: &[Fact]) -> Vec<(Fact, RowState)> {
        let mut rows: Vec<(Fact, RowState)> = Vec::with_capacity(book.len() + self.rows.len());
        for fact in book {
            match self.rows.get(&fact.id) {
                None => rows.push((fact.clone(), RowState::Settled)),
                Some(Overlay::Shown { fact, state, .. }) => rows.push((fact.clone(), state.clone())),
                Some(Overlay::Hidden { .. }) => {}
            }
        }
        for overlay in self.rows.values() {
            if let Overlay::Shown { fact, state, .. } = overlay
                && !book.iter().any(|row| row.id == fact.id)
            {
                rows.push((fact.clone(), state.clone()));
            }
        }
        rows.sort_by_key(|(fact, _)| std::cmp::Reverse(fact.key()));
        rows
    }
}
