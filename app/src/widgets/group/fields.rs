//! The fields of the form, and the figures beside them.

use super::{
    entering::Entering,
    sending::{is_empty, plain, rest},
};
use crate::{
    domain::{Currency, FinancialCenterId, GroupForm, GroupKind, fact_group::Rest},
    i18n::{
        editing_words::{editing_words, over_whole},
        format::with_currency,
    },
    replica::Replica,
    state::language::use_editing_words,
    ui::{
        changing::{changing, text},
        choice::Choice,
        field::{Field, invalid, message},
        select::SelectField,
    },
    widgets::{offers, sign_key::Signed},
};
use leptos::prelude::*;

/// The fields with their initial values.
pub(super) fn fields(this: &Entering, first: GroupForm) -> AnyView {
    let t = use_editing_words();
    let (kind, inputs, errors) = (this.kind, this.inputs, this.flow.errors);
    let (amount, to_amount, date, comment) = match first {
        GroupForm::Transfer(form) => (form.amount, form.to_amount, form.date, form.comment),
        GroupForm::Split(form) => (form.amount, None, form.date, form.comment),
    };
    let (center_field, center_label) = match kind {
        GroupKind::Transfer => ("from_financial_center_id", t.from_account),
        GroupKind::Split => ("financial_center_id", t.account),
    };
    let text_of = |text: Option<String>| text.unwrap_or_default();
    let day = date.unwrap_or_else(|| this.replica.today.get_untracked().to_string());
    let transfer = (kind == GroupKind::Transfer).then(|| arrival(this, to_amount));
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
            // The amount of a transfer has no sign.
            <Signed input=inputs.amount hidden=kind == GroupKind::Transfer>
                <input node_ref=inputs.amount class="input num" id="group-amount" inputmode="decimal" autocomplete="off"
                    value=text_of(amount) aria-describedby="group-amount-error" aria-invalid=invalid(errors, "amount") />
            </Signed>
        </Field>
        <Field label=t.date id="group-date".to_owned() error=message(errors, "date") class="field-date">
            <input node_ref=inputs.date class="input" type="date" id="group-date" value=day
                aria-describedby="group-date-error" aria-invalid=invalid(errors, "date") />
        </Field>
        <SelectField choice=inputs.center offer=offers::centers(inputs.center, &this.replica, None) label=center_label id="group-center" errors
            field=center_field class="field-center" />
        {transfer}
        <Field label=t.note id="group-comment".to_owned() error=message(errors, "comment") class="field-comment">
            <input node_ref=inputs.comment class="input" id="group-comment" maxlength="500" autocomplete="off"
                value=text_of(comment) aria-describedby="group-comment-error" aria-invalid=invalid(errors, "comment") />
        </Field>
        {split}
    }
    .into_any()
}

/// The destination of a transfer, and the arriving amount if that is in another currency.
fn arrival(this: &Entering, to_amount: Option<String>) -> AnyView {
    let t = use_editing_words();
    let (inputs, errors) = (this.inputs, this.flow.errors);
    let (replica, this) = (this.replica.clone(), this.clone());
    let hidden = changing(move || !has_two_currencies(&this));
    view! {
        <SelectField choice=inputs.to offer=offers::centers(inputs.to, &replica, Some(t.choose)) label=t.to_account id="group-to" errors
            field="to_financial_center_id" class="field-to" />
        <div class="arrives" hidden=hidden>
            <Field label=t.arrives id="group-to-amount".to_owned() error=message(errors, "to_amount") class="field-to-amount">
                <input node_ref=inputs.to_amount class="input num" id="group-to-amount" inputmode="decimal" autocomplete="off"
                    value=to_amount.unwrap_or_default() aria-describedby="group-to-amount-error" aria-invalid=invalid(errors, "to_amount") />
            </Field>
        </div>
    }
    .into_any()
}

/// The currency of the chosen account.
fn currency_of(replica: &Replica, choice: Choice) -> Option<Currency> {
    let id: FinancialCenterId = choice.get().parse().ok()?;
    replica.currency_of(id)
}

fn has_two_currencies(this: &Entering) -> bool {
    let currency = |choice| currency_of(&this.replica, choice);
    let (from, to) = (currency(this.inputs.center), currency(this.inputs.to));
    from.is_some() && to.is_some() && from != to
}

/// What the parts of a split leave of the whole, as a sentence.
fn remaining(this: &Entering) -> String {
    let t = editing_words(this.language);
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
