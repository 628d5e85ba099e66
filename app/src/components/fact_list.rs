//! The transactions by day, with the day's total.

use super::{
    fact_row::FactRow,
    list::{item, list},
    part, text,
};
use crate::{
    domain::{ArticleId, Currency, Day, FinancialCenterId, Kind, Language, Money},
    i18n::format::{day as day_heading, signed, with_currency},
    pages::{use_language, use_words},
    replica::{Replica, Row},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The list of the newest transactions.
#[component]
pub fn FactList() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let rows = replica.rows.clone();
    let days = Memo::new(move |_| {
        let mut days: Vec<Day> = rows.with(|rows| rows.iter().map(|(day, _)| *day).collect());
        days.dedup();
        days
    });
    let older_than = replica.older_than.clone();
    view! {
        <section class="list" aria-label=t.transactions>
            {list(move || days.get().into_iter().map(|day| item(day, move || view! { <DayGroup day /> })).collect())}
            {part(move || days.with(Vec::is_empty).then(|| view! { <p class="empty">{t.empty}</p> }))}
            {part(move || older_than.get().map(|_| view! { <p class="empty">{t.older}</p> }))}
        </section>
    }
    .into_any()
}

#[component]
fn DayGroup(day: Day) -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let language = use_language();
    let all = replica.rows.clone();
    let rows = Memo::new(move |_| -> Vec<Row> {
        all.with(|rows| rows.iter().filter(|(date, _)| *date == day).map(|(_, row)| row.clone()).collect())
    });
    let (today, book) = (replica.today.clone(), replica.clone());
    let total = move || {
        // The last loaded day may go on below, so its sum would be wrong.
        let partial = book.older_than.get().is_some_and(|boundary| day <= boundary);
        (!partial).then(|| rows.with(|rows| day_total(&book, rows, language)))
    };
    let id = format!("day-{day}");
    let labelled = id.clone();
    view! {
        <section class="day" aria-labelledby=labelled>
            <div class="day-head">
                <h2 class="day-title" id=id>{text(move || day_heading(day, today.get(), language))}</h2>
                <span class="day-total num">{text(move || total().unwrap_or_default())}</span>
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
    for row in rows {
        let (amount, article, center) =
            row.fact.with(|fact| (fact.amount.minor(), fact.article_id, fact.financial_center_id));
        if !is_transfer(replica, article)
            && let Some(currency) = currency(replica, center)
        {
            let sum = sums.entry(currency).or_default();
            *sum = sum.saturating_add(amount);
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
