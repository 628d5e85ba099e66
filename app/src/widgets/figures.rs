//! The month's figures and the balances.

use crate::{
    domain::{
        Balance, Currency, Money,
        plan::{self, PlanLine},
        totals::CurrencyTotal,
    },
    i18n::{
        format::{amount, month, spent_in, with_currency},
        plan_words::left_in,
        words::{self, more},
    },
    replica::Replica,
    state::language::{use_language, use_words},
    ui::changing::{changing, part, text},
};
use leptos::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// What was spent and received this month, and the balances.
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
    let spending = spending(&replica);
    let this_month = replica.month;
    let title = this_month.clone();
    let centers = replica.centers;
    let first = move || totals.with(|totals| totals.first().copied());
    // With a plan, what is left to spend; otherwise what was spent.
    let big = move || {
        let CurrencyTotal { spent, currency, .. } = first()?;
        let left = spending.get().map(|line| Money::from_minor(line.left().saturating_abs(), currency));
        Some(with_currency(left.unwrap_or(spent), currency, language))
    };
    let shown = Memo::new(move |_| big().unwrap_or_default());
    let size = changing(move || match shown.with(|text| text.chars().count()) {
        ..=14 => "figure-big num",
        15..=20 => "figure-big figure-long num",
        _ => "figure-big figure-longest num",
    });
    let overspent = move || spending.get().is_some_and(|line| line.left() < 0);
    let big_title = move || {
        let month = this_month.with(|month| month.month);
        match spending.get() {
            Some(line) => left_in(month, line.left() < 0, language),
            None => spent_in(month, language),
        }
    };
    let planned = move || {
        let line = spending.get()?;
        let figure =
            with_currency(Money::from_minor(line.plan, first()?.currency), first()?.currency, language);
        Some(
            view! { <div class="figure-line"><span>{t.planned} " " <b class="num" translate="no">{figure}</b></span></div> }
                .into_any(),
        )
    };
    let rest = move || {
        totals.with(|totals| {
            let line = |total: &CurrencyTotal| {
                let figure = |money| with_currency(money, total.currency, language);
                view! {
                    <div class="figure-line">
                        <span>{t.income} " " <b class="num" translate="no">{figure(total.income)}</b></span>
                        <span>{t.spent} " " <b class="num" translate="no">{figure(total.spent)}</b></span>
                    </div>
                }
            };
            totals.iter().map(line).collect_view()
        })
    };
    // Used in a narrow window only; a wide one shows all.
    let (unfolded, listed) = (RwSignal::new(false), centers.clone());
    let folded = Memo::new(move |_| {
        let most = if unfolded.get() { usize::MAX } else { UNFOLDED };
        listed.with(|rows| rows.iter().filter(|row| is_shown(row)).count().saturating_sub(most))
    });
    let folded = move || folded.get();
    let unfold = move || {
        (folded() > 0).then(|| {
            let all = move |_| unfolded.set(true);
            view! { <button type="button" class="button button-quiet balances-more" on:click=all>{more(folded(), language)}</button> }
        })
    };
    view! {
        <section class="figures" aria-label=text(move || month(title.with(|month| month.month), language))>
            <div class="card month">
                <h2 class="card-title" translate="no">{text(big_title)}</h2>
                <p translate="no" class=size class:overspent=changing(overspent) data-testid="spent">{text(move || shown.get())}</p>
                {part(rest)}
                {part(planned)}
            </div>
            <div class="card balances" class:balances-folded=changing(move || folded() > 0)>
                <h2 class="card-title" id="balances-title">{t.balances}</h2>
                <dl translate="no" class="balance-list" aria-labelledby="balances-title">{part(move || balances(&centers.get(), language))}</dl>
                {part(unfold)}
            </div>
        </section>
    }
    .into_any()
}

/// The number of balances that a narrow window shows at first, so that the list of transactions stays near.
/// `card.css` has the same number.
const UNFOLDED: usize = 6;

/// An archived account is shown while its balance is not zero.
fn is_shown(row: &Balance) -> bool {
    !row.center.archived || row.balance.minor() != 0
}

/// The planned and the actual spending of this month; `None` if nothing is planned.
fn spending(replica: &Replica) -> Memo<Option<PlanLine>> {
    let book = replica.clone();
    Memo::new(move |_| {
        let home = book.household.with(|household| household.currency);
        book.articles.with(|articles| {
            book.plans.with(|plans| book.month.with(|month| plan::spending(articles, plans, month, home)))
        })
    })
}

fn balances(centers: &Arc<Vec<Balance>>, language: crate::domain::Language) -> impl IntoView + use<> {
    let t = words::words(language);
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    let shown: Vec<_> = centers.iter().filter(|row| is_shown(row)).collect();
    for row in &shown {
        let sum = sums.entry(row.center.currency).or_default();
        *sum = sum.saturating_add(row.balance.minor());
    }
    let rows = shown.iter().map(|row| {
        let figure = with_currency(row.balance, row.center.currency, language);
        view! {
            <div class="balance">
                <dt>{row.center.name.shown()}</dt>
                <dd class="num">{figure}</dd>
            </div>
        }
    });
    let rows = rows.collect_view();
    // A sum beside one row would only repeat it; different currencies are never added up.
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
        .into_any()
    });
    (rows, totals.collect_view())
}
