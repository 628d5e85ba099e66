//! Signing in again on a page that is open.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::error::AppError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;

/// Signs in. The page stays as it is: what is typed on it is still there.
///
/// # Errors
/// See [`crate::service::BudgetService::log_in`].
#[server(prefix = "/api/ui", endpoint = "log_in", protocol = Call)]
pub async fn log_in(email: String, password: String) -> Result<(), AppError> {
    let device = ssr::identity()?.device;
    let signed_in = ssr::service()?.log_in(device, email, password).await?;
    ssr::set_session(&signed_in.token)
}
