//! The row that is open in the editor, and its unsaved changes. Both outlive the page that shows them.

use super::kept::Kept;
use crate::{
    domain::{Fact, FactForm, FactId},
    error::AppError,
};
use leptos::prelude::*;

/// The editor of a row. Only one row is edited at a time.
#[derive(Clone, Copy)]
pub struct Editing {
    row: RwSignal<Option<FactId>>,
    /// Whether something was typed. Set by the editor.
    pub unsaved: RwSignal<bool>,
    /// Whether the person tried to leave what is typed: by Escape, or for another row. Shown by the editor.
    pub asked: RwSignal<bool>,
    /// The row whose editor was closed last, which gets the focus back.
    closed: RwSignal<Option<FactId>>,
    /// The unsaved changes, and the transaction as it was when the editor was opened.
    typed: StoredValue<Option<Kept<Fact, FactForm>>>,
}

impl Default for Editing {
    fn default() -> Self {
        Self::new()
    }
}

impl Editing {
    /// Called when the page is rendered again. An editor stays open only if it has unsaved text and its row still
    /// exists.
    pub fn begin_page(self, there: impl Fn(FactId) -> bool) {
        self.asked.set(false);
        self.closed.set(None);
        let stays = self.row.get_untracked().is_some_and(|id| self.keeps(id) && there(id));
        if !stays {
            self.typed.set_value(None);
            self.unsaved.set(false);
            self.row.set(None);
        }
    }

    /// Stores the unsaved changes, with the transaction as it was when the editor was opened.
    pub fn keep(self, opened: Fact, typed: FactForm) {
        // A browser reports a last change while it removes the form.
        if self.row.get_untracked() == Some(opened.id) {
            self.unsaved.set(true);
            self.typed.set_value(Some(Kept { opened, typed, refusal: None }));
        }
    }

    /// Opens a row with the changes that another page has stored, unless a row is open.
    pub fn resume(self, opened: Fact, typed: FactForm) {
        if self.row.get_untracked().is_none() {
            self.row.set(Some(opened.id));
            self.keep(opened, typed);
        }
    }

    /// The person types on. Not called when a field is left: the focus goes to the button that saves.
    pub fn goes_on(self) {
        if self.asked.get_untracked() {
            self.asked.set(false);
        }
    }

    /// The unsaved changes of this row.
    #[must_use]
    pub fn kept(self, id: FactId) -> Option<Kept<Fact, FactForm>> {
        self.typed.with_value(|kept| kept.clone().filter(|kept| kept.opened.id == id))
    }

    /// Stores the refusal that the form shows, for the page that shows the form next.
    pub fn keep_refusal(self, id: FactId, refusal: Option<AppError>) {
        self.typed.update_value(|kept| {
            if let Some(kept) = kept.as_mut().filter(|kept| kept.opened.id == id) {
                kept.refusal = refusal;
            }
        });
    }

    /// Whether this row has unsaved changes.
    #[must_use]
    pub fn keeps(self, id: FactId) -> bool {
        self.typed.with_value(|kept| kept.as_ref().is_some_and(|kept| kept.opened.id == id))
    }

    /// An editor without a row.
    #[must_use]
    pub fn new() -> Self {
        let (row, closed) = (RwSignal::new(None), RwSignal::new(None));
        Self {
            row,
            unsaved: RwSignal::new(false),
            asked: RwSignal::new(false),
            closed,
            typed: StoredValue::new(None),
        }
    }

    /// Whether this row is being edited.
    #[must_use]
    pub fn is(self, id: FactId) -> bool {
        self.row.get() == Some(id)
    }

    /// Whether this row is being edited by now.
    #[must_use]
    pub fn is_untracked(self, id: FactId) -> bool {
        self.row.get_untracked() == Some(id)
    }

    /// Whether any row is being edited.
    #[must_use]
    pub fn any(self) -> bool {
        self.row.get().is_some()
    }

    /// Whether the open row can be left: nothing typed is ever lost. Otherwise its editor asks what to do with it.
    #[must_use]
    pub fn may_leave(self) -> bool {
        let typed = self.row.get_untracked().is_some() && self.unsaved.get_untracked();
        if typed {
            self.asked.set(true);
        }
        !typed
    }

    /// Leaves this row's editor by a key: unless something is typed.
    pub fn escape(self, id: FactId) {
        if self.may_leave() {
            self.close(id);
        }
    }

    /// Opens a row, unless another one has something unsaved in it.
    pub fn open(self, id: FactId) {
        if !self.may_leave() {
            return;
        }
        self.unsaved.set(false);
        self.typed.set_value(None);
        self.asked.set(false);
        self.row.set(Some(id));
    }

    /// Closes this row's editor. Does nothing if another row is open by now.
    pub fn close(self, id: FactId) {
        if self.row.try_get_untracked() == Some(Some(id)) {
            self.unsaved.set(false);
            self.typed.set_value(None);
            self.asked.set(false);
            self.closed.set(Some(id));
            self.row.set(None);
        }
    }

    /// Closes this row's editor because the row disappears; the focus goes elsewhere.
    pub fn leave(self, id: FactId) {
        self.close(id);
        self.closed.set(None);
    }

    /// Gives the focus to a row as soon as it is shown.
    pub fn focus(self, id: FactId) {
        // The page may be gone by now.
        self.closed.try_set(Some(id));
    }

    /// Whether this row gets the focus now; true only once. A row may be shown before it gets the focus.
    #[must_use]
    pub fn takes_focus(self, id: FactId) -> bool {
        let takes = self.closed.get() == Some(id);
        if takes {
            self.closed.set(None);
        }
        takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ArticleId, Comment, Currency, FinancialCenterId, Instant, MemberId, Money};
    use proptest::prelude::*;
    use uuid::Uuid;

    /// An action on one of three rows.
    #[derive(Clone, Debug)]
    enum Step {
        Open(u128),
        /// Types in the open row.
        Type,
        Close(u128),
        /// Presses Escape in the open row.
        Escape,
        /// The open row disappears.
        Leave(u128),
        /// Another page is shown; whether the open row still exists there.
        BeginPage(bool),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (1..4_u128).prop_map(Step::Open),
            2 => Just(Step::Type),
            3 => (1..4_u128).prop_map(Step::Close),
            2 => Just(Step::Escape),
            1 => (1..4_u128).prop_map(Step::Leave),
            2 => any::<bool>().prop_map(Step::BeginPage),
        ]
    }

    fn id(n: u128) -> FactId {
        FactId::from(Uuid::from_u128(n))
    }

    fn fact(n: u128) -> Fact {
        Fact {
            id: id(n),
            amount: Money::from_minor(1, Currency::EUR),
            article_id: ArticleId::from(Uuid::nil()),
            financial_center_id: FinancialCenterId::from(Uuid::nil()),
            date: "2026-11-22".parse().expect("a day"),
            comment: Comment::default(),
            group: None,
            version: 1,
            created_seq: 1,
            created_by: MemberId::from(Uuid::nil()),
            updated_by: MemberId::from(Uuid::nil()),
            created_at: Instant::from_millis(0),
            updated_at: Instant::from_millis(0),
        }
    }

    fn form(words: u32) -> FactForm {
        FactForm { comment: Some(words.to_string()), ..FactForm::default() }
    }

    proptest! {
        #[test]
        fn unsaved_text_stays_open_until_its_row_is_closed_and_the_focus_returns_to_it(
            steps in prop::collection::vec(step(), 0..40),
        ) {
            let owner = Owner::new();
            owner.set();
            let editing = Editing::new();
            let (mut open, mut typed, mut asked, mut focus) = (None, false, false, None);
            let (mut words, mut kept) = (0, 0);
            for step in steps {
                match step {
                    Step::Open(n) => {
                        editing.open(id(n));
                        if typed {
                            asked = true;
                        } else {
                            (open, asked) = (Some(n), false);
                        }
                    }
                    Step::Type => {
                        typed = open.is_some();
                        words += 1;
                        editing.keep(fact(open.unwrap_or(1)), form(words));
                        if typed {
                            kept = words;
                        }
                    }
                    Step::Close(n) => {
                        editing.close(id(n));
                        if open == Some(n) {
                            (open, typed, asked, focus) = (None, false, false, Some(n));
                        }
                    }
                    Step::Escape => {
                        if let Some(n) = open {
                            editing.escape(id(n));
                            if typed {
                                asked = true;
                            } else {
                                (open, asked, focus) = (None, false, Some(n));
                            }
                        }
                    }
                    Step::Leave(n) => {
                        if open == Some(n) {
                            editing.leave(id(n));
                            (open, typed, asked, focus) = (None, false, false, None);
                        }
                    }
                    Step::BeginPage(there) => {
                        editing.begin_page(|_| there);
                        (asked, focus) = (false, None);
                        if !(typed && there) {
                            (open, typed) = (None, false);
                        }
                    }
                }
                let shown: Vec<u128> = (1..4).filter(|n| editing.is(id(*n))).collect();
                for n in 1..4 {
                    let expected = (typed && open == Some(n)).then(|| Kept {
                        opened: fact(n),
                        typed: form(kept),
                        refusal: None,
                    });
                    prop_assert_eq!(editing.kept(id(n)), expected);
                }
                prop_assert_eq!(shown, open.into_iter().collect::<Vec<_>>());
                prop_assert_eq!(
                    (editing.any(), editing.unsaved.get(), editing.asked.get()),
                    (open.is_some(), typed, asked)
                );
            }
            let taken: Vec<u128> = (1..4).chain(1..4).filter(|n| editing.takes_focus(id(*n))).collect();
            prop_assert_eq!(taken, focus.into_iter().collect::<Vec<_>>(), "once");
        }
    }
}
