//! Recurring entries and their occurrences.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::{
    domain::{Day, MutationId, RecurringForm, RecurringId},
    error::AppError,
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::{command::Command, service::Terms};

/// Adds one, or changes the one that is given over the version that was seen.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "keep_recurring", protocol = Call)]
pub async fn keep_recurring(
    id: Option<RecurringId>,
    base_version: Option<i64>,
    mutation_id: Option<MutationId>,
    form: RecurringForm,
) -> Result<(), AppError> {
    let (terms, command) = match id {
        None => (Terms::default(), Command::AddRecurring(form)),
        Some(id) => (Terms { mutation_id, base_version }, Command::ReviseRecurring { id, form }),
    };
    ssr::service()?.write(ssr::actor()?, terms, command).await.map(drop)
}

/// Deletes a recurring entry.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "delete_recurring", protocol = Call)]
pub async fn delete_recurring(
    id: RecurringId,
    base_version: Option<i64>,
    mutation_id: Option<MutationId>,
) -> Result<(), AppError> {
    let terms = Terms { mutation_id, base_version };
    ssr::service()?.write(ssr::actor()?, terms, Command::DeleteRecurring { id }).await.map(drop)
}

/// What becomes of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Settling {
    /// Its transaction is recorded.
    Confirm,
    /// Nothing happens.
    Skip,
    /// It is open again.
    Reopen,
}

/// Settles a day, or opens it again.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "settle_occurrence", protocol = Call)]
pub async fn settle_occurrence(
    id: RecurringId,
    day: Day,
    settling: Settling,
    mutation_id: Option<MutationId>,
) -> Result<(), AppError> {
    let command = match settling {
        Settling::Confirm => {
            let form = crate::domain::OccurrenceForm { day: Some(day.to_string()), ..Default::default() };
            Command::ConfirmOccurrence { id, form }
        }
        Settling::Skip => Command::SkipOccurrence { id, day },
        Settling::Reopen => Command::ReopenOccurrence { id, day },
    };
    let terms = Terms { mutation_id, base_version: None };
    ssr::service()?.write(ssr::actor()?, terms, command).await.map(drop)
}
