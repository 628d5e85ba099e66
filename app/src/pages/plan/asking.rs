//! The confirmation before a tool replaces existing plans.

use super::sheet::{FillQuestion, PlanSheet, SeenCell};
use crate::{
    domain::{Language, Money},
    i18n::{
        format::{amount, month},
        plan_words::{more_amounts, replacing, would_replace},
    },
    state::language::{use_language, use_plan_words},
    ui::changing::part,
};
use leptos::{html, prelude::*};

/// So many amounts that would be replaced are named.
const NAMED: usize = 6;

/// An amount that would be replaced, and what replaces it.
fn replaced(
    (cell, (_, old)): &SeenCell,
    sheet: PlanSheet,
    with_month: bool,
    language: Language,
) -> impl IntoView + use<> {
    let (article, of, new) = *cell;
    let name = sheet.replica().article(article).map(|row| row.name.shown());
    let home = sheet.home();
    let figures = [*old, new].map(|minor| amount(Money::from_minor(minor, home), language));
    let of = with_month.then(|| format!(", {}", month(of, language)));
    view! { <li><bdi>{name}</bdi> {of} {format!(": {} → {}", figures[0], figures[1])}</li> }
}

/// The question, below the tools.
pub(super) fn question(sheet: PlanSheet) -> impl IntoView {
    let (t, language) = (use_plan_words(), use_language());
    let cancel = NodeRef::<html::Button>::new();
    Effect::new(move || {
        if let Some(button) = cancel.get() {
            // If the button cannot be focused, it is still next in the tab order.
            drop(button.focus());
        }
    });
    let (replace, fill) = replacing(language);
    let answer = move |only_empty: bool| {
        let Some(asked) = untrack(|| sheet.asked_now()) else { return };
        sheet.asked.set(None);
        sheet.set_all(if only_empty { asked.only_empty() } else { asked.cells });
    };
    // Somebody may change one of the amounts meanwhile.
    let asked = Memo::new(move |_| sheet.asked_now());
    part(move || {
        asked.get().map(|asked: FillQuestion| {
            let (all, number) = (asked.cells.len(), asked.replaced().count());
            let with_month = asked.cells.iter().any(|(cell, _)| cell.1 != asked.cells[0].0.1);
            let named = asked.replaced().take(NAMED).map(|cell| replaced(cell, sheet, with_month, language));
            let named = named.collect_view();
            let more = number.checked_sub(NAMED).filter(|more| *more > 0);
            view! {
                <div class="question" role="group">
                    <p>{would_replace(number, all, language)}</p>
                    <ul class="replaced" translate="no">
                        {named}
                        {more.map(|more| view! { <li>{more_amounts(language, more)}</li> })}
                    </ul>
                    {(number > 0).then(|| view! {
                        <button type="button" class="button button-danger" on:click=move |_| answer(false)>{replace}</button>
                    }.into_any())}
                    {(number < all).then(|| view! {
                        <button type="button" class="button button-quiet" on:click=move |_| answer(true)>{fill}</button>
                    }.into_any())}
                    <button type="button" class="button button-quiet" node_ref=cancel on:click=move |_| sheet.asked.set(None)>{t.cancel}</button>
                </div>
            }
            .into_any()
        })
    })
}
