//! The form of an account, new or existing.

use super::{
    balance_history::balance_history,
    center_order::CenterOrder,
    chosen,
    reconciling::{Statement, reconciling},
    revising::{Beginning, begin, renamed_by},
    typed,
};
use crate::{
    command::Command,
    domain::{
        Currency, FieldError, FinancialCenter, FinancialCenterForm, FinancialCenterId, Language, Money,
        arithmetic::{plainly, work_out},
        direction::isolated,
    },
    i18n::format::amount,
    outbox::RowId,
    replica::Replica,
    state::language::{use_household_words, use_language},
    ui::{
        changing::text,
        field::{Field, invalid, message},
    },
    widgets::sign_key::Signed,
};
use leptos::{ev::SubmitEvent, prelude::*};

#[component]
pub(super) fn CenterEditor(
    ordering: CenterOrder,
    /// The currency of the account, or of the household.
    home: Currency,
    /// The name of the form.
    name: String,
    /// The id of the account; also of a new one.
    id: FinancialCenterId,
    #[prop(optional_no_strip)] row: Option<FinancialCenter>,
) -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_household_words(), use_language());
    let (forms, open, form_name, new_id) = (ordering.forms, ordering.forms.open, name, id);
    let beginning = begin(&replica, forms, &form_name, (RowId::FinancialCenter(id), row));
    let Beginning { editing, row, filled: held } = beginning;
    let (name, currency, opening) = (NodeRef::new(), NodeRef::new(), NodeRef::new());
    editing.opens(name);
    let first = (
        row.as_ref().map(|row| row.name.to_string()).unwrap_or_default(),
        home.code().to_owned(),
        row.as_ref().map(|row| row.opening_balance.to_string()).unwrap_or_default(),
    );
    let (id, began, began_opening) = (row.as_ref().map(|row| row.id), first.clone(), first.2.clone());
    // The initial values: what was typed before or refused, or else the row.
    let filled = (
        held.name.unwrap_or_else(|| first.0.clone()),
        held.currency.unwrap_or_else(|| first.1.clone()),
        held.opening_balance.unwrap_or_else(|| first.2.clone()),
    );
    let book = replica.clone();
    let statement = id.map(|id| (Statement::new(&replica, (id, home), (forms, &form_name)), id, replica));
    let stated = statement.as_ref().map(|(statement, ..)| *statement);
    let before = row.as_ref().map_or(0, |row| row.opening_balance.minor());
    let opens = move |text: Option<String>| {
        let now = text.and_then(|text| work_out(&text, home, language).ok());
        if let Some(statement) = stated {
            statement.opens_with(now.map_or(0, |now| now.money.minor().saturating_sub(before)));
        }
    };
    opens(Some(filled.2.clone()));
    // The statement is not part of the account; it must be settled before the form may close.
    let settled = move || stated.is_none_or(Statement::settles);
    let form = move || FinancialCenterForm {
        name: typed(name),
        currency: chosen(currency),
        opening_balance: typed(opening),
        ..FinancialCenterForm::default()
    };
    let keep = move || editing.keep(&form_name, form);
    let keep_chosen = keep.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !settled() {
            return;
        }
        let form = match in_figures(form(), &began.2, (home, language)) {
            Ok(form) => form,
            Err(refused) => return editing.refuse(refused),
        };
        if id.is_some() {
            return editing.save(editing.changes(form));
        }
        let opening_balance = form.opening_balance.filter(|text| !text.trim().is_empty());
        let form = FinancialCenterForm { opening_balance, ..form };
        match form.new_center() {
            Ok(_) => {
                let id = Some(new_id.to_string());
                editing.add(Command::AddFinancialCenter(FinancialCenterForm { id, ..form }));
            }
            Err(refused) => editing.refuse(refused),
        }
    };
    let archived = row.as_ref().is_some_and(|row| row.archived);
    let archive = move || {
        if settled() {
            let archived = Some(!archived);
            editing.save(FinancialCenterForm { archived, ..FinancialCenterForm::default() });
        }
    };
    let typed_now = move || {
        let form = form();
        in_figures(form.clone(), &began_opening, (home, language)).unwrap_or(form)
    };
    let value = move |field: &'static str, text: &str| match field {
        "name" => (t.name, isolated(text)),
        "currency" => (t.currency, text.to_owned()),
        "opening_balance" => {
            let money = Money::parse(text, home).map(|money| amount(money, language));
            (t.opening_balance, money.unwrap_or_else(|_| text.to_owned()))
        }
        _ => (t.archived, if text == "true" { "✓" } else { "–" }.to_owned()),
    };
    let button = NodeRef::new();
    let shown = first.0.clone();
    let renamed = move || {
        // Both names are in the choice between them.
        if editing.flow.conflict.with(Option::is_some) {
            return String::new();
        }
        let now = id.and_then(|id| ordering.find(id)).map(|row| row.center);
        let other = now.filter(|row| row.name.to_string() != shown);
        other
            .map(|row| renamed_by(&book, row.updated_by, &row.name.to_string(), language))
            .unwrap_or_default()
    };
    let others = Currency::COMMON.into_iter().filter(move |code| *code != home.code());
    let label = if id.is_some() { t.edit_account } else { t.add_account };
    view! {
        <form class="form row-form" node_ref=editing.flow.errors.form aria-label=label novalidate on:submit=submit
            on:keydown=move |event| editing.key(&event) on:input=move |_| { keep(); editing.goes_on(); } on:change=move |_| keep_chosen()>
            <Field label=t.name id="center-name".to_owned() error=message(editing.flow.errors, "name")>
                <input node_ref=name class="input" id="center-name" aria-invalid=invalid(editing.flow.errors, "name") maxlength="80" autocomplete="off" aria-describedby="center-name-error" value=filled.0 />
            </Field>
            <p class="name-changed" role="status">{text(renamed)}</p>
            <div class="form-pair">
                <Field label=t.currency id="center-currency".to_owned() error=message(editing.flow.errors, "currency")>
                    <select node_ref=currency class="input" id="center-currency" aria-invalid=invalid(editing.flow.errors, "currency") aria-describedby="center-currency-error">
                        <option value=home.code()>{home.code()}</option>
                        {others.map(|code| view! { <option value=code selected=code == filled.1>{code}</option> }.into_any()).collect_view()}
                    </select>
                </Field>
                <Field label=t.opening_balance id="center-opening".to_owned() error=message(editing.flow.errors, "opening_balance")>
                    <Signed input=opening>
                        <input node_ref=opening class="input num" id="center-opening" aria-invalid=invalid(editing.flow.errors, "opening_balance") inputmode="decimal" autocomplete="off"
                            aria-describedby="center-opening-error" on:input=move |_| opens(typed(opening)) value=filled.2 />
                    </Signed>
                </Field>
            </div>
            {statement.map(|(statement, id, replica)| {
                view! { {reconciling(statement, id, home)} {balance_history(&replica, id, home)} }.into_any()
            })}
            {editing.said(typed_now, value, button)}
            <div class="editor-buttons">
                <button node_ref=button type="submit" class="button" hidden=editing.flow.hides_save()>{t.save}</button>
                <button type="button" class="button button-quiet" on:click=move |_| open.close()>{t.cancel}</button>
                {id.map(|id| view! {
                    <span class="push">
                        {[(true, t.move_up, "↑"), (false, t.move_down, "↓")].map(|(up, label, arrow)| {
                            let shift = move |_| ordering.shift(id, up);
                            view! { <button type="button" class="button button-quiet" aria-label=label on:click=shift>{arrow}</button> }
                        })}
                        <button type="button" class="button button-quiet" on:click=move |_| archive()>{if archived { t.unarchive } else { t.archive }}</button>
                    </span>
                }.into_any())}
            </div>
        </form>
    }
    .into_any()
}

/// The form with its opening balance as a plain figure, if that was changed: the server refuses an emptied one.
fn in_figures(
    form: FinancialCenterForm,
    before: &str,
    (home, language): (Currency, Language),
) -> Result<FinancialCenterForm, Vec<FieldError>> {
    let is_figure = |text: &&String| *text != before && !text.trim().is_empty();
    let Some(text) = form.opening_balance.as_ref().filter(is_figure) else { return Ok(form) };
    let currency = form.currency.as_ref().and_then(|code| code.parse().ok()).unwrap_or(home);
    let plain = plainly(text, None, currency, language).map_err(|error| {
        let refused = FieldError { field: "opening_balance".to_owned(), reason: error.into() };
        refused.with_others(form.new_center().err().unwrap_or_default())
    })?;
    Ok(FinancialCenterForm { opening_balance: Some(plain), ..form })
}
