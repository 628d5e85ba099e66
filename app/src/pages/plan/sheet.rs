//! The plans on the screen and what is done to them: set, fill, take back.

use super::asking::Asked;
use crate::{
    api::plans::{plan_grid, set_plans},
    components::fact_row::member_name,
    domain::{
        Article, ArticleId, Currency, Money, Month, MonthTotals, MutationId, Plan, PlanForm, Reason,
        arithmetic::work_out,
        money::MoneyError,
        plan::{Line, lines},
        plan_tools::Cell as Amount,
        totals::CurrencyTotal,
    },
    error::AppError,
    i18n::{
        errors::{field_sentence, whole_sentence},
        format::amount,
        plan_words::{amounts_set, set_meanwhile},
    },
    outbox::goes_again,
    replica::Replica,
    service::Grid,
    wire::Seq,
};
use leptos::{prelude::*, task::spawn_local};
use std::{collections::BTreeMap, sync::Arc};

/// An article in a month.
pub(super) type Cell = (ArticleId, Month);

/// A plan to be set, and over which version and amount.
pub(super) type Seen = (Amount, (i64, i64));

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
    /// There was no answer: it is sent again by itself, as the same change over the version that was seen.
    lost: Option<(i64, MutationId)>,
}

/// What is kept while another page is looked at.
#[derive(Clone, Copy)]
pub struct PlanState {
    problems: RwSignal<BTreeMap<Cell, Problem>>,
    flights: RwSignal<BTreeMap<Cell, Flight>>,
    /// What to set to take the changes back, and over which versions; the last one last.
    undo: RwSignal<Vec<Vec<(Amount, i64)>>>,
}

impl PlanState {
    /// Nothing was entered yet.
    #[must_use]
    pub fn new() -> Self {
        let undo = RwSignal::new(Vec::new());
        Self { problems: RwSignal::new(BTreeMap::new()), flights: RwSignal::new(BTreeMap::new()), undo }
    }
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
    pub replica: StoredValue<Replica>,
    /// The first month shown.
    pub first: RwSignal<Month>,
    /// The cell that has the focus, or had it last.
    pub at: RwSignal<Option<Cell>>,
    /// The cell that has the focus, with the version and the text that were seen.
    pub editing: RwSignal<Option<(Cell, i64, String)>>,
    pub problems: RwSignal<BTreeMap<Cell, Problem>>,
    flights: RwSignal<BTreeMap<Cell, Flight>>,
    /// What is said of all: a list that could not be set, months that could not be read.
    pub failure: RwSignal<Option<AppError>>,
    /// What was done, where it is not all on the screen.
    pub said: RwSignal<String>,
    /// What would replace plans, until it is answered.
    pub asked: RwSignal<Option<Asked>>,
    /// What to set to take the changes back, and over which versions; the last one last.
    undo: RwSignal<Vec<Vec<(Amount, i64)>>>,
    /// Of each month that is shown, once for all its rows.
    lines: [Memo<Option<Lines>>; 3],
    pub language: crate::domain::Language,
}

impl Sheet {
    pub fn new(replica: Replica, state: PlanState, language: crate::domain::Language) -> Self {
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
        Self {
            replica: StoredValue::new(replica),
            first,
            lines,
            at: RwSignal::new(None),
            editing: RwSignal::new(None),
            problems: state.problems,
            flights: state.flights,
            failure: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            asked: RwSignal::new(None),
            undo: state.undo,
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

    /// What was typed, as an amount in the household's currency.
    pub fn read(self, text: &str) -> Result<Money, MoneyError> {
        work_out(text, untrack(|| self.home()), self.language).map(|worked| worked.money)
    }

    /// Something else is typed in a cell: that it was no amount is not true any more. What somebody else has set
    /// or what had no answer is still to be decided.
    pub fn edits(self, cell: Cell) {
        let wrong = |problem: &Problem| problem.version.is_none() && problem.lost.is_none();
        if self.problems.with_untracked(|all| all.get(&cell).is_some_and(wrong)) {
            self.problems.update(|all| drop(all.remove(&cell)));
        }
    }

    /// Takes over what was typed in a cell, over the version that was seen.
    pub fn enter(self, cell: Cell, typed: &str, seen: i64) {
        let old = untrack(|| self.plan(cell)).flatten().map_or(0, |plan| plan.amount.minor());
        self.enter_over(cell, typed, (seen, old), MutationId::new());
    }

    fn enter_over(self, cell: Cell, typed: &str, (seen, old): (i64, i64), key: MutationId) {
        let home = untrack(|| self.home());
        let money = match typed.trim() {
            "" => Ok(Money::zero(home)),
            text => self.read(text),
        };
        let money = match money {
            Ok(money) if !money.is_negative() => money,
            refused => {
                let reason = refused.err().map_or(Reason::Negative, Reason::from);
                let text = field_sentence(reason, self.language);
                let problem = Problem { typed: typed.to_owned(), text, version: None, lost: None };
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
        if money.minor() == old {
            return;
        }
        self.flights.update(|all| drop(all.insert(cell, Flight { shown, ..Flight::default() })));
        let seen = over.unwrap_or(seen);
        let form = form((cell.0, cell.1, money.minor()), home, Some(seen));
        let (this, typed) = (self, typed.to_owned());
        spawn_local(async move {
            let answer = set_plans(Some(key), vec![form]).await;
            let next = this.flights.try_update(|all| {
                let flight = all.get_mut(&cell)?;
                let next = flight.next.take();
                match &answer {
                    Ok(written) => flight.answered = Some(written.position.seq),
                    Err(_) => drop(all.remove(&cell)),
                }
                next
            });
            let next = next.flatten();
            match answer {
                Ok(written) => {
                    let now =
                        written.value.first().map_or((0, 0), |plan| (plan.version, plan.amount.minor()));
                    // What was sent again had been entered over an amount that is not known any more.
                    if old >= 0 {
                        _ = this.undo.try_update(|undo| undo.push(vec![((cell.0, cell.1, old), now.0)]));
                    }
                    // Whoever stays in the cell has seen what they wrote.
                    _ = this.editing.try_update(|editing| {
                        if let Some((_, seen, _)) = editing.as_mut().filter(|(editing, ..)| *editing == cell)
                        {
                            *seen = now.0;
                        }
                    });
                    if let Some(typed) = next {
                        this.enter_over(cell, &typed, now, MutationId::new());
                    }
                }
                Err(error) => {
                    let lost = goes_again(&error).then_some((seen, key));
                    // What was entered last is what is kept; it goes out as a change of its own.
                    let lost =
                        if next.is_some() { lost.map(|(seen, _)| (seen, MutationId::new())) } else { lost };
                    this.refused(cell, next.unwrap_or(typed), &error, lost);
                }
            }
        });
    }

    fn refused(self, cell: Cell, typed: String, error: &AppError, lost: Option<(i64, MutationId)>) {
        let theirs: Option<Plan> = match error {
            AppError::Stale { current } => serde_json::from_str(current).ok(),
            _ => None,
        };
        let text = match &theirs {
            Some(plan) => {
                let who = self
                    .replica
                    .try_get_value()
                    .and_then(|replica| untrack(|| member_name(&replica, plan.updated_by)));
                set_meanwhile(&who.unwrap_or_default(), &amount(plan.amount, self.language), self.language)
            }
            None => whole_sentence(error, self.language),
        };
        let problem = Problem { typed, text, version: theirs.map(|plan| plan.version), lost };
        _ = self.problems.try_update(|all| all.insert(cell, problem));
    }

    /// Sends again what had no answer: the same change, over the version that was seen then.
    pub fn send_again(self) {
        let lost: Vec<_> = self.problems.with_untracked(|all| {
            let lost =
                |(cell, problem): (&Cell, &Problem)| Some((*cell, problem.typed.clone(), problem.lost?));
            all.iter().filter_map(lost).collect()
        });
        for (cell, typed, (seen, key)) in lost {
            // No amount is taken for the one that is there: whether it was written is what is asked.
            self.enter_over(cell, &typed, (seen, i64::MIN), key);
        }
    }

    /// Sets what comes of the months around, read at this moment, once everything entered is answered. Where
    /// that would replace plans, but for the one in `own`, it is asked for first.
    pub fn with_months(
        self,
        (from, to): (Month, Month),
        own: Option<Cell>,
        cells: impl FnOnce(&Grid, &[Article]) -> Vec<Amount> + 'static,
    ) {
        if self.flights.with_untracked(|all| all.values().any(|flight| flight.answered.is_none())) {
            return request_animation_frame(move || self.with_months((from, to), own, cells));
        }
        self.asked.set(None);
        self.said.set(String::new());
        let Some(replica) = self.replica.try_get_value() else { return };
        spawn_local(async move {
            let cells: Vec<Seen> = match plan_grid(from, to).await {
                Ok(grid) => {
                    let cells = cells(&grid, &replica.articles.get_untracked());
                    let standing = |(article, month, _): &Amount| {
                        let plan = grid
                            .plans
                            .iter()
                            .find(|plan| plan.article_id == *article && plan.month == *month);
                        plan.map_or((0, 0), |plan| (plan.version, plan.amount.minor()))
                    };
                    cells.into_iter().map(|cell| (cell, standing(&cell))).collect()
                }
                Err(error) => return self.fails(error),
            };
            let replaces = |((article, month, _), (_, old)): &&Seen| {
                *old != 0 && own.is_none_or(|own| own != (*article, *month))
            };
            let replaced = cells.iter().filter(replaces).count();
            if replaced > 0 {
                self.asked.try_set(Some(Asked { cells, replaced }));
            } else {
                self.set_and_say(cells).await;
            }
        });
    }

    /// Sets these over the versions that were seen, and says how many.
    pub fn set_all(self, cells: Vec<Seen>) {
        spawn_local(self.set_and_say(cells));
    }

    async fn set_and_say(self, cells: Vec<Seen>) {
        let said = amounts_set(cells.len(), self.language);
        if self.set(cells, true).await && self.failure.try_get_untracked() == Some(None) {
            self.said.try_set(said);
        }
    }

    fn fails(self, error: AppError) {
        // The page may be gone by now.
        self.failure.try_set(Some(error));
    }

    /// Sets many in one change, each over the version that was seen: where somebody else was quicker, nothing
    /// of it is written and it is said.
    async fn set(self, cells: Vec<Seen>, again: bool) -> bool {
        if cells.is_empty() {
            return true;
        }
        let Some(home) =
            self.replica.try_get_value().map(|replica| replica.household.get_untracked().currency)
        else {
            return false;
        };
        let forms = cells.iter().map(|(cell, (version, _))| form(*cell, home, Some(*version))).collect();
        match set_plans(Some(MutationId::new()), forms).await {
            Ok(written) => {
                self.failure.try_set(None);
                if again {
                    let back = |((article, month, _), (_, old)): &Seen| {
                        let now = written
                            .value
                            .iter()
                            .find(|plan| plan.article_id == *article && plan.month == *month);
                        ((*article, *month, *old), now.map_or(0, |plan| plan.version))
                    };
                    let back = cells.iter().map(back).collect();
                    _ = self.undo.try_update(|undo| undo.push(back));
                }
                true
            }
            Err(error) => {
                let stale = matches!(error, AppError::Stale { .. });
                self.fails(error);
                stale
            }
        }
    }

    /// Sets these over what is on the screen, and says what is to be said of it.
    pub fn fill(self, cells: Vec<Amount>, said: String) {
        let seen = |cell: Amount| {
            let plan = untrack(|| self.plan((cell.0, cell.1))).flatten();
            (cell, plan.map_or((0, 0), |plan| (plan.version, plan.amount.minor())))
        };
        // What was wrong in them is replaced.
        self.problems.update(|all| {
            all.retain(|cell, _| cells.iter().all(|(article, month, _)| (*article, *month) != *cell))
        });
        let cells = cells.into_iter().map(seen).collect();
        self.said.set(String::new());
        spawn_local(async move {
            if self.set(cells, true).await && self.failure.try_get_untracked() == Some(None) {
                self.said.try_set(said);
            }
        });
    }

    /// Whether there is something to take back.
    pub fn can_undo(self) -> bool {
        self.undo.with(|undo| !undo.is_empty())
    }

    /// Takes the last own change back, unless somebody has changed the same since.
    pub fn take_back(self) {
        let Some(last) = self.undo.with_untracked(|undo| undo.last().cloned()) else { return };
        let cells = last.iter().map(|(cell, version)| (*cell, (*version, 0))).collect();
        spawn_local(async move {
            // What somebody else has changed since cannot be taken back any more; without an answer it still can.
            if self.set(cells, false).await {
                _ = self.undo.try_update(|undo| undo.retain(|entry| *entry != last));
            }
        });
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
