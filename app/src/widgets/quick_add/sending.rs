//! Makes a command from the typed values.

use crate::{
    command::Command,
    domain::{
        ArticleId, Comment, Day, Fact, FactForm, FactId, FieldError, FinancialCenterId, Instant, Language,
        Money, NewFact, RowsOfForm,
    },
    outbox::Outbox,
    replica::Replica,
};
use leptos::prelude::*;

/// Sends a new entry. It is shown at once.
///
/// # Errors
/// The fields that the command is foreseen to be refused for; nothing is sent then.
pub fn send(outbox: &Outbox, fact: &Fact) -> Result<(), Vec<FieldError>> {
    outbox.send(Command::RecordFact(form_of(fact)), None, Vec::new(), None)
}

/// The form of a new fact, with an explicit sign.
#[must_use]
pub fn form_of(fact: &Fact) -> FactForm {
    let sign = if fact.amount.is_negative() { "" } else { "+" };
    FactForm {
        id: Some(fact.id.to_string()),
        amount: Some(format!("{sign}{}", fact.amount)),
        article_id: Some(fact.article_id.to_string()),
        financial_center_id: Some(fact.financial_center_id.to_string()),
        date: Some(fact.date.to_string()),
        comment: Some(fact.comment.to_string()),
        balance: None,
    }
}

/// The fact as it will most likely be recorded.
pub fn provisional(replica: &Replica, form: &FactForm, language: Language) -> Result<Fact, Vec<FieldError>> {
    let article: Option<ArticleId> = form.article_id.as_ref().and_then(|id| id.parse().ok());
    let article =
        replica.articles.with_untracked(|rows| rows.iter().find(|row| Some(row.id) == article).cloned());
    let center: Option<FinancialCenterId> = form.financial_center_id.as_ref().and_then(|id| id.parse().ok());
    let center = replica.centers.with_untracked(|rows| {
        rows.iter().map(|row| &row.center).find(|row| Some(row.id) == center).cloned()
    });
    let home = replica.household.with_untracked(|household| household.currency);
    let rows = RowsOfForm { article: article.as_ref(), center: center.as_ref(), home };
    let (NewFact { id, article_id, financial_center_id, date, comment, .. }, amount) =
        form.evaluated(rows, language)?;
    let date = date.unwrap_or_else(|| replica.today.get_untracked());
    Ok(Fact { comment, ..unwritten(replica, id, amount, article_id, financial_center_id, date) })
}

/// A fact of this member that is not in the log yet.
pub fn unwritten(
    replica: &Replica,
    id: FactId,
    amount: Money,
    article_id: ArticleId,
    financial_center_id: FinancialCenterId,
    date: Day,
) -> Fact {
    let nobody_knows_yet = Instant::from_millis(0);
    Fact {
        id,
        amount,
        article_id,
        financial_center_id,
        date,
        comment: Comment::default(),
        group: None,
        version: 0,
        // First of its day until the log assigns a number.
        created_seq: i64::MAX,
        created_by: replica.me,
        updated_by: replica.me,
        created_at: nobody_knows_yet,
        updated_at: nobody_knows_yet,
    }
}
