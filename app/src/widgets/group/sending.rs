//! Turns a transfer or split form into its facts.

use crate::{
    domain::{
        ArticleId, Currency, Fact, FactGroup, FactId, FieldError, FinancialCenterId, Group, GroupForm,
        GroupId, GroupKind, Kind, Language, Money, PartForm, Reason, SplitForm, TransferForm,
        arithmetic::plainly,
        fact_group::{Parts, Rest, Whole},
    },
    replica::Replica,
    widgets::quick_add::unwritten,
};
use leptos::prelude::*;

/// The parts as a form, each amount with an explicit sign.
#[must_use]
pub fn form_of_parts(facts: &[Fact]) -> Option<GroupForm> {
    let first = facts.first()?;
    let group = first.group?;
    let (id, date) = (Some(group.id.to_string()), Some(first.date.to_string()));
    let comment = Some(first.comment.to_string());
    let same = facts.iter().all(|fact| fact.comment == first.comment);
    Some(match group.kind {
        GroupKind::Transfer => {
            let from = facts.iter().find(|fact| fact.amount.is_negative())?;
            let to = facts.iter().find(|fact| !fact.amount.is_negative())?;
            GroupForm::Transfer(TransferForm {
                id,
                from_financial_center_id: Some(from.financial_center_id.to_string()),
                to_financial_center_id: Some(to.financial_center_id.to_string()),
                amount: Some(from.amount.negated().to_string()),
                to_amount: Some(to.amount.to_string()),
                date,
                comment,
            })
        }
        GroupKind::Split => GroupForm::Split(SplitForm {
            id,
            financial_center_id: Some(first.financial_center_id.to_string()),
            amount: FactGroup { id: group.id, kind: group.kind, version: 0, facts: facts.to_vec() }
                .sum()
                .map(directed),
            date,
            // A note that all parts share is the note of the whole.
            comment: comment.filter(|_| same),
            parts: facts
                .iter()
                .map(|fact| PartForm {
                    id: Some(fact.id.to_string()),
                    article_id: Some(fact.article_id.to_string()),
                    amount: Some(directed(fact.amount)),
                    comment: (!same).then(|| fact.comment.to_string()),
                })
                .collect(),
        }),
    })
}

/// An amount with an explicit sign: without one, the amount of an expense counts as spent.
fn directed(amount: Money) -> String {
    if amount.minor() > 0 { format!("+{amount}") } else { amount.to_string() }
}

fn currency(replica: &Replica, id: Option<&String>) -> Option<Currency> {
    let id: FinancialCenterId = id?.parse().ok()?;
    replica.currency_of(id)
}

fn kind_of(replica: &Replica, id: Option<&String>) -> Option<Kind> {
    let id: ArticleId = id?.parse().ok()?;
    replica.articles.with_untracked(|rows| rows.iter().find(|row| row.id == id).map(|row| row.kind))
}

/// The form with every computation evaluated and every sign explicit. If one part has no amount, it gets what
/// the others leave of the whole.
///
/// # Errors
/// Every amount that cannot be parsed, and the whole if the parts exceed it.
pub fn worked_out(
    replica: &Replica,
    form: GroupForm,
    language: Language,
) -> Result<GroupForm, Vec<FieldError>> {
    Ok(match plain(replica, form, language)? {
        GroupForm::Split(mut form) => {
            let currency = currency(replica, form.financial_center_id.as_ref());
            let rest = currency.and_then(|currency| rest(&form, currency));
            let mut empty = form.parts.iter_mut().filter(|part| is_empty(part));
            match (empty.next(), empty.next(), rest) {
                (Some(part), None, Some(Rest::Left(left))) => part.amount = Some(directed(left)),
                (Some(_), _, Some(Rest::Over(_))) => {
                    return Err(vec![FieldError { field: "amount".to_owned(), reason: Reason::SumDiffers }]);
                }
                _ => {}
            }
            GroupForm::Split(form)
        }
        form => form,
    })
}

/// Whether a part has no amount yet.
#[must_use]
pub fn is_empty(part: &PartForm) -> bool {
    part.amount.as_ref().is_none_or(|text| text.trim().is_empty())
}

/// The form with every computation evaluated and every sign explicit.
///
/// # Errors
/// Every amount that cannot be parsed.
pub fn plain(replica: &Replica, form: GroupForm, language: Language) -> Result<GroupForm, Vec<FieldError>> {
    let mut refused = Vec::new();
    // Empty fields stay empty.
    let mut read = |field: &str, text: &mut Option<String>, kind, currency| {
        let typed = text.as_ref().filter(|text| !text.trim().is_empty());
        match typed.map(|typed| plainly(typed, kind, currency, language)) {
            Some(Ok(plain)) => *text = Some(plain),
            Some(Err(error)) => {
                refused.push(FieldError { field: field.to_owned(), reason: error.into() });
            }
            None => {}
        }
    };
    let form = match form {
        GroupForm::Transfer(mut form) => {
            let from = currency(replica, form.from_financial_center_id.as_ref());
            let to = currency(replica, form.to_financial_center_id.as_ref());
            if let Some(currency) = from {
                read("amount", &mut form.amount, None, currency);
            }
            // Within one currency the arriving amount equals the leaving one.
            if let Some(currency) = to.filter(|to| Some(*to) != from) {
                read("to_amount", &mut form.to_amount, None, currency);
            }
            GroupForm::Transfer(form)
        }
        GroupForm::Split(mut form) => {
            let Some(currency) = currency(replica, form.financial_center_id.as_ref()) else {
                return Ok(GroupForm::Split(form));
            };
            // A part without a category counts as an expense.
            let kind = |part: &PartForm| kind_of(replica, part.article_id.as_ref()).or(Some(Kind::Expense));
            read("amount", &mut form.amount, form.parts.first().and_then(kind), currency);
            for (at, part) in form.parts.iter_mut().enumerate() {
                let kind = kind(part);
                read(&format!("parts.{at}.amount"), &mut part.amount, kind, currency);
            }
            GroupForm::Split(form)
        }
    };
    if refused.is_empty() { Ok(form) } else { Err(refused) }
}

/// What the parts leave of the whole; `None` while an amount cannot be parsed.
#[must_use]
pub fn rest(form: &SplitForm, currency: Currency) -> Option<Rest> {
    let amount = |text: &Option<String>| match text.as_deref() {
        None | Some("") => Some(Money::zero(currency)),
        Some(text) => Money::parse(text, currency).ok(),
    };
    let whole = form.amount.as_ref().filter(|text| !text.is_empty())?;
    let whole = Money::parse(whole, currency).ok()?;
    let parts: Option<Vec<Money>> = form.parts.iter().map(|part| amount(&part.amount)).collect();
    Some(Rest::of(whole, parts?))
}

/// The facts as they will most likely be recorded.
///
/// # Errors
/// Every refused field.
pub fn provisional_parts(replica: &Replica, form: &GroupForm) -> Result<Vec<Fact>, Vec<FieldError>> {
    let Whole { id, date, comment, parts } = form.whole()?;
    let field = |name: &str, reason| vec![FieldError { field: name.to_owned(), reason }];
    let group = Group { id: id.unwrap_or_else(GroupId::new), kind: form.kind() };
    let date = date.unwrap_or_else(|| replica.today.get_untracked());
    let fact = |id: FactId, amount, article, center, comment| Fact {
        group: Some(group),
        comment,
        ..unwritten(replica, id, amount, article, center, date)
    };
    let money = |name: &str, text: &str, center| {
        let currency =
            replica.currency_of(center).ok_or_else(|| field("financial_center_id", Reason::NotFound))?;
        Money::parse_entry(text, currency).map_err(|error| field(name, error.into()))
    };
    match parts {
        Parts::Transfer { from, to, amount, to_amount } => {
            let article = replica.articles.with_untracked(|rows| {
                let usable = rows.iter().filter(|row| row.kind == Kind::Transfer && !row.archived);
                usable.map(|row| row.id).min()
            });
            let article = article.ok_or_else(|| field("amount", Reason::NotFound))?;
            let left = money("amount", &amount, from)?;
            let same = replica.currency_of(from) == replica.currency_of(to);
            let arrived = match to_amount.filter(|_| !same) {
                Some(text) => money("to_amount", &text, to)?,
                None if same => left,
                None => return Err(field("to_amount", Reason::Required)),
            };
            for (name, money) in [("amount", left), ("to_amount", arrived)] {
                if money.is_negative() {
                    return Err(field(name, Reason::Negative));
                }
            }
            Ok(vec![
                fact(FactId::new(), left.negated(), article, from, comment.clone()),
                fact(FactId::new(), arrived, article, to, comment),
            ])
        }
        Parts::Split { center, amount, parts } => {
            let mut facts = Vec::with_capacity(parts.len());
            for (at, part) in parts.into_iter().enumerate() {
                let amount = money(&format!("parts.{at}.amount"), &part.amount, center)?;
                let comment = part.comment.unwrap_or_else(|| comment.clone());
                facts.push(fact(
                    part.id.unwrap_or_else(FactId::new),
                    amount,
                    part.article_id,
                    center,
                    comment,
                ));
            }
            let sum = facts.iter().fold(0_i64, |sum, fact| sum.saturating_add(fact.amount.minor()));
            // The parts of purchases and refunds may sum to zero.
            if let (Some(text), Some(currency)) = (amount, replica.currency_of(center))
                && Money::parse(&text, currency).map_err(|error| field("amount", error.into()))?.minor()
                    != sum
            {
                return Err(field("amount", Reason::SumDiffers));
            }
            Ok(facts)
        }
    }
}
