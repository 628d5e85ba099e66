//! Signing in again on an open page.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::CallProtocol;
use crate::{domain::HouseholdId, error::AppError};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::service::{MeForm, Terms};

/// Signs in. The page is not reloaded, so what was typed on it is kept.
///
/// # Errors
/// See [`crate::service::BudgetService::log_in`].
#[server(prefix = "/api/ui", endpoint = "log_in", protocol = CallProtocol)]
pub async fn log_in(email: String, password: String, household: HouseholdId) -> Result<(), AppError> {
    let (device, service) = (ssr::identity()?.device, ssr::service()?);
    let signed_in = service.log_in(device, email, password).await?;
    // The page shows one of the account's households; a person who is not a member of it gets their own.
    if signed_in.me.value.household.id != household {
        let actor = service.actor(signed_in.token.clone()).await?;
        let form = MeForm { household_id: Some(household.to_string()), ..MeForm::default() };
        match service.change_me(actor, Terms::default(), form).await {
            Ok(_) | Err(AppError::Invalid { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    ssr::set_session(&signed_in.token)
}
