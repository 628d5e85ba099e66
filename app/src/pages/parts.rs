//! What a browser loads when it is needed, or while the page is idle: the pages beside Today, and what Today shows only
//! after something was done on it.

use super::{device::STORE, household::HouseholdPage, plan::PlanPage};
use crate::{
    outbox::KeptReader,
    replica::kept::KeptBook,
    ui::{
        keys::KEYS,
        program_part::{AnyPart, PartMissing, ProgramPart, program_part},
    },
    widgets::{
        editor::EDITOR, group::FORM, refusal::REFUSAL, refused_occurrences::REFUSED_DAY,
        refused_row::REFUSED, sign_in_again::SIGN_IN, signing_out::SENDING, uncounted::UNCOUNTED,
        undo::OFFERS, waiting::LISTS,
    },
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

/// Reads the book that a device keeps, and whose it is; `None` if another build has written it in another shape.
type ReadKept = fn(&str, &str) -> Option<(KeptReader, KeptBook)>;

program_part! {
    /// The start without a network.
    pub KEPT: ReadKept = kept_part in later, read_kept
}

fn read_kept(reader: &str, book: &str) -> Option<(KeptReader, KeptBook)> {
    KeptReader::read(reader).zip(KeptBook::read(book))
}

/// What Today shows after something was done on it, and what stores that; all in one file.
static LATER: [&dyn AnyPart; 13] = [
    &STORE,
    &KEPT,
    &EDITOR,
    &REFUSED,
    &LISTS,
    &REFUSED_DAY,
    &REFUSAL,
    &OFFERS,
    &SIGN_IN,
    &UNCOUNTED,
    &SENDING,
    &FORM,
    &KEYS,
];

/// Whether the page at this address can be drawn: its part is here, or it needs none.
#[must_use]
pub fn is_here(path: &str) -> bool {
    part_of(path).is_none_or(AnyPart::is_here)
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
    for part in LATER {
        if part.load().await.is_err() {
            break;
        }
    }
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
