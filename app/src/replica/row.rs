//! The transactions on the screen, in order.

use super::pending::RowState;
use crate::domain::{Day, Fact, FactId, FactKey};
use leptos::prelude::*;

/// A transaction on the screen: one fact, or a transfer or split with all its parts.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id: [`Fact::row_id`].
    pub id: FactId,
    /// Its content; for a transfer or split, one of the parts.
    pub fact: ArcRwSignal<Fact>,
    /// All parts of a transfer or split, ordered by id; empty for a single fact.
    pub parts: ArcRwSignal<Vec<Fact>>,
    /// Its state.
    pub state: ArcRwSignal<RowState>,
    /// Whether the figures include its content. A row that was refused or is being edited shows something
    /// else than the book contains; the book's facts are in [`super::Replica::behind`].
    pub counts: ArcRwSignal<bool>,
    /// How often another member has changed it while it was shown.
    pub fresh: ArcRwSignal<u32>,
    /// Whether it was loaded after the page was opened, below all others.
    pub is_appended: bool,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Row {
    /// A settled row.
    pub(super) fn new(id: FactId, fact: Fact, is_appended: bool) -> Self {
        Self {
            id,
            fact: ArcRwSignal::new(fact),
            parts: ArcRwSignal::new(Vec::new()),
            state: ArcRwSignal::new(RowState::Settled),
            counts: ArcRwSignal::new(true),
            fresh: ArcRwSignal::new(0),
            is_appended,
        }
    }

    /// Its place in the list; for a transfer or split, that of the part that is shown first.
    pub(super) fn key(&self) -> FactKey {
        self.fact.with_untracked(Fact::key)
    }
}

/// A day with its rows.
#[derive(Clone, Debug)]
pub struct DayRows {
    /// The day.
    pub day: Day,
    /// Differs from that of an earlier entry of the same day, whose rows were all removed.
    number: u64,
    /// The oldest first, because what is new is mostly at the end.
    rows: ArcRwSignal<Vec<Row>>,
}

impl DayRows {
    /// Its rows in the order of the list, the newest first.
    #[must_use]
    pub fn get(&self) -> Vec<Row> {
        self.rows.with(|rows| rows.iter().rev().cloned().collect())
    }

    /// A key that no other entry has, not even an earlier one of the same day.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.day, self.number)
    }
}

impl PartialEq for DayRows {
    fn eq(&self, other: &Self) -> bool {
        (self.day, self.number) == (other.day, other.number)
    }
}

/// The rows of the list by day. Each day has its own signal, so a change costs what its day holds.
#[derive(Clone, Debug, Default)]
pub struct Days {
    /// The oldest first.
    days: Vec<DayRows>,
    /// Counts the days that were made.
    made: u64,
}

/// The days whose rows were added or removed.
#[derive(Default)]
pub(super) struct Moved {
    rows: Vec<ArcRwSignal<Vec<Row>>>,
    /// Whether a day was added or removed.
    days: bool,
}

impl Days {
    /// The days in the order of the list, the newest first.
    pub fn days(&self) -> impl Iterator<Item = &DayRows> {
        self.days.iter().rev()
    }

    /// All rows in the order of the list, the newest first, untracked.
    pub fn all(&self) -> impl Iterator<Item = Row> {
        self.days().flat_map(|day| untrack(|| day.get()))
    }

    /// A row of a day.
    #[must_use]
    pub fn find(&self, day: Day, id: FactId) -> Option<Row> {
        let at = self.at(day).ok()?;
        self.days[at].rows.with_untracked(|rows| rows.iter().find(|row| row.id == id).cloned())
    }

    /// Whether there are no rows.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    fn at(&self, day: Day) -> Result<usize, usize> {
        self.days.binary_search_by_key(&day, |rows| rows.day)
    }

    /// Inserts a row in its place.
    pub(super) fn put(&mut self, row: Row, moved: &mut Moved) {
        let key = row.key();
        let at = self.at(key.date).unwrap_or_else(|at| {
            self.made += 1;
            let rows = ArcRwSignal::new(Vec::new());
            self.days.insert(at, DayRows { day: key.date, number: self.made, rows });
            moved.days = true;
            at
        });
        let rows = &self.days[at].rows;
        rows.update_untracked(|rows| {
            rows.insert(rows.partition_point(|other| other.key() < key), row);
        });
        moved.rows.push(rows.clone());
    }

    /// Removes a row from its day.
    pub(super) fn remove(&mut self, day: Day, id: FactId, moved: &mut Moved) {
        let Ok(at) = self.at(day) else { return };
        let rows = self.days[at].rows.clone();
        rows.update_untracked(|rows| rows.retain(|row| row.id != id));
        if rows.with_untracked(Vec::is_empty) {
            self.days.remove(at);
            moved.days = true;
        }
        moved.rows.push(rows);
    }
}

impl Moved {
    /// Notifies the subscribers of these days, and of the list of days if that changed.
    pub(super) fn tell(self, days: &ArcRwSignal<Days>) {
        self.rows.iter().for_each(Notify::notify);
        if self.days {
            days.notify();
        }
    }
}
