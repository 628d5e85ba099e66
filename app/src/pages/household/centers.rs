//! The accounts, with what is in them.

use super::{
    NEW, OpenRow, balance_history::balance_history, chosen, focus_first, reconciling::reconciling,
    revising::Revising, typed,
};
use crate::{
    command::{Command, Subject},
    components::{
        field::{Field, invalid, message},
        icon::symbol,
        list::{item, list},
        part,
        refusal::Refusal,
        sign_key::Signed,
        text,
        waiting::{new_rows, progress},
    },
    domain::{
        Balance, Currency, FieldError, FinancialCenter, FinancialCenterForm, FinancialCenterId,
        arithmetic::plainly, financial_center::POSITION_STEP, text::isolated,
    },
    i18n::{doing_words::Doing, format::with_currency, words::changed_by},
    outbox::{RowId, Seen},
    pages::{use_language, use_words},
    replica::Replica,
};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};
use std::sync::Arc;

/// What the rows of the list share.
#[derive(Clone, Copy)]
struct Ordering {
    rows: Memo<Arc<Vec<Balance>>>,
    open: OpenRow,
    revising: Revising,
}

impl Ordering {
    fn find(self, id: FinancialCenterId) -> Option<Balance> {
        self.rows.with(|rows| rows.iter().find(|row| row.center.id == id).cloned())
    }

    /// Puts a row between its neighbour and the one beyond.
    fn shift(self, id: FinancialCenterId, up: bool, revising: Revising) {
        let rows = self.rows.get_untracked();
        let mut rows: Vec<_> =
            rows.iter().filter(|row| !row.center.archived).map(|row| &row.center).collect();
        if up {
            rows.reverse();
        }
        let Some(at) = rows.iter().position(|row| row.id == id) else { return };
        let Some(next) = rows.get(at + 1) else { return };
        let far = if up { next.position - POSITION_STEP } else { next.position + POSITION_STEP };
        let beyond = rows.get(at + 2).map_or(far, |row| row.position);
        // Where they have come too near each other, the neighbour's own place: then the name decides.
        let position = next.position + (beyond - next.position) / 2;
        let form = FinancialCenterForm { position: Some(position), ..FinancialCenterForm::default() };
        if let Some(row) = rows.get(at) {
            revise(revising, row, form, || {});
        }
    }

    fn key(self, id: FinancialCenterId, event: &KeyboardEvent) {
        let up = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        if event.alt_key() {
            event.prevent_default();
            self.revising.sees(untrack(|| self.find(id)).map_or(0, |row| row.center.version));
            self.shift(id, up, self.revising);
        }
    }
}

/// Sends the change of an account.
fn revise(
    revising: Revising,
    row: &FinancialCenter,
    form: FinancialCenterForm,
    done: impl FnOnce() + Send + 'static,
) {
    let command = Command::ReviseFinancialCenter { id: row.id, form };
    let seen = Subject::FinancialCenter(row.clone()).into();
    revising.send(command, Some(RowId::FinancialCenter(row.id)), seen, done);
}

/// What was refused of this row, or of a new one, after its form was closed.
fn held(revising: Revising, row: Option<&FinancialCenter>) -> FinancialCenterForm {
    let held = match row {
        Some(row) => revising.held(RowId::FinancialCenter(row.id)),
        None => revising.held_new(|command| matches!(command, Command::AddFinancialCenter(_))),
    };
    match held.map(|held| held.command) {
        Some(Command::AddFinancialCenter(form) | Command::ReviseFinancialCenter { form, .. }) => form,
        _ => FinancialCenterForm::default(),
    }
}

#[component]
pub(super) fn Centers() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let centers = replica.centers.clone();
    let open = OpenRow::new();
    let rows = Memo::new(move |_| centers.get());
    let order =
        Memo::new(move |_| rows.with(|rows| rows.iter().map(|row| row.center.id).collect::<Vec<_>>()));
    let ordering = Ordering { rows, open, revising: Revising::without_fields() };
    let items = move || {
        order.get().into_iter().map(|id| item(id, move || view! { <CenterRow id ordering /> })).collect()
    };
    let add = NodeRef::<html::Button>::new();
    open.returns_to(NEW.into(), add);
    let known = move |row| {
        rows.with(|rows| rows.iter().any(|center| RowId::FinancialCenter(center.center.id) == row))
    };
    let waiting = new_rows(&replica, |command| matches!(command, Command::AddFinancialCenter(_)), known);
    let home = replica.household;
    view! {
        <section class="card" aria-labelledby="centers-title">
            <h2 id="centers-title">{t.accounts}</h2>
            <Refusal refusal=ordering.revising.failure doing=Doing::Moving />
            <ul class="plain-list">{list(items)}</ul>
            {waiting}
            {part(move || if open.is(NEW) {
                let home = home.with_untracked(|household| household.currency);
                view! { <CenterEditor ordering home /> }.into_any()
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
fn CenterRow(id: FinancialCenterId, ordering: Ordering) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let (name, open) = (id.to_string(), ordering.open);
    let form = move || {
        untrack(|| ordering.find(id)).map(|row| {
            let home = row.center.currency;
            view! { <li class="plain-open"><CenterEditor ordering home row=Some(row) /></li> }
        })
    };
    part(move || {
        let name = name.clone();
        if open.is(&name) {
            return form().into_any();
        }
        let button = NodeRef::<html::Button>::new();
        open.returns_to(name.clone(), button);
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
                {progress(RowId::FinancialCenter(id))}
            </li>
        }
        .into_any()
    })
}

#[component]
fn CenterEditor(
    ordering: Ordering,
    home: Currency,
    #[prop(optional_no_strip)] row: Option<Balance>,
) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let open = ordering.open;
    let row = row.map(|row| row.center);
    let revising = Revising::new(row.as_ref().map_or(0, |row| row.version));
    let held = held(revising, row.as_ref());
    let new_id = held.id.as_ref().and_then(|id| id.parse().ok()).unwrap_or_else(FinancialCenterId::new);
    let (name, currency, opening) = (NodeRef::new(), NodeRef::new(), NodeRef::new());
    focus_first(name);
    let first = (
        row.as_ref().map(|row| row.name.to_string()).unwrap_or_default(),
        home.code().to_owned(),
        row.as_ref().map(|row| row.opening_balance.to_string()).unwrap_or_default(),
    );
    let (id, began, opened) = (row.as_ref().map(|row| row.id), first.clone(), row.clone());
    // What was refused stands in the form again.
    let filled = (
        held.name.unwrap_or_else(|| first.0.clone()),
        held.currency.unwrap_or_else(|| first.1.clone()),
        held.opening_balance.unwrap_or_else(|| first.2.clone()),
    );
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (name, currency) = (typed(name), chosen(currency));
        let opening_balance = typed(opening).filter(|text| *text != began.2);
        // What is emptied the server refuses; what was not filled in is zero.
        let opening_balance = match opening_balance {
            Some(text) if !text.trim().is_empty() => {
                let currency = currency.as_ref().and_then(|code| code.parse().ok()).unwrap_or(home);
                match plainly(&text, None, currency, language) {
                    Ok(plain) => Some(plain),
                    Err(error) => {
                        let (field, reason) = ("opening_balance".to_owned(), error.into());
                        return revising.errors.set(vec![FieldError { field, reason }]);
                    }
                }
            }
            other => other,
        };
        if let Some(row) = &opened {
            let form = FinancialCenterForm {
                name: name.filter(|text| *text != began.0),
                currency: currency.filter(|text| *text != began.1),
                opening_balance,
                ..FinancialCenterForm::default()
            };
            if form == FinancialCenterForm::default() {
                revising.discard(RowId::FinancialCenter(row.id));
                return open.close();
            }
            return revise(revising, row, form, move || open.close());
        }
        let opening_balance = opening_balance.filter(|text| !text.trim().is_empty());
        let form = FinancialCenterForm { name, currency, opening_balance, ..FinancialCenterForm::default() };
        if let Err(refused) = form.new_center() {
            return revising.errors.set(refused);
        }
        let form = FinancialCenterForm { id: Some(new_id.to_string()), ..form };
        revising.send(Command::AddFinancialCenter(form), None, Seen::Nothing, move || open.close());
    };
    let archived = row.as_ref().is_some_and(|row| row.archived);
    let archive = move || {
        let form = FinancialCenterForm { archived: Some(!archived), ..FinancialCenterForm::default() };
        if let Some(row) = &row {
            revise(revising, row, form, move || open.close());
        }
    };
    let shown = first.0.clone();
    let renamed = move || {
        let now = id.and_then(|id| ordering.find(id)).map(|row| row.center.name.to_string());
        let other = now.filter(|name| *name != shown);
        other.map(|name| format!("{}: {}", changed_by(language, None), isolated(&name))).unwrap_or_default()
    };
    let others = Currency::COMMON.into_iter().filter(move |code| *code != home.code());
    let label = if id.is_some() { t.edit_account } else { t.add_account };
    view! {
        <form class="form row-form" aria-label=label novalidate on:submit=submit
            on:keydown=move |event| if event.key() == "Escape" { open.close() } on:input=move |_| open.types()>
            <Refusal refusal=revising.failure />
            <Field label=t.name id="center-name".to_owned() error=message(revising.errors, "name")>
                <input node_ref=name class="input" id="center-name" aria-invalid=invalid(revising.errors, "name") maxlength="80" autocomplete="off" aria-describedby="center-name-error" value=filled.0 />
            </Field>
            <p class="name-changed" role="status">{text(renamed)}</p>
            <div class="form-pair">
                <Field label=t.currency id="center-currency".to_owned() error=message(revising.errors, "currency")>
                    <select node_ref=currency class="input" id="center-currency" aria-invalid=invalid(revising.errors, "currency") aria-describedby="center-currency-error">
                        <option value=home.code()>{home.code()}</option>
                        {others.map(|code| view! { <option value=code selected=code == filled.1>{code}</option> }.into_any()).collect_view()}
                    </select>
                </Field>
                <Field label=t.opening_balance id="center-opening".to_owned() error=message(revising.errors, "opening_balance")>
                    <Signed input=opening>
                        <input node_ref=opening class="input num" id="center-opening" aria-invalid=invalid(revising.errors, "opening_balance") inputmode="decimal" autocomplete="off"
                            aria-describedby="center-opening-error" value=filled.2 />
                    </Signed>
                </Field>
            </div>
            {id.zip(use_context::<Replica>()).map(|(id, replica)| {
                view! { {reconciling(&replica, id, home)} {balance_history(&replica, id, home)} }.into_any()
            })}
            {open.asks(t.finish_first)}
            <div class="editor-buttons">
                <button type="submit" class="button" disabled=revising.busy>{t.save}</button>
                <button type="button" class="button button-quiet" on:click=move |_| open.close()>{t.cancel}</button>
                {id.map(|id| view! {
                    <span class="push">
                        {[(true, t.move_up, "↑"), (false, t.move_down, "↓")].map(|(up, label, arrow)| {
                            let shift = move |_| ordering.shift(id, up, revising);
                            view! { <button type="button" class="button button-quiet" aria-label=label on:click=shift>{arrow}</button> }
                        })}
                        <button type="button" class="button button-quiet" disabled=revising.busy on:click=move |_| archive()>{if archived { t.unarchive } else { t.archive }}</button>
                    </span>
                }.into_any())}
            </div>
        </form>
    }
}
