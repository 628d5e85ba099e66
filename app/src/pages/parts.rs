//! What a browser loads when it is opened, or while the page is idle: the pages beside Today, and the form of
//! transfers and splits.

use super::{household::HouseholdPage, plan::PlanPage};
use crate::{
    ui::program_part::{PartMissing, ProgramPart, program_part},
    widgets::group::FORM,
};
use leptos::prelude::*;

/// Draws a page.
pub type DrawPage = fn() -> AnyView;

program_part! {
    /// The plan.
    pub PLAN: DrawPage = plan_part in plan, || view! { <PlanPage /> }.into_any()
}

program_part! {
    /// The household.
    pub HOUSEHOLD: DrawPage = household_part in household, || view! { <HouseholdPage /> }.into_any()
}

/// Whether the page at this address can be drawn: its part is here, or it needs none.
#[must_use]
pub fn is_here(path: &str) -> bool {
    part_of(path).is_none_or(|part| part.draw().is_some())
}

/// Loads the part of the page at this address.
///
/// # Errors
/// If its file does not arrive.
pub async fn load(path: &str) -> Result<(), PartMissing> {
    match part_of(path) {
        Some(part) => part.load().await,
        None => Ok(()),
    }
}

/// Loads every part that is not here yet. One that does not arrive is loaded when it is needed.
pub async fn load_all() {
    _ = FORM.load().await;
    for part in [&PLAN, &HOUSEHOLD] {
        _ = part.load().await;
    }
}

fn part_of(path: &str) -> Option<&'static ProgramPart<DrawPage>> {
    match path.trim_end_matches('/') {
        "/plan" => Some(&PLAN),
        "/household" => Some(&HOUSEHOLD),
        _ => None,
    }
}
