//! The plan: articles and months, edited like a spreadsheet; on the phone one month as a list.
//!
//! Cells are always inputs, which screen readers and touch keyboards know. The table has one listener for all
//! keys.

mod asking;
mod before_start;
mod correcting;
mod entering;
mod filling;
mod keys;
mod resizing;
mod sheet;
mod state;
mod table;
mod undo;

use crate::{
    domain::{plan_tools, totals::CurrencyTotal},
    error::AppError,
    i18n::{
        device_words::device_words,
        doing_words::{Doing, refused},
        format::{month, with_currency},
        plan_words::{changed_and_not_set, changed_elsewhere},
    },
    outbox::Outbox,
    replica::Replica,
    state::language::{use_language, use_plan_words},
    ui::changing::{changing, part, text},
    widgets::fact_row::member_name,
};
use keys::{keys, paste};
use leptos::{
    ev::{Event, FocusEvent, MouseEvent, PointerEvent},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlInputElement},
};
use leptos_meta::Title;
use sheet::{NotSet, PlanSheet};
use state::Cell;
pub use state::PlanState;
use table::{cell_id, cell_of, table};

/// The plan page.
#[component]
pub fn PlanPage() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_plan_words(), use_language());
    let state = use_context::<PlanState>().unwrap_or_else(PlanState::new);
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let sheet = PlanSheet::new(replica, outbox, state, language);
    Effect::new(move || sheet.load());
    correcting::goes_to_the_chosen(sheet);
    resizing::keeps_the_chosen_month(sheet);
    // The text of a cell is entered before its month disappears; the tools follow the months.
    let shift = move |event: &Event, months: i16| {
        settle(sheet, event);
        sheet.show(sheet.first.get_untracked().plus(months));
    };
    let touched = StoredValue::new(None::<(i32, i32)>);
    let begin = move |event: PointerEvent| touched.set_value(finger(&event));
    let end = move |event: PointerEvent| {
        if let (Some((x, y)), Some((to_x, to_y))) = (touched.get_value(), finger(&event))
            && (to_x - x).abs() > 60
            && (to_y - y).abs() < 40
        {
            shift(&event, if to_x < x { 1 } else { -1 });
        }
    };
    let copy = move |event: MouseEvent| {
        settle(sheet, &event);
        let month = untrack(|| sheet.month());
        sheet.with_months((month.plus(-1), month), None, move |grid, articles| {
            plan_tools::copied(articles, &grid.plans, month)
        });
    };
    let average = move |event: MouseEvent| {
        settle(sheet, &event);
        let (month, home) = untrack(|| (sheet.month(), sheet.home()));
        sheet.with_months((month.plus(-3), month), None, move |grid, articles| {
            plan_tools::averaged(articles, &grid.plans, &grid.months, month, home)
        });
    };
    let spread = move |event: MouseEvent| {
        settle(sheet, &event);
        let Some((article, month)) = sheet.at.get_untracked() else { return };
        // The amount that is spread is replaced by its first twelfth.
        sheet.with_months((month, month.plus(11)), Some((article, month)), move |grid, _| {
            let plan = grid.plans.iter().find(|plan| plan.article_id == article && plan.month == month);
            match plan.map_or(0, |plan| plan.amount.minor()) {
                0 => Vec::new(),
                year => plan_tools::spread(article, month, year),
            }
        });
    };
    // Not disabled, which would take the focus away when the last change is undone.
    let last_undone = changing(move || (!sheet.can_undo()).then_some("true"));
    let nothing = move || sheet.at.with(Option::is_none);
    // They read months of the server. Not disabled either: the connection comes and goes while a button has the focus.
    let needs = move || changing(move || sheet.offline.get().then_some("true"));
    let why = move || changing(move || sheet.offline.get().then_some("plan-needs"));
    let needed = move || {
        let said = sheet.offline.get().then_some(t.tools_need_connection);
        said.map(|said| view! { <p class="field-hint" id="plan-needs">{said}</p> }.into_any())
    };
    let failed = move || {
        let error = sheet.failure.get()?;
        if sheet.offline.get() {
            let said = device_words(language).months_wait;
            return Some(view! { <p class="field-hint" role="status">{said}</p> }.into_any());
        }
        let said = refused(&error, Doing::Reading, language);
        Some(view! {
            <div class="form-error" role="alert">
                <p>{said}</p>
                <button type="button" class="button button-quiet" on:click=move |_| sheet.load()>{t.try_again}</button>
            </div>
        }
        .into_any())
    };
    let not_set = move || {
        let said = sheet.refusal.get().map(|NotSet { error, by }| {
            let who = by.and_then(|by| member_name(&sheet.replica(), by));
            match error {
                AppError::Stale { .. } if by == Some(sheet.replica().me) => {
                    changed_elsewhere(language).to_owned()
                }
                // There are no two amounts to choose from.
                AppError::Stale { .. } => changed_and_not_set(who.as_deref(), language),
                error => refused(&error, Doing::Planning, language),
            }
        });
        said.map(|said| view! { <p class="form-error" role="alert">{said}</p> }.into_any())
    };
    let left_out = move || {
        let figure = |total: CurrencyTotal| with_currency(total.spent, total.currency, language);
        let sums: Vec<_> = sheet.left_out(sheet.first.get()).into_iter().map(figure).collect();
        (!sums.is_empty()).then(|| format!("{} {}", t.left_out, sums.join(", ")))
    };
    view! {
        <Title text=t.plan />
        <h1 class="visually-hidden">{t.plan}</h1>
        <div class="plan">
            <div>
            <div class="plan-bar">
                <button type="button" class="button button-outline" aria-label=t.previous_month on:click=move |event| shift(&event, -1)>"‹"</button>
                <button type="button" class="button button-outline" aria-label=t.next_month on:click=move |event| shift(&event, 1)>"›"</button>
                <h2 class="plan-month" aria-live="polite" translate="no">{text(move || month(sheet.month(), language))}</h2>
                <div class="plan-tools">
                    <button type="button" class="button button-quiet" aria-disabled=needs() aria-describedby=why() on:click=copy>{t.copy_last_month}</button>
                    <button type="button" class="button button-quiet" aria-disabled=needs() aria-describedby=why() on:click=average>{t.average_of_three}</button>
                    <button type="button" class="button button-quiet" disabled=nothing aria-disabled=needs() aria-describedby=why() on:click=spread>{t.spread_over_year}</button>
                    <button type="button" class="button button-quiet" aria-disabled=last_undone on:click=move |_| sheet.take_back()>{t.undo}</button>
                </div>
            </div>
            {part(needed)}
            {part(failed)}
            {part(not_set)}
            {asking::question(sheet)}
            <p class="plan-said" role="status">{text(move || sheet.said.get())}</p>
            </div>
            <div class="plan-swipe" on:keydown=move |event| keys(sheet, &event) on:focusin=move |event| arrive(sheet, &event) on:focusout=move |event| leave(sheet, &event)
                on:input=move |event| if let Some((input, cell)) = input_of(&event) { sheet.edits(cell, input.value()) } on:paste=move |event| paste(sheet, event.into()) on:pointerdown=begin on:pointerup=end>
                {table(sheet)}
            </div>
            <p class="field-hint" translate="no">{text(move || left_out().unwrap_or_default())}</p>
        </div>
    }
    .into_any()
}

/// Enters the text of the focused cell before a press that does not take the focus away.
fn settle(sheet: PlanSheet, event: &Event) {
    let Some((cell, seen, text)) = sheet.editing.get_untracked() else { return };
    let page = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| target.owner_document());
    let input = page.and_then(|page| page.get_element_by_id(&cell_id(cell)));
    let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
    commit(sheet, &input, cell, seen, &text);
    sheet.editing.set(None);
    // The cell disappears from the screen.
    drop(input.blur());
}

fn finger(event: &PointerEvent) -> Option<(i32, i32)> {
    (event.pointer_type() == "touch").then(|| (event.client_x(), event.client_y()))
}

/// The cell of an event.
fn input_of(event: &Event) -> Option<(HtmlInputElement, Cell)> {
    let input = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
    let cell = cell_of(input.get_attribute("data-article"), input.get_attribute("data-month"))?;
    Some((input, cell))
}

/// Selects the text of a focused cell, so that typing replaces it.
fn arrive(sheet: PlanSheet, event: &FocusEvent) {
    let Some((input, cell)) = input_of(event) else { return };
    let version = untrack(|| sheet.version(cell));
    sheet.editing.set(Some((cell, version, input.value())));
    sheet.at.set(Some(cell));
    input.select();
}

fn leave(sheet: PlanSheet, event: &FocusEvent) {
    let Some((input, cell)) = input_of(event) else { return };
    // The page may be gone by now, or the text was entered already.
    let editing = sheet.editing.try_get_untracked().flatten().filter(|(editing, ..)| *editing == cell);
    let Some((_, seen, text)) = editing else { return };
    commit(sheet, &input, cell, seen, &text);
    sheet.editing.set(None);
}

/// Enters the text of a cell that loses the focus, if it was changed.
fn commit(sheet: PlanSheet, input: &HtmlInputElement, cell: Cell, seen: i64, found: &str) {
    let typed = input.value();
    if typed == found {
        sheet.state.typing.set_value(None);
    } else {
        sheet.enter(cell, &typed, seen);
    }
}
