//! Plans: read by months, set one or many in one change.

#![expect(missing_docs, reason = "the macro makes a struct of the arguments, and they say what they are")]

use super::call::Call;
use crate::{
    domain::{Month, MutationId, Plan, PlanForm},
    error::AppError,
    service::{Grid, Written},
};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::ssr;
#[cfg(feature = "ssr")]
use crate::{command::Command, service::Terms};

/// Plans and sums of some months.
///
/// # Errors
/// See [`crate::service::BudgetService::grid`].
#[server(prefix = "/api/ui", endpoint = "plan_grid", protocol = Call)]
pub async fn plan_grid(from: Month, to: Month) -> Result<Grid, AppError> {
    ssr::service()?.grid(ssr::actor()?, from, to).await
}

/// Sets plans, all of them in one change.
///
/// # Errors
/// See [`crate::service::BudgetService::write`].
#[server(prefix = "/api/ui", endpoint = "set_plans", protocol = Call)]
pub async fn set_plans(
    mutation_id: Option<MutationId>,
    forms: Vec<PlanForm>,
) -> Result<Written<Vec<Plan>>, AppError> {
    let terms = Terms { mutation_id, base_version: None };
    ssr::service()?.write(ssr::actor()?, terms, Command::SetPlans(forms)).await?.of()
}
