//! The plan: articles and months, edited like a spreadsheet; on the phone one month as a list.
//!
//! Cells are inputs at all times, so that a screen reader and a thumb find what they know. The keys are
//! listened to once, on the table.

mod asking;
mod sheet;
mod table;

use crate::{
    components::{part, text},
    domain::{Article, Kind, Money, Month, plan_tools, totals::CurrencyTotal},
    i18n::{
        doing_words::{Doing, refused},
        format::{month, with_currency},
        plan_words::lines_pasted,
    },
    live_link::{Connection, LiveLink},
    pages::{Opened, use_language, use_words},
    replica::Replica,
};
use leptos::{
    ev::{Event, FocusEvent, KeyboardEvent, MouseEvent, PointerEvent},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlInputElement},
};
use leptos_meta::Title;
pub use sheet::PlanState;
use sheet::{Cell, Sheet};
use table::{cell_id, cell_of, rows, table};

/// The plan page.
#[component]
pub fn PlanPage() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let state = use_context::<Opened>().unwrap_or_default().plan;
    let sheet = Sheet::new(replica, state, language);
    Effect::new(move || sheet.load());
    let connection = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).connection;
    Effect::new(move || {
        if matches!(connection.get(), Connection::Live { .. }) {
            sheet.send_again();
        }
    });
    // What stands in a cell is taken over before its month goes; the tools go with the months.
    let shift = move |event: &Event, months: i16| {
        settle(sheet, event);
        sheet.at.set(None);
        sheet.asked.set(None);
        sheet.said.set(String::new());
        sheet.first.update(|first| *first = first.plus(months));
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
        // The amount that is spread makes room for its first twelfth.
        sheet.with_months((month, month.plus(11)), Some((article, month)), move |grid, _| {
            let plan = grid.plans.iter().find(|plan| plan.article_id == article && plan.month == month);
            match plan.map_or(0, |plan| plan.amount.minor()) {
                0 => Vec::new(),
                year => plan_tools::spread(article, month, year),
            }
        });
    };
    let nothing = move || sheet.at.with(Option::is_none);
    let failed = move || {
        sheet.failure.get().map(|error| {
            view! {
                <div class="form-error" role="alert">
                    <p>{refused(&error, Doing::Planning, language)}</p>
                    <button type="button" class="button button-quiet" on:click=move |_| sheet.load()>{t.try_again}</button>
                </div>
            }.into_any()
        })
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
                    <button type="button" class="button button-quiet" on:click=copy>{t.copy_last_month}</button>
                    <button type="button" class="button button-quiet" on:click=average>{t.average_of_three}</button>
                    <button type="button" class="button button-quiet" disabled=nothing on:click=spread>{t.spread_over_year}</button>
                    <button type="button" class="button button-quiet" disabled=move || !sheet.can_undo() on:click=move |_| sheet.take_back()>{t.undo}</button>
                </div>
            </div>
            {part(failed)}
            {asking::question(sheet)}
            <p class="plan-said" role="status">{text(move || sheet.said.get())}</p>
            </div>
            <div class="plan-swipe" on:keydown=move |event| keys(sheet, &event) on:focusin=move |event| arrive(sheet, &event) on:focusout=move |event| leave(sheet, &event)
                on:input=move |event| if let Some((_, cell)) = input_of(&event) { sheet.edits(cell) } on:paste=move |event| paste(sheet, event.into()) on:pointerdown=begin on:pointerup=end>
                {table(sheet)}
            </div>
            <p class="field-hint" translate="no">{text(move || left_out().unwrap_or_default())}</p>
        </div>
    }
    .into_any()
}

/// Takes over what stands in the cell that has the focus, where a press does not take the focus away.
fn settle(sheet: Sheet, event: &Event) {
    let Some((cell, seen, text)) = sheet.editing.get_untracked() else { return };
    let page = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| target.owner_document());
    let input = page.and_then(|page| page.get_element_by_id(&cell_id(cell)));
    let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
    commit(sheet, &input, cell, seen, &text);
    sheet.editing.set(None);
    // It goes out of sight.
    drop(input.blur());
}

fn finger(event: &PointerEvent) -> Option<(i32, i32)> {
    (event.pointer_type() == "touch").then(|| (event.client_x(), event.client_y()))
}

/// The cell that an event is about.
fn input_of(event: &Event) -> Option<(HtmlInputElement, Cell)> {
    let input = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
    let cell = cell_of(input.get_attribute("data-article"), input.get_attribute("data-month"))?;
    Some((input, cell))
}

/// Typing replaces what is there.
fn arrive(sheet: Sheet, event: &FocusEvent) {
    let Some((input, cell)) = input_of(event) else { return };
    let version = untrack(|| sheet.plan(cell)).flatten().map_or(0, |plan| plan.version);
    sheet.editing.set(Some((cell, version, input.value())));
    sheet.at.set(Some(cell));
    input.select();
}

fn leave(sheet: Sheet, event: &FocusEvent) {
    let Some((input, cell)) = input_of(event) else { return };
    // The page may be gone by now, or what stands there was taken over already.
    let editing = sheet.editing.try_get_untracked().flatten().filter(|(editing, ..)| *editing == cell);
    let Some((_, seen, text)) = editing else { return };
    commit(sheet, &input, cell, seen, &text);
    sheet.editing.set(None);
}

/// What was left as it was found has nothing new to say.
fn commit(sheet: Sheet, input: &HtmlInputElement, cell: Cell, seen: i64, found: &str) {
    let typed = input.value();
    if typed != found {
        sheet.enter(cell, &typed, seen);
    }
}

/// The cells in their order, from the top to the bottom.
fn order(sheet: Sheet) -> Vec<Article> {
    let articles = sheet.replica().articles.get_untracked();
    let of = |kind| rows(sheet, &articles, kind);
    untrack(|| [Kind::Expense, Kind::Income].into_iter().flat_map(of).map(|(_, row)| row).collect())
}

fn go(input: &HtmlInputElement, cell: Cell) -> bool {
    let next = input.owner_document().and_then(|page| page.get_element_by_id(&cell_id(cell)));
    let next = next
        .and_then(|next| next.dyn_into::<HtmlInputElement>().ok())
        .filter(|next| next.offset_parent().is_some());
    // A cell that cannot take the focus leaves it where it is.
    next.is_some_and(|next| next.focus().is_ok())
}

/// Up or down the column; false at its end.
fn step(sheet: Sheet, input: &HtmlInputElement, (article, month): Cell, by: isize) -> bool {
    let order = order(sheet);
    let at = order.iter().position(|row| row.id == article);
    let next = at.and_then(|at| at.checked_add_signed(by)).and_then(|at| order.get(at));
    next.is_some_and(|row| go(input, (row.id, month)))
}

/// As in a spreadsheet: arrows, Enter and Shift+Enter, Escape takes back what is typed.
fn keys(sheet: Sheet, event: &KeyboardEvent) {
    if event.key() == "z" && (event.ctrl_key() || event.meta_key()) {
        let unchanged =
            input_of(event).is_none_or(|(input, cell)| input.value() == untrack(|| sheet.text(cell)));
        // What is being typed is taken back by the browser itself.
        if unchanged {
            event.prevent_default();
            sheet.take_back();
        }
        return;
    }
    let Some((input, cell)) = input_of(event) else { return };
    let (article, month) = cell;
    let whole = input.selection_start().ok().flatten() == Some(0)
        && input.selection_end().ok().flatten() == u32::try_from(input.value().chars().count()).ok();
    let moved = match event.key().as_str() {
        "Enter" => {
            // Entered again, it is meant to be over what somebody else has set.
            if sheet.problems.with_untracked(|all| all.contains_key(&cell)) {
                take_over(sheet, &input, cell);
            }
            step(sheet, &input, cell, if event.shift_key() { -1 } else { 1 }) || {
                // At the end of a column it stays.
                take_over(sheet, &input, cell);
                input.select();
                true
            }
        }
        "ArrowDown" => step(sheet, &input, cell, 1),
        "ArrowUp" => step(sheet, &input, cell, -1),
        "ArrowLeft" if whole => go(&input, (article, month.plus(-1))),
        "ArrowRight" if whole => go(&input, (article, month.plus(1))),
        "Escape" => {
            sheet.problems.update(|all| drop(all.remove(&cell)));
            input.set_value(&untrack(|| sheet.text(cell)));
            input.select();
            true
        }
        _ => return,
    };
    if moved || event.key() == "Enter" {
        event.prevent_default();
    }
}

/// Takes over what stands in a cell, which keeps the focus.
fn take_over(sheet: Sheet, input: &HtmlInputElement, cell: Cell) {
    let seen = sheet.editing.get_untracked().map_or(0, |(_, seen, _)| seen);
    let typed = input.value();
    sheet.enter(cell, &typed, seen);
    sheet.editing.set(Some((cell, seen, typed)));
}

/// A column from elsewhere goes down from this cell, in one change.
fn paste(sheet: Sheet, event: Event) {
    let Some((input, (article, month))) = input_of(&event) else { return };
    let event: leptos::web_sys::ClipboardEvent = event.unchecked_into();
    let Some(pasted) = event.clipboard_data().and_then(|data| data.get_data("text").ok()) else { return };
    let lines: Vec<&str> = pasted.trim_end_matches(['\r', '\n']).lines().collect();
    if lines.len() < 2 {
        return;
    }
    event.prevent_default();
    let order = order(sheet);
    let from = order.iter().position(|row| row.id == article).unwrap_or(0);
    let columns = lines.iter().map(|line| line.split('\t').count()).max().unwrap_or(1);
    let mut cells = Vec::with_capacity(lines.len().min(order.len()));
    for (row, line) in order.iter().skip(from).zip(&lines) {
        // Of several columns the first one.
        let line = line.split('\t').next().unwrap_or_default().trim();
        let minor = match line {
            "" => Some(0),
            line => sheet.read(line).ok().map(Money::minor).filter(|minor| *minor >= 0),
        };
        let cell: (_, Month) = (row.id, month);
        match minor {
            Some(minor) => cells.push((cell.0, cell.1, minor)),
            // Where it is no amount it is said, and what was pasted stands there.
            None => sheet.enter(cell, line, 0),
        }
    }
    sheet.editing.set(None);
    let language = sheet.language;
    let whole = cells.len() == lines.len() && columns == 1;
    let said = if whole { String::new() } else { lines_pasted(cells.len(), lines.len(), columns, language) };
    sheet.fill(cells, said);
    drop(input.blur());
}
