//! Facts: create, read, update, delete. Each write is pushed to every open screen of the household.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::{
    domain::{Fact, FactForm, FactId},
    error::AppError,
    service::Written,
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::{domain::Kind, service::Terms};

/// Records a fact. An amount without a sign takes the direction of its article.
///
/// # Errors
/// See [`crate::service::BudgetService::record_fact`].
#[server(prefix = "/api/ui", endpoint = "record_fact", protocol = Call)]
pub async fn record_fact(form: FactForm) -> Result<Written<Fact>, AppError> {
    let (actor, service) = (ssr::actor()?, ssr::service()?);
    let mut form = form;
    let article = form.article_id.as_ref().and_then(|id| id.parse().ok());
    if let (Some(amount), Some(article)) = (&form.amount, article)
        && !crate::domain::money::has_sign(amount)
    {
        let articles = service.articles(actor).await?.value;
        let kind = articles.iter().find(|row| row.id == article).map_or(Kind::Transfer, |row| row.kind);
        form.amount = Some(crate::domain::money::with_sign_of(amount, kind));
    }
    service.record_fact(actor, Terms::default(), form).await
}

/// Changes the fields that are given, if the fact still has the version that was looked at.
///
/// # Errors
/// See [`crate::service::BudgetService::revise_fact`].
#[server(prefix = "/api/ui", endpoint = "revise_fact", protocol = Call)]
pub async fn revise_fact(
    id: FactId,
    base_version: Option<i64>,
    mutation_id: Option<crate::domain::MutationId>,
    form: FactForm,
) -> Result<Written<Fact>, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.revise_fact(actor, Terms { mutation_id, base_version }, id, form).await
}

/// Deletes a fact, if it still has the version that was looked at.
///
/// # Errors
/// See [`crate::service::BudgetService::delete_fact`].
#[server(prefix = "/api/ui", endpoint = "delete_fact", protocol = Call)]
pub async fn delete_fact(
    id: FactId,
    base_version: Option<i64>,
    mutation_id: Option<crate::domain::MutationId>,
) -> Result<Written<()>, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.delete_fact(actor, Terms { mutation_id, base_version }, id).await
}

/// Brings a deleted fact back.
///
/// # Errors
/// See [`crate::service::BudgetService::restore_fact`].
#[server(prefix = "/api/ui", endpoint = "restore_fact", protocol = Call)]
pub async fn restore_fact(
    id: FactId,
    mutation_id: Option<crate::domain::MutationId>,
) -> Result<Written<Fact>, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.restore_fact(actor, Terms { mutation_id, base_version: None }, id).await
}
