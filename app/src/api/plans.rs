//! Plans: read by months, set one or many in one change.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::CallProtocol;
use crate::{domain::Month, error::AppError, service::Grid};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;

/// Returns the plans and sums of a range of months.
///
/// # Errors
/// See [`crate::service::BudgetService::grid`].
#[server(prefix = "/api/ui", endpoint = "plan_grid", protocol = CallProtocol)]
pub async fn plan_grid(from: Month, to: Month) -> Result<Grid, AppError> {
    ssr::service()?.grid(ssr::actor()?, from, to).await
}
