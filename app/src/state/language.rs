//! The language of this page.

use crate::{
    domain::Language,
    i18n::{Words, words},
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
