//! The book as the screens see it: signals over the pure reducer and the pending rows.
//!
//! Each row is a signal of its own behind an index, so that an edit touches one text node; they are
//! counted, not owned by a component, so that a row read after its list is gone cannot panic.

pub mod apply;
pub mod known;
pub mod pending;
#[cfg(test)]
pub(crate) mod tests;

use crate::{
    domain::{
        Article, Balance, Currency, Day, Fact, FactId, FinancialCenterId, Household, Member, MemberId,
        MonthTotals, MutationId, Plan, Recurring,
    },
    service::{Grid, Snapshot},
    wire::{Change, Entry, Frame, Position, Present, Seq},
};
use apply::{Book, Outcome};
use leptos::prelude::*;
use pending::{Pending, RowState};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A transaction on the screen: one fact, or a transfer or split with all its parts.
#[derive(Clone, Debug)]
pub struct Row {
    /// Which one: [`Fact::row_id`].
    pub id: FactId,
    /// Its content; of a transfer or split one of the parts.
    pub fact: ArcRwSignal<Fact>,
    /// All parts of a transfer or split, in the order of their ids; none otherwise.
    pub parts: ArcRwSignal<Vec<Fact>>,
    /// How far it is.
    pub state: ArcRwSignal<RowState>,
    /// How often somebody else has changed it since it is shown.
    pub fresh: ArcRwSignal<u32>,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// The book of this page. One for the whole page; clones are the same book.
#[derive(Clone)]
pub struct Replica {
    inner: Arc<Mutex<Inner>>,
    /// The rows in their order, by day.
    pub rows: ArcRwSignal<Vec<(Day, Row)>>,
    /// All articles.
    pub articles: ArcRwSignal<Arc<Vec<Article>>>,
    /// All centers with what is in them.
    pub centers: ArcRwSignal<Arc<Vec<Balance>>>,
    /// Everybody.
    pub members: ArcRwSignal<Arc<Vec<Member>>>,
    /// The household.
    pub household: ArcRwSignal<Household>,
    /// The sums of the month.
    pub month: ArcRwSignal<MonthTotals>,
    /// What is meant for that month.
    pub plans: ArcRwSignal<Arc<Vec<Plan>>>,
    /// The months of the plan page; none until they are read, and none again after a reading of the book
    /// anew.
    pub grid: ArcRwSignal<Option<Arc<Grid>>>,
    /// All recurring entries.
    pub recurring: ArcRwSignal<Arc<Vec<Recurring>>>,
    /// The household's today.
    pub today: ArcRwSignal<Day>,
    /// The last change that is shown.
    pub position: ArcRwSignal<Position>,
    /// The day below which the list goes on; none when all of it is loaded.
    pub older_than: ArcRwSignal<Option<Day>>,
    /// What somebody else did last, for those who listen to the screen.
    pub news: ArcRwSignal<Option<News>>,
    /// The row that is being edited.
    pub editing: ArcRwSignal<Option<FactId>>,
    /// Who has a screen of this household open, and what they edit.
    pub present: ArcRwSignal<Vec<Present>>,
    /// Tells that the household's open links may be others: they are not in the book.
    pub links: ArcTrigger,
    /// Who looks at the page.
    pub me: MemberId,
}

/// Something that another person recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Who.
    pub by: MemberId,
    /// What.
    pub fact: Fact,
}

struct Inner {
    book: Book,
    pending: Pending,
    index: HashMap<FactId, Row>,
    /// The row that is being edited here: it stays where it is whatever others do to it.
    editing: Option<FactId>,
    /// Somebody deleted that row meanwhile.
    gone: bool,
    /// Who hears what arrives. Set by the outbox.
    hearer: Option<Hearer>,
}

/// What has arrived in the book.
#[derive(Clone, Copy, Debug)]
pub enum Arrival<'a> {
    /// The entries of one change, and the idempotency key of the write.
    Changes(Option<MutationId>, &'a [Entry]),
    /// Another reading of all of it.
    Reading,
}

/// Who hears what arrives.
pub type Hearer = Arc<dyn Fn(Arrival<'_>) + Send + Sync>;

impl Replica {
    /// A replica that begins with a snapshot.
    #[must_use]
    pub fn new(snapshot: Snapshot) -> Self {
        let shown = snapshot.clone();
        let book = Book::new(snapshot);
        let replica = Self {
            rows: ArcRwSignal::new(Vec::new()),
            articles: ArcRwSignal::new(Arc::new(shown.articles)),
            centers: ArcRwSignal::new(Arc::new(shown.financial_centers)),
            members: ArcRwSignal::new(Arc::new(shown.members)),
            household: ArcRwSignal::new(shown.household),
            month: ArcRwSignal::new(shown.month),
            plans: ArcRwSignal::new(Arc::new(shown.plans)),
            grid: ArcRwSignal::new(None),
            recurring: ArcRwSignal::new(Arc::new(shown.recurring)),
            today: ArcRwSignal::new(shown.today),
            position: ArcRwSignal::new(shown.position),
            older_than: ArcRwSignal::new(book.older_than()),
            news: ArcRwSignal::new(None),
            editing: ArcRwSignal::new(None),
            present: ArcRwSignal::new(Vec::new()),
            links: ArcTrigger::new(),
            me: shown.me,
            inner: Arc::new(Mutex::new(Inner {
                book,
                pending: Pending::default(),
                index: HashMap::new(),
                editing: None,
                gone: false,
                hearer: None,
            })),
        };
        replica.show_rows(&mut replica.lock());
        replica
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the book by a frame, and every figure with it.
    pub fn apply(&self, frame: Frame) -> Outcome {
        if let Frame::Presence(presence) = frame {
            set(&self.present, presence.members);
            return Outcome::Noted { behind: false };
        }
        // What happened before a welcome nobody told.
        if matches!(frame, Frame::LinksChanged | Frame::Welcome(_)) {
            self.links.notify();
        }
        let mutation = match &frame {
            Frame::Commit(commit) => commit.mutation_id,
            _ => None,
        };
        let mut inner = self.lock();
        let there = inner.shows_edited();
        let outcome = inner.book.apply(frame);
        match &outcome {
            Outcome::Applied(entries) => {
                let arrived: Vec<FactId> = entries.iter().filter_map(row_id).collect();
                let still_there = inner.shows_edited();
                inner.gone = !still_there && (there || inner.gone);
                let seq = inner.book.position().seq;
                inner.pending.settle(seq, &arrived);
                self.show_all(&mut inner);
                for entry in entries {
                    if let Change::FactCreated(fact) | Change::FactUpdated(fact) = &entry.change
                        && fact.updated_by != self.me
                        && let Some(row) = inner.index.get(&fact.row_id())
                    {
                        row.fresh.update(|times| *times += 1);
                    }
                }
                let news = entries.iter().rev().find_map(|entry| match &entry.change {
                    Change::FactCreated(fact) | Change::FactUpdated(fact) if fact.updated_by != self.me => {
                        Some(News { by: fact.updated_by, fact: fact.clone() })
                    }
                    _ => None,
                });
                if news.is_some() {
                    self.news.set(news);
                }
            }
            Outcome::Noted { .. } => set(&self.today, inner.book.shown.today),
            Outcome::Duplicate | Outcome::Gap | Outcome::Resync => {}
        }
        let hearer = inner.hearer.clone();
        drop(inner);
        if let (Outcome::Applied(entries), Some(hearer)) = (&outcome, hearer) {
            hearer(Arrival::Changes(mutation, entries));
        }
        outcome
    }

    /// Goes on from another reading of the book; what is pending stays.
    pub fn replace(&self, snapshot: Snapshot) {
        let mut inner = self.lock();
        let arrived: Vec<FactId> = snapshot.facts.iter().map(Fact::row_id).collect();
        inner.pending.settle(snapshot.position.seq, &arrived);
        inner.book = Book::new(snapshot);
        self.show_all(&mut inner);
        set(&self.older_than, inner.book.older_than());
        let hearer = inner.hearer.clone();
        drop(inner);
        if let Some(hearer) = hearer {
            hearer(Arrival::Reading);
        }
    }

    /// Tells this one what arrives from now on, once it is shown.
    pub fn hear(&self, hearer: Hearer) {
        self.lock().hearer = Some(hearer);
    }

    /// Takes over the months that were read for the plan page; false when they must be read again.
    #[must_use]
    pub fn open_grid(&self, grid: Grid) -> bool {
        let mut inner = self.lock();
        let usable = inner.book.open_grid(grid);
        self.show_all(&mut inner);
        usable
    }

    /// A row is not confirmed: so it shall be, and so far it is.
    pub fn pend(&self, facts: Vec<Fact>, state: RowState) {
        let mut inner = self.lock();
        inner.pending.pend(facts, state);
        self.show_rows(&mut inner);
    }

    /// The server has written an own entry.
    pub fn written(&self, facts: Vec<Fact>, seq: Seq) {
        let mut inner = self.lock();
        if inner.book.position().seq < seq {
            inner.pending.answered(facts, seq);
        } else if let Some(fact) = facts.first() {
            inner.pending.forget(fact.row_id());
        }
        self.show_rows(&mut inner);
    }

    /// A row is deleted here; `answered` once the server told the number.
    pub fn hide(&self, id: FactId, answered: Option<Seq>) {
        let mut inner = self.lock();
        if answered.is_some_and(|seq| seq <= inner.book.position().seq) {
            inner.pending.forget(id);
        } else {
            inner.pending.hide(id, answered);
        }
        self.show_rows(&mut inner);
    }

    /// Shows a row as the book has it.
    pub fn forget(&self, id: FactId) {
        let mut inner = self.lock();
        inner.pending.forget(id);
        self.show_rows(&mut inner);
    }

    /// A row is being edited: it stays on the screen whatever others do to it.
    pub fn edit(&self, id: FactId) {
        let mut inner = self.lock();
        (inner.editing, inner.gone) = (Some(id), false);
        set(&self.editing, Some(id));
        // Another row that was edited until now goes on.
        self.show_rows(&mut inner);
    }

    /// A row is not edited any more. Another one may be by now.
    pub fn stop_editing(&self, id: FactId) {
        let mut inner = self.lock();
        if inner.editing == Some(id) {
            inner.editing = None;
            set(&self.editing, None);
            self.show_rows(&mut inner);
        }
    }

    /// The currency of a center, for whoever acts on it now.
    #[must_use]
    pub fn currency_of(&self, id: FinancialCenterId) -> Option<Currency> {
        self.centers
            .with_untracked(|rows| rows.iter().find(|row| row.center.id == id).map(|row| row.center.currency))
    }

    fn show_all(&self, inner: &mut Inner) {
        let shown = &inner.book.shown;
        set_shared(&self.articles, &shown.articles);
        set_shared(&self.centers, &shown.financial_centers);
        set_shared(&self.members, &shown.members);
        set(&self.household, shown.household.clone());
        set(&self.month, shown.month.clone());
        set_shared(&self.plans, &shown.plans);
        set_shared(&self.recurring, &shown.recurring);
        let grid = self.grid.with_untracked(|old| old.as_deref() == inner.book.grid.as_ref());
        if !grid {
            self.grid.set(inner.book.grid.clone().map(Arc::new));
        }
        set(&self.today, shown.today);
        set(&self.position, shown.position);
        self.show_rows(inner);
    }

    /// Brings the list up to date; a signal is touched only where something changed.
    fn show_rows(&self, inner: &mut Inner) {
        let mut shown = folded(inner.pending.over(&inner.book.shown.facts));
        if let Some(row) = inner.editing.and_then(|id| inner.index.get(&id)) {
            // As it was opened, in its old place: moving it would take the form away with what was typed.
            let state = if inner.gone { RowState::Gone } else { RowState::Settled };
            shown.retain(|(fact, ..)| fact.row_id() != row.id);
            let fact = row.fact.get_untracked();
            let at = shown.partition_point(|(other, ..)| other.key() > fact.key());
            shown.insert(at, (fact, row.parts.get_untracked(), state));
        }
        let mut index = HashMap::with_capacity(shown.len());
        let mut rows = Vec::with_capacity(shown.len());
        for (fact, parts, state) in shown {
            let date = fact.date;
            let row = match inner.index.remove(&fact.row_id()) {
                Some(row) => {
                    set(&row.fact, fact);
                    set(&row.parts, parts);
                    set(&row.state, state);
                    row
                }
                None => Row {
                    id: fact.row_id(),
                    fact: ArcRwSignal::new(fact),
                    parts: ArcRwSignal::new(parts),
                    state: ArcRwSignal::new(state),
                    fresh: ArcRwSignal::new(0),
                },
            };
            index.insert(row.id, row.clone());
            rows.push((date, row));
        }
        inner.index = index;
        set(&self.rows, rows);
    }
}

impl Inner {
    /// Whether the book has the row that is being edited.
    fn shows_edited(&self) -> bool {
        self.editing.is_some_and(|id| self.book.shown.facts.iter().any(|fact| fact.row_id() == id))
    }
}

/// The parts of a transfer or split as one row, in the place of the first.
fn folded(facts: Vec<(Fact, RowState)>) -> Vec<(Fact, Vec<Fact>, RowState)> {
    let mut rows: Vec<(Fact, Vec<Fact>, RowState)> = Vec::with_capacity(facts.len());
    for (fact, state) in facts {
        // They stand beside each other, but for others of the same change.
        let whole = rows
            .iter_mut()
            .rev()
            .take(8)
            .find(|(other, ..)| other.group.is_some() && other.group == fact.group);
        match whole {
            Some((_, parts, _)) => parts.insert(0, fact),
            None => {
                let parts = if fact.group.is_some() { vec![fact.clone()] } else { Vec::new() };
                rows.push((fact, parts, state));
            }
        }
    }
    rows
}

/// The row that a change is about. A part that is deleted does not tell its whole, which is changed in other
/// parts too, or gone.
fn row_id(entry: &Entry) -> Option<FactId> {
    match &entry.change {
        Change::FactCreated(fact) | Change::FactUpdated(fact) => Some(fact.row_id()),
        Change::FactDeleted(deleted) => Some(deleted.id),
        _ => None,
    }
}

/// Tells only those who look, and only news.
fn set<T: PartialEq + Send + Sync + 'static>(signal: &ArcRwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}

fn set_shared<T: PartialEq + Clone + Send + Sync + 'static>(signal: &ArcRwSignal<Arc<Vec<T>>>, value: &[T]) {
    if signal.with_untracked(|old| old.as_slice() != value) {
        signal.set(Arc::new(value.to_vec()));
    }
}
