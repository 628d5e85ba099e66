//! The plans on the screen and what is done to them: set, fill, take back.

use crate::{
    api::plans::{plan_grid, set_plans},
    components::fact_row::member_name,
    domain::{
        ArticleId, Currency, Money, Month, MonthTotals, MutationId, Plan, PlanForm, Reason,
        arithmetic::work_out,
        plan::{Line, lines},
        plan_tools::Cell as Amount,
        totals::CurrencyTotal,
    },
    error::AppError,
    i18n::{
        errors::{field_sentence, whole_sentence},
        format::amount,
        plan_words::set_meanwhile,
    },
    replica::Replica,
    wire::Seq,
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::BTreeMap;

/// An article in a month.
pub(super) type Cell = (ArticleId, Month);

/// As many months beside each other where there is room.
pub(super) const SHOWN: i16 = 3;
/// Before them, for the average.
const BEFORE: i16 = 3;

/// Why what stands in a cell is not in the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// What was typed.
    pub typed: String,
    /// What a person is told.
    pub text: String,
    /// The version that somebody else made meanwhile: entering it again is meant to be over that.
    version: Option<i64>,
    /// There was no answer: it is sent again by itself.
    lost: bool,
}

/// What was entered in a cell and is not in the book of this page yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Flight {
    /// As it is shown meanwhile.
    shown: String,
    /// The number of the change once the server told it.
    answered: Option<Seq>,
    /// Entered while the answer is awaited.
    next: Option<String>,
}

/// The sheet of this page.
#[derive(Clone, Copy)]
pub(super) struct Sheet {
    pub replica: StoredValue<Replica>,
    /// The first month shown.
    pub first: RwSignal<Month>,
    /// The cell that has the focus, or had it last.
    pub at: RwSignal<Option<Cell>>,
    /// The cell that has the focus, with the version that was seen.
    pub editing: RwSignal<Option<(Cell, i64)>>,
    pub problems: RwSignal<BTreeMap<Cell, Problem>>,
    flights: RwSignal<BTreeMap<Cell, Flight>>,
    /// What is said of all: a list that could not be set, months that could not be read.
    pub failure: RwSignal<Option<AppError>>,
    /// What to set to take the changes back, the last one last.
    undo: RwSignal<Vec<Vec<Amount>>>,
    language: crate::domain::Language,
}

impl Sheet {
    pub fn new(replica: Replica, language: crate::domain::Language) -> Self {
        let first = replica.today.get_untracked().month();
        Self {
            replica: StoredValue::new(replica),
            first: RwSignal::new(first),
            at: RwSignal::new(None),
            editing: RwSignal::new(None),
            problems: RwSignal::new(BTreeMap::new()),
            flights: RwSignal::new(BTreeMap::new()),
            failure: RwSignal::new(None),
            undo: RwSignal::new(Vec::new()),
            language,
        }
    }

    pub fn replica(self) -> Replica {
        self.replica.get_value()
    }

    pub fn home(self) -> Currency {
        self.replica().household.with(|household| household.currency)
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

    /// The plan of a cell; `None` where its month is not read yet.
    pub fn plan(self, (article, month): Cell) -> Option<Option<Plan>> {
        let replica = self.replica();
        let of = |plans: &[Plan]| {
            plans.iter().find(|plan| plan.article_id == article && plan.month == month).cloned()
        };
        if let Some(grid) = replica.grid.get()
            && grid.months.iter().any(|totals| totals.month == month)
        {
            return Some(of(&grid.plans));
        }
        let this_month = replica.month.with(|totals| totals.month == month);
        this_month.then(|| replica.plans.with(|plans| of(plans)))
    }

    /// The sums and plans of a month, if it is read.
    fn read(self, month: Month) -> Option<(MonthTotals, Vec<Plan>)> {
        let replica = self.replica();
        if let Some(grid) = replica.grid.get()
            && let Some(totals) = grid.months.iter().find(|totals| totals.month == month)
        {
            return Some((totals.clone(), grid.plans.clone()));
        }
        let totals = replica.month.get();
        (totals.month == month).then(|| (totals, replica.plans.get().to_vec()))
    }

    /// What is planned and what happened in a month, rolled up the tree.
    pub fn lines(self, month: Month) -> Option<BTreeMap<ArticleId, Line>> {
        let (totals, plans) = self.read(month)?;
        Some(self.replica().articles.with(|articles| lines(articles, &plans, &totals, self.home())))
    }

    /// What was spent in a month in currencies that no plan counts.
    pub fn left_out(self, month: Month) -> Vec<CurrencyTotal> {
        let (Some((totals, _)), home) = (self.read(month), self.home()) else { return Vec::new() };
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
            return;
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
        let seq = self.replica().position.with(|position| position.seq);
        let entered = self.flights.with(|all| {
            let flight =
                all.get(&cell).filter(|flight| flight.answered.is_none_or(|answered| answered > seq));
            flight.map(|flight| flight.shown.clone())
        });
        entered.unwrap_or_else(|| {
            let plan = self.plan(cell).flatten().filter(|plan| plan.amount.minor() > 0);
            plan.map(|plan| amount(plan.amount, self.language)).unwrap_or_default()
        })
    }

    /// Takes over what was typed in a cell, over the version that was seen.
    pub fn enter(self, cell: Cell, typed: &str, seen: i64) {
        let home = untrack(|| self.home());
        let money = match typed.trim() {
            "" => Ok(Money::zero(home)),
            text => work_out(text, home).map(|worked| worked.money),
        };
        let money = match money {
            Ok(money) if !money.is_negative() => money,
            refused => {
                let reason = refused.err().map_or(Reason::Negative, Reason::from);
                let text = field_sentence(reason, self.language);
                let problem = Problem { typed: typed.to_owned(), text, version: None, lost: false };
                return self.problems.update(|all| drop(all.insert(cell, problem)));
            }
        };
        let shown = if money.minor() == 0 { String::new() } else { amount(money, self.language) };
        let flying = self.flights.try_update(|all| {
            let flight = all.get_mut(&cell).filter(|flight| flight.answered.is_none())?;
            // One after the other: the next one is over the version that this one makes.
            if flight.shown != shown || flight.next.is_some() {
                (flight.shown, flight.next) = (shown.clone(), Some(typed.to_owned()));
            }
            Some(())
        });
        if flying.flatten().is_some() {
            return;
        }
        let over =
            self.problems.try_update(|all| all.remove(&cell)).flatten().and_then(|problem| problem.version);
        let old = untrack(|| self.plan(cell)).flatten().map_or(0, |plan| plan.amount.minor());
        if money.minor() == old {
            return;
        }
        self.flights.update(|all| drop(all.insert(cell, Flight { shown, ..Flight::default() })));
        let form = form((cell.0, cell.1, money.minor()), home, Some(over.unwrap_or(seen)));
        let (this, typed) = (self, typed.to_owned());
        spawn_local(async move {
            let answer = set_plans(Some(MutationId::new()), vec![form]).await;
            // The page may be gone by now.
            let next = this.flights.try_update(|all| {
                let flight = all.get_mut(&cell)?;
                match &answer {
                    Ok(written) => flight.answered = Some(written.position.seq),
                    Err(_) => drop(all.remove(&cell)),
                }
                all.get_mut(&cell)?.next.take()
            });
            match answer {
                Ok(written) => {
                    _ = this.undo.try_update(|undo| undo.push(vec![(cell.0, cell.1, old)]));
                    if let Some(typed) = next.flatten() {
                        this.enter(cell, &typed, written.value.first().map_or(0, |plan| plan.version));
                    }
                }
                Err(error) => this.refused(cell, typed, error),
            }
        });
    }

    fn refused(self, cell: Cell, typed: String, error: AppError) {
        let theirs: Option<Plan> = match &error {
            AppError::Stale { current } => serde_json::from_str(current).ok(),
            _ => None,
        };
        let text = match &theirs {
            Some(plan) => {
                let who = member_name(&self.replica(), plan.updated_by).unwrap_or_default();
                set_meanwhile(&who, &amount(plan.amount, self.language), self.language)
            }
            None => whole_sentence(&error, self.language),
        };
        let lost = matches!(error, AppError::NoAnswer | AppError::Unavailable | AppError::NotSignedIn);
        let problem = Problem { typed, text, version: theirs.map(|plan| plan.version), lost };
        // The page may be gone by now.
        _ = self.problems.try_update(|all| all.insert(cell, problem));
    }

    /// Sends again what had no answer.
    pub fn send_again(self) {
        let lost: Vec<_> = self.problems.with_untracked(|all| {
            all.iter()
                .filter(|(_, problem)| problem.lost)
                .map(|(cell, problem)| (*cell, problem.typed.clone()))
                .collect()
        });
        for (cell, typed) in lost {
            let seen = untrack(|| self.plan(cell)).flatten().map_or(0, |plan| plan.version);
            self.enter(cell, &typed, seen);
        }
    }

    /// Sets many at once, in one change.
    pub fn fill(self, cells: Vec<Amount>) {
        let old = |(article, month, _): &Amount| {
            let plan = untrack(|| self.plan((*article, *month))).flatten();
            (*article, *month, plan.map_or(0, |plan| plan.amount.minor()))
        };
        let back = cells.iter().map(old).collect();
        self.set(cells, Some(back));
    }

    fn set(self, cells: Vec<Amount>, back: Option<Vec<Amount>>) {
        if cells.is_empty() {
            return;
        }
        let home = self.home();
        let forms = cells.into_iter().map(|cell| form(cell, home, None)).collect();
        spawn_local(async move {
            match set_plans(Some(MutationId::new()), forms).await {
                Ok(_) => {
                    self.failure.try_set(None);
                    if let Some(back) = back {
                        _ = self.undo.try_update(|undo| undo.push(back));
                    }
                }
                Err(error) => _ = self.failure.try_set(Some(error)),
            }
        });
    }

    /// Whether there is something to take back.
    pub fn can_undo(self) -> bool {
        self.undo.with(|undo| !undo.is_empty())
    }

    /// Takes the last own change back.
    pub fn take_back(self) {
        let last = self.undo.try_update(Vec::pop).flatten();
        self.set(last.unwrap_or_default(), None);
    }
}

fn form((article, month, minor): Amount, home: Currency, version: Option<i64>) -> PlanForm {
    PlanForm {
        article_id: Some(article.to_string()),
        month: Some(month.to_string()),
        amount: Some(Money::from_minor(minor, home).to_string()),
        version,
    }
}
