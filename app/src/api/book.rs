//! The snapshot that a page opens with, and the calls of the household page that are not commands.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::CallProtocol;
use crate::{
    domain::{AccountId, FactForm, FinancialCenterId, InviteId, MemberId, MonthBalance, MutationId},
    error::AppError,
    service,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::{
    domain::Language,
    i18n::{errors::whole_sentence, words},
    service::Terms,
};

/// The data that a signed-in page opens with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The part of the book that the page shows, read in one transaction.
    pub snapshot: service::Snapshot,
    /// The account, whose commands the device stores.
    pub account: AccountId,
    /// The email of the account, for signing in again on an open page.
    pub email: String,
    /// The transaction that was posted without the program, if it was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedFact>,
}

/// A transaction as it was posted without the program, and why it was not recorded. It is in the page that answers
/// the post, and nowhere else: amounts and notes belong neither in an address nor in a cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFact {
    /// What was typed.
    pub form: FactForm,
    /// Why it was refused; `None` if the session had ended, and it comes back after the person has signed in again.
    pub error: Option<AppError>,
    /// Why it was not recorded, in the person's language: the page is taken over before the browser has the sentences
    /// of errors.
    pub sentence: String,
}

#[cfg(feature = "ssr")]
impl RefusedFact {
    /// A transaction that was not recorded, for a person who reads this language.
    #[must_use]
    pub fn new(form: FactForm, error: Option<AppError>, language: Language) -> Self {
        let refused = error.as_ref().map(|error| whole_sentence(error, language));
        let sentence = refused.unwrap_or_else(|| words(language).not_recorded.to_owned());
        Self { form, error, sentence }
    }
}

#[cfg(feature = "ssr")]
impl Opening {
    /// Reads the data, for rendering a page or for a call from one.
    ///
    /// # Errors
    /// See [`crate::service::BudgetService::snapshot`].
    pub async fn read(service: &dyn service::BudgetService, actor: service::Actor) -> Result<Self, AppError> {
        let email = service.me(actor).await?.value.email;
        Ok(Self { snapshot: service.snapshot(actor).await?, account: actor.account, email, refused: None })
    }
}

/// Identifies a link by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkId {
    /// Joins the household.
    Invite(InviteId),
    /// Sets the password of this member.
    Password(MemberId),
}

/// A link for somebody else, with a QR code for that person's camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeLink {
    /// The id, for revoking it.
    pub id: LinkId,
    /// The address of the page that joins or sets a password; valid once.
    pub url: String,
    /// The QR code of the address.
    pub code: QrCode,
}

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// The side length in modules, including the quiet zone.
    pub side: usize,
    /// The dark modules as an SVG path: one unit per module, the first at (4, 4).
    pub path: String,
}

/// Returns the data that a signed-in page opens with.
///
/// # Errors
/// See [`crate::service::BudgetService::snapshot`].
#[server(prefix = "/api/ui", endpoint = "open_book", protocol = CallProtocol)]
pub async fn open_book() -> Result<Opening, AppError> {
    Opening::read(ssr::service()?.as_ref(), ssr::actor()?).await
}

/// Returns the balance of a center at the end of each of the last twelve months, from its creation on.
///
/// # Errors
/// See [`crate::service::BudgetService::center_history`].
#[server(prefix = "/api/ui", endpoint = "center_history", protocol = CallProtocol)]
pub async fn center_history(id: FinancialCenterId) -> Result<Vec<MonthBalance>, AppError> {
    Ok(ssr::service()?.center_history(ssr::actor()?, id, None, None).await?.value)
}

/// Removes a member, or leaves the household.
///
/// # Errors
/// See [`crate::service::BudgetService::remove_member`].
#[server(prefix = "/api/ui", endpoint = "remove_member", protocol = CallProtocol)]
pub async fn remove_member(id: MemberId, mutation_id: Option<MutationId>) -> Result<(), AppError> {
    let actor = ssr::actor()?;
    ssr::service()?.remove_member(actor, Terms::keyed(mutation_id), id).await.map(drop)
}

/// Creates a link by which somebody else joins.
///
/// # Errors
/// See [`crate::service::BudgetService::invite`].
#[server(prefix = "/api/ui", endpoint = "invite", protocol = CallProtocol)]
pub async fn invite(mutation_id: Option<MutationId>) -> Result<MadeLink, AppError> {
    let (actor, base) = (ssr::actor()?, ssr::identity()?.base_url);
    let link = ssr::service()?.invite(actor, Terms::keyed(mutation_id), base).await?;
    let (id, url) = (LinkId::Invite(link.value.id), link.value.url);
    Ok(MadeLink { id, code: ssr::qr_code(&url)?, url })
}
