//! The transactions by day, with the day's total.

use super::{
    fact_row::{FactRow, row_id},
    list::{item, list},
    part, text,
};
use crate::{
    domain::{ArticleId, Currency, Day, Fact, FactId, FinancialCenterId, Kind, Language, Money},
    i18n::{
        format::{day as day_heading, signed, with_currency},
        words::new_above,
    },
    live_link::LiveLink,
    replica::{Replica, Row, pending::RowState},
    state::{
        editing::Editing,
        language::{use_language, use_words},
        opened::Opened,
    },
};
use leptos::{ev::KeyboardEvent, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};
use std::collections::BTreeMap;

/// The rows in their order, by day.
type Rows = Vec<(Day, Row)>;

/// The list of the newest transactions.
#[component]
pub fn FactList() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let (all, me) = (replica.rows.clone(), replica.me);
    let (scrolled, typing) = (link.scrolled.clone(), use_context::<Opened>().unwrap_or_default().typing);
    let editing = use_context::<Editing>();
    // While somebody scrolls or types nothing moves: what others record waits above.
    let held =
        Memo::new(move |_| scrolled.get() || typing.get() || editing.is_some_and(|editing| editing.any()));
    // Counts how often what waits was asked for.
    let asked = RwSignal::new(0_u32);
    let kept = Memo::new(move |before: Option<&(u32, Rows)>| {
        let (asked, mut rows) = (asked.get(), all.get());
        if let (true, Some((_, before))) = (held.get(), before.filter(|(before, _)| *before == asked)) {
            let known: Vec<FactId> = before.iter().map(|(_, row)| row.id).collect();
            rows.retain(|(_, row)| {
                let own = || {
                    row.state.get_untracked() != RowState::Settled
                        || row.fact.with_untracked(|fact| fact.updated_by == me)
                };
                known.contains(&row.id) || own()
            });
        }
        (asked, rows)
    });
    let shown = Memo::new(move |_| kept.with(|(_, rows)| rows.clone()));
    let rows = replica.rows.clone();
    let waiting = Memo::new(move |_| rows.with(Vec::len) - shown.with(Vec::len).min(rows.with(Vec::len)));
    let days = Memo::new(move |_| {
        let mut days: Vec<Day> = shown.with(|rows| rows.iter().map(|(day, _)| *day).collect());
        days.dedup();
        days
    });
    let older_than = replica.older_than.clone();
    let browser = link.browser.clone();
    let above = move || {
        let browser = browser.clone();
        Some(waiting.get()).filter(|count| *count > 0).map(|count| {
            let show = move |_| {
                asked.update(|times| *times += 1);
                browser.scroll_up();
            };
            view! { <button type="button" class="button new-above" translate="no" on:click=show>{new_above(language, count)}</button> }
        })
    };
    let keys = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        if shown.with_untracked(|rows| move_focus(&event, rows, step)) {
            event.prevent_default();
        }
    };
    view! {
        <section class="list" aria-label=t.transactions on:keydown=keys>
            <div class="new-above-place" role="status">{part(above)}</div>
            {list(move || days.get().into_iter().map(|day| item(day, move || view! { <DayGroup day shown /> })).collect())}
            {part(move || days.with(Vec::is_empty).then(|| view! { <p class="empty">{t.empty}</p> }.into_any()))}
            {part(move || older_than.get().map(|_| view! { <p class="empty">{t.older}</p> }.into_any()))}
        </section>
    }
    .into_any()
}

/// Moves the focus from a row to one of its neighbours; false when it is on no row.
fn move_focus(event: &KeyboardEvent, rows: &Rows, step: isize) -> bool {
    let Some(from) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    let id = from.id();
    let Some(at) = rows.iter().position(|(_, row)| row_id(row.id) == id) else { return false };
    let next = at.checked_add_signed(step).and_then(|at| rows.get(at));
    let next =
        next.zip(from.owner_document()).and_then(|((_, row), page)| page.get_element_by_id(&row_id(row.id)));
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        // A row that cannot take the focus leaves it where it is.
        drop(next.focus());
    }
    true
}

#[component]
fn DayGroup(day: Day, shown: Memo<Rows>) -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let language = use_language();
    let of_day = move |rows: &Rows| -> Vec<Row> {
        rows.iter().filter(|(date, _)| *date == day).map(|(_, row)| row.clone()).collect()
    };
    let rows = Memo::new(move |_| shown.with(of_day));
    let (today, book, all) = (replica.today.clone(), replica.clone(), replica.rows.clone());
    let total = move || {
        // The last loaded day may go on below, so its sum would be wrong.
        let partial = book.older_than.get().is_some_and(|boundary| day <= boundary);
        // Of all rows, also of those that wait to be shown: figures are always right.
        (!partial).then(|| all.with(|rows| day_total(&book, &of_day(rows), language)))
    };
    let id = format!("day-{day}");
    let labelled = id.clone();
    view! {
        <section class="day" aria-labelledby=labelled>
            <div class="day-head">
                <h2 class="day-title" id=id translate="no">{text(move || day_heading(day, today.get(), language))}</h2>
                <span class="day-total num" translate="no">{text(move || total().unwrap_or_default())}</span>
            </div>
            <ul class="rows">
                {list(move || rows.get().into_iter().map(|row| item(row.id, move || view! { <FactRow row /> })).collect())}
            </ul>
        </section>
    }
    .into_any()
}

/// The day's sum per currency; transfers change no total.
fn day_total(replica: &Replica, rows: &[Row], language: Language) -> String {
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut add = |fact: &Fact| {
        if !is_transfer(replica, fact.article_id)
            && let Some(currency) = currency(replica, fact.financial_center_id)
        {
            let sum = sums.entry(currency).or_default();
            *sum = sum.saturating_add(fact.amount.minor());
        }
    };
    for row in rows {
        match row.parts.get().as_slice() {
            [] => row.fact.with(&mut add),
            parts => parts.iter().for_each(&mut add),
        }
    }
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
