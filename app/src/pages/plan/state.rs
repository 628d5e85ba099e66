//! State of the plan that outlives its page, and entering amounts with or without the page.

pub(super) use super::undo::Cell;
use super::undo::UndoStack;
use crate::{
    command::Command,
    domain::{
        Currency, Language, MemberId, Money, Month, MutationId, Plan, PlanForm, Reason, arithmetic::work_out,
        money::MoneyError, plan_tools::CellAmount,
    },
    error::AppError,
    i18n::errors::field_sentence,
    outbox::{Outbox, RowId, Seen, version_now},
    replica::Replica,
};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Why the text of a cell cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CellProblem {
    /// The typed text.
    pub typed: String,
    /// The message.
    pub text: String,
    /// Whether the server refused the amount, and somebody else's may stand in its place.
    pub choice: Option<CellChoice>,
}

/// What can be done about an amount that the server refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CellChoice {
    /// Another member, of this name, has set the cell: theirs or mine.
    Either(String),
    /// Try again, or discard it.
    Again,
}

/// State that outlives the page.
#[derive(Clone, Copy)]
pub struct PlanState {
    pub(super) problems: RwSignal<BTreeMap<Cell, CellProblem>>,
    /// The cell in which something is being typed, the version that was seen, and the text.
    pub(super) typing: StoredValue<Option<(Cell, i64, String)>>,
    /// The changes of this page that can be undone.
    pub(super) undo: RwSignal<UndoStack>,
}

impl PlanState {
    /// Nothing was entered yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            problems: RwSignal::new(BTreeMap::new()),
            typing: StoredValue::new(None),
            undo: RwSignal::new(UndoStack::default()),
        }
    }
}

/// The plans of the book, and the outbox for entered ones. It outlives the page.
#[derive(Clone)]
pub(super) struct Desk {
    pub replica: Replica,
    pub outbox: Outbox,
    pub state: PlanState,
    pub language: Language,
    /// The plans of the months that are loaded.
    loaded: ArcMemo<LoadedPlans>,
}

/// Plans by cell: each cell of the page looks itself up, several times.
#[derive(Clone, Debug, Default, PartialEq)]
struct LoadedPlans {
    months: BTreeSet<Month>,
    plans: BTreeMap<Cell, Plan>,
}

impl LoadedPlans {
    /// Those of the months of the page, and of the current month.
    fn of(replica: &Replica) -> Self {
        let mut loaded = Self::default();
        if let Some(grid) = replica.grid.get() {
            loaded.months.extend(grid.months.iter().map(|totals| totals.month));
            loaded.add(&grid.plans);
        }
        let now = replica.month.with(|totals| totals.month);
        if loaded.months.insert(now) {
            replica.plans.with(|plans| loaded.add(plans.iter().filter(|plan| plan.month == now)));
        }
        loaded
    }

    fn add<'a>(&mut self, plans: impl IntoIterator<Item = &'a Plan>) {
        let of_months = plans.into_iter().filter(|plan| self.months.contains(&plan.month));
        self.plans.extend(of_months.map(|plan| ((plan.article_id, plan.month), plan.clone())));
    }
}

/// The row of a cell.
pub(super) const fn row((article, month): Cell) -> RowId {
    RowId::Plan(article, month)
}

/// The form that sets a plan, made on this version.
pub(super) fn form((article, month, minor): CellAmount, home: Currency, version: Option<i64>) -> PlanForm {
    PlanForm {
        article_id: Some(article.to_string()),
        month: Some(month.to_string()),
        amount: Some(Money::from_minor(minor, home).to_string()),
        version,
    }
}

/// The amount of a form.
pub(super) fn amount_in(form: &PlanForm, home: Currency) -> Option<Money> {
    form.amount.as_ref().and_then(|text| Money::parse(text, home).ok())
}

impl Desk {
    pub fn new(replica: Replica, outbox: Outbox, state: PlanState, language: Language) -> Self {
        let book = replica.clone();
        let loaded = ArcMemo::new(move |_| LoadedPlans::of(&book));
        Self { replica, outbox, state, language, loaded }
    }

    /// The household's currency, in which all plans are.
    pub fn home(&self) -> Currency {
        self.replica.household.with(|household| household.currency)
    }

    /// The plan of a cell in the book; `None` if its month is not loaded.
    pub fn plan(&self, cell: Cell) -> Option<Option<Plan>> {
        self.loaded.with(|loaded| loaded.months.contains(&cell.1).then(|| loaded.plans.get(&cell).cloned()))
    }

    /// The planned amount, including entered plans that are not in the book yet; `None` if it is unknown.
    pub fn planned(&self, cell: Cell) -> Option<i64> {
        let entered = self.outbox.planned(row(cell));
        let entered = entered.and_then(|form| amount_in(&form, self.home()));
        let of_book = || self.plan(cell).map(|plan| plan.map_or(0, |plan| plan.amount.minor()));
        entered.map(Money::minor).or_else(of_book)
    }

    /// Parses a typed amount in the household's currency.
    pub fn read(&self, text: &str) -> Result<Money, MoneyError> {
        work_out(text, untrack(|| self.home()), self.language).map(|worked| worked.money)
    }

    /// The amount that a cell with this text plans; none if it is empty.
    pub fn amount_of(&self, typed: &str) -> Result<Money, Reason> {
        let money = match typed.trim() {
            "" => Money::zero(untrack(|| self.home())),
            text => self.read(text)?,
        };
        if money.is_negative() { Err(Reason::Negative) } else { Ok(money) }
    }

    /// Enters the text of a cell, made on the version that was seen.
    pub fn enter(&self, cell: Cell, typed: &str, seen: i64) {
        untrack(|| self.take_over(cell, typed, seen));
    }

    fn take_over(&self, cell: Cell, typed: &str, seen: i64) {
        let (home, problems) = (self.home(), self.state.problems);
        let money = match self.amount_of(typed) {
            Ok(money) => money,
            Err(reason) => {
                let problem = CellProblem {
                    typed: typed.to_owned(),
                    text: field_sentence(reason, self.language),
                    choice: None,
                };
                return problems.update(|all| drop(all.insert(cell, problem)));
            }
        };
        if problems.with(|all| all.contains_key(&cell)) {
            problems.update(|all| drop(all.remove(&cell)));
        }
        let (before, refused) = (self.planned(cell), self.outbox.refused_plan(row(cell)));
        if before == Some(money.minor()) && refused.is_none() {
            return;
        }
        self.forget_refused(cell);
        let (theirs, by) = self.replaced(cell, refused.as_ref().map(|(_, error)| error));
        let before = theirs.or(before).unwrap_or(0);
        // Entered again after a refusal, it replaces the version that the refusal showed.
        let shown = refused.and_then(|(_, error)| version_now(&error));
        let own = self.outbox.own_version(row(cell));
        let version = shown.unwrap_or_else(|| own.map_or(seen, |own| own.max(seen)));
        let set = form((cell.0, cell.1, money.minor()), home, Some(version));
        match self.outbox.enqueue(Command::SetPlans(vec![set]), None, Seen::Nothing, None) {
            Ok(mutation) => {
                let by = by.map(|by| (cell, by));
                self.can_be_undone(mutation, vec![(cell.0, cell.1, before)], by.as_slice());
            }
            Err(errors) => {
                let reason = errors.first().map_or(Reason::NotFound, |error| error.reason);
                let problem = CellProblem {
                    typed: typed.to_owned(),
                    text: field_sentence(reason, self.language),
                    choice: None,
                };
                problems.update(|all| drop(all.insert(cell, problem)));
            }
        }
    }

    /// The amount that a change of a cell replaces, if the refusal of an earlier one has shown a newer one than the
    /// book of the page has; and who has set what it replaces, if that is not this page's last change of the cell.
    fn replaced(&self, cell: Cell, refusal: Option<&AppError>) -> (Option<i64>, Option<Option<MemberId>>) {
        let of_book = self.plan(cell).flatten();
        let of_refusal = match refusal {
            Some(AppError::Stale { current }) => serde_json::from_str::<Plan>(current).ok(),
            _ => None,
        };
        let in_book = of_book.as_ref().map_or(0, |plan| plan.version);
        let newer = of_refusal.filter(|plan| plan.version > in_book);
        let amount = newer.as_ref().map(|plan| plan.amount.minor());
        let stands = newer.or(of_book);
        (amount, self.set_by_another(cell, stands.map(|plan| (plan.version, Some(plan.updated_by)))))
    }

    /// Who has set a cell that has this version, if that is not this page's last change of it.
    pub fn set_by_another(
        &self,
        cell: Cell,
        stands: Option<(i64, Option<MemberId>)>,
    ) -> Option<Option<MemberId>> {
        let (version, by) = stands.filter(|(version, _)| *version > 0)?;
        // A pending plan follows what this page has set.
        let is_own = || self.outbox.own_version(row(cell)).is_some_and(|own| version <= own);
        (self.outbox.planned(row(cell)).is_none() && !is_own()).then_some(by)
    }

    /// What was refused was not set, so there is nothing to undo.
    pub fn forget_refused(&self, cell: Cell) {
        let is_refused = |mutation| self.outbox.is_refused(mutation) == Some(row(cell));
        self.state.undo.update(|undo| undo.forget(is_refused));
    }

    /// Notes a change that can be undone. `replaced` are those of its cells that another member had set, with that
    /// member.
    pub fn can_be_undone(
        &self,
        mutation: MutationId,
        before: Vec<CellAmount>,
        replaced: &[(Cell, Option<MemberId>)],
    ) {
        self.state.undo.update(|undo| undo.push(mutation, before, replaced));
    }

    /// Enters what was being typed when the page was left.
    pub fn leave(&self) {
        if let Some((cell, seen, typed)) = self.state.typing.try_update_value(Option::take).flatten() {
            self.enter(cell, &typed, seen);
        }
    }
}
