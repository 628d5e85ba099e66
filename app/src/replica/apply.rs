//! The reducer: a replica of the book, moved from one numbered change to the next.
//!
//! Pure and compiled natively too, so that the laws can be tested without a browser: for any
//! interleaving of answers, repeats, gaps and reorderings a replica equals the log up to its number.
//! It knows nothing of signals, sockets or screens.

use crate::{
    domain::{
        Article, Balance, Before, Currency, Fact, FactKey, FinancialCenterId, GroupId, Money, Month,
        MonthTotals, Plan, Recurring, collation,
    },
    service::{Grid, Snapshot},
    trial::{self, Flaw},
    wire::{Change, Commit, Entry, Frame, Position, Seq},
};

/// What a frame did to the replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was the next change, and all of it is in.
    Applied(Vec<Entry>),
    /// It was known already.
    Duplicate,
    /// Changes before it are missing: reconnect from the position the replica has.
    Gap,
    /// The log cannot help: take a snapshot.
    Resync,
    /// It changed no row: a welcome, a sign of life. `behind` when the log is further than we are.
    Noted {
        /// The server knows changes that we do not.
        behind: bool,
    },
}

/// What a screen shows of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// The rows and figures, kept in the order of the snapshot.
    pub shown: Snapshot,
    /// The months that the plan page shows, moved on with the book once it has reached their position.
    pub grid: Option<Grid>,
    /// Facts below this place were never loaded, and their changes move only totals.
    boundary: Option<FactKey>,
}

impl Book {
    /// The book as the server read it.
    #[must_use]
    pub fn new(snapshot: Snapshot) -> Self {
        Self { boundary: snapshot.boundary(), grid: None, shown: snapshot }
    }

    /// Takes over months that were read. False when they are older than the book: the changes since then
    /// are gone, so they must be read again.
    pub fn open_grid(&mut self, grid: Grid) -> bool {
        let Position { epoch, seq, .. } = self.position();
        let usable = grid.position.epoch == epoch && grid.position.seq >= seq;
        if usable {
            self.grid = Some(grid);
        }
        usable
    }

    /// The last change that is in.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.shown.position
    }

    /// The day below which the list goes on; none when all of it is loaded.
    #[must_use]
    pub fn older_than(&self) -> Option<crate::domain::Day> {
        self.boundary.map(|boundary| boundary.date)
    }

    /// The plans of a month that is loaded; none of another month.
    pub(super) fn plans_of(&self, month: Month) -> Option<impl Iterator<Item = &Plan>> {
        let shown = (self.shown.month.month == month).then_some(&self.shown.plans);
        let grid = self.grid.as_ref().filter(|grid| grid.months.iter().any(|totals| totals.month == month));
        // Months that were read after the book are another state of it.
        let grid = grid.filter(|grid| grid.position.seq <= self.position().seq);
        let plans = shown.or_else(|| grid.map(|grid| &grid.plans))?;
        Some(plans.iter().filter(move |row| row.month == month))
    }

    /// Whether parts of this transfer or split may lie beyond the end of what is loaded.
    #[must_use]
    pub fn cuts(&self, group: GroupId) -> bool {
        let last = self.shown.facts.last().and_then(|fact| fact.group);
        self.boundary.is_some() && last.is_some_and(|last| last.id == group)
    }

    /// Moves the replica by one frame.
    pub fn apply(&mut self, frame: Frame) -> Outcome {
        match frame {
            Frame::Welcome(welcome) if welcome.epoch != self.position().epoch => Outcome::Resync,
            Frame::Welcome(welcome) => self.note(welcome.head, welcome.today),
            Frame::Heartbeat(heartbeat) => self.note(heartbeat.seq, heartbeat.today),
            Frame::Commit(commit) => self.commit(commit),
            Frame::Reload { seq, .. } => self.skip(seq),
            Frame::Resync(_) => Outcome::Resync,
            Frame::Bye(_) | Frame::Presence(_) | Frame::LinksChanged | Frame::Unknown { seq: None } => {
                Outcome::Noted { behind: false }
            }
            Frame::Unknown { seq: Some(seq) } => self.skip(seq),
        }
    }

    /// A sign of life. A day in another month needs that month's sums, which only the server has.
    fn note(&mut self, head: Seq, today: crate::domain::Day) -> Outcome {
        if today.month() != self.shown.month.month {
            return Outcome::Resync;
        }
        self.shown.today = today;
        Outcome::Noted { behind: head > self.position().seq }
    }

    /// A change whose rows are not in the frame.
    const fn skip(&self, seq: Seq) -> Outcome {
        if seq <= self.shown.position.seq { Outcome::Duplicate } else { Outcome::Resync }
    }

    fn commit(&mut self, commit: Commit) -> Outcome {
        let mine = self.shown.position.seq;
        if commit.seq <= mine {
            return Outcome::Duplicate;
        }
        if commit.seq > mine + 1 && !trial::has(Flaw::NoGapCheck) {
            return Outcome::Gap;
        }
        // Months that were read after this change have it already.
        let grid = self.grid.take_if(|grid| grid.position.seq >= commit.seq);
        for entry in &commit.entries {
            self.entry(entry);
        }
        if let Some(moved) = &mut self.grid {
            (moved.position.seq, moved.position.check) = (commit.seq, commit.check);
        }
        self.grid = self.grid.take().or(grid);
        (self.shown.position.seq, self.shown.position.check) = (commit.seq, commit.check);
        Outcome::Applied(commit.entries)
    }

    fn entry(&mut self, entry: &Entry) {
        match &entry.change {
            Change::FactCreated(fact) => {
                self.count(&fact.before(), 1);
                self.show(fact);
            }
            Change::FactUpdated(fact) => {
                if let Some(before) = &entry.before {
                    self.count(before, -1);
                }
                self.count(&fact.before(), 1);
                self.shown.facts.retain(|row| row.id != fact.id);
                self.show(fact);
            }
            Change::FactDeleted(deleted) => {
                if let Some(before) = &entry.before {
                    self.count(before, -1);
                }
                self.shown.facts.retain(|row| row.id != deleted.id);
            }
            Change::ArticleCreated(article) | Change::ArticleUpdated(article) => {
                put(&mut self.shown.articles, article.clone(), |row| row.id);
                sort_articles(&mut self.shown.articles);
            }
            Change::ArticleDeleted(deleted) => self.shown.articles.retain(|row| row.id != deleted.id),
            Change::FinancialCenterCreated(center) | Change::FinancialCenterUpdated(center) => {
                let old = self.shown.financial_centers.iter().find(|row| row.center.id == center.id);
                // The currency can only have changed while nothing was recorded in the center.
                let moved = old.map_or(0, |row| row.balance.minor() - row.center.opening_balance.minor());
                let balance = Money::from_minor(center.opening_balance.minor(), center.currency).plus(moved);
                put(&mut self.shown.financial_centers, Balance { center: center.clone(), balance }, |row| {
                    row.center.id
                });
                sort_centers(&mut self.shown.financial_centers);
            }
            Change::FinancialCenterDeleted(deleted) => {
                self.shown.financial_centers.retain(|row| row.center.id != deleted.id);
            }
            Change::PlanUpdated(plan) => {
                if plan.month == self.shown.month.month {
                    put_plan(&mut self.shown.plans, plan);
                }
                if let Some(grid) = &mut self.grid
                    && grid.months.iter().any(|totals| totals.month == plan.month)
                {
                    put_plan(&mut grid.plans, plan);
                }
            }
            Change::RecurringCreated(row) | Change::RecurringUpdated(row) => {
                put(&mut self.shown.recurring, row.clone(), |row| row.id);
                sort_recurring(&mut self.shown.recurring);
            }
            Change::RecurringDeleted(deleted) => self.shown.recurring.retain(|row| row.id != deleted.id),
            Change::MemberCreated(member) | Change::MemberUpdated(member) => {
                put(&mut self.shown.members, member.clone(), |row| row.id);
            }
            Change::HouseholdUpdated(household) => self.shown.household = household.clone(),
        }
    }

    /// Moves the balance and the month's sum by a fact, `times` −1 to take it away.
    fn count(&mut self, fact: &Before, times: i64) {
        let Some(currency) = self.currency(fact.financial_center_id) else { return };
        let minor = fact.amount.minor().saturating_mul(times);
        for row in &mut self.shown.financial_centers {
            if row.center.id == fact.financial_center_id {
                row.balance = row.balance.plus(minor);
            }
        }
        let grid = self.grid.iter_mut().flat_map(|grid| &mut grid.months);
        for totals in grid.chain([&mut self.shown.month]) {
            if fact.date.month() == totals.month {
                totals.add(fact.article_id, currency, minor);
            }
        }
    }

    fn currency(&self, id: FinancialCenterId) -> Option<Currency> {
        self.shown.financial_centers.iter().find(|row| row.center.id == id).map(|row| row.center.currency)
    }

    /// Puts a row in its place, if that place is loaded.
    fn show(&mut self, fact: &Fact) {
        let key = fact.key();
        if self.boundary.is_some_and(|boundary| key < boundary) {
            return;
        }
        let at = self.shown.facts.partition_point(|row| row.key() > key);
        if self.shown.facts.get(at).is_some_and(|row| row.id == fact.id) {
            self.shown.facts[at] = fact.clone();
        } else {
            self.shown.facts.insert(at, fact.clone());
        }
    }
}

fn put<T, Id: PartialEq>(rows: &mut Vec<T>, new: T, id: impl Fn(&T) -> Id) {
    match rows.iter().position(|row| id(row) == id(&new)) {
        Some(at) => rows[at] = new,
        None => rows.push(new),
    }
}

fn put_plan(plans: &mut Vec<Plan>, plan: &Plan) {
    put(plans, plan.clone(), |row| (row.article_id, row.month));
}

/// The order in which articles are listed: by kind, then by name.
pub fn sort_articles(articles: &mut [Article]) {
    articles.sort_by_cached_key(|row| (row.kind, collation::key(row.name.as_str()), row.id));
}

/// The order in which centers are listed: those in use first, then by position, then by name.
pub fn sort_centers(centers: &mut [Balance]) {
    centers.sort_by_cached_key(|row| {
        (row.center.archived, row.center.position, collation::key(row.center.name.as_str()), row.center.id)
    });
}

/// The order in which recurring entries are listed: by their next day, those that have ended last.
pub fn sort_recurring(rows: &mut [Recurring]) {
    rows.sort_by_cached_key(|row| {
        let next = row.open_days().next();
        (next.is_none(), next, row.id)
    });
}

/// The sums as a screen compares them: without an order.
#[must_use]
pub fn sorted_totals(totals: &MonthTotals) -> Vec<(crate::domain::ArticleId, Currency, i64)> {
    let mut rows: Vec<_> =
        totals.articles.iter().map(|row| (row.article_id, row.currency, row.sum.minor())).collect();
    rows.sort_unstable();
    rows
}
