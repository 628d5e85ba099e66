//! The language of this page.

use crate::{
    domain::Language,
    i18n::{
        Words,
        editing_words::{EditingWords, editing_words},
        household_words::{HouseholdWords, household_words},
        plan_words::{PlanWords, plan_words},
        words,
    },
};
use leptos::prelude::*;

/// The language of this page.
#[must_use]
pub fn use_language() -> Language {
    use_context().unwrap_or_default()
}

/// The texts of this page.
#[must_use]
pub fn use_words() -> &'static Words {
    words(use_language())
}

/// The texts of the household page.
#[must_use]
pub fn use_household_words() -> &'static HouseholdWords {
    household_words(use_language())
}

/// The texts of the plan page.
#[must_use]
pub fn use_plan_words() -> &'static PlanWords {
    plan_words(use_language())
}

/// The texts of forms and refusals.
#[must_use]
pub fn use_editing_words() -> &'static EditingWords {
    editing_words(use_language())
}
