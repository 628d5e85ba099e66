//! The book as the screens see it: signals over the pure reducer and the pending commands.
//!
//! Each row has its own signal in an index, so that an edit updates one text node. The signals are
//! reference-counted and not owned by a component: reading a row after its list was removed cannot panic.

pub mod apply;
mod arrivals;
pub mod foreseen;
mod former;
mod inverse;
pub mod kept;
pub mod known;
pub mod loaded;
pub mod pending;
mod row;
mod settlements;
mod showing;
#[cfg(test)]
pub(crate) mod tests;

pub use arrivals::{Arrival, ArrivalHearer, News};
pub use row::{DayRows, Days, Row};

use crate::{
    command::{Command, Decision, TypedIn},
    domain::{
        Article, Balance, Currency, Day, Fact, FactId, FinancialCenterId, Household, Member, MemberId,
        MonthTotals, MutationId, Plan, Recurring,
    },
    error::AppError,
    service::{Grid, Snapshot, Terms},
    wire::{Position, Present},
};
use apply::Book;
use foreseen::Foreseen;
use former::Former;
use leptos::prelude::*;
use pending::Asked;
use showing::set;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The book of this page. A page has one; clones share it.
#[derive(Clone)]
pub struct Replica {
    inner: Arc<Mutex<ReplicaState>>,
    /// The articles and financial centers that were removed while the page was open.
    former: Former,
    /// The rows of the list, by day. Notifies when days are added or removed; each day notifies of its rows.
    pub rows: ArcRwSignal<Days>,
    /// The facts in the book for which the list shows something else. They are included in the figures; what
    /// is shown instead is not.
    pub behind: ArcRwSignal<Vec<Fact>>,
    /// All articles.
    pub articles: ArcRwSignal<Arc<Vec<Article>>>,
    /// All financial centers with their balances.
    pub centers: ArcRwSignal<Arc<Vec<Balance>>>,
    /// All members.
    pub members: ArcRwSignal<Arc<Vec<Member>>>,
    /// The household.
    pub household: ArcRwSignal<Household>,
    /// The sums of the current month.
    pub month: ArcRwSignal<MonthTotals>,
    /// The plans of the current month.
    pub plans: ArcRwSignal<Arc<Vec<Plan>>>,
    /// The months of the plan page; `None` until they are loaded, and again after a new snapshot was loaded.
    pub grid: ArcRwSignal<Option<Arc<Grid>>>,
    /// All recurring entries.
    pub recurring: ArcRwSignal<Arc<Vec<Recurring>>>,
    /// Today, in the household's time zone.
    pub today: ArcRwSignal<Day>,
    /// Notifies that the server has told which day it is, also if that is the same one.
    pub told: ArcTrigger,
    /// The position of the last change that is shown.
    pub position: ArcRwSignal<Position>,
    /// The day of the oldest loaded row; `None` if all rows are loaded.
    pub older_than: ArcRwSignal<Option<Day>>,
    /// The last change by another member, for screen readers.
    pub news: ArcRwSignal<Option<News>>,
    /// The row that is being edited.
    pub editing: ArcRwSignal<Option<FactId>>,
    /// Who has a screen of this household open, and what they edit.
    pub present: ArcRwSignal<Vec<Present>>,
    /// Notifies that the household's open links may have changed. They are not in the book.
    pub links: ArcTrigger,
    /// The member who looks at the page.
    pub me: MemberId,
}

struct ReplicaState {
    foreseen: Foreseen,
    /// The pending commands, in order.
    asked: Vec<Asked>,
    /// The day under which each row is listed.
    day_of: HashMap<FactId, Day>,
    /// The row that is being edited here. It keeps its place whatever others do to it.
    editing: Option<FactId>,
    /// Whether another member deleted that row meanwhile.
    gone: bool,
    /// Whether rows are being added at the end of the list.
    appends: bool,
    /// Called with everything that arrives. Set by the outbox.
    hearer: Option<ArrivalHearer>,
}

impl Replica {
    /// A replica of a snapshot.
    #[must_use]
    pub fn new(snapshot: Snapshot) -> Self {
        Self::of(Book::new(snapshot))
    }

    fn of(book: Book) -> Self {
        let shown = book.shown.clone();
        let replica = Self {
            rows: ArcRwSignal::new(Days::default()),
            behind: ArcRwSignal::new(Vec::new()),
            articles: ArcRwSignal::new(Arc::new(shown.articles)),
            centers: ArcRwSignal::new(Arc::new(shown.financial_centers)),
            members: ArcRwSignal::new(Arc::new(shown.members)),
            household: ArcRwSignal::new(shown.household),
            month: ArcRwSignal::new(shown.month),
            plans: ArcRwSignal::new(Arc::new(shown.plans)),
            grid: ArcRwSignal::new(None),
            recurring: ArcRwSignal::new(Arc::new(shown.recurring)),
            today: ArcRwSignal::new(shown.today),
            told: ArcTrigger::new(),
            position: ArcRwSignal::new(shown.position),
            older_than: ArcRwSignal::new(book.older_than()),
            news: ArcRwSignal::new(None),
            editing: ArcRwSignal::new(None),
            present: ArcRwSignal::new(Vec::new()),
            links: ArcTrigger::new(),
            me: shown.me,
            former: Former::default(),
            inner: Arc::new(Mutex::new(ReplicaState {
                foreseen: Foreseen::new(book),
                asked: Vec::new(),
                day_of: HashMap::new(),
                editing: None,
                gone: false,
                appends: false,
                hearer: None,
            })),
        };
        let mut inner = replica.lock();
        let all = inner.loaded();
        replica.show_rows(&mut inner, all);
        drop(inner);
        replica
    }

    fn lock(&self) -> MutexGuard<'_, ReplicaState> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the list of pending commands.
    pub fn foresee(&self, asked: Vec<Asked>) {
        let mut inner = self.lock();
        if inner.asked.is_empty() && asked.is_empty() {
            return;
        }
        inner.asked = asked;
        let touched = inner.marked();
        self.foresee_again(&mut inner, touched);
    }

    /// Applies the pending commands to the book again, and updates these rows and theirs on the screen.
    fn foresee_again(&self, inner: &mut ReplicaState, mut touched: Vec<FactId>) {
        inner.foreseen.foresee(&inner.asked);
        touched.extend(inner.marked());
        touched.extend(inner.editing);
        self.show(inner, touched);
    }

    /// Decides a command after the pending ones. If it replaces a refused command, `corrected` is the row of
    /// that one.
    #[must_use]
    pub fn decide(&self, terms: Terms, command: &Command, corrected: Option<FactId>) -> Decision {
        self.lock().foreseen.decide(terms, command, corrected)
    }

    /// The currencies in which the amounts of a command are typed.
    #[must_use]
    pub fn typed_in(&self, command: &Command) -> TypedIn {
        self.lock().foreseen.typed_in(command)
    }

    /// The pending commands that the book does not include because they would be refused by now, with the reasons.
    #[must_use]
    pub fn refusals(&self) -> Vec<(MutationId, AppError)> {
        self.lock().foreseen.refusals().to_vec()
    }

    /// Takes over the months that were read for the plan page; returns false if they must be read again.
    #[must_use]
    pub fn open_grid(&self, grid: Grid) -> bool {
        let mut inner = self.lock();
        let touched = inner.marked();
        let usable = inner.foreseen.confirmed().open_grid(grid);
        self.foresee_again(&mut inner, touched);
        usable
    }

    /// Marks a row as being edited: it keeps its place whatever others do to it.
    pub fn edit(&self, id: FactId) {
        let mut inner = self.lock();
        // Another member may have deleted the row since its form was opened, on an earlier page: `gone` is
        // kept.
        if inner.editing == Some(id) {
            return;
        }
        // The row that was edited before is updated again.
        let touched = inner.editing.replace(id).into_iter().chain([id]).collect();
        inner.gone = false;
        set(&self.editing, Some(id));
        self.show_rows(&mut inner, touched);
    }

    /// Ends the editing of a row. Does nothing if another row is being edited by now.
    pub fn stop_editing(&self, id: FactId) {
        let mut inner = self.lock();
        if inner.editing == Some(id) {
            inner.editing = None;
            set(&self.editing, None);
            self.show_rows(&mut inner, vec![id]);
        }
    }

    /// The facts of a row in the book, also while the row is shown as it was opened; none where it is gone.
    #[must_use]
    pub fn facts_of(&self, row: FactId) -> Vec<Fact> {
        self.lock().foreseen.book().facts.row(row)
    }

    /// The currency of a financial center.
    #[must_use]
    pub fn currency_of(&self, id: FinancialCenterId) -> Option<Currency> {
        self.centers
            .with_untracked(|rows| rows.iter().find(|row| row.center.id == id).map(|row| row.center.currency))
    }
}

impl ReplicaState {
    /// The rows of facts that pending commands affect.
    fn marked(&self) -> Vec<FactId> {
        self.foreseen.marks().iter().map(|mark| mark.row).collect()
    }

    /// All rows that are loaded.
    fn loaded(&self) -> Vec<FactId> {
        self.foreseen.book().facts.all().map(Fact::row_id).collect()
    }
}
