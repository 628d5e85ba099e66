//! The fields of the form, and what it says while they are typed.

use super::{
    entering::Entering,
    sending::{is_empty, plain, rest},
};
use crate::{
    components::{
        changing,
        choice::Choice,
        field::{CenterOptions, Field, invalid, message},
        sign_key::Signed,
        text,
    },
    domain::{Currency, FinancialCenterId, GroupForm, GroupKind, fact_group::Rest},
    i18n::{
        format::with_currency,
        words::{over_whole, words},
    },
    replica::Replica,
    state::language::use_words,
};
use leptos::prelude::*;

/// The fields, with what the form begins with.
pub(super) fn fields(this: &Entering, first: GroupForm) -> AnyView {
    let t = use_words();
    let (kind, inputs, busy, errors) = (this.kind, this.inputs, this.flow.busy, this.flow.errors);
    let (from, to, amount, to_amount, date, comment) = match first {
        GroupForm::Transfer(form) => (
            form.from_financial_center_id,
            form.to_financial_center_id,
            form.amount,
            form.to_amount,
            form.date,
            form.comment,
        ),
        GroupForm::Split(form) => {
            (form.financial_center_id, None, form.amount, None, form.date, form.comment)
        }
    };
    let (center_field, center_label) = match kind {
        GroupKind::Transfer => ("from_financial_center_id", t.from_account),
        GroupKind::Split => ("financial_center_id", t.account),
    };
    let centers = this.replica.centers.clone();
    let text_of = |text: Option<String>| text.unwrap_or_default();
    let day = date.unwrap_or_else(|| this.replica.today.get_untracked().to_string());
    let transfer = (kind == GroupKind::Transfer).then(|| arrival(this, to, to_amount));
    let split = (kind == GroupKind::Split).then(|| {
        let this = this.clone();
        view! {
            {inputs.parts.view(errors, this.changed)}
            <p class="field-hint not-split" role="status" translate="no">{text(move || remaining(&this))}</p>
        }
        .into_any()
    });
    view! {
        <Field label=t.amount id="group-amount".to_owned() error=message(errors, "amount") class="field-amount">
            // What moves between accounts has no sign.
            <Signed input=inputs.amount hidden=kind == GroupKind::Transfer>
                <input node_ref=inputs.amount class="input num" id="group-amount" inputmode="decimal" autocomplete="off" readonly=busy
                    value=text_of(amount) aria-describedby="group-amount-error" aria-invalid=invalid(errors, "amount") />
            </Signed>
        </Field>
        <Field label=t.date id="group-date".to_owned() error=message(errors, "date") class="field-date">
            <input node_ref=inputs.date class="input" type="date" id="group-date" readonly=busy value=day
                aria-describedby="group-date-error" aria-invalid=invalid(errors, "date") />
        </Field>
        <Field label=center_label id="group-center".to_owned() error=message(errors, center_field) class="field-center">
            <select node_ref=inputs.center.select class="input" id="group-center" disabled=busy aria-describedby="group-center-error" aria-invalid=invalid(errors, center_field)
                on:change=move |event| inputs.center.choose(event_target_value(&event))>
                <CenterOptions centers chosen=Signal::stored(text_of(from)) />
            </select>
        </Field>
        {transfer}
        <Field label=t.note id="group-comment".to_owned() error=message(errors, "comment") class="field-comment">
            <input node_ref=inputs.comment class="input" id="group-comment" maxlength="500" autocomplete="off" readonly=busy
                value=text_of(comment) aria-describedby="group-comment-error" aria-invalid=invalid(errors, "comment") />
        </Field>
        {split}
    }
    .into_any()
}

/// Where a transfer goes, and how much arrives if that is in another currency.
fn arrival(this: &Entering, to: Option<String>, to_amount: Option<String>) -> AnyView {
    let t = use_words();
    let (inputs, busy, errors) = (this.inputs, this.flow.busy, this.flow.errors);
    let (centers, this) = (this.replica.centers.clone(), this.clone());
    let hidden = changing(move || !has_two_currencies(&this));
    view! {
        <Field label=t.to_account id="group-to".to_owned() error=message(errors, "to_financial_center_id") class="field-to">
            <select node_ref=inputs.to.select class="input" id="group-to" disabled=busy aria-describedby="group-to-error" aria-invalid=invalid(errors, "to_financial_center_id")
                on:change=move |event| inputs.to.choose(event_target_value(&event))>
                <option value="">{t.choose}</option>
                <CenterOptions centers chosen=Signal::stored(to.unwrap_or_default()) />
            </select>
        </Field>
        <div class="arrives" hidden=hidden>
            <Field label=t.arrives id="group-to-amount".to_owned() error=message(errors, "to_amount") class="field-to-amount">
                <input node_ref=inputs.to_amount class="input num" id="group-to-amount" inputmode="decimal" autocomplete="off" readonly=busy
                    value=to_amount.unwrap_or_default() aria-describedby="group-to-amount-error" aria-invalid=invalid(errors, "to_amount") />
            </Field>
        </div>
    }
    .into_any()
}

/// The currency of the account that is chosen.
fn currency_of(replica: &Replica, choice: Choice) -> Option<Currency> {
    let id: FinancialCenterId = choice.get().parse().ok()?;
    replica.currency_of(id)
}

fn has_two_currencies(this: &Entering) -> bool {
    let currency = |choice| currency_of(&this.replica, choice);
    let (from, to) = (currency(this.inputs.center), currency(this.inputs.to));
    from.is_some() && to.is_some() && from != to
}

/// What the parts of a split leave of its whole, in words.
fn remaining(this: &Entering) -> String {
    let t = words(this.language);
    this.changed.track();
    let Ok(GroupForm::Split(form)) = plain(&this.replica, this.inputs.typed(this.kind), this.language) else {
        return String::new();
    };
    let Some(currency) = currency_of(&this.replica, this.inputs.center) else { return String::new() };
    match rest(&form, currency) {
        Some(Rest::Left(left)) => {
            let one = form.parts.iter().filter(|part| is_empty(part)).count() == 1;
            let words = if one { t.rest_is } else { t.not_split };
            format!("{words} {}", with_currency(left, currency, this.language))
        }
        Some(Rest::Over(over)) => over_whole(this.language, &with_currency(over, currency, this.language)),
        Some(Rest::Nothing) | None => String::new(),
    }
}
