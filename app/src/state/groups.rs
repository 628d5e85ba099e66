//! The dialog of transfers and splits, for whoever opens it.

use crate::{
    domain::{FactForm, GroupKind},
    replica::Row,
};
use leptos::prelude::*;

/// What the dialog is open for.
#[derive(Clone, Debug)]
pub enum Target {
    /// A new one, with what stands in quick add.
    New(GroupKind, FactForm),
    /// One of the list.
    Row(Row),
}

/// The dialog of the page.
#[derive(Clone, Copy)]
pub struct Groups {
    /// What it is open for.
    pub target: RwSignal<Option<Target>>,
    /// Counts what was made of what stood in quick add.
    pub made: RwSignal<u32>,
}

impl Groups {
    /// Closed.
    #[must_use]
    pub fn new() -> Self {
        Self { target: RwSignal::new(None), made: RwSignal::new(0) }
    }
}

impl Default for Groups {
    fn default() -> Self {
        Self::new()
    }
}
