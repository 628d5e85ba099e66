//! Compares an account with its statement, and records the difference in one step.

use super::typed;
use crate::{
    command::Command,
    domain::{
        Currency, FactForm, FactId, FinancialCenter, FinancialCenterForm, FinancialCenterId, Money, Reason,
        arithmetic::work_out,
    },
    error::AppError,
    i18n::{
        errors::field_sentence,
        format::{signed, with_currency},
    },
    outbox::{Heard, Outbox},
    replica::Replica,
    state::{
        language::{use_household_words, use_language},
        open_form::OpenForm,
    },
    ui::{
        changing::{changing, part, text},
        field::Errors,
        select::SelectField,
    },
    widgets::{article_choice::ArticleChoice, offers, sign_key::Signed},
};
use leptos::{html, prelude::*};

/// The typed balance of the statement, compared with the account's current balance, which may change while
/// somebody enters missing transactions.
#[derive(Clone, Copy)]
pub(super) struct Statement {
    entered: RwSignal<String>,
    input: NodeRef<html::Input>,
    article: ArticleChoice,
    /// `None` while nothing is entered.
    difference: Memo<Option<Result<Difference, Reason>>>,
    /// The difference between the typed opening balance and the stored one: it counts, because it is saved
    /// with the form.
    opening: RwSignal<i64>,
    /// Whether the person tried to save the account before this was settled.
    asked: RwSignal<bool>,
}

/// The statement's balance minus the account's.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Difference {
    amount: Money,
    /// The account's balance, without an unsaved opening balance. The server records the difference only while the
    /// account has this balance: pressed on two screens at once, it is recorded once.
    balance: Money,
}

/// The names of its fields among those beside the account's own.
const BALANCE: &str = "statement";
const CATEGORY: &str = "adjustment";

impl Statement {
    /// The statement in the account's form with this name, with what was typed on a page that was left.
    pub fn new(
        replica: &Replica,
        (id, currency): (FinancialCenterId, Currency),
        (forms, name): (OpenForm<FinancialCenter, FinancialCenterForm>, &str),
    ) -> Self {
        let (language, centers) = (use_language(), replica.centers.clone());
        let entered = RwSignal::new(forms.beside(name, BALANCE).unwrap_or_default());
        let opening = RwSignal::new(0_i64);
        let difference = Memo::new(move |_| {
            let stated =
                entered.with(|text| (!text.trim().is_empty()).then(|| work_out(text, currency, language)))?;
            let balance =
                centers.with(|rows| rows.iter().find(|row| row.center.id == id).map(|row| row.balance))?;
            let less = balance.minor().saturating_add(opening.get()).saturating_neg();
            let difference = stated.map(|stated| Difference { amount: stated.money.plus(less), balance });
            Some(difference.map_err(Reason::from))
        });
        let (input, article) = (NodeRef::new(), ArticleChoice::new(None, replica));
        if let Some(chosen) = forms.beside(name, CATEGORY).filter(|id| article.offers(id)) {
            article.choose(chosen);
        }
        forms.keeps_beside(name, BALANCE, move || entered.get());
        forms.keeps_beside(name, CATEGORY, move || article.get());
        Self { entered, input, article, difference, opening, asked: RwSignal::new(false) }
    }

    /// The typed opening balance has changed.
    pub fn opens_with(self, more: i64) {
        self.opening.set(more);
    }

    /// Whether the account's form may close: nothing is entered, or the balances agree. Otherwise the focus
    /// moves to what is missing, and a message says what to do.
    pub fn settles(self) -> bool {
        match self.difference.get_untracked() {
            None => return true,
            Some(Ok(Difference { amount, .. })) if amount.minor() == 0 => return true,
            Some(Ok(_)) => {
                if let Some(select) = self.article.select.try_get_untracked().flatten() {
                    // If the field cannot be focused, the message still says it.
                    drop(select.focus());
                }
            }
            Some(Err(_)) => {
                if let Some(input) = self.input.try_get_untracked().flatten() {
                    drop(input.focus());
                }
            }
        }
        self.asked.set(true);
        false
    }
}

/// The fields for the statement's balance and for the category of the difference.
pub(super) fn reconciling(statement: Statement, id: FinancialCenterId, currency: Currency) -> AnyView {
    let (t, language) = (use_household_words(), use_language());
    let (errors, failure) = (Errors::new(Vec::new()), RwSignal::new(None::<AppError>));
    let outbox: Outbox = use_context().unwrap_or_default();
    let Statement { entered, input, article, difference, opening, asked } = statement;
    let said = move || match difference.get() {
        Some(Err(reason)) if !asked.get() => field_sentence(reason, language),
        None | Some(Err(_)) => String::new(),
        // Agreement includes the unsaved opening balance, so the message says that it must be saved.
        Some(Ok(Difference { amount, .. })) if amount.minor() == 0 && opening.get() != 0 => {
            t.agrees_once_saved.to_owned()
        }
        Some(Ok(Difference { amount, .. })) if amount.minor() == 0 => t.agrees.to_owned(),
        Some(Ok(Difference { amount, .. })) => {
            format!("{} {}", t.difference, with_currency(amount, currency, language))
        }
    };
    let refused = move || match difference.get().filter(|_| asked.get()) {
        Some(Err(reason)) => field_sentence(reason, language),
        Some(Ok(Difference { amount, .. })) if amount.minor() != 0 => t.settle_first.to_owned(),
        _ => String::new(),
    };
    let refuses =
        changing(move || (asked.get() && difference.with(|it| matches!(it, Some(Err(_))))).then_some("true"));
    let refuse = move |refused| {
        errors.show(refused);
        // The category is the only field that this form adds; the amount is computed.
        if let Some(select) = article.select.try_get_untracked().flatten() {
            drop(select.focus());
        }
    };
    let adjust = move |Difference { amount, balance }: Difference| {
        let form = FactForm {
            id: Some(FactId::new().to_string()),
            amount: Some(if amount.is_negative() { amount.to_string() } else { format!("+{amount}") }),
            article_id: article.try_get_untracked(),
            financial_center_id: Some(id.to_string()),
            date: None,
            comment: Some(t.adjustment.to_owned()),
            balance: Some(balance.to_string()),
        };
        errors.clear();
        failure.set(None);
        if let Err(refused) = form.new_fact() {
            return refuse(refused);
        }
        // It is foreseen at once; a refusal is said here while the form is open, and else in the list.
        let heard = move |heard| match heard {
            Heard::Refused(error) => failure.try_set(Some(error)).is_none(),
            Heard::Done | Heard::Already | Heard::Late => true,
        };
        if let Err(refused) = outbox.send(Command::RecordFact(form), None, Vec::new(), Some(Box::new(heard)))
        {
            return refuse(refused);
        }
        // The button disappears with the difference, so the focus returns to the statement.
        if let Some(input) = input.try_get_untracked().flatten() {
            drop(input.focus());
        }
    };
    let missing = move || {
        let found = difference.get()?.ok().filter(|found| found.amount.minor() != 0)?;
        Some(view! {
            <SelectField choice=*article offer=offers::articles(article, t.choose) label=t.category id="center-adjustment" errors field="article_id" />
            <button type="button" class="button button-outline" on:click={let adjust = adjust.clone(); move |_| adjust(found)}>
                <span>{t.adjust} " " <span class="num" translate="no">{signed(found.amount, language)}</span></span>
            </button>
        }.into_any())
    };
    let failed = move || failure.get().map(|error| crate::i18n::errors::whole_sentence(&error, language));
    view! {
        <fieldset class="choice form">
            <legend class="field-label">{t.reconcile}</legend>
            <Signed input>
                <input node_ref=input class="input num" id="center-statement" inputmode="decimal" autocomplete="off" placeholder=t.on_statement aria-label=t.on_statement value=entered.get_untracked()
                    aria-invalid=refuses aria-describedby="center-statement-error center-difference" on:input=move |_| {
                        asked.set(false);
                        failure.set(None);
                        entered.set(typed(input).unwrap_or_default());
                    } />
            </Signed>
            <p class="field-error" id="center-statement-error" role="alert">{text(refused)}</p>
            <p class="field-hint" id="center-difference" role="status" translate="no">{text(said)}</p>
            {part(missing)}
            <p class="form-error" role="alert">{text(move || failed().unwrap_or_default())}</p>
        </fieldset>
    }
    .into_any()
}
