//! The snapshot that a page begins with, and what the household page changes.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use crate::{
    domain::{
        Article, ArticleForm, ArticleId, FinancialCenter, FinancialCenterForm, FinancialCenterId,
        HouseholdName, InviteLink,
    },
    error::AppError,
    service::{self, Written},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::service::Terms;

/// Everything a signed-in page shows, read in one transaction.
///
/// # Errors
/// See [`crate::service::BudgetService::snapshot`].
#[server(prefix = "/api/ui", endpoint = "snapshot")]
pub async fn snapshot() -> Result<service::Snapshot, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.snapshot(actor).await
}

/// The households of this account, to switch between.
///
/// # Errors
/// See [`crate::service::BudgetService::me`].
#[server(prefix = "/api/ui", endpoint = "households")]
pub async fn households() -> Result<Vec<HouseholdName>, AppError> {
    let actor = ssr::actor()?;
    Ok(ssr::service()?.me(actor).await?.value.households)
}

/// Adds an article.
///
/// # Errors
/// See [`crate::service::BudgetService::add_article`].
#[server(prefix = "/api/ui", endpoint = "add_article")]
pub async fn add_article(form: ArticleForm) -> Result<Written<Article>, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.add_article(actor, Terms::default(), form).await
}

/// Changes an article.
///
/// # Errors
/// See [`crate::service::BudgetService::revise_article`].
#[server(prefix = "/api/ui", endpoint = "revise_article")]
pub async fn revise_article(
    id: ArticleId,
    base_version: Option<i64>,
    form: ArticleForm,
) -> Result<Written<Article>, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.revise_article(actor, Terms { mutation_id: None, base_version }, id, form).await
}

/// Deletes an article that nothing uses.
///
/// # Errors
/// See [`crate::service::BudgetService::delete_article`].
#[server(prefix = "/api/ui", endpoint = "delete_article")]
pub async fn delete_article(id: ArticleId) -> Result<Written<()>, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.delete_article(actor, Terms::default(), id).await
}

/// Adds a center.
///
/// # Errors
/// See [`crate::service::BudgetService::add_financial_center`].
#[server(prefix = "/api/ui", endpoint = "add_financial_center")]
pub async fn add_financial_center(form: FinancialCenterForm) -> Result<Written<FinancialCenter>, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.add_financial_center(actor, Terms::default(), form).await
}

/// Changes a center.
///
/// # Errors
/// See [`crate::service::BudgetService::revise_financial_center`].
#[server(prefix = "/api/ui", endpoint = "revise_financial_center")]
pub async fn revise_financial_center(
    id: FinancialCenterId,
    base_version: Option<i64>,
    form: FinancialCenterForm,
) -> Result<Written<FinancialCenter>, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.revise_financial_center(actor, Terms { mutation_id: None, base_version }, id, form).await
}

/// Deletes a center that nothing uses.
///
/// # Errors
/// See [`crate::service::BudgetService::delete_financial_center`].
#[server(prefix = "/api/ui", endpoint = "delete_financial_center")]
pub async fn delete_financial_center(id: FinancialCenterId) -> Result<Written<()>, AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.delete_financial_center(actor, Terms::default(), id).await
}

/// A link that somebody else joins by.
///
/// # Errors
/// See [`crate::service::BudgetService::invite`].
#[server(prefix = "/api/ui", endpoint = "invite")]
pub async fn invite() -> Result<InviteLink, AppError> {
    let (actor, base) = (ssr::actor()?, ssr::identity()?.base_url);
    ssr::service()?.invite(actor, base).await
}
