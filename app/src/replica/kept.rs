//! The book as the device keeps it for a start without a network: a copy of what the server has, without pending
//! commands. And the days that begin meanwhile.

use super::{Replica, apply::Book};
use crate::{
    domain::{Day, FactKey, MonthTotals},
    service::Snapshot,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The shape of what is kept by this program. A book of another shape is dropped: the server has it too.
const SHAPE: u8 = 1;

/// A book that the device keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptBook {
    shape: u8,
    /// The rows and figures, and their position in the log. Its today is the last day that the server has told.
    pub snapshot: Snapshot,
    /// Facts below this place are not kept. The number of facts does not tell, since some were added and deleted after
    /// they had been read.
    boundary: Option<FactKey>,
    /// Whether articles may have been merged before those that are listed.
    merged_before: bool,
    /// What is read as none if it is missing, counted. So what another build calls otherwise is not taken for none.
    counts: [usize; 4],
}

/// The merged articles, the plans, the recurring entries, and the boundary.
fn counted(snapshot: &Snapshot, boundary: Option<FactKey>) -> [usize; 4] {
    let Snapshot { merged, plans, recurring, .. } = snapshot;
    [merged.len(), plans.len(), recurring.len(), usize::from(boundary.is_some())]
}

impl KeptBook {
    fn of(book: &Book) -> Self {
        let (snapshot, boundary) = (Snapshot { today: book.told, ..book.snapshot() }, book.boundary);
        let counts = counted(&snapshot, boundary);
        Self { shape: SHAPE, snapshot, boundary, merged_before: book.merged_before, counts }
    }

    /// Reads what a device has kept; `None` if another build has written it in another shape.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let is_whole = |kept: &Self| kept.counts == counted(&kept.snapshot, kept.boundary);
        serde_json::from_str(text).ok().filter(|kept: &Self| kept.shape == SHAPE && is_whole(kept))
    }

    /// The text to be kept.
    #[must_use]
    pub fn write(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    pub(super) fn book(self) -> Book {
        let mut book = Book::new(self.snapshot);
        (book.boundary, book.merged_before) = (self.boundary, self.merged_before);
        book
    }

    /// A replica of it.
    #[must_use]
    pub fn replica(self) -> Replica {
        Replica::of(self.book())
    }
}

impl Book {
    /// Begins a later day without the server.
    ///
    /// A new month begins with the facts of its days that are loaded, which are all there were, and with its plans as far
    /// as the months of the plan page are loaded. It may have more plans, so the book is loaded again once there is
    /// a connection.
    fn begin_day(&mut self, today: Day) {
        self.shown.today = today;
        let month = today.month();
        if month == self.shown.month.month {
            return;
        }
        let mut totals = MonthTotals::empty(month);
        for fact in self.facts.all().filter(|fact| fact.date.month() == month) {
            if let Some(currency) = self.currency(fact.financial_center_id) {
                totals.add(fact.article_id, currency, fact.amount.minor());
            }
        }
        let plans = self.plans_of(month).map(|plans| plans.cloned().collect()).unwrap_or_default();
        (self.shown.month, self.shown.plans) = (totals, plans);
        self.began_month = true;
    }
}

impl Replica {
    /// The confirmed book, to be kept on the device. `None` after it has begun a month without the server.
    #[must_use]
    pub fn kept(&self) -> Option<KeptBook> {
        let mut inner = self.lock();
        let inner = &mut *inner;
        if inner.foreseen.book().began_month {
            return None;
        }
        let kept = KeptBook::of(inner.foreseen.confirmed());
        inner.foreseen.foresee(&inner.asked);
        Some(kept)
    }

    /// Begins another day by the clock of the device, because there is no connection by which the server would tell it.
    /// Has no effect if the day has begun.
    pub fn begin_day(&self, today: Day) {
        if today <= self.today.get_untracked() {
            return;
        }
        let mut inner = self.lock();
        let touched = inner.marked();
        inner.foreseen.confirmed().begin_day(today);
        self.foresee_again(&mut inner, touched);
    }
}
