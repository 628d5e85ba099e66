//! The forms of the household page: which row of each list is open, and its unsaved content. Both outlive the
//! page.

use super::{kept::Kept, open_row::OpenRow};
use crate::{
    domain::{Article, ArticleForm, FinancialCenter, FinancialCenterForm, Recurring, RecurringForm},
    error::AppError,
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The name of the form for a new row.
pub const NEW: &str = "new";

/// The name of a form, and its unsaved content.
type NamedForm<Row, Form> = Option<(String, Kept<Option<Row>, Form>)>;

/// The open form of a list.
pub struct OpenForm<Row: 'static, Form: 'static> {
    /// The open row.
    pub open: OpenRow,
    /// The unsaved content, with the row as it was when the form was opened; without a row for a new one.
    typed: StoredValue<NamedForm<Row, Form>>,
    /// The name of the form, and what is typed in it beside the fields of the row, by the name of the field: a
    /// statement to compare an account with, the category to merge another one into.
    beside: StoredValue<Option<(String, BTreeMap<&'static str, String>)>>,
}

impl<Row, Form> Clone for OpenForm<Row, Form> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row, Form> Copy for OpenForm<Row, Form> {}

impl<Row: Clone + Send + Sync, Form: Clone + Send + Sync> OpenForm<Row, Form> {
    fn new(unfinished: RwSignal<usize>) -> Self {
        Self { open: OpenRow::new(unfinished), typed: StoredValue::new(None), beside: StoredValue::new(None) }
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

    /// Stores what is typed beside the fields of the row.
    pub fn keep_beside(self, name: &str, field: &'static str, text: String) {
        if !self.open.is_untracked(name) {
            return;
        }
        self.open.types();
        self.beside.update_value(|kept| match kept.as_mut().filter(|(of, _)| of == name) {
            Some((_, texts)) => drop(texts.insert(field, text)),
            None => *kept = Some((name.to_owned(), BTreeMap::from([(field, text)]))),
        });
    }

    /// Stores it whenever it has changed.
    pub fn keeps_beside(
        self,
        name: &str,
        field: &'static str,
        text: impl Fn() -> String + Send + Sync + 'static,
    ) {
        let name = name.to_owned();
        Effect::new(move |before: Option<String>| {
            let now = text();
            if before.is_some_and(|before| before != now) {
                self.keep_beside(&name, field, now.clone());
            }
            now
        });
    }

    /// What is typed there in the form with this name.
    #[must_use]
    pub fn beside(self, name: &str, field: &str) -> Option<String> {
        self.beside.with_value(|kept| {
            let (_, texts) = kept.as_ref().filter(|(of, _)| of == name)?;
            texts.get(field).cloned()
        })
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
        if !open {
            self.beside.update_value(|kept| drop(kept.take_if(|(of, _)| of == name)));
        }
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
                            forms.keep_beside(NAMES[at], "statement", words.to_string());
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
                            forms.keep_beside(NAMES[at], "statement", "late".to_owned());
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
                    let typed = typed.filter(|_| open == Some(at));
                    prop_assert_eq!(kept, typed.map(|typed| (Some(7), typed)));
                    prop_assert_eq!(forms.beside(name, "statement"), typed.map(|typed| typed.to_string()));
                }
                prop_assert_eq!(unfinished.get(), usize::from(typed.is_some()));
            }
        }
    }
}
