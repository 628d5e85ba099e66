//! The month's figures and the balances.

use super::{part, text};
use crate::{
    domain::{Balance, Currency, Money, totals::CurrencyTotal},
    i18n::{
        format::{amount, month, spent_in, with_currency},
        words,
    },
    pages::{use_language, use_words},
    replica::Replica,
};
use leptos::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// What was spent this month, what came in, and what is where.
#[component]
pub fn Figures() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let (sums, articles, household) =
        (replica.month.clone(), replica.articles.clone(), replica.household.clone());
    let totals = Memo::new(move |_| {
        let currency = household.get().currency;
        articles.with(|articles| sums.with(|sums| sums.by_currency(articles, currency)))
    });
    let this_month = replica.month;
    let title = this_month.clone();
    let centers = replica.centers;
    let first = move || totals.with(|totals| totals.first().copied());
    let big =
        move || first().map(|CurrencyTotal { spent, currency, .. }| with_currency(spent, currency, language));
    let spent_title = move || spent_in(this_month.with(|month| month.month), language);
    let rest = move || {
        totals.with(|totals| {
            let line = |total: &CurrencyTotal| {
                let figure = |money| with_currency(money, total.currency, language);
                view! {
                    <div class="figure-line">
                        <span>{t.income} " " <b class="num">{figure(total.income)}</b></span>
                        <span>{t.spent} " " <b class="num">{figure(total.spent)}</b></span>
                    </div>
                }
            };
            totals.iter().map(line).collect_view()
        })
    };
    view! {
        <section class="figures" aria-label=text(move || month(title.with(|month| month.month), language))>
            <div class="card month">
                <h2 class="card-title">{text(spent_title)}</h2>
                <p class="figure-big num" data-testid="spent">{text(move || big().unwrap_or_default())}</p>
                {part(rest)}
            </div>
            <div class="card balances">
                <h2 class="card-title" id="balances-title">{t.balances}</h2>
                <dl class="balance-list" aria-labelledby="balances-title" tabindex="0">{part(move || balances(&centers.get(), language))}</dl>
            </div>
        </section>
    }
    .into_any()
}

fn balances(centers: &Arc<Vec<Balance>>, language: crate::domain::Language) -> impl IntoView + use<> {
    let t = words(language);
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    let shown: Vec<_> =
        centers.iter().filter(|row| !row.center.archived || row.balance.minor() != 0).collect();
    for row in &shown {
        let sum = sums.entry(row.center.currency).or_default();
        *sum = sum.saturating_add(row.balance.minor());
    }
    let rows = shown.iter().map(|row| {
        let figure = with_currency(row.balance, row.center.currency, language);
        view! {
            <div class="balance">
                <dt>{row.center.name.to_string()}</dt>
                <dd class="num">{figure}</dd>
            </div>
        }
    });
    let rows = rows.collect_view();
    // A sum beside one row would only repeat it; currencies are never added up.
    let several = shown.len() > 1;
    let totals = sums.into_iter().filter(move |_| several).map(|(currency, sum)| {
        view! {
            <div class="balance balance-sum">
                <dt>{t.together} " " <span class="visually-hidden">{currency.code()}</span></dt>
                <dd class="num">
                    {amount(Money::from_minor(sum, currency), language)} "\u{a0}" {currency.symbol()}
                </dd>
            </div>
        }
    });
    (rows, totals.collect_view())
}
