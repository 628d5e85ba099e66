//! The reducer: moves a replica of the book from one numbered change to the next.
//!
//! Pure, and compiled natively too, so that its laws can be tested without a browser: for any interleaving of
//! responses, repeats, gaps and reorderings, a replica equals the log up to its number. It knows nothing of
//! signals, sockets or screens.

use super::{loaded::LoadedFacts, settlements::Settlements};
use crate::{
    domain::{
        Article, ArticleId, Balance, Before, Currency, Day, Fact, FactId, FactKey, FinancialCenterId,
        GroupId, MergedArticle, Money, Month, MonthTotals, Plan, Recurring, collation,
    },
    service::{Grid, Snapshot},
    trial::{self, Flaw},
    wire::{Change, Commit, DeletedArticle, Entry, Frame, Heartbeat, Position, Seq},
};

/// The effect of a frame on the replica.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The frame was the next change and was applied.
    Applied(Vec<Entry>),
    /// The change was applied before.
    Duplicate,
    /// Changes before it are missing: reconnect from the replica's position.
    Gap,
    /// The log cannot help: read a snapshot.
    Resync,
    /// No row changed: a welcome or a heartbeat.
    Noted {
        /// Whether the log is ahead of the replica.
        behind: bool,
    },
}

/// The book as a screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// The rows and figures, in the order of the snapshot. Its list of facts is empty.
    pub shown: Snapshot,
    /// The loaded facts.
    pub facts: LoadedFacts,
    /// The months of the plan page. They move on with the book once it has reached their position.
    pub grid: Option<Grid>,
    /// How days were settled since the snapshot was read.
    pub(super) settlements: Settlements,
    /// Whether articles may have been merged before those that are listed.
    pub(super) merged_before: bool,
    /// The last day that the server has told. Today may have begun since then, by the clock of the device.
    pub(super) told: Day,
    /// Whether a month has begun without the server, so that some of its plans may be missing.
    pub(super) began_month: bool,
    /// Facts below this place are not loaded; their changes affect only totals.
    pub(super) boundary: Option<FactKey>,
}

impl Book {
    /// The book of a snapshot.
    #[must_use]
    pub fn new(mut snapshot: Snapshot) -> Self {
        let boundary = snapshot.boundary();
        let facts = LoadedFacts::new(std::mem::take(&mut snapshot.facts));
        let merged_before = snapshot.merged.len() >= MergedArticle::MOST;
        Self {
            boundary,
            grid: None,
            facts,
            settlements: Settlements::default(),
            merged_before,
            told: snapshot.today,
            began_month: false,
            shown: snapshot,
        }
    }

    /// The book as a snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { facts: self.facts.all().cloned().collect(), ..self.shown.clone() }
    }

    /// A loaded fact.
    pub(super) fn fact(&self, id: FactId) -> Option<&Fact> {
        self.facts.get(id)
    }

    /// Removes an article. What was merged into it before follows it.
    fn article_deleted(&mut self, &DeletedArticle { id, merged_into }: &DeletedArticle) {
        self.shown.articles.retain(|row| row.id != id);
        let Some(into) = merged_into else { return };
        for before in self.shown.merged.iter_mut().filter(|merged| merged.into == id) {
            before.into = into;
        }
        let merged = &mut self.shown.merged;
        merged.push(MergedArticle { id, into });
        if merged.len() > MergedArticle::MOST {
            merged.remove(0);
            self.merged_before = true;
        }
    }

    /// Takes over the months of the plan page. Returns false if they are older than the book: the changes
    /// between are not kept, so the months must be read again.
    pub fn open_grid(&mut self, grid: Grid) -> bool {
        let Position { epoch, seq, .. } = self.position();
        let usable = grid.position.epoch == epoch && grid.position.seq >= seq;
        if usable {
            self.grid = Some(grid);
        }
        usable
    }

    /// The position of the last applied change.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.shown.position
    }

    /// The day of the oldest loaded row; `None` if all rows are loaded.
    #[must_use]
    pub fn older_than(&self) -> Option<Day> {
        self.boundary.map(|boundary| boundary.date)
    }

    /// The plans of a month; `None` if it is not loaded.
    pub(super) fn plans_of(&self, month: Month) -> Option<impl Iterator<Item = &Plan>> {
        let shown = (self.shown.month.month == month).then_some(&self.shown.plans);
        let grid = self.grid.as_ref().filter(|grid| grid.months.iter().any(|totals| totals.month == month));
        // Months that were read after the book show a later state of it.
        let grid = grid.filter(|grid| grid.position.seq <= self.position().seq);
        let plans = shown.or_else(|| grid.map(|grid| &grid.plans))?;
        Some(plans.iter().filter(move |row| row.month == month))
    }

    /// Whether parts of this transfer or split may not be loaded.
    #[must_use]
    pub fn cuts(&self, group: GroupId) -> bool {
        let last = self.facts.last().and_then(|fact| fact.group);
        self.boundary.is_some() && last.is_some_and(|last| last.id == group)
    }

    /// Applies a frame.
    pub fn apply(&mut self, frame: Frame) -> Outcome {
        match frame {
            Frame::Welcome(welcome) if welcome.epoch != self.position().epoch => Outcome::Resync,
            // Another person has signed in in this browser, in another tab.
            Frame::Welcome(welcome) if welcome.member.is_some_and(|member| member != self.shown.me) => {
                Outcome::Resync
            }
            Frame::Welcome(welcome) => self.note(welcome.head, welcome.today),
            // The log was put back to an earlier state and has used the number again.
            Frame::Heartbeat(Heartbeat { seq, check: Some(check), .. })
                if seq == self.position().seq && self.position().check.is_some_and(|own| own != check) =>
            {
                Outcome::Resync
            }
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

    /// Handles a heartbeat. A new month needs its sums and plans, which only the server has.
    fn note(&mut self, head: Seq, today: Day) -> Outcome {
        if today.month() != self.shown.month.month || self.began_month {
            return Outcome::Resync;
        }
        (self.shown.today, self.told) = (today, today);
        Outcome::Noted { behind: head > self.position().seq }
    }

    /// Handles a change whose rows are not in the frame.
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
        // Months that were read after this change include it already.
        let grid = self.grid.take_if(|grid| grid.position.seq >= commit.seq);
        self.settlements.see(&commit.entries, &self.shown.recurring);
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

    /// Applies one entry to the rows and figures.
    pub(super) fn entry(&mut self, entry: &Entry) {
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
                self.facts.remove(fact.id);
                self.show(fact);
            }
            Change::FactDeleted(deleted) => {
                if let Some(before) = &entry.before {
                    self.count(before, -1);
                }
                self.facts.remove(deleted.id);
            }
            Change::ArticleCreated(article) | Change::ArticleUpdated(article) => {
                self.shown.merged.retain(|merged| merged.id != article.id);
                put(&mut self.shown.articles, article.clone(), |row| row.id);
                sort_articles(&mut self.shown.articles);
            }
            Change::ArticleDeleted(deleted) => self.article_deleted(deleted),
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

    /// Adds a fact `times` to the balance and the sums of its month; −1 removes it.
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

    pub(super) fn currency(&self, id: FinancialCenterId) -> Option<Currency> {
        self.shown.financial_centers.iter().find(|row| row.center.id == id).map(|row| row.center.currency)
    }

    /// Inserts a fact, if its place is loaded.
    fn show(&mut self, fact: &Fact) {
        if self.boundary.is_none_or(|boundary| fact.key() >= boundary) {
            self.facts.put(fact.clone());
        }
    }

    /// Removes a plan.
    pub(super) fn unset_plan(&mut self, article: ArticleId, month: Month) {
        let grid = self.grid.iter_mut().map(|grid| &mut grid.plans);
        for plans in grid.chain([&mut self.shown.plans]) {
            plans.retain(|row| (row.article_id, row.month) != (article, month));
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

/// Sorts articles as they are listed: by kind, then by name.
pub fn sort_articles(articles: &mut [Article]) {
    articles.sort_by_cached_key(|row| (row.kind, collation::key(row.name.as_str()), row.id));
}

/// Sorts centers as they are listed: archived ones last, then by position, then by name.
pub fn sort_centers(centers: &mut [Balance]) {
    centers.sort_by_cached_key(|row| {
        (row.center.archived, row.center.position, collation::key(row.center.name.as_str()), row.center.id)
    });
}

/// Sorts recurring entries as they are listed: by their next day, ended ones last.
pub fn sort_recurring(rows: &mut [Recurring]) {
    rows.sort_by_cached_key(|row| {
        let next = row.open_days().next();
        (next.is_none(), next, row.id)
    });
}

/// The sums in an order by which two replicas can be compared.
#[must_use]
pub fn sorted_totals(totals: &MonthTotals) -> Vec<(crate::domain::ArticleId, Currency, i64)> {
    let mut rows: Vec<_> =
        totals.articles.iter().map(|row| (row.article_id, row.currency, row.sum.minor())).collect();
    rows.sort_unstable();
    rows
}
