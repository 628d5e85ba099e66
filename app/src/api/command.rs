//! The one call by which the program in the browser changes the book.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::{
    command::{Command, Subject},
    domain::MemberId,
    error::AppError,
    service::{Terms, Written},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;

/// Carries out a command, once for each `terms.mutation_id`. `member` is who made it: one of the person's own
/// memberships, whichever household the session looks at by now.
///
/// # Errors
/// [`AppError::OtherMember`] where somebody else made it; see [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "write", protocol = Call)]
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
