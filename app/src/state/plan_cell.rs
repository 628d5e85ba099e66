//! The cell of the plan whose refused or pending amount is to be corrected. It is chosen on any page, and the plan
//! goes to it.

use crate::domain::{ArticleId, Month};
use leptos::prelude::*;

/// A cell of the plan that gets the focus as soon as the plan is shown.
#[derive(Clone, Copy)]
pub struct CellToCorrect(RwSignal<Option<(ArticleId, Month)>>);

impl CellToCorrect {
    /// No cell.
    #[must_use]
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Chooses a cell.
    pub fn choose(self, article: ArticleId, month: Month) {
        self.0.set(Some((article, month)));
    }

    /// The chosen cell, once. Tracks the next choice.
    #[must_use]
    pub fn take(self) -> Option<(ArticleId, Month)> {
        let chosen = self.0.get();
        if chosen.is_some() {
            self.0.set(None);
        }
        chosen
    }
}

impl Default for CellToCorrect {
    fn default() -> Self {
        Self::new()
    }
}
