//! The server function by which the program in the browser changes the book.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::CallProtocol;
use crate::{
    command::{Command, Subject},
    domain::MemberId,
    error::AppError,
    service::{Terms, Written},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;

/// Executes a command, once for each `terms.mutation_id`. `member` is the member who made it: one of the
/// account's own, in whichever household the session is by now.
///
/// # Errors
/// [`AppError::OtherMember`] if the member belongs to another account; see [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "write", protocol = CallProtocol)]
pub async fn write(
    command: Command,
    terms: Terms,
    member: Option<MemberId>,
) -> Result<Written<Subject>, AppError> {
    let (actor, service) = (ssr::actor()?, ssr::service()?);
    let actor = match member {
        Some(member) => service.acting_as(actor, member).await?,
        None => actor,
    };
    service.write(actor, terms, command).await
}
