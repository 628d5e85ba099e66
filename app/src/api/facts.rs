//! Facts: create, revise, delete and restore. Each write is pushed to every open screen of the household.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::CallProtocol;
use crate::{
    domain::{Fact, FactForm, FactId, FactKey, MemberId},
    error::AppError,
    service::{Event, FactPage, Read, Written},
    wire::Position,
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{call::form, ssr};
#[cfg(feature = "ssr")]
use crate::{
    command::Command,
    domain::{ArticleId, FinancialCenterId, Language, Money, RowsOfForm},
    service::{Actor, BudgetService, FactQuery, Identity, Since, Terms},
};

/// How many facts a page reads at once for the copy on its device.
#[cfg(feature = "ssr")]
const OLDER_FACTS: i64 = 450;

/// After more changes a page reads the facts again.
#[cfg(feature = "ssr")]
const MOST_CHANGES: i64 = 200;

/// Records a fact. An amount without a sign takes the direction of its article; a computation is evaluated. `member` is
/// the member on whose page it was typed.
///
/// # Errors
/// [`AppError::OtherMember`] if the member belongs to another account; see [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "record_fact", protocol = CallProtocol)]
pub async fn record_fact(form: FactForm, member: Option<MemberId>) -> Result<Written<Fact>, AppError> {
    let (service, language) = (ssr::service()?, ssr::identity()?.language);
    record(service.as_ref(), acting(service.as_ref(), ssr::actor()?, member).await?, language, form).await
}

/// The signed-in person as the member whose page the form was on. Somebody else may have signed in in the browser
/// since, and would record what they never saw.
#[cfg(feature = "ssr")]
async fn acting(
    service: &dyn BudgetService,
    actor: Actor,
    member: Option<MemberId>,
) -> Result<Actor, AppError> {
    match member {
        Some(member) => service.acting_as(actor, member).await,
        None => Ok(actor),
    }
}

/// Records the transaction of a plain form.
///
/// # Errors
/// With what was typed, as far as it can be read, and why it was refused.
#[cfg(feature = "ssr")]
pub async fn record_plainly(
    service: &dyn BudgetService,
    identity: &Identity,
    body: &[u8],
) -> Result<(), (FactForm, AppError)> {
    let Some(RecordFact { form, member }) = form::read(body) else {
        return Err((FactForm::default(), AppError::Malformed));
    };
    let actor = match identity.actor.clone() {
        Ok(actor) => acting(service, actor, member).await,
        Err(error) => Err(error),
    };
    let recorded = match actor {
        Ok(actor) => record(service, actor, identity.language, form.clone()).await,
        Err(error) => Err(error),
    };
    recorded.map(drop).map_err(|error| (form, error))
}

#[cfg(feature = "ssr")]
async fn record(
    service: &dyn BudgetService,
    actor: Actor,
    language: Language,
    mut form: FactForm,
) -> Result<Written<Fact>, AppError> {
    // The program in the browser evaluates the amount before it sends; a plain form does not.
    let spelled = |text: &str| {
        let digits = text.strip_prefix(['+', '-']);
        digits.is_some_and(|digits| digits.parse().is_ok_and(|money: Money| !money.is_negative()))
    };
    if form.new_fact().is_err() || !form.amount.as_deref().is_some_and(spelled) {
        let article: Option<ArticleId> = form.article_id.as_ref().and_then(|id| id.trim().parse().ok());
        let center: Option<FinancialCenterId> =
            form.financial_center_id.as_ref().and_then(|id| id.trim().parse().ok());
        let articles = service.articles(actor).await?.value;
        let centers = service.financial_centers(actor).await?.value;
        let rows = RowsOfForm {
            article: articles.iter().find(|row| Some(row.id) == article),
            center: centers.iter().map(|row| &row.center).find(|row| Some(row.id) == center),
            home: service.household(actor).await?.value.currency,
        };
        let (_, amount) = form.evaluated(rows, language)?;
        form.amount = Some(amount.to_string());
    }
    service.write(actor, Terms::default(), Command::RecordFact(form)).await?.of()
}

/// Changes the given fields, if the fact still has the version that was seen.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "revise_fact", protocol = CallProtocol)]
pub async fn revise_fact(
    id: FactId,
    base_version: Option<i64>,
    mutation_id: Option<crate::domain::MutationId>,
    form: FactForm,
) -> Result<Written<Fact>, AppError> {
    let terms = Terms { mutation_id, base_version, ..Terms::default() };
    ssr::service()?.write(ssr::actor()?, terms, Command::ReviseFact { id, form }).await?.of()
}

/// Deletes a fact, if it still has the version that was seen.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "delete_fact", protocol = CallProtocol)]
pub async fn delete_fact(
    id: FactId,
    base_version: Option<i64>,
    mutation_id: Option<crate::domain::MutationId>,
) -> Result<Written<()>, AppError> {
    let terms = Terms { mutation_id, base_version, ..Terms::default() };
    ssr::service()?.write(ssr::actor()?, terms, Command::DeleteFact { id }).await?.of()
}

/// Restores a deleted fact.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "restore_fact", protocol = CallProtocol)]
pub async fn restore_fact(
    id: FactId,
    mutation_id: Option<crate::domain::MutationId>,
) -> Result<Written<Fact>, AppError> {
    let terms = Terms::keyed(mutation_id);
    ssr::service()?.write(ssr::actor()?, terms, Command::RestoreFact { id }).await?.of()
}

/// Returns facts below a place of the list, for the copy on the device.
///
/// # Errors
/// See [`crate::service::BudgetService::facts`].
#[server(prefix = "/api/ui", endpoint = "older_facts", protocol = CallProtocol)]
pub async fn older_facts(after: FactKey) -> Result<Read<FactPage>, AppError> {
    let query = FactQuery { after: Some(after), limit: OLDER_FACTS, ..FactQuery::default() };
    ssr::service()?.facts(ssr::actor()?, query).await
}

/// Returns what has changed since a position, at most 200 changes: after more, the facts are read again.
///
/// # Errors
/// See [`crate::service::BudgetService::events`].
#[server(prefix = "/api/ui", endpoint = "changes_since", protocol = CallProtocol)]
pub async fn changes_since(since: Position) -> Result<Read<Vec<Event>>, AppError> {
    let Position { seq, epoch, check } = since;
    ssr::service()?.events(ssr::actor()?, Since { seq, epoch: Some(epoch), check }, MOST_CHANGES).await
}
