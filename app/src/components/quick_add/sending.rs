//! From what was typed to a row on the screen and a call to the server.

use crate::{
    api::facts::{record_fact, revise_fact},
    components::group::{may_go_again, send_group},
    domain::{
        ArticleId, Comment, Day, Fact, FactForm, FactId, FieldError, FinancialCenterId, Instant, Language,
        Money, MutationId, NewFact, Reason, arithmetic::plainly,
    },
    error::AppError,
    replica::{Replica, Row, pending::RowState},
};
use leptos::{prelude::*, task::spawn_local};

/// Sends an entry that is on the screen already, and settles or refuses it.
pub fn send(replica: &Replica, fact: Fact, form: FactForm) {
    let replica = replica.clone();
    replica.sending(vec![fact.clone()]);
    spawn_local(async move {
        let mut answer = record_fact(form.clone()).await;
        if matches!(answer, Err(AppError::IdempotencyKeyReused)) {
            // It was written after all, only its answer was lost, and what is sent now is a correction.
            let correction = FactForm { id: None, ..form };
            answer = revise_fact(fact.id, Some(1), Some(MutationId::new()), correction).await;
        }
        match answer {
            Ok(written) => replica.written(vec![written.value], written.position.seq),
            Err(error) => replica.refused(fact.id, error),
        }
    });
}

/// Sends again what had no answer: the same ids, so what was written after all is a repeat.
pub fn send_waiting(replica: &Replica) {
    let lost = |state: &RowState| matches!(state, RowState::Refused(error) if may_go_again(error));
    let waiting: Vec<Row> = replica.rows.with_untracked(|rows| {
        let rows = rows.iter().filter(|(_, row)| row.state.with_untracked(lost));
        rows.map(|(_, row)| row.clone()).collect()
    });
    for row in waiting {
        send_row(replica, &row);
    }
}

/// Sends a row that was never written again as it stands.
pub fn send_row(replica: &Replica, row: &Row) {
    let (fact, parts) = (row.fact.get_untracked(), row.parts.get_untracked());
    if parts.is_empty() {
        let form = form_of(&fact);
        send(replica, fact, form);
    } else {
        send_group(replica, parts);
    }
}

/// The entry as the form of a new fact, with its direction spelled out.
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
    }
}

/// The row to be, as it will most likely be written.
pub fn provisional(replica: &Replica, form: &FactForm, language: Language) -> Result<Fact, Vec<FieldError>> {
    let NewFact { id, amount, article_id, financial_center_id, date, comment } = form.new_fact()?;
    let field = |name: &str, reason| vec![FieldError { field: name.to_owned(), reason }];
    let currency = replica
        .currency_of(financial_center_id)
        .ok_or_else(|| field("financial_center_id", Reason::NotFound))?;
    let kind = replica
        .articles
        .with_untracked(|rows| rows.iter().find(|row| row.id == article_id).map(|row| row.kind));
    let kind = kind.ok_or_else(|| field("article_id", Reason::NotFound))?;
    let amount = plainly(&amount, Some(kind), currency, language)
        .and_then(|plain| Money::parse_entry(&plain, currency))
        .map_err(|error| field("amount", error.into()))?;
    let date = date.unwrap_or_else(|| replica.today.get_untracked());
    Ok(Fact { comment, ..unwritten(replica, id, amount, article_id, financial_center_id, date) })
}

/// An own fact that the log does not have yet.
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
        // Above everything of its day until the log gives it a number.
        created_seq: i64::MAX,
        created_by: replica.me,
        updated_by: replica.me,
        created_at: nobody_knows_yet,
        updated_at: nobody_knows_yet,
    }
}
