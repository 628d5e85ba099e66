//! The balance of an account at the end of each month, as a chart and as figures.

use crate::{
    api::book::center_history,
    domain::{Currency, FinancialCenterId, MonthBalance},
    error::AppError,
    i18n::{
        doing_words::Doing,
        format::{month, with_currency},
    },
    replica::Replica,
    state::language::{use_household_words, use_language},
    ui::changing::part,
    widgets::refusal::Refusal,
};
use leptos::{prelude::*, task::spawn_local};

/// The size of the chart, in its own units.
const WIDTH: i64 = 240;
const HEIGHT: i64 = 64;

/// The line of the chart, and the position of zero.
fn line(rows: &[MonthBalance]) -> (String, i64) {
    let amounts = || rows.iter().map(|row| row.balance.minor());
    // The chart always includes zero, which shows how large the balance is.
    let (low, high) = (amounts().min().unwrap_or(0).min(0), amounts().max().unwrap_or(0).max(0));
    let range = high.saturating_sub(low).max(1);
    let height = |minor: i64| {
        let part = i128::from(high.saturating_sub(minor)) * i128::from(HEIGHT) / i128::from(range);
        i64::try_from(part).unwrap_or(HEIGHT)
    };
    let steps = i64::try_from(rows.len()).unwrap_or(1).saturating_sub(1).max(1);
    let points = (0..).zip(amounts()).map(|(at, minor)| format!("{},{}", at * WIDTH / steps, height(minor)));
    (points.collect::<Vec<_>>().join(" "), height(0))
}

/// Loaded when it is opened, and again when the balance changes.
pub(super) fn balance_history(replica: &Replica, id: FinancialCenterId, currency: Currency) -> AnyView {
    let (t, language) = (use_household_words(), use_language());
    let (rows, failure) = (RwSignal::new(Vec::<MonthBalance>::new()), RwSignal::new(None::<AppError>));
    let opened = RwSignal::new(false);
    // Responses to outdated requests are dropped.
    let asked = StoredValue::new(0_u32);
    let centers = replica.centers.clone();
    let balance = Memo::new(move |_| {
        centers.with(|rows| rows.iter().find(|row| row.center.id == id).map(|row| row.balance))
    });
    Effect::new(move || {
        // Read, not only tracked: a memo that was never read does not notify.
        let there = balance.get().is_some();
        if !opened.get() || !there {
            return;
        }
        asked.update_value(|asked| *asked += 1);
        let mine = asked.get_value();
        spawn_local(async move {
            let answer = center_history(id).await;
            // The page may be gone by now.
            if asked.try_get_value() == Some(mine) {
                match answer {
                    Ok(months) => {
                        rows.try_set(months);
                        failure.try_set(None);
                    }
                    Err(error) => {
                        failure.try_set(Some(error));
                    }
                }
            }
        });
    });
    let picture = move || {
        rows.with(|rows| {
            let (points, nothing) = line(rows);
            (!rows.is_empty()).then(|| {
                view! {
                    <svg class="history-line" viewBox=format!("-2 -2 {} {}", WIDTH + 4, HEIGHT + 4) preserveAspectRatio="none" aria-hidden="true">
                        <line x1="0" x2=WIDTH.to_string() y1=nothing.to_string() y2=nothing.to_string() />
                        <polyline points=points />
                    </svg>
                }.into_any()
            })
        })
    };
    let table = move || {
        rows.with(|rows| {
            let row = |row: &MonthBalance| {
                view! {
                    <tr>
                        <th scope="row">{month(row.month, language)}</th>
                        <td class="num">{with_currency(row.balance, currency, language)}</td>
                    </tr>
                }
            };
            rows.iter().rev().map(row).collect_view()
        })
    };
    view! {
        <details class="history" on:toggle=move |_| opened.set(true)>
            <summary>{t.history}</summary>
            <Refusal refusal=failure doing=Doing::Reading />
            {part(picture)}
            <table class="history-table">
                <caption class="visually-hidden">{t.at_month_end}</caption>
                <tbody translate="no">{part(table)}</tbody>
            </table>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Money;

    fn rows(amounts: &[i64]) -> Vec<MonthBalance> {
        let start: crate::domain::Month = "2026-01".parse().expect("a month");
        let row = |(at, minor): (i16, &i64)| MonthBalance {
            month: start.plus(at),
            balance: Money::from_minor(*minor, Currency::EUR),
        };
        (0..).zip(amounts).map(row).collect()
    }

    #[test]
    fn the_line_reaches_from_the_highest_to_the_lowest_with_nothing_in_between() {
        assert_eq!(line(&rows(&[0, 6400, 3200])), ("0,64 120,0 240,32".into(), 64));
        assert_eq!(line(&rows(&[-100, 100])), ("0,64 240,0".into(), 32));
        assert_eq!(line(&rows(&[-100, -100])), ("0,64 240,64".into(), 0));
        assert_eq!(line(&rows(&[0])), ("0,0".into(), 0));
    }
}
