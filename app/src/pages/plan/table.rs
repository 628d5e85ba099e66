//! The grid: one row for each article, with planned, actual and remaining amounts of each month.

use super::{
    before_start,
    entering::choice,
    sheet::{Lines, PlanSheet, SHOWN},
    state::{Cell, CellChoice, CellProblem, row},
};
use crate::{
    domain::{
        Article, ArticleId, Kind, Language, Money, Month, branches::tree, plan::PlanLine,
        plan_tools::together,
    },
    i18n::{
        format::{amount, month},
        plan_words::plan_of,
    },
    state::language::{use_language, use_plan_words},
    ui::{
        changing::{changing, part, text},
        icon::article_icon,
        list::{item, list},
    },
    widgets::uncounted::{uncounted, waiting_word},
};
use leptos::{html, prelude::*};

/// Shown for a figure of a month that is not loaded. An empty cell would mean that nothing is planned or spent.
const NOT_LOADED: &str = "…";

/// The id of a cell's input.
pub(super) fn cell_id((article, month): Cell) -> String {
    format!("plan-{article}-{month}")
}

/// The articles in the order of the grid, with their depth. An archived article is included while it has
/// plans or facts, or an amount that was refused.
pub(super) fn rows(sheet: PlanSheet, articles: &[Article], kind: Kind) -> Vec<(usize, Article)> {
    let months: Vec<_> = months().filter_map(|at| sheet.lines(at)).collect();
    let refused =
        |id: ArticleId| self::months().any(|at| sheet.problem((id, sheet.first.get().plus(at))).is_some());
    let counts = |id: ArticleId| {
        months.iter().any(|lines| lines.get(&id).is_some_and(|line| line.plan != 0 || line.fact != 0))
            || refused(id)
    };
    let mut rows = tree(articles);
    rows.retain(|(_, row)| row.kind == kind && (!row.archived || counts(row.id)));
    rows
}

/// The visible months.
fn months() -> std::ops::Range<i16> {
    0..SHOWN
}

/// The class of `plan-width.css` for the longest figure on the screen.
fn width(sheet: PlanSheet) -> Memo<&'static str> {
    let language = use_language();
    Memo::new(move |_| {
        let months: Vec<_> = months().filter_map(|at| sheet.lines(at)).collect();
        let articles = sheet.replica().articles;
        let sums = |lines: &Lines, kind: Kind| {
            articles.with(|articles| {
                let tops = articles.iter().filter(|row| row.kind == kind && row.parent_id.is_none());
                together(tops.filter_map(|row| lines.get(&row.id).copied()))
            })
        };
        let all = months.iter().flat_map(|lines| {
            lines.values().copied().chain([Kind::Expense, Kind::Income].map(|kind| sums(lines, kind)))
        });
        let largest = all.flat_map(|line| [line.plan, line.fact, line.left()]).map(i64::saturating_abs).max();
        // Measured with a minus sign, whether it has one or not.
        let longest = Money::from_minor(largest.unwrap_or(0).saturating_neg(), sheet.home());
        match amount(longest, language).chars().count() {
            ..=8 => "plan-table figures-0",
            9..=10 => "plan-table figures-1",
            11 => "plan-table figures-2",
            12..=14 => "plan-table figures-3",
            15..=19 => "plan-table figures-4",
            _ => "plan-table figures-5",
        }
    })
}

/// The table with its two parts.
pub(super) fn table(sheet: PlanSheet) -> AnyView {
    let (t, language) = (use_plan_words(), use_language());
    let width = width(sheet);
    let month_head = |at: i16| {
        let name = move || month(sheet.first.get().plus(at), language);
        view! {
            <th scope="colgroup" colspan="3" class=format!("month-{at} month-name") translate="no">{text(name)}</th>
        }
    };
    let column_heads = |at: i16| {
        [t.plan, t.fact, t.left]
            .map(|name| view! { <th scope="col" class=format!("month-{at} num")>{name}</th> }.into_any())
            .collect_view()
    };
    view! {
        <table class=changing(move || width.get())>
            <thead>
                <tr><td></td>{months().map(month_head).collect_view()}</tr>
                <tr><td></td>{months().map(column_heads).collect_view()}</tr>
            </thead>
            {section(sheet, Kind::Expense, t.expenses)}
            {section(sheet, Kind::Income, t.income)}
        </table>
    }
    .into_any()
}

fn section(sheet: PlanSheet, kind: Kind, title: &'static str) -> AnyView {
    let articles = sheet.replica().articles;
    let roots = articles.clone();
    let shown = Memo::new(move |_| articles.with(|articles| rows(sheet, articles, kind)));
    let items = move || {
        let row = |(depth, article): (usize, Article)| {
            // Rendered again when its name or place changes.
            let key = format!("{} {} {depth} {}", article.id, article.version, article.name);
            item(key, move || article_row(sheet, depth, &article))
        };
        shown.get().into_iter().map(row).collect()
    };
    let total = |at: i16| {
        let roots = roots.clone();
        let line = move || {
            let lines = sheet.lines(at)?;
            // The sums of the roots include all articles below them, whether shown or archived.
            roots.with(|articles| {
                let tops = articles.iter().filter(|row| row.kind == kind && row.parent_id.is_none());
                Some(together(tops.filter_map(|row| lines.get(&row.id).copied())))
            })
        };
        figures(sheet, at, line, kind, true)
    };
    view! {
        <tbody translate="no">
            <tr class="plan-section"><th scope="rowgroup">{title}</th>{months().map(total).collect_view()}</tr>
            {list(items)}
        </tbody>
    }
    .into_any()
}

fn article_row(sheet: PlanSheet, depth: usize, article: &Article) -> AnyView {
    let (t, id, kind) = (use_plan_words(), article.id, article.kind);
    let name = article.name.shown();
    let cells = |at: i16| {
        let named = name.clone();
        let line = move || sheet.lines(at).map(|lines| lines.get(&id).copied().unwrap_or_default());
        view! {
            <td class=format!("month-{at} plan-cell") data-label=t.plan>
                // Another month needs another cell.
                {list(move || {
                    let (month, name) = (sheet.first.get().plus(at), named.clone());
                    vec![item(month, move || cell(sheet, (id, month), &name))]
                })}
                {below(sheet, id, at)}
            </td>
            {figures(sheet, at, line, kind, false)}
        }
    };
    let cells = months().map(cells).collect_view();
    view! {
        <tr>
            <th scope="row" class=format!("plan-name depth-{}", depth.min(4))>{article_icon(article)}<span>{name}</span></th>
            {cells}
        </tr>
    }
    .into_any()
}

/// The plan including the articles below, if that is more than the article's own.
fn below(sheet: PlanSheet, id: ArticleId, at: i16) -> AnyView {
    let (t, language) = (use_plan_words(), use_language());
    let sum = move || {
        let month = sheet.first.get().plus(at);
        let own = sheet.plan((id, month))?.map_or(0, |plan| plan.amount.minor());
        let all = sheet.lines(at)?.get(&id)?.plan;
        (all != own).then(|| amount(Money::from_minor(all, sheet.home()), language))
    };
    part(move || sum().map(|sum| view! { <span class="plan-below num"><span class="visually-hidden">{t.together}</span>" Σ "{sum}</span> }.into_any()))
        .into_any()
}

/// The plan (in sums), the actual and the remaining amount of a line.
fn figures(
    sheet: PlanSheet,
    at: i16,
    line: impl Fn() -> Option<PlanLine> + Send + Sync + 'static,
    kind: Kind,
    sum: bool,
) -> AnyView {
    let (t, language) = (use_plan_words(), use_language());
    let money = move |minor| amount(Money::from_minor(minor, sheet.home()), language);
    let line = Memo::new(move |_| line());
    let figure = move |of: fn(PlanLine) -> i64| {
        text(move || match line.get().map(of) {
            Some(minor) if minor != 0 || sum => money(minor),
            Some(_) => String::new(),
            None => NOT_LOADED.to_owned(),
        })
    };
    let left = move || {
        let Some(line) = line.get() else { return Some(NOT_LOADED.into_any()) };
        if line.plan <= 0 && !(sum && line.fact != 0) {
            return None;
        }
        let left = line.left();
        // Not only by colour.
        let over = (left < 0 && kind == Kind::Expense).then(|| view! { <span aria-hidden="true">"! "</span><span class="visually-hidden">{t.overspent}" "</span> }.into_any());
        Some(view! { {over} {money(left)} }.into_any())
    };
    let class = changing(move || {
        let over = kind == Kind::Expense && line.get().is_some_and(|line| line.plan > 0 && line.left() < 0);
        if over { format!("month-{at} num over") } else { format!("month-{at} num") }
    });
    view! {
        {sum.then(|| view! { <td class=format!("month-{at} num") data-label=t.plan>{figure(|line| line.plan)}</td> }.into_any())}
        <td class=format!("month-{at} num fact") data-label=t.fact>{figure(|line| line.fact)}</td>
        <td class=class data-label=t.left>{part(left)}</td>
    }
    .into_any()
}

/// The input of a plan, in the row of the article of this name.
fn cell(sheet: PlanSheet, cell: Cell, name: &str) -> AnyView {
    let (t, language): (_, Language) = (use_plan_words(), use_language());
    let input = NodeRef::<html::Input>::new();
    let (article, of) = cell;
    let label = plan_of(name, &month(of, language), language);
    let fresh = fresh(sheet, cell);
    let begun = StoredValue::new(false);
    // An update from the book does not overwrite what is being typed.
    Effect::new(move || {
        let Some(input) = input.get() else { return };
        if !begun.get_value() {
            begun.set_value(true);
            before_start::take_over(sheet, cell, &input);
        }
        let shown = sheet.text(cell);
        let problem = sheet.problem(cell).map(|problem| problem.typed);
        let editing = sheet.editing.get().is_some_and(|(editing, ..)| editing == cell);
        if !editing {
            input.set_value(&problem.unwrap_or(shown));
        }
    });
    let described =
        changing(move || sheet.problem(cell).is_some().then(|| format!("{}-error", cell_id(cell))));
    // Another amount that somebody else has set is no error of this one.
    let is_error = |problem: &CellProblem| !matches!(problem.choice, Some(CellChoice::Either(_)));
    let invalid = changing(move || sheet.problem(cell).filter(is_error).map(|_| "true"));
    let unknown = changing(move || (!sheet.is_known(cell)).then_some(NOT_LOADED));
    let first = untrack(|| sheet.text(cell));
    let problem = move || {
        sheet.problem(cell).map(|problem| {
            let class = if is_error(&problem) { "field-error" } else { "plan-theirs" };
            view! { <p class=class role="alert" id=format!("{}-error", cell_id(cell))>{problem.text}</p> }
                .into_any()
        })
    };
    view! {
        <input node_ref=input class=fresh id=cell_id(cell) data-article=article.to_string() data-month=of.to_string()
            inputmode="decimal" autocomplete="off" value=first placeholder=unknown aria-label=label aria-invalid=invalid aria-describedby=described />
        {part(problem)}
        {choice(sheet, cell, input)}
        {part(move || sheet.waits(cell).then(|| {
            let (outbox, row) = (sheet.desk().outbox, row(cell));
            view! { <p class="row-saving">{waiting_word(t, &outbox, row)}</p> {uncounted(&outbox, row)} }.into_any()
        }))}
    }
    .into_any()
}

/// Highlights a cell that another member has just set.
fn fresh(sheet: PlanSheet, cell: Cell) -> Box<dyn FnMut() -> &'static str + Send> {
    let (me, plan) = (sheet.replica().me, Memo::new(move |_| sheet.plan(cell).flatten()));
    let times = Memo::new(move |before: Option<&(i64, u32)>| {
        let plan = plan.get();
        let version = plan.as_ref().map_or(0, |plan| plan.version);
        match before {
            Some((seen, times)) if version > *seen && plan.is_some_and(|plan| plan.updated_by != me) => {
                (version, times + 1)
            }
            Some((_, times)) => (version, *times),
            None => (version, 0),
        }
    });
    changing(move || match times.get().1 {
        0 => "plan-input num",
        odd if odd % 2 == 1 => "plan-input num fresh",
        _ => "plan-input num fresh-again",
    })
}

/// The article and month of an input, from its attributes.
pub(super) fn cell_of(article: Option<String>, month: Option<String>) -> Option<Cell> {
    let month: Month = month?.parse().ok()?;
    Some((article?.parse().ok()?, month))
}
