//! Transfers and splits: written as a whole, pushed as one change.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::{
    domain::{FactGroup, GroupForm, GroupId, GroupKind, MutationId},
    error::AppError,
    service::Written,
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::service::Terms;

/// Records a transfer or split, or replaces the one of this id.
///
/// # Errors
/// See [`crate::service::BudgetService::revise_group`].
#[server(prefix = "/api/ui", endpoint = "write_group", protocol = Call)]
pub async fn write_group(
    id: Option<GroupId>,
    base_version: Option<i64>,
    mutation_id: Option<MutationId>,
    form: GroupForm,
) -> Result<Written<FactGroup>, AppError> {
    let (actor, service) = (ssr::actor()?, ssr::service()?);
    let terms = Terms { mutation_id, base_version };
    match id {
        Some(id) => service.revise_group(actor, terms, id, form).await,
        None => service.record_group(actor, terms, form).await,
    }
}

/// Deletes a transfer or split with all its parts.
///
/// # Errors
/// See [`crate::service::BudgetService::delete_group`].
#[server(prefix = "/api/ui", endpoint = "delete_group", protocol = Call)]
pub async fn delete_group(
    kind: GroupKind,
    id: GroupId,
    base_version: Option<i64>,
    mutation_id: Option<MutationId>,
) -> Result<Written<()>, AppError> {
    ssr::service()?.delete_group(ssr::actor()?, Terms { mutation_id, base_version }, kind, id).await
}

/// Brings a deleted transfer or split back.
///
/// # Errors
/// See [`crate::service::BudgetService::restore_group`].
#[server(prefix = "/api/ui", endpoint = "restore_group", protocol = Call)]
pub async fn restore_group(
    kind: GroupKind,
    id: GroupId,
    mutation_id: Option<MutationId>,
) -> Result<Written<FactGroup>, AppError> {
    ssr::service()?.restore_group(ssr::actor()?, Terms { mutation_id, base_version: None }, kind, id).await
}
