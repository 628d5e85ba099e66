//! The snapshot that a page begins with, and what the household page changes.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::{
    domain::{
        ArticleForm, ArticleId, FinancialCenterForm, FinancialCenterId, HouseholdName, InviteLink, MutationId,
    },
    error::AppError,
    service,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::service::Terms;

/// What a signed-in page begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Everything of the book that it shows, read in one transaction.
    pub snapshot: service::Snapshot,
    /// The households of this account, to switch between.
    pub households: Vec<HouseholdName>,
}

/// What a signed-in page begins with.
///
/// # Errors
/// See [`crate::service::BudgetService::snapshot`].
#[server(prefix = "/api/ui", endpoint = "open_book", protocol = Call)]
pub async fn open_book() -> Result<Opening, AppError> {
    let (actor, service) = (ssr::actor()?, ssr::service()?);
    let households = service.me(actor).await?.value.households;
    Ok(Opening { snapshot: service.snapshot(actor).await?, households })
}

/// Adds an article.
///
/// # Errors
/// See [`crate::service::BudgetService::add_article`].
#[server(prefix = "/api/ui", endpoint = "add_article", protocol = Call)]
pub async fn add_article(form: ArticleForm) -> Result<(), AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.add_article(actor, Terms::default(), form).await.map(drop)
}

/// Changes an article.
///
/// # Errors
/// See [`crate::service::BudgetService::revise_article`].
#[server(prefix = "/api/ui", endpoint = "revise_article", protocol = Call)]
pub async fn revise_article(
    id: ArticleId,
    base_version: Option<i64>,
    mutation_id: Option<MutationId>,
    form: ArticleForm,
) -> Result<(), AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.revise_article(actor, Terms { mutation_id, base_version }, id, form).await.map(drop)
}

/// Adds a center.
///
/// # Errors
/// See [`crate::service::BudgetService::add_financial_center`].
#[server(prefix = "/api/ui", endpoint = "add_financial_center", protocol = Call)]
pub async fn add_financial_center(form: FinancialCenterForm) -> Result<(), AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.add_financial_center(actor, Terms::default(), form).await.map(drop)
}

/// Changes a center.
///
/// # Errors
/// See [`crate::service::BudgetService::revise_financial_center`].
#[server(prefix = "/api/ui", endpoint = "revise_financial_center", protocol = Call)]
pub async fn revise_financial_center(
    id: FinancialCenterId,
    base_version: Option<i64>,
    mutation_id: Option<MutationId>,
    form: FinancialCenterForm,
) -> Result<(), AppError> {
    let actor = ssr::actor()?;
    ssr::service()?
        .revise_financial_center(actor, Terms { mutation_id, base_version }, id, form)
        .await
        .map(drop)
}

/// A link that somebody else joins by.
///
/// # Errors
/// See [`crate::service::BudgetService::invite`].
#[server(prefix = "/api/ui", endpoint = "invite", protocol = Call)]
pub async fn invite(mutation_id: Option<MutationId>) -> Result<InviteLink, AppError> {
    let (actor, base) = (ssr::actor()?, ssr::identity()?.base_url);
    ssr::service()?
        .invite(actor, Terms { mutation_id, base_version: None }, base)
        .await
        .map(|link| link.value)
}
