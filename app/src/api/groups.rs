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
use crate::{command::Command, service::Terms};

/// Records a transfer or split, or replaces the one of this id.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "write_group", protocol = Call)]
pub async fn write_group(
    id: Option<GroupId>,
    base_version: Option<i64>,
    mutation_id: Option<MutationId>,
    form: GroupForm,
) -> Result<Written<FactGroup>, AppError> {
    let (actor, service) = (ssr::actor()?, ssr::service()?);
    let terms = Terms { mutation_id, base_version };
    let command = match id {
        Some(id) => Command::ReviseGroup { id, form },
        None => Command::RecordGroup(form),
    };
    service.write(actor, terms, command).await?.of()
}

/// Deletes a transfer or split with all its parts.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "delete_group", protocol = Call)]
pub async fn delete_group(
    kind: GroupKind,
    id: GroupId,
    base_version: Option<i64>,
    mutation_id: Option<MutationId>,
) -> Result<Written<()>, AppError> {
    let terms = Terms { mutation_id, base_version };
    ssr::service()?.write(ssr::actor()?, terms, Command::DeleteGroup { kind, id }).await?.of()
}

/// Brings a deleted transfer or split back.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "restore_group", protocol = Call)]
pub async fn restore_group(
    kind: GroupKind,
    id: GroupId,
    mutation_id: Option<MutationId>,
) -> Result<Written<FactGroup>, AppError> {
    let terms = Terms { mutation_id, base_version: None };
    ssr::service()?.write(ssr::actor()?, terms, Command::RestoreGroup { kind, id }).await?.of()
}
