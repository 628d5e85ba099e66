//! The accounts, with what is in them.

use super::{
    chosen, clear,
    name_row::{NameRow, Named, Save, Wish},
    refuse, typed,
};
use crate::{
    api::book::{AddFinancialCenter, add_financial_center, revise_financial_center},
    components::{
        attempt::Attempt,
        field::{Errors, Field, invalid, message},
        list::{item, list},
        post_form::{Posting, Refusal},
    },
    domain::{Balance, Currency, FinancialCenterForm, FinancialCenterId},
    error::AppError,
    i18n::format::with_currency,
    pages::{use_language, use_words},
    replica::Replica,
};
use leptos::{ev::SubmitEvent, html, prelude::*, server_fn::ServerFn, task::spawn_local};
use std::sync::Arc;

type Balances = ArcRwSignal<Arc<Vec<Balance>>>;

#[component]
pub(super) fn Centers() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let centers = replica.centers.clone();
    let failure = RwSignal::new(None);
    let items = move || {
        let all = centers.clone();
        let row = move |row: &Balance| {
            let (id, centers) = (row.center.id, all.clone());
            item(id, move || view! { <CenterRow id centers failure /> })
        };
        centers.get().iter().map(row).collect()
    };
    view! {
        <section class="card" aria-labelledby="centers-title">
            <h2 class="card-title" id="centers-title">{t.accounts}</h2>
            <Refusal refusal=failure />
            <ul class="plain-list">{list(items)}</ul>
            <AddCenter replica />
        </section>
    }
    .into_any()
}

#[component]
fn CenterRow(id: FinancialCenterId, centers: Balances, failure: RwSignal<Option<AppError>>) -> impl IntoView {
    let language = use_language();
    let named = Memo::new(move |_| {
        centers.with(|rows| {
            let row = rows.iter().find(|row| row.center.id == id);
            row.map_or_else(Named::default, |row| Named {
                name: row.center.name.to_string(),
                detail: with_currency(row.balance, row.center.currency, language),
                archived: row.center.archived,
                version: row.center.version,
            })
        })
    });
    let save: Save = Arc::new(move |version, key, wish| {
        let mut form = FinancialCenterForm::default();
        match wish {
            Wish::Rename(name) => form.name = Some(name),
            Wish::PutAway => form.archived = Some(true),
            Wish::BringBack => form.archived = Some(false),
        }
        Box::pin(revise_financial_center(id, Some(version), Some(key), form))
    });
    view! { <li class="plain-row"><NameRow named save failure /></li> }
}

#[component]
fn AddCenter(replica: Replica) -> impl IntoView {
    let t = use_words();
    let errors: Errors = RwSignal::new(Vec::new());
    let posting = Posting::to::<AddFinancialCenter>();
    let (failure, busy, attempt) = (posting.refusal, posting.pending, Attempt::new());
    let name = NodeRef::<html::Input>::new();
    let currency = NodeRef::<html::Select>::new();
    let opening = NodeRef::<html::Input>::new();
    let home = replica.household.with_untracked(|household| household.currency);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form = FinancialCenterForm {
            id: None,
            name: typed(name),
            currency: chosen(currency),
            opening_balance: typed(opening).filter(|text| !text.trim().is_empty()),
            archived: None,
        };
        if let Err(refused) = form.new_center() {
            errors.set(refused);
            return;
        }
        errors.set(Vec::new());
        failure.set(None);
        busy.set(true);
        // The same content is the same account, however often it is sent.
        let id = FinancialCenterId::from(attempt.key(&form).uuid());
        spawn_local(async move {
            let (sent, balance) = (form.name.clone(), form.opening_balance.clone());
            let answer = add_financial_center(FinancialCenterForm { id: Some(id.to_string()), ..form }).await;
            attempt.heard(&answer);
            match answer {
                Ok(()) => {
                    clear(name, sent.as_ref());
                    clear(opening, balance.as_ref());
                }
                Err(error) => refuse(error, errors, failure),
            }
            busy.try_set(false);
        });
    };
    let others = Currency::COMMON.into_iter().filter(move |code| *code != home.code());
    view! {
        <form class="form add-form" method="post" action=AddFinancialCenter::url() aria-label=t.add_account novalidate on:submit=submit>
            <h3>{t.add_account}</h3>
            <input type="hidden" name="form[id]" value=FinancialCenterId::new().to_string() />
            <Refusal refusal=failure />
            <Field label=t.name id="center-name".to_owned() error=message(errors, "name")>
                <input node_ref=name class="input" id="center-name" name="form[name]" aria-invalid=invalid(errors, "name") maxlength="80" autocomplete="off" aria-describedby="center-name-error" />
            </Field>
            <div class="form-pair">
                <Field label=t.currency id="center-currency".to_owned() error=message(errors, "currency")>
                    <select node_ref=currency class="input" id="center-currency" name="form[currency]" aria-invalid=invalid(errors, "currency") aria-describedby="center-currency-error">
                        <option value=home.code()>{home.code()}</option>
                        {others.map(|code| view! { <option value=code>{code}</option> }).collect_view()}
                    </select>
                </Field>
                <Field label=t.opening_balance id="center-opening".to_owned() error=message(errors, "opening_balance")>
                    <input node_ref=opening class="input num" id="center-opening" name="form[opening_balance]" aria-invalid=invalid(errors, "opening_balance") inputmode="decimal" autocomplete="off"
                        aria-describedby="center-opening-error" />
                </Field>
            </div>
            <button type="submit" class="button" disabled=busy>{t.add_row}</button>
        </form>
    }
}
