//! The inputs of the form of a recurring entry, and how their values are read and shown.

use super::{chosen, typed};
use crate::{
    domain::{
        ArticleId, Currency, FieldError, FinancialCenterId, Language, RecurringForm, Target, Unit,
        arithmetic::plainly, direction::isolated,
    },
    i18n::{format::short_day, household_words::household_words},
    replica::Replica,
    ui::choice::Choice,
    widgets::{article_choice::ArticleChoice, center_choice::center_choice},
};
use leptos::{html, prelude::*};

/// The inputs of the form.
#[derive(Clone, Copy)]
pub(super) struct RecurringInputs {
    pub target: NodeRef<html::Select>,
    pub amount: NodeRef<html::Input>,
    pub article: ArticleChoice,
    pub center: Choice,
    pub comment: NodeRef<html::Input>,
    pub starts_on: NodeRef<html::Input>,
    pub every: NodeRef<html::Input>,
    pub unit: NodeRef<html::Select>,
    pub from_month_end: NodeRef<html::Input>,
    pub ends_on: NodeRef<html::Input>,
    pub times: NodeRef<html::Input>,
    pub automatic: NodeRef<html::Input>,
}

impl RecurringInputs {
    pub fn new(first: &RecurringForm, replica: &Replica) -> Self {
        let (select, input) = (NodeRef::<html::Select>::new, NodeRef::<html::Input>::new);
        Self {
            target: select(),
            amount: input(),
            article: ArticleChoice::new(first.article_id.clone(), replica),
            center: center_choice(first.financial_center_id.clone(), replica),
            comment: input(),
            starts_on: input(),
            every: input(),
            unit: select(),
            from_month_end: input(),
            ends_on: input(),
            times: input(),
            automatic: input(),
        }
    }

    /// The current values; a planned amount has no account. An invalid number is refused by the server.
    pub fn form(self, planning: bool) -> RecurringForm {
        let number = |input| typed(input).map(|text| text.trim().to_owned());
        let checked = |input: NodeRef<html::Input>| input.get_untracked().map(|input| input.checked());
        let times =
            number(self.times).map(|text| if text.is_empty() { 0 } else { text.parse().unwrap_or(-1) });
        RecurringForm {
            id: None,
            target: chosen(self.target),
            amount: typed(self.amount),
            article_id: self.article.try_get_untracked(),
            financial_center_id: self.center.try_get_untracked().filter(|_| !planning),
            comment: typed(self.comment),
            starts_on: typed(self.starts_on),
            every: number(self.every).map(|text| text.parse().unwrap_or(-1)),
            unit: chosen(self.unit),
            from_month_end: checked(self.from_month_end),
            ends_on: typed(self.ends_on),
            times,
            automatic: checked(self.automatic),
        }
    }
}

/// The amount with the sign of its category, if none was typed.
pub(super) fn directed(
    form: RecurringForm,
    replica: &Replica,
    language: Language,
) -> Result<RecurringForm, Vec<FieldError>> {
    let id = |text: &Option<String>| text.as_ref().and_then(|id| id.parse().ok());
    let article: Option<ArticleId> = id(&form.article_id);
    let kind = replica
        .articles
        .with_untracked(|rows| rows.iter().find(|row| Some(row.id) == article).map(|row| row.kind));
    let center: Option<FinancialCenterId> =
        form.financial_center_id.as_ref().and_then(|text| text.parse().ok());
    let currency = center.and_then(|id| replica.currency_of(id));
    let home: Currency = replica.household.with_untracked(|household| household.currency);
    let kind = kind.filter(|_| form.target.as_deref() != Some(Target::Plan.word()));
    let Some(text) = form.amount.as_ref().filter(|text| !text.trim().is_empty()) else { return Ok(form) };
    let amount = plainly(text, kind, currency.unwrap_or(home), language).map_err(|error| {
        let refused = FieldError { field: "amount".to_owned(), reason: error.into() };
        refused.with_others(form.new_recurring().err().unwrap_or_default())
    })?;
    Ok(RecurringForm { amount: Some(amount), ..form })
}

/// The label of a field and its value as it is shown, for the choice between two versions.
pub(super) fn shown_in(
    replica: &Replica,
    language: Language,
) -> impl Fn(&'static str, &str) -> (&'static str, String) + Clone + Send + use<> {
    let (t, replica) = (household_words(language), replica.clone());
    move |field, text| {
        let day = |text: &str| {
            let today = replica.today.get_untracked();
            text.parse().map_or_else(|_| "–".to_owned(), |day| short_day(day, today, language))
        };
        let check = || if text == "true" { "✓" } else { "–" }.to_owned();
        match field {
            "amount" => (t.amount, isolated(text)),
            "article_id" => {
                let article = text.parse().ok().and_then(|id| replica.article(id));
                (t.category, article.map_or_else(|| text.to_owned(), |row| row.name.shown()))
            }
            "financial_center_id" => {
                let center = text.parse().ok().and_then(|id| replica.center(id));
                (t.account, center.map_or_else(|| text.to_owned(), |row| row.name.shown()))
            }
            "comment" => (t.note, isolated(text)),
            "starts_on" => (t.first_day, day(text)),
            "every" => (t.repeats_every, text.to_owned()),
            "unit" => {
                let unit = match text.parse() {
                    Ok(Unit::Week) => t.weeks,
                    Ok(Unit::Year) => t.years,
                    _ => t.months,
                };
                (t.unit, unit.to_owned())
            }
            "from_month_end" => (t.from_month_end, check()),
            "ends_on" => (t.ends_on, day(text)),
            "times" => (t.times, if text == "0" { "–" } else { text }.to_owned()),
            _ => (t.automatic, check()),
        }
    }
}
