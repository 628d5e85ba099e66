//! The state of the dialog for transfers and splits: which row it is open for, and the unsaved changes of that row. It
//! outlives the page that shows the dialog. The draft of a new transfer or split is kept on the device.

use super::kept::Kept;
use crate::{
    domain::{Fact, FactForm, FactId, GroupForm, GroupKind},
    error::AppError,
    replica::Row,
};
use leptos::prelude::*;

/// What the dialog is open for.
#[derive(Clone, Debug)]
pub enum DialogTarget {
    /// A new one, with the content of quick add.
    New(GroupKind, FactForm),
    /// An existing row.
    Row(Row),
}

/// The dialog for transfers and splits.
#[derive(Clone, Copy)]
pub struct Groups {
    /// What it is open for; `None` while it is closed.
    pub target: RwSignal<Option<DialogTarget>>,
    /// How many transfers and splits were recorded from the content of quick add.
    pub made: RwSignal<u32>,
    /// The unsaved changes of an existing row, with its facts as they were when the dialog was opened.
    typed: StoredValue<Option<Kept<Vec<Fact>, GroupForm>>>,
}

impl Groups {
    /// A closed dialog.
    #[must_use]
    pub fn new() -> Self {
        Self { target: RwSignal::new(None), made: RwSignal::new(0), typed: StoredValue::new(None) }
    }

    /// Called when the page is rendered again. The dialog stays open only if it has unsaved text and its row still
    /// exists.
    pub fn begin_page(self, there: impl Fn(FactId) -> bool) {
        let stays = self.target.with_untracked(|target| match target {
            Some(DialogTarget::Row(row)) => self.kept(row.id).is_some() && there(row.id),
            _ => false,
        });
        if !stays {
            self.forget();
            self.target.set(None);
        }
    }

    /// Stores the unsaved changes, with the facts as they were when the dialog was opened.
    pub fn keep(self, opened: Vec<Fact>, typed: GroupForm) {
        self.typed.set_value(Some(Kept { opened, typed, refusal: None }));
    }

    /// The unsaved changes of the row with this id.
    #[must_use]
    pub fn kept(self, row: FactId) -> Option<Kept<Vec<Fact>, GroupForm>> {
        self.typed.with_value(|kept| {
            kept.clone().filter(|kept| kept.opened.first().is_some_and(|fact| fact.row_id() == row))
        })
    }

    /// Stores the refusal that the form shows, for the page that shows the form next.
    pub fn keep_refusal(self, refusal: Option<AppError>) {
        self.typed.update_value(|kept| {
            if let Some(kept) = kept {
                kept.refusal = refusal;
            }
        });
    }

    /// Discards the unsaved changes: they were sent or given up.
    pub fn forget(self) {
        self.typed.set_value(None);
    }
}

impl Default for Groups {
    fn default() -> Self {
        Self::new()
    }
}
