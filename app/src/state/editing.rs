//! The row that is open in an editor.

use crate::domain::FactId;
use leptos::prelude::*;

/// Which row is being edited; one at a time.
#[derive(Clone, Copy)]
pub struct Editing {
    row: RwSignal<Option<FactId>>,
    /// Something was typed in it, or is being sent. Set by the editor.
    pub unsaved: RwSignal<bool>,
    /// Somebody wanted to open another row meanwhile. Shown by the editor.
    pub asked: RwSignal<bool>,
    /// The row whose editor was closed last: the focus goes back there.
    closed: RwSignal<Option<FactId>>,
}

impl Default for Editing {
    fn default() -> Self {
        Self::new()
    }
}

impl Editing {
    /// The page is drawn anew: what was open when it was left is not.
    pub fn begin_page(self) {
        self.asked.set(false);
        self.closed.set(None);
        self.unsaved.set(false);
        self.row.set(None);
    }

    /// None.
    #[must_use]
    pub fn new() -> Self {
        let (row, closed) = (RwSignal::new(None), RwSignal::new(None));
        Self { row, unsaved: RwSignal::new(false), asked: RwSignal::new(false), closed }
    }

    /// Whether this row is being edited.
    #[must_use]
    pub fn is(self, id: FactId) -> bool {
        self.row.get() == Some(id)
    }

    /// Whether any row is.
    #[must_use]
    pub fn any(self) -> bool {
        self.row.get().is_some()
    }

    /// Opens a row, unless another one has something unsaved in it: nothing typed is ever lost.
    pub fn open(self, id: FactId) {
        if self.row.get_untracked().is_some() && self.unsaved.get_untracked() {
            self.asked.set(true);
            return;
        }
        self.unsaved.set(false);
        self.asked.set(false);
        self.row.set(Some(id));
    }

    /// Closes this row's editor. Another one may be open by now.
    pub fn close(self, id: FactId) {
        if self.row.try_get_untracked() == Some(Some(id)) {
            self.unsaved.set(false);
            self.asked.set(false);
            self.closed.set(Some(id));
            self.row.set(None);
        }
    }

    /// Closes this row's editor because the row goes away; the focus goes elsewhere.
    pub fn leave(self, id: FactId) {
        self.close(id);
        self.closed.set(None);
    }

    /// Gives the focus to a row once it is there.
    pub fn focus(self, id: FactId) {
        // The page may be gone by now.
        self.closed.try_set(Some(id));
    }

    /// Whether the focus belongs to this row now; taken once. The row may be there before it is its turn.
    #[must_use]
    pub fn takes_focus(self, id: FactId) -> bool {
        let takes = self.closed.get() == Some(id);
        if takes {
            self.closed.set(None);
        }
        takes
    }
}
