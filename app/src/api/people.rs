//! Ownership of the household, and open links.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::{
    book::{LinkId, MadeLink},
    call::CallProtocol,
};
use crate::{
    domain::{MemberId, MutationId},
    error::AppError,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::service::Terms;

/// An unused link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLink {
    /// What it does.
    pub id: LinkId,
    /// The member who made it.
    pub created_by: MemberId,
    /// Hours until it expires, rounded up.
    pub hours: i64,
}

/// Lists the open links: invitations, and for the owner password links.
///
/// # Errors
/// See [`crate::service::BudgetService::invites`].
#[server(prefix = "/api/ui", endpoint = "open_links", protocol = CallProtocol)]
pub async fn open_links() -> Result<Vec<OpenLink>, AppError> {
    const HOUR_MS: i64 = 60 * 60 * 1000;
    let (actor, service) = (ssr::actor()?, ssr::service()?);
    let now = service.now().millis();
    let hours = |ends: crate::domain::Instant| (ends.millis() - now + HOUR_MS - 1) / HOUR_MS;
    let invites = service.invites(actor).await?.into_iter().map(|row| OpenLink {
        id: LinkId::Invite(row.id),
        created_by: row.created_by,
        hours: hours(row.expires_at),
    });
    let passwords = match service.password_links(actor).await {
        // Nobody but the owner may see them.
        Err(AppError::OwnersOnly) => Vec::new(),
        answer => answer?,
    };
    let passwords = passwords.into_iter().map(|row| OpenLink {
        id: LinkId::Password(row.member_id),
        created_by: row.created_by,
        hours: hours(row.expires_at),
    });
    Ok(invites.chain(passwords).collect())
}

/// Revokes a link.
///
/// # Errors
/// See [`crate::service::BudgetService::withdraw_invite`].
#[server(prefix = "/api/ui", endpoint = "withdraw_link", protocol = CallProtocol)]
pub async fn withdraw_link(id: LinkId) -> Result<(), AppError> {
    let (actor, service) = (ssr::actor()?, ssr::service()?);
    match id {
        LinkId::Invite(id) => service.withdraw_invite(actor, id).await,
        LinkId::Password(id) => service.withdraw_password_link(actor, id).await,
    }
}

/// Creates a link by which a member sets a new password.
///
/// # Errors
/// See [`crate::service::BudgetService::make_password_link`].
#[server(prefix = "/api/ui", endpoint = "make_password_link", protocol = CallProtocol)]
pub async fn make_password_link(id: MemberId, mutation_id: Option<MutationId>) -> Result<MadeLink, AppError> {
    let (actor, base) = (ssr::actor()?, ssr::identity()?.base_url);
    let terms = Terms::keyed(mutation_id);
    let url = ssr::service()?.make_password_link(actor, terms, id, base).await?.value.url;
    Ok(MadeLink { id: LinkId::Password(id), code: ssr::qr_code(&url)?, url })
}

/// Makes another member the owner.
///
/// # Errors
/// See [`crate::service::BudgetService::hand_over`].
#[server(prefix = "/api/ui", endpoint = "hand_over", protocol = CallProtocol)]
pub async fn hand_over(id: MemberId, mutation_id: Option<MutationId>) -> Result<(), AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.hand_over(actor, Terms::keyed(mutation_id), id).await.map(drop)
}
