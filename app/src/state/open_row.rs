//! The open row of a list on the household page, and whether it has unsaved content. It outlives the page.

use leptos::prelude::*;

/// The open row of a list; at most one.
#[derive(Clone, Copy)]
pub struct OpenRow {
    row: RwSignal<Option<String>>,
    /// The row that was closed last, which gets the focus back.
    closed: StoredValue<Option<String>>,
    /// Whether the person tried to open another row while this one had unsaved content.
    pub asked: RwSignal<bool>,
    /// Whether the open row has unsaved content.
    typing: RwSignal<bool>,
    /// The number of lists on the page with unsaved content.
    unfinished: RwSignal<usize>,
}

impl OpenRow {
    /// No open row. `unfinished` counts the lists with unsaved content.
    #[must_use]
    pub fn new(unfinished: RwSignal<usize>) -> Self {
        Self {
            row: RwSignal::new(None),
            closed: StoredValue::new(None),
            asked: RwSignal::new(false),
            typing: RwSignal::new(false),
            unfinished,
        }
    }

    /// Called when the page is rendered again. A row stays open only if it has unsaved content.
    pub fn begin_page(self) {
        self.asked.set(false);
        self.closed.set_value(None);
        if !self.typing.get_untracked() {
            self.row.set(None);
        }
    }

    /// Whether this row is open.
    #[must_use]
    pub fn is(self, id: &str) -> bool {
        self.row.with(|row| row.as_deref() == Some(id))
    }

    pub(super) fn is_untracked(self, id: &str) -> bool {
        self.row.with_untracked(|row| row.as_deref() == Some(id))
    }

    /// Closes the open row, while the page is shown, when it is not in the list any more and nothing is typed in it.
    pub fn closes_without(self, there: impl Fn(&str) -> bool + Send + Sync + 'static) {
        Effect::new(move || {
            if self.row.get().is_some_and(|row| !there(&row)) && !self.typing.get_untracked() {
                self.close();
            }
        });
    }

    /// The open row, if it has unsaved content.
    #[must_use]
    pub fn unfinished(self) -> Option<String> {
        self.row.get().filter(|_| self.typing.get())
    }

    /// Opens a row, unless another one has unsaved content: nothing typed is lost.
    pub fn open(self, id: String) {
        if self.row.with_untracked(Option::is_some) && self.typing.get_untracked() {
            self.asked.set(true);
            return;
        }
        self.row.set(Some(id));
    }

    /// The person types on.
    pub fn goes_on(self) {
        if self.asked.get_untracked() {
            self.asked.set(false);
        }
    }

    /// Leaves the open row by a key: unless it has unsaved content.
    pub fn escape(self) {
        if self.typing.get_untracked() {
            self.asked.set(true);
        } else {
            self.close();
        }
    }

    /// Marks the open row as having unsaved content.
    pub(super) fn types(self) {
        if !self.typing.get_untracked() {
            self.typing.set(true);
            self.unfinished.update(|lists| *lists += 1);
        }
    }

    /// Closes the open row and discards its unsaved content.
    pub fn close(self) {
        self.closed.set_value(self.row.get_untracked());
        if self.typing.get_untracked() {
            self.typing.set(false);
            self.unfinished.update(|lists| *lists = lists.saturating_sub(1));
        }
        self.asked.set(false);
        self.row.set(None);
    }

    /// Whether the button of this row gets the focus now; true only once.
    #[must_use]
    pub fn takes_focus(self, id: &str) -> bool {
        let takes = self.closed.with_value(|closed| closed.as_deref() == Some(id));
        if takes {
            self.closed.set_value(None);
        }
        takes
    }
}
