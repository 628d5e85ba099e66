//! The snapshot that a page begins with, and what the household page reads and changes beside the book.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::{
    domain::{FinancialCenterId, InviteId, MemberId, MonthBalance, MutationId},
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
    /// The address that the person signs in with, to sign in again on an open page.
    pub email: String,
}

#[cfg(feature = "ssr")]
impl Opening {
    /// Reads the book, for a page that is about to be written or for one that asks.
    ///
    /// # Errors
    /// See [`crate::service::BudgetService::snapshot`].
    pub async fn read(service: &dyn service::BudgetService, actor: service::Actor) -> Result<Self, AppError> {
        let email = service.me(actor).await?.value.email;
        Ok(Self { snapshot: service.snapshot(actor).await?, email })
    }
}

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkId {
    /// To join the household.
    Invite(InviteId),
    /// To set the password of this member.
    Password(MemberId),
}

/// A link for somebody else, and the same as a picture for the other one's camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// To withdraw it by.
    pub id: LinkId,
    /// The page that joins, or sets a password; works once.
    pub url: String,
    /// The dark squares of its QR code, as the path of an SVG: one unit a square, the first at (4, 4).
    pub code: QrCode,
}

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Squares a side, with the quiet zone.
    pub side: usize,
    /// The dark squares.
    pub path: String,
}

/// What a signed-in page begins with.
///
/// # Errors
/// See [`crate::service::BudgetService::snapshot`].
#[server(prefix = "/api/ui", endpoint = "open_book", protocol = Call)]
pub async fn open_book() -> Result<Opening, AppError> {
    Opening::read(ssr::service()?.as_ref(), ssr::actor()?).await
}

/// What was in a center at the end of each of the twelve months up to today's, from its beginning on.
///
/// # Errors
/// See [`crate::service::BudgetService::center_history`].
#[server(prefix = "/api/ui", endpoint = "center_history", protocol = Call)]
pub async fn center_history(id: FinancialCenterId) -> Result<Vec<MonthBalance>, AppError> {
    Ok(ssr::service()?.center_history(ssr::actor()?, id, None, None).await?.value)
}

/// Removes a member, or leaves.
///
/// # Errors
/// See [`crate::service::BudgetService::remove_member`].
#[server(prefix = "/api/ui", endpoint = "remove_member", protocol = Call)]
pub async fn remove_member(id: MemberId, mutation_id: Option<MutationId>) -> Result<(), AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.remove_member(actor, Terms { mutation_id, base_version: None }, id).await.map(drop)
}

/// A link that somebody else joins by.
///
/// # Errors
/// See [`crate::service::BudgetService::invite`].
#[server(prefix = "/api/ui", endpoint = "invite", protocol = Call)]
pub async fn invite(mutation_id: Option<MutationId>) -> Result<Invitation, AppError> {
    let (actor, base) = (ssr::actor()?, ssr::identity()?.base_url);
    let link = ssr::service()?.invite(actor, Terms { mutation_id, base_version: None }, base).await?;
    let (id, url) = (LinkId::Invite(link.value.id), link.value.url);
    Ok(Invitation { id, code: ssr::qr_code(&url)?, url })
}
