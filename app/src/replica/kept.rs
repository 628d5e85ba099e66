//! The book as the device keeps it for a start without a network: a copy of what the server has, without pending
//! commands. And the days that begin meanwhile.

use super::{Replica, apply::Book, showing::set};
use crate::{
    domain::{Day, Fact, FactKey, MonthTotals},
    service::Snapshot,
    wire::Position,
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

    /// The same book without the facts below this place.
    #[must_use]
    pub fn above(mut self, place: FactKey) -> Self {
        if self.boundary.is_none_or(|boundary| boundary < place) {
            self.snapshot.facts.retain(|fact| fact.key() >= place);
            self.boundary = Some(place);
            self.counts = counted(&self.snapshot, self.boundary);
        }
        self
    }

    /// Its facts and the place below which there are others, if it is at this position and there may be others.
    #[must_use]
    pub fn facts_from(self, position: Position) -> Option<(FactKey, Vec<Fact>)> {
        let boundary = self.boundary.filter(|_| self.snapshot.position == position)?;
        Some((boundary, self.snapshot.facts))
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
    /// Takes over the facts down to another place; `None` if there are none below. The figures contain them already.
    fn extend(&mut self, facts: Vec<Fact>, boundary: Option<FactKey>) {
        self.boundary = boundary;
        facts.into_iter().for_each(|fact| self.facts.put(fact));
    }

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

    /// The place below which facts are not loaded; `None` if all are.
    #[must_use]
    pub fn boundary(&self) -> Option<FactKey> {
        self.lock().foreseen.book().boundary
    }

    /// How many of the loaded facts are not below this place.
    #[must_use]
    pub fn count_above(&self, place: FactKey) -> usize {
        self.lock().foreseen.book().facts.all().take_while(|fact| fact.key() >= place).count()
    }

    /// Loads facts below the others, which are of the position of the book: all of those down to `boundary`, or all if it
    /// is `None`. Their rows appear at the end of the list.
    pub fn extend(&self, facts: Vec<Fact>, boundary: Option<FactKey>) {
        let mut inner = self.lock();
        let mut touched = inner.marked();
        touched.extend(facts.iter().map(Fact::row_id));
        inner.foreseen.confirmed().extend(facts, boundary);
        inner.appends = true;
        self.foresee_again(&mut inner, touched);
        inner.appends = false;
        set(&self.older_than, inner.foreseen.book().older_than());
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
