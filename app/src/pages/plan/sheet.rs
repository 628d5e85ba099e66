//! The plans on the screen: which months are shown, what stands in their cells.

use super::{
    asking::Asked,
    state::{Cell, Desk, PlanState, Problem, amount_in, row},
};
use crate::{
    api::plans::plan_grid,
    components::fact_row::member_name,
    domain::{
        ArticleId, Currency, Language, Money, Month, MonthTotals, Plan,
        money::MoneyError,
        plan::{Line, lines},
        plan_tools::Cell as Amount,
        totals::CurrencyTotal,
    },
    error::AppError,
    i18n::{errors::whole_sentence, format::amount, plan_words::set_meanwhile},
    outbox::Outbox,
    replica::{Replica, pending::RowState},
};
use leptos::{prelude::*, task::spawn_local};
use std::{collections::BTreeMap, sync::Arc};

/// A plan to be set, and over which version and amount.
pub(super) type Seen = (Amount, (i64, i64));

/// As many months beside each other where there is room.
pub(super) const SHOWN: i16 = 3;
/// Before them, for the average.
const BEFORE: i16 = 3;

/// The sums and plans of a month, if it is read.
fn read(replica: &Replica, month: Month) -> Option<(MonthTotals, Vec<Plan>)> {
    if let Some(grid) = replica.grid.get()
        && let Some(totals) = grid.months.iter().find(|totals| totals.month == month)
    {
        return Some((totals.clone(), grid.plans.clone()));
    }
    let totals = replica.month.get();
    (totals.month == month).then(|| (totals, replica.plans.get().to_vec()))
}

/// What is planned and what happened, by article.
pub(super) type Lines = Arc<BTreeMap<ArticleId, Line>>;

/// The sheet of this page.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    desk: StoredValue<Desk>,
    pub state: PlanState,
    /// The first month shown.
    pub first: RwSignal<Month>,
    /// The cell that has the focus, or had it last.
    pub at: RwSignal<Option<Cell>>,
    /// The cell that has the focus, with the version and the text that were seen.
    pub editing: RwSignal<Option<(Cell, i64, String)>>,
    /// Why months could not be read.
    pub failure: RwSignal<Option<AppError>>,
    /// Why a change of many plans was refused.
    pub refusal: RwSignal<Option<AppError>>,
    /// What was done, where it is not all on the screen.
    pub said: RwSignal<String>,
    /// What would replace plans, until it is answered.
    pub asked: RwSignal<Option<Asked>>,
    /// Of each month that is shown, once for all its rows.
    lines: [Memo<Option<Lines>>; 3],
    pub language: Language,
}

impl Sheet {
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
        let desk = Desk { replica, outbox, state, language };
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

    /// The month that the tools work on: that of the cell, else the first.
    pub fn month(self) -> Month {
        let first = self.first.get();
        self.at
            .get()
            .map(|(_, month)| month)
            .filter(|month| *month >= first && *month < first.plus(SHOWN))
            .unwrap_or(first)
    }

    /// The plan of a cell in the book; `None` where its month is not read yet.
    pub fn plan(self, cell: Cell) -> Option<Option<Plan>> {
        self.desk.with_value(|desk| desk.plan(cell))
    }

    /// What is planned and what happened in the month of this place, rolled up the tree.
    pub fn lines(self, at: i16) -> Option<Lines> {
        usize::try_from(at).ok().and_then(|at| self.lines.get(at)).and_then(|lines| lines.get())
    }

    /// What was spent in a month in currencies that no plan counts.
    pub fn left_out(self, month: Month) -> Vec<CurrencyTotal> {
        let (Some((totals, _)), home) = (read(&self.replica(), month), self.home()) else {
            return Vec::new();
        };
        let all = self.replica().articles.with(|articles| totals.by_currency(articles, home));
        all.into_iter().filter(|total| total.currency != home).collect()
    }

    /// Reads the months that are shown, unless they are here.
    pub fn load(self) {
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
        spawn_local(async move {
            // Older than the book, the changes between are not in them: they are read again.
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

    /// What a cell shows of its plan; nothing where there is none.
    pub fn text(self, cell: Cell) -> String {
        let (planned, home) = self.desk.with_value(|desk| (desk.planned(cell), desk.home()));
        let planned = planned.filter(|minor| *minor > 0);
        planned.map(|minor| amount(Money::from_minor(minor, home), self.language)).unwrap_or_default()
    }

    /// What was typed, as an amount in the household's currency.
    pub fn read(self, text: &str) -> Result<Money, MoneyError> {
        self.desk.with_value(|desk| desk.read(text))
    }

    /// Whether the amount of a cell waits to be sent.
    pub fn waits(self, cell: Cell) -> bool {
        self.desk.with_value(|desk| desk.outbox.state_of(row(cell)) == Some(RowState::Waiting))
    }

    /// Why what was entered in a cell is not in the book.
    pub fn problem(self, cell: Cell) -> Option<Problem> {
        let wrong = self.state.problems.with(|all| all.get(&cell).cloned());
        wrong.or_else(|| self.desk.with_value(|desk| refused(desk, cell)))
    }

    /// Something else is typed in a cell: that it was no amount is not true any more. What was refused is still to
    /// be decided.
    pub fn edits(self, cell: Cell, typed: String) {
        if self.state.problems.with_untracked(|all| all.contains_key(&cell)) {
            self.state.problems.update(|all| drop(all.remove(&cell)));
        }
        let seen = self.editing.with_untracked(|editing| editing.as_ref().map_or(0, |(_, seen, _)| *seen));
        self.state.typing.set_value(Some((cell, seen, typed)));
    }

    /// Takes over what was typed in a cell, over the version that was seen.
    pub fn enter(self, cell: Cell, typed: &str, seen: i64) {
        self.state.typing.set_value(None);
        self.desk().enter(cell, typed, seen);
    }

    /// Gives up what was typed in a cell, or refused.
    pub fn give_up(self, cell: Cell) {
        self.state.typing.set_value(None);
        self.state.problems.update(|all| drop(all.remove(&cell)));
        let desk = self.desk();
        if desk.outbox.refused_plan(row(cell)).is_some() {
            desk.outbox.discard(row(cell));
        }
    }
}

/// What the server said of the amount of a cell.
fn refused(desk: &Desk, cell: Cell) -> Option<Problem> {
    let (form, error) = desk.outbox.refused_plan(row(cell))?;
    let language = desk.language;
    let typed = amount_in(&form, desk.home()).filter(|money| money.minor() > 0);
    let theirs: Option<Plan> = match &error {
        AppError::Stale { current } => serde_json::from_str(current).ok(),
        _ => None,
    };
    let text = match theirs {
        Some(plan) => {
            let who = member_name(&desk.replica, plan.updated_by).unwrap_or_default();
            set_meanwhile(&who, &amount(plan.amount, language), language)
        }
        None => whole_sentence(&error, language),
    };
    Some(Problem { typed: typed.map(|money| amount(money, language)).unwrap_or_default(), text })
}
