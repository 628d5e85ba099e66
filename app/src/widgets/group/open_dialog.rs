//! The dialog, as its form controls it.

use leptos::{html, prelude::*};

/// The dialog around a form.
#[derive(Clone, Copy)]
pub struct OpenDialog {
    pub(super) dialog: NodeRef<html::Dialog>,
    /// Whether the form has unsaved content: then only a button closes the dialog.
    pub(super) dirty: RwSignal<bool>,
    /// Whether the person tried to close it nevertheless. Shown by the form.
    pub(super) asked: RwSignal<bool>,
}

impl OpenDialog {
    /// Called when the person continues typing. Not when a field loses the focus, which happens on the way to
    /// the button that saves.
    pub(super) fn goes_on(self) {
        if self.asked.get_untracked() {
            self.asked.set(false);
        }
    }

    /// Closes the dialog and discards its unsaved content.
    pub(super) fn close(self) {
        self.dirty.set(false);
        self.asked.set(false);
        if let Some(dialog) = self.dialog.get_untracked() {
            dialog.close();
        }
    }
}
