//! The dialog, for the form in it.

use leptos::{html, prelude::*};

/// The dialog around the form in it.
#[derive(Clone, Copy)]
pub(super) struct OpenDialog {
    pub dialog: NodeRef<html::Dialog>,
    /// Something was typed in it that is not sent, or an answer is awaited: only a button closes it then.
    pub dirty: RwSignal<bool>,
}

impl OpenDialog {
    /// Closes it, whatever is typed in it.
    pub fn close(self) {
        self.dirty.set(false);
        if let Some(dialog) = self.dialog.get_untracked() {
            dialog.close();
        }
    }
}
