//! Updates the signals from the book. A signal is set only if its value changed, and only the rows that a
//! change or a pending command affects are compared.

use super::{
    Replica, ReplicaState,
    pending::RowState,
    row::{Moved, Row},
};
use crate::domain::{Fact, FactId};
use leptos::prelude::*;
use std::sync::Arc;

/// The content of a row on the screen.
struct Shown {
    /// A fact, or the parts of a transfer or split in the order of their ids.
    facts: Vec<Fact>,
    state: RowState,
    counts: bool,
}

impl Replica {
    /// Updates every signal, and these rows of the list.
    pub(super) fn show(&self, inner: &mut ReplicaState, touched: Vec<FactId>) {
        let book = inner.foreseen.book();
        let shown = &book.shown;
        self.articles.with_untracked(|old| self.former.keep_articles(old, &shown.articles));
        set_shared(&self.articles, &shown.articles);
        self.centers.with_untracked(|old| {
            let (old, new) = (old.iter(), shown.financial_centers.iter());
            self.former.keep_centers(old.map(|row| &row.center), new.map(|row| &row.center));
        });
        set_shared(&self.centers, &shown.financial_centers);
        set_shared(&self.members, &shown.members);
        set(&self.household, shown.household.clone());
        set(&self.month, shown.month.clone());
        set_shared(&self.plans, &shown.plans);
        set_shared(&self.recurring, &shown.recurring);
        if self.grid.with_untracked(|old| old.as_deref() != book.grid.as_ref()) {
            self.grid.set(book.grid.clone().map(Arc::new));
        }
        set(&self.today, shown.today);
        set(&self.position, shown.position);
        self.show_rows(inner, touched);
    }

    /// Updates these rows of the list and their places.
    pub(super) fn show_rows(&self, inner: &mut ReplicaState, touched: Vec<FactId>) {
        let mut moved = Moved::default();
        for id in touched {
            let old = self.row(inner, id);
            let shown = inner.shown(id, old.as_ref());
            // The part with the greatest key is the first in the list.
            let fact = shown.facts.last().cloned();
            let stays = old.as_ref().map(Row::key) == fact.as_ref().map(Fact::key);
            if let Some(key) = old.as_ref().map(Row::key).filter(|_| !stays) {
                inner.day_of.remove(&id);
                self.rows.update_untracked(|rows| rows.remove(key.date, id, &mut moved));
            }
            let Some(fact) = fact else { continue };
            let (date, parts) = (fact.date, if fact.group.is_some() { shown.facts } else { Vec::new() });
            let row = old.unwrap_or_else(|| Row::new(id, fact.clone(), inner.appends));
            set(&row.fact, fact);
            set(&row.parts, parts);
            set(&row.state, shown.state);
            set(&row.counts, shown.counts);
            if !stays {
                inner.day_of.insert(id, date);
                self.rows.update_untracked(|rows| rows.put(row, &mut moved));
            }
        }
        moved.tell(&self.rows);
        let behind = self.behind(inner);
        set(&self.behind, behind);
    }

    /// The row with this id, if it is shown.
    pub(super) fn row(&self, inner: &ReplicaState, id: FactId) -> Option<Row> {
        let day = *inner.day_of.get(&id)?;
        self.rows.with_untracked(|rows| rows.find(day, id))
    }

    /// The facts in the book for which the list shows something else, or nothing.
    fn behind(&self, inner: &ReplicaState) -> Vec<Fact> {
        let mut facts = Vec::new();
        let edited = inner.editing.and_then(|id| self.row(inner, id));
        for mark in
            inner.foreseen.marks().iter().filter(|mark| !mark.counts && inner.editing != Some(mark.row))
        {
            facts.extend(inner.foreseen.book().facts.row(mark.row));
        }
        if let Some(row) = edited.filter(|row| !row.counts.get_untracked()) {
            facts.extend(inner.foreseen.book().facts.row(row.id));
        }
        facts
    }
}

impl ReplicaState {
    /// The content of a row; without facts if it is not shown.
    fn shown(&self, id: FactId, old: Option<&Row>) -> Shown {
        let facts = self.foreseen.book().facts.row(id);
        if let Some(row) = old.filter(|_| self.editing == Some(id)) {
            // Unchanged and in its old place: moving the row would remove the form with what was typed.
            let state = if self.gone { RowState::Gone } else { RowState::Settled };
            let mut shown = row.parts.get_untracked();
            if shown.is_empty() {
                shown.push(row.fact.get_untracked());
            }
            return Shown { counts: shown == facts, facts: shown, state };
        }
        match self.foreseen.mark_of(id) {
            // A row older than what is loaded is shown nevertheless until its command is settled.
            Some(mark) if !mark.counts || facts.is_empty() => {
                Shown { facts: mark.facts.clone(), state: mark.state.clone(), counts: false }
            }
            Some(mark) => Shown { facts, state: mark.state.clone(), counts: true },
            None => Shown { facts, state: RowState::Settled, counts: true },
        }
    }
}

/// Sets a signal if the value differs.
pub(super) fn set<T: PartialEq + Send + Sync + 'static>(signal: &ArcRwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

fn set_shared<T: PartialEq + Clone + Send + Sync + 'static>(signal: &ArcRwSignal<Arc<Vec<T>>>, value: &[T]) {
    if signal.with_untracked(|old| old.as_slice() != value) {
        signal.set(Arc::new(value.to_vec()));
    }
}
