//! The list of accounts with their balances.

use super::{
    center_editor::CenterEditor,
    center_order::CenterOrder,
    new_rows::{is_there, new_rows},
    returns_to,
    revising::Changing,
};
use crate::{
    domain::{Balance, FinancialCenterId},
    i18n::{doing_words::Doing, format::with_currency},
    outbox::{Outbox, RowId},
    replica::Replica,
    state::{
        language::{use_household_words, use_language},
        open_form::{HouseholdForms, NEW},
    },
    ui::{
        changing::{part, text},
        icon::symbol,
        list::{item, list},
    },
    widgets::{refusal::Refusal, waiting::progress_of_row},
};
use leptos::{html, prelude::*};

#[component]
pub(super) fn Centers() -> impl IntoView {
    let (Some(replica), Some(HouseholdForms { centers: forms, .. })) =
        (use_context::<Replica>(), use_context())
    else {
        return ().into_any();
    };
    let (t, open) = (use_household_words(), forms.open);
    let centers = replica.centers.clone();
    let rows = Memo::new(move |_| centers.get());
    open.begin_page();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    open.closes_without(move |name| {
        rows.with(|rows| is_there(&outbox, name, rows.iter().map(|row| row.center.id.to_string())))
    });
    let order =
        Memo::new(move |_| rows.with(|rows| rows.iter().map(|row| row.center.id).collect::<Vec<_>>()));
    let ordering = CenterOrder { rows, forms, moves: Changing::new() };
    let items = move || {
        order.get().into_iter().map(|id| item(id, move || view! { <CenterRow id ordering /> })).collect()
    };
    let add = NodeRef::<html::Button>::new();
    returns_to(open, NEW.into(), add);
    let known = move |row| {
        rows.with(|rows| rows.iter().any(|center| RowId::FinancialCenter(center.center.id) == row))
    };
    let home = replica.household.clone();
    let home = move || home.with_untracked(|household| household.currency);
    let here = home.clone();
    let editor = move |row: RowId, name| {
        let RowId::FinancialCenter(id) = row else { return ().into_any() };
        view! { <CenterEditor ordering home=here() name id /> }.into_any()
    };
    let waiting = new_rows(&replica, open, |id| RowId::FinancialCenter(id.into()), known, editor);
    view! {
        <section class="card" aria-labelledby="centers-title">
            <h2 id="centers-title">{t.accounts}</h2>
            <Refusal refusal=ordering.moves.refusal doing=Doing::Moving />
            <ul class="plain-list">{list(items)}</ul>
            {waiting}
            {part(move || if open.is(NEW) {
                view! { <CenterEditor ordering home=home() name=NEW.to_owned() id=FinancialCenterId::new() /> }.into_any()
            } else {
                view! {
                    <button type="button" class="button button-outline" node_ref=add on:click=move |_| open.open(NEW.into())>{t.add_account}</button>
                }.into_any()
            })}
        </section>
    }
    .into_any()
}

#[component]
fn CenterRow(id: FinancialCenterId, ordering: CenterOrder) -> impl IntoView {
    let (t, language) = (use_household_words(), use_language());
    let (name, open) = (id.to_string(), ordering.forms.open);
    let form = move |name| {
        untrack(|| ordering.find(id)).map(|Balance { center, .. }| {
            let home = center.currency;
            view! { <li class="plain-open"><CenterEditor ordering home name id row=Some(center) /></li> }
        })
    };
    part(move || {
        let name = name.clone();
        if open.is(&name) {
            return form(name).into_any();
        }
        let (button, again) = (NodeRef::<html::Button>::new(), name.clone());
        returns_to(open, name.clone(), button);
        let label = move || ordering.find(id).map(|row| row.center.name.shown()).unwrap_or_default();
        let detail = move || {
            ordering.find(id).map_or_else(String::new, |row| {
                let balance = with_currency(row.balance, row.center.currency, language);
                if row.center.archived { format!("{} · {balance}", t.archived) } else { balance }
            })
        };
        view! {
            <li class="plain-item">
                <button type="button" class="plain-row" translate="no" node_ref=button on:click=move |_| open.open(name.clone()) on:keydown=move |event| ordering.key(id, &event)>
                    <span class="plain-name">{text(label)}</span>
                    <span class="plain-detail num">{text(detail)}</span>
                    {symbol("edit", "symbol muted")}
                </button>
                {progress_of_row(RowId::FinancialCenter(id), move || open.open(again.clone()))}
            </li>
        }
        .into_any()
    })
}
