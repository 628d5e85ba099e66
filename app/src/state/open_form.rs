//! The forms of the household page: which row of each list is open, and its unsaved content. Both outlive the
//! page.

use super::kept::Kept;
use crate::{
    domain::{Article, ArticleForm, FinancialCenter, FinancialCenterForm, Recurring, RecurringForm},
    error::AppError,
};
use leptos::prelude::*;

/// The name of the form for a new row.
pub const NEW: &str = "new";

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

    fn is_untracked(self, id: &str) -> bool {
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
    fn types(self) {
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

/// The name of a form, and its unsaved content.
type NamedForm<Row, Form> = Option<(String, Kept<Option<Row>, Form>)>;

/// The open form of a list.
pub struct OpenForm<Row: 'static, Form: 'static> {
    /// The open row.
    pub open: OpenRow,
    /// The unsaved content, with the row as it was when the form was opened; without a row for a new one.
    typed: StoredValue<NamedForm<Row, Form>>,
}

impl<Row, Form> Clone for OpenForm<Row, Form> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row, Form> Copy for OpenForm<Row, Form> {}

impl<Row: Clone + Send + Sync, Form: Clone + Send + Sync> OpenForm<Row, Form> {
    fn new(unfinished: RwSignal<usize>) -> Self {
        Self { open: OpenRow::new(unfinished), typed: StoredValue::new(None) }
    }

    /// Stores the unsaved content.
    pub fn keep(self, name: &str, opened: Option<Row>, typed: Form) {
        // A browser reports a last change while it removes the form.
        if !self.open.is_untracked(name) {
            return;
        }
        self.open.types();
        self.typed.set_value(Some((name.to_owned(), Kept { opened, typed, refusal: None })));
    }

    /// The unsaved content of the form with this name.
    #[must_use]
    pub fn kept(self, name: &str) -> Option<Kept<Option<Row>, Form>> {
        self.typed.with_value(|kept| kept.as_ref().filter(|(of, _)| of == name).map(|(_, kept)| kept.clone()))
    }

    /// Called when the form is removed from the screen. The content is kept for the page that shows the form
    /// next, unless the form was closed.
    pub fn leave(self, name: &str, refusal: Option<AppError>) {
        let open = self.open.is_untracked(name);
        self.typed.update_value(|kept| {
            let own = kept.take_if(|(of, _)| of == name);
            *kept = match own.filter(|_| open) {
                Some((name, own)) => Some((name, Kept { refusal, ..own })),
                None => kept.take(),
            };
        });
    }
}

/// The forms of the lists on the household page.
#[derive(Clone, Copy)]
pub struct HouseholdForms {
    /// The form of a category.
    pub articles: OpenForm<Article, ArticleForm>,
    /// The form of an account.
    pub centers: OpenForm<FinancialCenter, FinancialCenterForm>,
    /// The form of a recurring entry.
    pub recurring: OpenForm<Recurring, RecurringForm>,
}

impl HouseholdForms {
    /// All forms closed. `unfinished` counts the lists with unsaved content.
    #[must_use]
    pub fn new(unfinished: RwSignal<usize>) -> Self {
        let (articles, centers) = (OpenForm::new(unfinished), OpenForm::new(unfinished));
        Self { articles, centers, recurring: OpenForm::new(unfinished) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An action on two rows of a list or the form for a new one.
    #[derive(Clone, Debug)]
    enum Step {
        Open(usize),
        /// Types in the open form.
        Type,
        /// Cancels or saves the form.
        Close,
        /// A browser reports a last change of a form that was closed.
        LateChange(usize),
        /// Presses Escape in the open form.
        Escape,
        /// Another page is shown.
        LookAway,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..3_usize).prop_map(Step::Open),
            3 => Just(Step::Type),
            2 => Just(Step::Close),
            1 => (0..3_usize).prop_map(Step::LateChange),
            2 => Just(Step::Escape),
            2 => Just(Step::LookAway),
        ]
    }

    proptest! {
        #[test]
        fn what_is_typed_is_kept_with_its_row_until_its_form_is_closed(
            steps in prop::collection::vec(step(), 0..40),
        ) {
            const NAMES: [&str; 3] = [NEW, "one", "two"];
            let owner = Owner::new();
            owner.set();
            let unfinished = RwSignal::new(0);
            let forms: OpenForm<u32, u32> = OpenForm::new(unfinished);
            let (mut open, mut typed, mut words) = (None::<usize>, None::<u32>, 0);
            for step in steps {
                match step {
                    Step::Open(at) => {
                        let before = open;
                        forms.open.open(NAMES[at].to_owned());
                        if typed.is_none() {
                            open = Some(at);
                        }
                        // The replaced form is removed from the screen.
                        if let Some(before) = before.filter(|before| open != Some(*before)) {
                            forms.leave(NAMES[before], None);
                        }
                    }
                    Step::Type => {
                        words += 1;
                        if let Some(at) = open {
                            forms.keep(NAMES[at], Some(7), words);
                            typed = Some(words);
                        }
                    }
                    Step::Close => {
                        forms.open.close();
                        if let Some(at) = open {
                            forms.leave(NAMES[at], None);
                        }
                        (open, typed) = (None, None);
                    }
                    Step::LateChange(at) => {
                        if open != Some(at) {
                            forms.keep(NAMES[at], None, 0);
                        }
                    }
                    Step::Escape => {
                        forms.open.escape();
                        if let Some(at) = open.filter(|_| typed.is_none()) {
                            forms.leave(NAMES[at], None);
                            open = None;
                        }
                    }
                    Step::LookAway => {
                        if let Some(at) = open {
                            forms.leave(NAMES[at], Some(AppError::Gone));
                        }
                        forms.open.begin_page();
                        if typed.is_none() {
                            open = None;
                        }
                    }
                }
                let shown: Vec<usize> = (0..3).filter(|at| forms.open.is(NAMES[*at])).collect();
                prop_assert_eq!(shown, open.into_iter().collect::<Vec<_>>());
                for (at, name) in NAMES.into_iter().enumerate() {
                    let kept = forms.kept(name).map(|kept| (kept.opened, kept.typed));
                    prop_assert_eq!(kept, typed.filter(|_| open == Some(at)).map(|typed| (Some(7), typed)));
                }
                prop_assert_eq!(unfinished.get(), usize::from(typed.is_some()));
            }
        }
    }
}
