//! Several plans in one change: filled by a tool or pasted, and undone.

use super::{
    sheet::{FillQuestion, NotSet, PlanSheet, SeenCell},
    state::{Cell, Desk, amount_in, form, row},
    undo::Undoing,
};
use crate::{
    api::plans::plan_grid,
    command::Command,
    domain::{Article, Instant, MemberId, Month, MutationId, Plan, PlanForm, plan_tools::CellAmount},
    error::AppError,
    i18n::plan_words::amounts_set,
    outbox::{self, Heard},
    service::Grid,
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::{Arc, OnceLock};

/// Applies plans that were entered before the months were read to those months.
fn lay_over(desk: &Desk, plans: &mut Vec<Plan>, entered: &[PlanForm]) {
    let home = desk.home();
    for form in entered {
        let cell = form.article_id.as_ref().zip(form.month.as_ref());
        let cell = cell.and_then(|(article, month)| Some((article.parse().ok()?, month.parse().ok()?)));
        let (Some(cell), Some(amount)) = (cell, amount_in(form, home)) else { continue };
        let own = desk.outbox.own_version(row(cell));
        let pending = desk.outbox.planned(row(cell)).is_some();
        let at = plans.iter().position(|plan| (plan.article_id, plan.month) == cell);
        match at.and_then(|at| plans.get_mut(at)) {
            Some(plan) if pending || own.is_some_and(|own| own > plan.version) => {
                (plan.amount, plan.version) = (amount, own.map_or(plan.version, |own| own.max(plan.version)));
            }
            Some(_) => {}
            None => plans.push(Plan {
                article_id: cell.0,
                month: cell.1,
                amount,
                version: own.unwrap_or(0),
                updated_by: desk.replica.me,
                updated_at: Instant::from_millis(0),
            }),
        }
    }
}

impl PlanSheet {
    /// Reads the months around and sets the plans that a tool makes from them. If that replaces plans other
    /// than `own`, the person is asked first.
    pub fn with_months(
        self,
        (from, to): (Month, Month),
        own: Option<Cell>,
        cells: impl FnOnce(&Grid, &[Article]) -> Vec<CellAmount> + 'static,
    ) {
        // The page says so.
        if self.offline.get_untracked() {
            return;
        }
        self.asked.set(None);
        self.said.set(String::new());
        self.refusal.set(None);
        let desk = self.desk();
        let entered = desk.outbox.all_planned();
        spawn_local(async move {
            let mut grid = match plan_grid(from, to).await {
                Ok(grid) => grid,
                Err(error) => {
                    // The page may be gone by now.
                    self.refusal.try_set(Some(error.into()));
                    return;
                }
            };
            untrack(|| lay_over(&desk, &mut grid.plans, &entered));
            let standing = |(article, month, _): &CellAmount| {
                let plan = grid.plans.iter().find(|plan| plan.article_id == *article && plan.month == *month);
                plan.map_or((0, 0), |plan| (plan.version, plan.amount.minor()))
            };
            let cells = cells(&grid, &desk.replica.articles.get_untracked());
            let cells: Vec<SeenCell> = cells.into_iter().map(|cell| (cell, standing(&cell))).collect();
            let question = FillQuestion { cells, own };
            if question.replaced().next().is_some() {
                self.asked.try_set(Some(question));
            } else if !self.asked.is_disposed() {
                self.set_all(question.cells);
            }
        });
    }

    /// The question about the amounts that the cells have by now.
    pub fn asked_now(self) -> Option<FillQuestion> {
        let FillQuestion { cells, own } = self.asked.get()?;
        let desk = self.desk();
        let now = |(cell, seen): SeenCell| (cell, standing(&desk, (cell.0, cell.1), seen));
        Some(FillQuestion { cells: cells.into_iter().map(now).collect(), own })
    }

    /// Sets these plans over the versions that were seen, and shows how many.
    pub fn set_all(self, cells: Vec<SeenCell>) {
        let said = amounts_set(cells.len(), self.language);
        self.set(cells, said);
    }

    /// Sets these plans, based on the versions on the screen, and shows the message `said`.
    pub fn fill(self, cells: Vec<CellAmount>, said: String) {
        let desk = self.desk();
        let seen = |cell: CellAmount| (cell, standing(&desk, (cell.0, cell.1), (0, 0)));
        // Problems of these cells are resolved by the new values.
        self.state.problems.update(|all| {
            all.retain(|cell, _| cells.iter().all(|(article, month, _)| (*article, *month) != *cell))
        });
        let cells = untrack(|| cells.into_iter().map(seen).collect());
        self.said.set(String::new());
        self.set(cells, said);
    }

    /// Sets several plans in one change, each over the version that was seen. If another member has changed
    /// one of them, none is written, and a message says so.
    fn set(self, cells: Vec<SeenCell>, said: String) {
        if cells.is_empty() {
            return self.said.set(said);
        }
        let desk = self.desk();
        let home = untrack(|| desk.home());
        let forms = cells.iter().map(|(cell, (version, _))| form(*cell, home, Some(*version))).collect();
        let before = cells.iter().map(|((article, month, _), (_, old))| (*article, *month, *old)).collect();
        let replaced = |((article, month, _), (version, _)): &SeenCell| {
            let cell = (*article, *month);
            let plan = untrack(|| desk.plan(cell)).flatten().filter(|plan| plan.version == *version);
            let by =
                untrack(|| desk.set_by_another(cell, Some((*version, plan.map(|plan| plan.updated_by)))))?;
            Some((cell, by))
        };
        let replaced: Vec<_> = cells.iter().filter_map(replaced).collect();
        if let Some(mutation) = self.send(&desk, forms, said) {
            desk.can_be_undone(mutation, before, &replaced);
        }
    }

    fn send(self, desk: &Desk, forms: Vec<PlanForm>, said: String) -> Option<MutationId> {
        self.refusal.set(None);
        let sent: Arc<OnceLock<MutationId>> = Arc::default();
        let (refused, undo) = (sent.clone(), self.state.undo);
        // The page may be gone by then.
        let heard = move |heard| match heard {
            Heard::Done | Heard::Already => self.said.try_set(said).is_none(),
            Heard::Late => true,
            Heard::Refused(error) => {
                let is_shown = self.refusal.try_set(Some(error.into())).is_none();
                if let Some(refused) = refused.get().filter(|_| is_shown) {
                    // Nothing was set, so there is nothing to undo.
                    undo.update(|all| all.forget(|mutation| mutation == *refused));
                }
                is_shown
            }
        };
        let command = Command::SetPlans(forms);
        match desk.outbox.enqueue(command, None, outbox::Seen::Nothing, Some(Box::new(heard))) {
            Ok(mutation) => Some(*sent.get_or_init(|| mutation)),
            Err(errors) => {
                self.refusal.set(Some(AppError::Invalid { errors }.into()));
                None
            }
        }
    }

    /// Whether there is a change to undo.
    pub fn can_undo(self) -> bool {
        self.state.undo.with(|undo| !undo.is_empty())
    }

    /// Undoes the last change, unless another member has changed the same cells since.
    pub fn take_back(self) {
        untrack(|| self.take_last_back());
    }

    fn take_last_back(self) {
        let desk = self.desk();
        self.said.set(String::new());
        let is_refused = |mutation| desk.outbox.is_refused(mutation).is_some();
        let last = self.state.undo.try_update(|undo| undo.undo(is_refused, |cell| desk.planned(cell)));
        let cells = match last.flatten() {
            None => return,
            Some(Undoing::Discard(mutation)) => {
                if let Some(row) = desk.outbox.is_refused(mutation) {
                    desk.outbox.discard(row);
                }
                return;
            }
            Some(Undoing::Overtaken(by)) => return self.not_undone(by),
            Some(Undoing::Set(cells)) => cells,
        };
        let home = desk.home();
        let over = |cell: &CellAmount| Some(form(*cell, home, Some(own_version(&desk, (cell.0, cell.1))?)));
        match cells.iter().map(over).collect::<Option<Vec<PlanForm>>>() {
            Some(forms) => _ = self.send(&desk, forms, String::new()),
            None => {
                let by = |(article, month, _): &CellAmount| {
                    Some(desk.plan((*article, *month)).flatten()?.updated_by)
                };
                // What another member did is said rather than what the same person did elsewhere.
                let is_other = |by: &MemberId| *by != desk.replica.me;
                let mut theirs = cells.iter().filter_map(by);
                self.not_undone(theirs.clone().find(is_other).or_else(|| theirs.next()));
            }
        }
    }

    /// Says that nothing was undone, because this member has set a cell since.
    fn not_undone(self, by: Option<MemberId>) {
        let error = AppError::Stale { current: String::new() };
        self.refusal.set(Some(NotSet { error, by }));
    }
}

/// The version and the amount of a cell by now. `seen` are those that were read, where the book of the page is behind
/// them or does not contain the month.
fn standing(desk: &Desk, cell: Cell, seen: (i64, i64)) -> (i64, i64) {
    let version = desk.plan(cell).flatten().map_or(0, |plan| plan.version);
    let version = desk.outbox.own_version(row(cell)).map_or(version, |own| own.max(version));
    let now = desk.planned(cell).filter(|_| version >= seen.0);
    now.map_or(seen, |amount| (version, amount))
}

/// The version that the page's own change left a cell in; `None` if it is not this page's any more. What another
/// device of the same person has set is not this page's either.
fn own_version(desk: &Desk, cell: Cell) -> Option<i64> {
    // Version 0 stands for a pending plan: the new one is made on its result.
    let pending = desk.outbox.planned(row(cell)).map(|_| 0);
    desk.outbox.own_version(row(cell)).or(pending).or_else(|| desk.plan(cell)?.is_none().then_some(0))
}
