//! The transactions by day, with the day's total.

use super::fact_row::{FactRow, row_id};
use crate::{
    domain::{ArticleId, Currency, Day, Fact, FactId, FinancialCenterId, Kind, Language, MemberId, Money},
    i18n::{
        format::{day as day_heading, signed, with_currency},
        words::new_above,
    },
    live_link::LiveLink,
    replica::{DayRows, Replica, Row, pending::RowState},
    state::{
        editing::Editing,
        language::{use_language, use_words},
        opened::Opened,
    },
    ui::{
        changing::{changing, part, text},
        list::{item, list},
    },
};
use leptos::{ev::KeyboardEvent, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};
use std::collections::{BTreeMap, HashSet};

/// Which rows the list shows. While somebody scrolls or types, no row moves: new rows of other members are held back.
#[derive(Clone, Copy)]
struct Held {
    held: Memo<bool>,
    /// Counts how often the held rows were requested.
    asked: RwSignal<u32>,
    /// The rows that the list has shown.
    known: StoredValue<HashSet<FactId>>,
    /// How many rows of each day are held back.
    waiting: RwSignal<BTreeMap<Day, usize>>,
    /// Who looks at the page.
    me: MemberId,
}

impl Held {
    fn new(replica: &Replica, held: Memo<bool>) -> Self {
        let known = replica.rows.with_untracked(|rows| rows.all().map(|row| row.id).collect());
        let (asked, waiting) = (RwSignal::new(0), RwSignal::new(BTreeMap::new()));
        Self { held, asked, known: StoredValue::new(known), waiting, me: replica.me }
    }

    /// The rows of a day to show, and how many are held back.
    fn shown(self, day: &DayRows, before: Option<u32>) -> ShownRows {
        let (held, asked, mut rows) = (self.held.get(), self.asked.get(), day.get());
        let all = rows.len();
        // Rows below all others move none.
        let own = |row: &Row| {
            row.is_appended
                || row.state.get_untracked() != RowState::Settled
                || row.fact.with_untracked(|fact| fact.updated_by == self.me)
        };
        self.known.update_value(|known| {
            if held && before.is_none_or(|before| before == asked) {
                rows.retain(|row| known.contains(&row.id) || own(row));
            }
            known.extend(rows.iter().map(|row| row.id));
        });
        ShownRows { waiting: all - rows.len(), rows, asked }
    }

    /// Stores how many rows of a day are held back.
    fn wait(self, day: Day, count: usize) {
        let before = self.waiting.try_with_untracked(|days| days.get(&day).copied().unwrap_or(0));
        if before.is_some_and(|before| before != count) {
            self.waiting.update(|days| {
                days.insert(day, count);
                days.retain(|_, count| *count > 0);
            });
        }
    }
}

/// The rows of a day that the list shows.
#[derive(Clone, PartialEq)]
struct ShownRows {
    rows: Vec<Row>,
    waiting: usize,
    /// How often the held rows had been requested.
    asked: u32,
}

/// The list of the newest transactions.
#[component]
pub fn FactList() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let (scrolled, typing) = (link.scrolled.clone(), use_context::<Opened>().unwrap_or_default().typing);
    let editing = use_context::<Editing>();
    let held =
        Memo::new(move |_| scrolled.get() || typing.get() || editing.is_some_and(|editing| editing.any()));
    let held = Held::new(&replica, held);
    let all = replica.rows.clone();
    let days = Memo::new(move |_| all.with(|rows| rows.days().cloned().collect::<Vec<_>>()));
    let waiting = Memo::new(move |_| held.waiting.with(|days| days.values().sum::<usize>()));
    let older_than = replica.older_than.clone();
    let browser = link.browser.clone();
    let above = move || {
        let browser = browser.clone();
        Some(waiting.get()).filter(|count| *count > 0).map(|count| {
            let show = move |_| {
                held.asked.update(|times| *times += 1);
                browser.scroll_up();
            };
            view! { <button type="button" class="button new-above" translate="no" on:click=show>{new_above(language, count)}</button> }
        })
    };
    let rows = replica.rows.clone();
    let keys = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        let shown: Vec<FactId> = rows.with_untracked(|rows| {
            held.known
                .with_value(|known| rows.all().map(|row| row.id).filter(|id| known.contains(id)).collect())
        });
        if move_focus(&event, &shown, step) {
            event.prevent_default();
        }
    };
    view! {
        <section class="list" aria-label=t.transactions on:keydown=keys>
            <div class="new-above-place" role="status">{part(above)}</div>
            {list(move || days.get().into_iter().map(|rows| item(rows.key(), move || view! { <DayGroup rows held /> })).collect())}
            {part(move || days.with(Vec::is_empty).then(|| view! { <p class="empty">{t.empty}</p> }.into_any()))}
            {part(move || older_than.get().map(|_| view! { <p class="empty">{t.older}</p> }.into_any()))}
        </section>
    }
    .into_any()
}

/// Moves the focus from a row to a neighbour; returns false if no row has the focus.
fn move_focus(event: &KeyboardEvent, rows: &[FactId], step: isize) -> bool {
    let Some(from) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    let id = from.id();
    let Some(at) = rows.iter().position(|row| row_id(*row) == id) else { return false };
    let next = at.checked_add_signed(step).and_then(|at| rows.get(at));
    let next = next.zip(from.owner_document()).and_then(|(row, page)| page.get_element_by_id(&row_id(*row)));
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        // If the row cannot be focused, the focus stays.
        drop(next.focus());
    }
    true
}

#[component]
fn DayGroup(rows: DayRows, held: Held) -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (language, day, all) = (use_language(), rows.day, rows.clone());
    let shown =
        Memo::new(move |before: Option<&ShownRows>| held.shown(&rows, before.map(|before| before.asked)));
    Effect::new(move || held.wait(day, shown.with(|shown| shown.waiting)));
    on_cleanup(move || held.wait(day, 0));
    let none = changing(move || shown.with(|shown| shown.rows.is_empty()));
    let (today, book) = (replica.today.clone(), replica.clone());
    let total = move || {
        // The last loaded day may be incomplete, so its sum would be wrong.
        let partial = book.older_than.get().is_some_and(|boundary| day <= boundary);
        // Over all rows, including those held back, so that the figure is correct.
        (!partial).then(|| day_total(&book, day, &all.get(), language))
    };
    let id = format!("day-{day}");
    let labelled = id.clone();
    view! {
        <section class="day" aria-labelledby=labelled hidden=none>
            <div class="day-head">
                <h2 class="day-title" id=id translate="no">{text(move || day_heading(day, today.get(), language))}</h2>
                <span class="day-total num" translate="no">{text(move || total().unwrap_or_default())}</span>
            </div>
            <ul class="rows">
                {list(move || shown.get().rows.into_iter().map(|row| item(row.id, move || view! { <FactRow row /> })).collect())}
            </ul>
        </section>
    }
    .into_any()
}

/// The sum of the day for each currency, without transfers.
fn day_total(replica: &Replica, day: Day, rows: &[Row], language: Language) -> String {
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut add = |fact: &Fact| {
        if !is_transfer(replica, fact.article_id)
            && let Some(currency) = currency(replica, fact.financial_center_id)
        {
            let sum = sums.entry(currency).or_default();
            *sum = sum.saturating_add(fact.amount.minor());
        }
    };
    for row in rows.iter().filter(|row| row.counts.get()) {
        match row.parts.get().as_slice() {
            [] => row.fact.with(&mut add),
            parts => parts.iter().for_each(&mut add),
        }
    }
    replica.behind.with(|facts| facts.iter().filter(|fact| fact.date == day).for_each(&mut add));
    let home = replica.household.get().currency;
    let one = sums.len() < 2;
    let figure = |(currency, sum): (Currency, i64)| {
        let money = Money::from_minor(sum, currency);
        if one && currency == home {
            signed(money, language)
        } else {
            with_currency(money, currency, language)
        }
    };
    sums.into_iter().map(figure).collect::<Vec<_>>().join(" · ")
}

fn is_transfer(replica: &Replica, id: ArticleId) -> bool {
    replica.articles.with(|rows| rows.iter().any(|row| row.id == id && row.kind == Kind::Transfer))
}

fn currency(replica: &Replica, id: FinancialCenterId) -> Option<Currency> {
    replica.centers.with(|rows| rows.iter().find(|row| row.center.id == id).map(|row| row.center.currency))
}
