//! What arrives from the server: frames and snapshots. The pending commands are undone before it is applied
//! and applied again after it, before any signal is set.

use super::{
    Replica, ReplicaState,
    apply::{Book, Outcome},
    foreseen::Foreseen,
    showing::set,
};
use crate::{
    domain::{Fact, FactId, MemberId, MutationId},
    service::Snapshot,
    wire::{Change, Entry, Frame},
};
use leptos::prelude::*;
use std::sync::Arc;

/// A fact that another member recorded or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The member.
    pub by: MemberId,
    /// The fact.
    pub fact: Fact,
}

/// What has arrived.
#[derive(Clone, Copy, Debug)]
pub enum Arrival<'a> {
    /// The entries of one change, and the idempotency key of its write.
    Changes(Option<MutationId>, &'a [Entry]),
    /// A new snapshot.
    Reading,
}

/// A function that is called with everything that arrives.
pub type ArrivalHearer = Arc<dyn Fn(Arrival<'_>) + Send + Sync>;

impl Replica {
    /// Applies a frame and updates the screen.
    pub fn apply(&self, frame: Frame) -> Outcome {
        if let Frame::Presence(presence) = frame {
            set(&self.present, presence.members);
            return Outcome::Noted { behind: false };
        }
        // Changes of links are not repeated, so some may have been missed before a welcome.
        if matches!(frame, Frame::LinksChanged | Frame::Welcome(_)) {
            self.links.notify();
        }
        let tells_day = matches!(frame, Frame::Welcome(_) | Frame::Heartbeat(_));
        let mutation = match &frame {
            Frame::Commit(commit) => commit.mutation_id,
            _ => None,
        };
        let mut inner = self.lock();
        let mut touched = inner.marked();
        let there = inner.shows_edited();
        let book = inner.foreseen.confirmed();
        touched.extend(rows_of(book, &frame));
        let outcome = book.apply(frame);
        if matches!(outcome, Outcome::Applied(_)) {
            let still_there = inner.shows_edited();
            inner.gone = !still_there && (there || inner.gone);
            // A command in the log is not pending, whether its response has arrived or not.
            inner.asked.retain(|one| Some(one.mutation) != mutation);
        }
        self.foresee_again(&mut inner, touched);
        if let Outcome::Applied(entries) = &outcome {
            self.notice(&inner, entries);
        }
        let hearer = inner.hearer.clone();
        drop(inner);
        // Otherwise the day is not taken over: it comes with a new snapshot.
        if tells_day && matches!(outcome, Outcome::Noted { .. }) {
            self.told.notify();
        }
        if let (Outcome::Applied(entries), Some(hearer)) = (&outcome, hearer) {
            hearer(Arrival::Changes(mutation, entries));
        }
        outcome
    }

    /// Marks the rows that another member recorded or changed.
    fn notice(&self, inner: &ReplicaState, entries: &[Entry]) {
        let theirs = |entry: &Entry| match &entry.change {
            Change::FactCreated(fact) | Change::FactUpdated(fact) if fact.updated_by != self.me => {
                Some(fact.clone())
            }
            _ => None,
        };
        let theirs: Vec<Fact> = entries.iter().filter_map(theirs).collect();
        for row in theirs.iter().filter_map(|fact| self.row(inner, fact.row_id())) {
            row.fresh.update(|times| *times += 1);
        }
        if let Some(fact) = theirs.last() {
            self.news.set(Some(News { by: fact.updated_by, fact: fact.clone() }));
        }
    }

    /// Replaces the book by a new snapshot; the pending commands stay.
    pub fn replace(&self, snapshot: Snapshot) {
        let mut inner = self.lock();
        let mut touched: Vec<FactId> = inner.day_of.keys().copied().collect();
        inner.foreseen = Foreseen::new(Book::new(snapshot));
        touched.extend(inner.loaded());
        self.foresee_again(&mut inner, touched);
        set(&self.older_than, inner.foreseen.book().older_than());
        let hearer = inner.hearer.clone();
        drop(inner);
        self.told.notify();
        if let Some(hearer) = hearer {
            hearer(Arrival::Reading);
        }
    }

    /// Calls `hearer` with everything that arrives from now on, after it is shown.
    pub fn hear(&self, hearer: ArrivalHearer) {
        self.lock().hearer = Some(hearer);
    }
}

impl ReplicaState {
    /// Whether the confirmed book contains the row that is being edited.
    fn shows_edited(&mut self) -> bool {
        self.editing.is_some_and(|id| !self.foreseen.confirmed().facts.row(id).is_empty())
    }
}

/// The rows that a frame changes, as far as they are loaded or new.
fn rows_of(book: &Book, frame: &Frame) -> Vec<FactId> {
    let Frame::Commit(commit) = frame else { return Vec::new() };
    let row = |entry: &Entry| match &entry.change {
        Change::FactCreated(fact) | Change::FactUpdated(fact) => Some(fact.row_id()),
        Change::FactDeleted(gone) => book.fact(gone.id).map(Fact::row_id),
        _ => None,
    };
    commit.entries.iter().filter_map(row).collect()
}
