//! The one call by which the program in the browser changes the book.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::{
    command::{Command, Subject},
    error::AppError,
    service::{Terms, Written},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;

/// Carries out a command, once for each `terms.mutation_id`.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "write", protocol = Call)]
pub async fn write(command: Command, terms: Terms) -> Result<Written<Subject>, AppError> {
    ssr::service()?.write(ssr::actor()?, terms, command).await
}
