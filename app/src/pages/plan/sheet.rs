//! The plans on the screen: the visible months and the contents of their cells.

use super::state::{Cell, CellChoice, CellProblem, Desk, PlanState, amount_in, row};
use crate::{
    api::plans::plan_grid,
    domain::{
        ArticleId, Currency, Language, MemberId, Money, Month, MonthTotals, Plan,
        money::MoneyError,
        plan::{PlanLine, lines},
        plan_tools::CellAmount,
        totals::CurrencyTotal,
    },
    error::AppError,
    i18n::{errors::whole_sentence, format::amount, plan_words::set_meanwhile},
    live_link::{Connection, LiveLink},
    outbox::{Outbox, changed_by},
    replica::{Replica, pending::RowState},
    widgets::fact_row::member_name,
};
use leptos::{prelude::*, task::spawn_local};
use std::{collections::BTreeMap, sync::Arc};

/// A plan to be set, with the version and the amount that were seen.
pub(super) type SeenCell = (CellAmount, (i64, i64));

/// The plans that a tool would set over the seen versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FillQuestion {
    pub cells: Vec<SeenCell>,
    /// The cell that the tool is about. Nobody is asked whether to replace it.
    pub own: Option<Cell>,
}

impl FillQuestion {
    /// Those that replace another plan.
    pub fn replaced(&self) -> impl Iterator<Item = &SeenCell> {
        let is_other = |cell: &CellAmount| self.own.is_none_or(|own| own != (cell.0, cell.1));
        self.cells.iter().filter(move |(cell, (_, old))| *old != 0 && is_other(cell))
    }

    /// Only those whose cells are empty.
    pub fn only_empty(self) -> Vec<SeenCell> {
        self.cells.into_iter().filter(|(_, (_, old))| *old == 0).collect()
    }
}

/// Why a change of several plans was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotSet {
    pub error: AppError,
    /// The member who has changed one of them meanwhile.
    pub by: Option<MemberId>,
}

impl From<AppError> for NotSet {
    fn from(error: AppError) -> Self {
        Self { by: changed_by(&error), error }
    }
}

/// The number of months beside each other, if there is room.
pub(super) const SHOWN: i16 = 3;
/// The number of earlier months, for the average.
const BEFORE: i16 = 3;

/// The sums and plans of a month, if it is loaded.
fn read(replica: &Replica, month: Month) -> Option<(MonthTotals, Vec<Plan>)> {
    if let Some(grid) = replica.grid.get()
        && let Some(totals) = grid.months.iter().find(|totals| totals.month == month)
    {
        return Some((totals.clone(), grid.plans.clone()));
    }
    let totals = replica.month.get();
    (totals.month == month).then(|| (totals, replica.plans.get().to_vec()))
}

/// Planned and actual amounts by article.
pub(super) type Lines = Arc<BTreeMap<ArticleId, PlanLine>>;

/// The sheet of this page.
#[derive(Clone, Copy)]
pub(super) struct PlanSheet {
    desk: StoredValue<Desk>,
    pub state: PlanState,
    /// The first month shown.
    pub first: RwSignal<Month>,
    /// The cell that has the focus, or had it last.
    pub at: RwSignal<Option<Cell>>,
    /// The focused cell, with the version and the text that were seen.
    pub editing: RwSignal<Option<(Cell, i64, String)>>,
    /// Why months could not be loaded.
    pub failure: RwSignal<Option<AppError>>,
    /// Whether there is no connection, so that nothing can be read.
    pub offline: Memo<bool>,
    /// Why a change of several plans was refused.
    pub refusal: RwSignal<Option<NotSet>>,
    /// A message about what was done, if it is not visible.
    pub said: RwSignal<String>,
    /// Changes that would replace plans, until they are confirmed.
    pub asked: RwSignal<Option<FillQuestion>>,
    /// The lines of each visible month, computed once for all its rows.
    lines: [Memo<Option<Lines>>; 3],
    pub language: Language,
}

impl PlanSheet {
    pub fn new(replica: Replica, outbox: Outbox, state: PlanState, language: Language) -> Self {
        let first = RwSignal::new(replica.today.get_untracked().month());
        let lines_at = |at: i16| {
            let replica = replica.clone();
            Memo::new(move |_| {
                let (totals, plans) = read(&replica, first.get().plus(at))?;
                let home = replica.household.with(|household| household.currency);
                Some(Arc::new(replica.articles.with(|articles| lines(articles, &plans, &totals, home))))
            })
        };
        let lines = [lines_at(0), lines_at(1), lines_at(2)];
        let connection = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).connection;
        let offline = Memo::new(move |_| matches!(connection.get(), Connection::Offline { .. }));
        let desk = Desk::new(replica, outbox, state, language);
        let leaving = desk.clone();
        on_cleanup(move || leaving.leave());
        Self {
            desk: StoredValue::new(desk),
            state,
            first,
            lines,
            at: RwSignal::new(None),
            editing: RwSignal::new(None),
            failure: RwSignal::new(None),
            offline,
            refusal: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            asked: RwSignal::new(None),
            language,
        }
    }

    pub fn desk(self) -> Desk {
        self.desk.get_value()
    }

    pub fn replica(self) -> Replica {
        self.desk.with_value(|desk| desk.replica.clone())
    }

    pub fn home(self) -> Currency {
        self.desk.with_value(Desk::home)
    }

    /// The month that the tools work on: that of the focused cell, or the first.
    pub fn month(self) -> Month {
        let first = self.first.get();
        self.at
            .get()
            .map(|(_, month)| month)
            .filter(|month| *month >= first && *month < first.plus(SHOWN))
            .unwrap_or(first)
    }

    /// The plan of a cell in the book; `None` if its month is not loaded.
    pub fn plan(self, cell: Cell) -> Option<Option<Plan>> {
        self.desk.with_value(|desk| desk.plan(cell))
    }

    /// The version of a cell's plan in the book; 0 if there is none, or its month is not loaded.
    pub fn version(self, cell: Cell) -> i64 {
        self.plan(cell).flatten().map_or(0, |plan| plan.version)
    }

    /// Planned and actual amounts of the month at this index, rolled up the tree.
    pub fn lines(self, at: i16) -> Option<Lines> {
        usize::try_from(at).ok().and_then(|at| self.lines.get(at)).and_then(|lines| lines.get())
    }

    /// Spending of a month in currencies that plans do not include.
    pub fn left_out(self, month: Month) -> Vec<CurrencyTotal> {
        let (Some((totals, _)), home) = (read(&self.replica(), month), self.home()) else {
            return Vec::new();
        };
        let all = self.replica().articles.with(|articles| totals.by_currency(articles, home));
        all.into_iter().filter(|total| total.currency != home).collect()
    }

    /// Shows the months from this one on.
    pub fn show(self, first: Month) {
        self.at.set(None);
        self.asked.set(None);
        self.said.set(String::new());
        self.refusal.set(None);
        self.first.set(first);
    }

    /// Loads the visible months, unless they are loaded, or once there is a connection.
    pub fn load(self) {
        let offline = self.offline.get();
        let (first, replica) = (self.first.get(), self.replica());
        let (from, to) = (first.plus(-BEFORE), first.plus(SHOWN - 1));
        let here = replica.grid.with(|grid| {
            grid.as_ref().is_some_and(|grid| {
                let has = |month| grid.months.iter().any(|totals| totals.month == month);
                has(from) && has(to)
            })
        });
        if here {
            return self.failure.set(None);
        }
        if offline {
            return self.failure.set(Some(AppError::NoAnswer));
        }
        // What a missing connection has left is no error of this call.
        self.failure.set(None);
        spawn_local(async move {
            // Months older than the book lack the changes between, so they are read again.
            for _ in 0..5 {
                match plan_grid(from, to).await {
                    Ok(grid) => {
                        if replica.open_grid(grid) {
                            self.failure.try_set(None);
                            return;
                        }
                    }
                    Err(error) => {
                        self.failure.try_set(Some(error));
                        return;
                    }
                }
            }
        });
    }

    /// Whether the amount of a cell is known: its month is loaded, or the amount was entered here.
    pub fn is_known(self, cell: Cell) -> bool {
        self.desk.with_value(|desk| desk.planned(cell)).is_some()
    }

    /// The text of a cell; empty without a plan.
    pub fn text(self, cell: Cell) -> String {
        let (planned, home) = self.desk.with_value(|desk| (desk.planned(cell), desk.home()));
        let planned = planned.filter(|minor| *minor > 0);
        planned.map(|minor| amount(Money::from_minor(minor, home), self.language)).unwrap_or_default()
    }

    /// Parses a typed amount in the household's currency.
    pub fn read(self, text: &str) -> Result<Money, MoneyError> {
        self.desk.with_value(|desk| desk.read(text))
    }

    /// Whether the text of a cell is an amount that a plan can have.
    pub fn can_be_read(self, text: &str) -> bool {
        self.desk.with_value(|desk| desk.amount_of(text)).is_ok()
    }

    /// Whether the text of a cell was not taken over.
    pub fn is_unreadable(self, cell: Cell) -> bool {
        self.state.problems.with_untracked(|all| all.contains_key(&cell))
    }

    /// Whether the amount of a cell is waiting to be sent.
    pub fn waits(self, cell: Cell) -> bool {
        self.desk.with_value(|desk| desk.outbox.state_of(row(cell)) == Some(RowState::Waiting))
    }

    /// Why the text of a cell is not in the book.
    pub fn problem(self, cell: Cell) -> Option<CellProblem> {
        let wrong = self.state.problems.with(|all| all.get(&cell).cloned());
        wrong.or_else(|| self.desk.with_value(|desk| refused(desk, cell)))
    }

    /// Another text is typed in a cell: a message about an invalid amount is removed. A refusal stays until
    /// it is decided.
    pub fn edits(self, cell: Cell, typed: String) {
        if self.state.problems.with_untracked(|all| all.contains_key(&cell)) {
            self.state.problems.update(|all| drop(all.remove(&cell)));
        }
        let seen = self.editing.with_untracked(|editing| editing.as_ref().map_or(0, |(_, seen, _)| *seen));
        self.state.typing.set_value(Some((cell, seen, typed)));
    }

    /// Enters the text of a cell, made on the version that was seen.
    pub fn enter(self, cell: Cell, typed: &str, seen: i64) {
        self.state.typing.set_value(None);
        self.desk().enter(cell, typed, seen);
    }

    /// Discards the text of a cell, or its refused plan.
    pub fn give_up(self, cell: Cell) {
        self.state.typing.set_value(None);
        self.state.problems.update(|all| drop(all.remove(&cell)));
        let desk = self.desk();
        if desk.outbox.refused_plan(row(cell)).is_some() {
            untrack(|| desk.forget_refused(cell));
            desk.outbox.discard(row(cell));
        }
    }
}

/// The refusal of a cell's plan.
fn refused(desk: &Desk, cell: Cell) -> Option<CellProblem> {
    let (form, error) = desk.outbox.refused_plan(row(cell))?;
    let language = desk.language;
    let typed = amount_in(&form, desk.home()).filter(|money| money.minor() > 0);
    let theirs: Option<Plan> = match &error {
        AppError::Stale { current } => serde_json::from_str(current).ok(),
        _ => None,
    };
    let (text, choice) = match theirs {
        Some(plan) => {
            let who = member_name(&desk.replica, plan.updated_by).unwrap_or_default();
            (set_meanwhile(&who, &amount(plan.amount, language), language), CellChoice::Either(who))
        }
        None => (whole_sentence(&error, language), CellChoice::Again),
    };
    let typed = typed.map(|money| amount(money, language)).unwrap_or_default();
    Some(CellProblem { typed, text, choice: Some(choice) })
}
