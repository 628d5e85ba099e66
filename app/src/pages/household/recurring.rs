//! The list of recurring entries.

use super::{
    new_rows::{is_there, new_rows},
    recurring_editor::RecurringEditor,
    returns_to,
};
use crate::{
    domain::{Recurring, RecurringForm, RecurringId, Target},
    i18n::{
        format::signed,
        recurring_words::{next_on, rhythm},
    },
    outbox::{Outbox, RowId},
    replica::Replica,
    state::{
        language::{use_household_words, use_language},
        open_form::{HouseholdForms, NEW, OpenForm},
    },
    ui::{
        changing::{part, text},
        icon::symbol,
        list::{item, list},
    },
    widgets::waiting::progress_of_row,
};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// State that the rows of the list share.
#[derive(Clone, Copy)]
struct Rows {
    rows: Memo<Arc<Vec<Recurring>>>,
    forms: OpenForm<Recurring, RecurringForm>,
}

impl Rows {
    fn find(self, id: RecurringId) -> Option<Recurring> {
        self.rows.with(|rows| rows.iter().find(|row| row.id == id).cloned())
    }
}

#[component]
pub(super) fn RecurringRows() -> impl IntoView {
    let (Some(replica), Some(HouseholdForms { recurring: forms, .. })) =
        (use_context::<Replica>(), use_context())
    else {
        return ().into_any();
    };
    let (t, open) = (use_household_words(), forms.open);
    let all = replica.recurring.clone();
    let rows = Rows { rows: Memo::new(move |_| all.get()), forms };
    open.begin_page();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    open.closes_without(move |name| {
        rows.rows.with(|rows| is_there(&outbox, name, rows.iter().map(|row| row.id.to_string())))
    });
    let order = Memo::new(move |_| rows.rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>()));
    let items = move || {
        order.get().into_iter().map(|id| item(id, move || view! { <RecurringRow id rows /> })).collect()
    };
    let known = move |row| rows.rows.with(|rows| rows.iter().any(|one| RowId::Recurring(one.id) == row));
    let editor = move |row: RowId, name| {
        let RowId::Recurring(id) = row else { return ().into_any() };
        view! { <RecurringEditor forms name id /> }.into_any()
    };
    let waiting = new_rows(&replica, open, |id| RowId::Recurring(id.into()), known, editor);
    let add = NodeRef::<html::Button>::new();
    returns_to(open, NEW.into(), add);
    view! {
        <section class="card" aria-labelledby="recurring-title">
            <h2 id="recurring-title">{t.recurring}</h2>
            <ul class="plain-list">{list(items)}</ul>
            {waiting}
            {part(move || if open.is(NEW) {
                view! { <RecurringEditor forms name=NEW.to_owned() id=RecurringId::new() /> }.into_any()
            } else {
                view! {
                    <button type="button" class="button button-outline" node_ref=add on:click=move |_| open.open(NEW.into())>{t.add_recurring}</button>
                }.into_any()
            })}
        </section>
    }
    .into_any()
}

#[component]
fn RecurringRow(id: RecurringId, rows: Rows) -> impl IntoView {
    let (t, language) = (use_household_words(), use_language());
    let replica = use_context::<Replica>();
    let (name, forms, open) = (id.to_string(), rows.forms, rows.forms.open);
    part(move || {
        let name = name.clone();
        if open.is(&name) {
            let row = untrack(|| rows.find(id));
            return row
                .map(|row| {
                    view! { <li class="plain-open"><RecurringEditor forms name id row=Some(row) /></li> }
                        .into_any()
                })
                .into_any();
        }
        let (button, again) = (NodeRef::<html::Button>::new(), name.clone());
        returns_to(open, name.clone(), button);
        let book = replica.clone();
        let title = move || {
            let row = rows.find(id)?;
            let articles = &book.as_ref()?.articles;
            let article = articles
                .with(|all| all.iter().find(|one| one.id == row.article_id).map(|one| one.name.shown()));
            let note = Some(row.comment.shown()).filter(|note| !note.is_empty());
            let plan = (row.target == Target::Plan).then(|| t.a_plan.to_owned());
            Some([article, note, plan].into_iter().flatten().collect::<Vec<_>>().join(" · "))
        };
        let book = replica.clone();
        let when = move || {
            let (row, today) = (rows.find(id)?, book.as_ref()?.today.get());
            let next = match row.open_days().next() {
                Some(day) => next_on(day, today, language),
                None => t.finished.to_owned(),
            };
            Some(format!("{} · {next}", rhythm(row.every, row.unit, language)))
        };
        let amount = move || rows.find(id).map(|row| signed(row.amount, language)).unwrap_or_default();
        view! {
            <li class="plain-item">
                <button type="button" class="plain-row" translate="no" node_ref=button on:click=move |_| open.open(name.clone())>
                    <span class="plain-name">
                        <span class="plain-title">{text(move || title().unwrap_or_default())}</span>
                        <span class="plain-note">{text(move || when().unwrap_or_default())}</span>
                    </span>
                    <span class="plain-detail num">{text(amount)}</span>
                    {symbol("edit", "symbol muted")}
                </button>
                {progress_of_row(RowId::Recurring(id), move || open.open(again.clone()))}
            </li>
        }
        .into_any()
    })
}
