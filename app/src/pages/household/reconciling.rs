//! An account against its statement: the difference is shown, and recorded in one step.

use super::{chosen, revising::Revising, typed};
use crate::{
    command::Command,
    components::{
        field::{ArticleOptions, Field, invalid, message},
        part,
        sign_key::Signed,
        text,
    },
    domain::{Currency, FactForm, FactId, FinancialCenterId, Money, arithmetic::work_out},
    i18n::{
        errors::field_sentence,
        format::{signed, with_currency},
    },
    outbox::Seen,
    pages::{use_language, use_words},
    replica::Replica,
};
use leptos::{html, prelude::*};

/// The statement's balance, what differs, and the category that the difference is recorded on.
pub(super) fn reconciling(replica: &Replica, id: FinancialCenterId, currency: Currency) -> AnyView {
    let (t, language) = (use_words(), use_language());
    let revising = Revising::new(0);
    let (statement, article) = (NodeRef::<html::Input>::new(), NodeRef::<html::Select>::new());
    let entered = RwSignal::new(String::new());
    let centers = replica.centers.clone();
    // Against the balance as it is now: somebody may be entering what is missing at this moment.
    let difference = Memo::new(move |_| {
        let stated =
            entered.with(|text| (!text.trim().is_empty()).then(|| work_out(text, currency, language)))?;
        let balance =
            centers.with(|rows| rows.iter().find(|row| row.center.id == id).map(|row| row.balance))?;
        Some(
            stated
                .map(|stated| stated.money.plus(balance.minor().saturating_neg()))
                .map_err(crate::domain::Reason::from),
        )
    });
    let said = move || match difference.get() {
        None => String::new(),
        Some(Err(reason)) => field_sentence(reason, language),
        Some(Ok(money)) if money.minor() == 0 => t.agrees.to_owned(),
        Some(Ok(money)) => format!("{} {}", t.difference, with_currency(money, currency, language)),
    };
    let adjust = move |money: Money| {
        let form = FactForm {
            id: Some(FactId::new().to_string()),
            amount: Some(if money.is_negative() { money.to_string() } else { format!("+{money}") }),
            article_id: chosen(article),
            financial_center_id: Some(id.to_string()),
            date: None,
            comment: Some(t.adjustment.to_owned()),
        };
        if let Err(refused) = form.new_fact() {
            return revising.errors.set(refused);
        }
        revising.send(Command::RecordFact(form), None, Seen::Nothing, || {});
    };
    let articles = replica.articles.clone();
    let missing = move || {
        let money = difference.get()?.ok().filter(|money| money.minor() != 0)?;
        let articles = articles.clone();
        Some(view! {
            <Field label=t.category id="center-adjustment".to_owned() error=message(revising.errors, "article_id")>
                <select node_ref=article class="input" id="center-adjustment" aria-invalid=invalid(revising.errors, "article_id") aria-describedby="center-adjustment-error">
                    <ArticleOptions articles chosen=Signal::stored(String::new()) />
                </select>
            </Field>
            <button type="button" class="button button-outline" disabled=revising.busy on:click=move |_| adjust(money)>
                {t.adjust} " " <span class="num" translate="no">{signed(money, language)}</span>
            </button>
        }.into_any())
    };
    let failed =
        move || revising.failure.get().map(|error| crate::i18n::errors::whole_sentence(&error, language));
    view! {
        <fieldset class="choice form">
            <legend class="field-label">{t.reconcile}</legend>
            <Signed input=statement>
                <input node_ref=statement class="input num" id="center-statement" inputmode="decimal" autocomplete="off" placeholder=t.on_statement
                    aria-label=t.on_statement aria-describedby="center-difference" on:input=move |_| entered.set(typed(statement).unwrap_or_default()) />
            </Signed>
            <p class="field-hint" id="center-difference" role="status" translate="no">{text(said)}</p>
            {part(missing)}
            <p class="form-error" role="alert">{text(move || failed().unwrap_or_default())}</p>
        </fieldset>
    }
    .into_any()
}
