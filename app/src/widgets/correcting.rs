//! Opens the form in which a refused change is corrected, from any page.

use super::{editor::as_typed, navigation::Tab, refused_row::correct_word};
use crate::{
    command::Command,
    domain::{ArticleForm, Fact, FactForm, FactId, FinancialCenterForm},
    i18n::words::words,
    outbox::{Listed, RowId},
    replica::{Replica, pending::RowState},
    state::{
        editing::Editing,
        groups::{DialogTarget, Groups},
        language::use_language,
        open_form::{HouseholdForms, OpenForm},
    },
};
use leptos::prelude::*;

/// The forms of all pages.
#[derive(Clone)]
pub struct Forms {
    /// The page that is shown.
    here: Tab,
    replica: Replica,
    editing: Option<Editing>,
    groups: Option<Groups>,
    household: Option<HouseholdForms>,
}

impl Forms {
    /// The forms of the current contexts.
    #[must_use]
    pub fn new(here: Tab, replica: Replica) -> Self {
        Self { here, replica, editing: use_context(), groups: use_context(), household: use_context() }
    }

    /// The button that opens the form of a refused command; a link if that is on another page. `None` if no form
    /// shows what the command asks for.
    #[must_use]
    pub fn button(&self, refused: &Listed) -> Option<AnyView> {
        let page = page_of(refused)?;
        let (forms, refused, language) = (self.clone(), refused.clone(), use_language());
        let word = match &refused.state {
            RowState::Refused(error) => correct_word(error, language),
            _ => words(language).correct,
        };
        Some(if page == self.here {
            view! {
                <button type="button" class="button button-quiet" popovertarget="connection" popovertargetaction="hide"
                    on:click=move |_| forms.open(&refused)>{word}</button>
            }
            .into_any()
        } else {
            let keep = move |_| {
                forms.open(&refused);
                forms.keep(&refused, |fact| as_typed(fact, language));
            };
            view! { <a class="button button-quiet" href=page.href() on:click=keep>{word}</a> }.into_any()
        })
    }

    fn open(&self, refused: &Listed) {
        if let RowId::Fact(id) = refused.row {
            return self.open_facts(id, &refused.facts);
        }
        let (Some(forms), Some(name)) = (self.household, refused.row.uuid().map(|id| id.to_string())) else {
            return;
        };
        match refused.row {
            RowId::Article(_) => forms.articles.open.open(name),
            RowId::FinancialCenter(_) => forms.centers.open.open(name),
            _ => forms.recurring.open.open(name),
        }
    }

    fn open_facts(&self, id: FactId, facts: &[Fact]) {
        let Some(editing) = self.editing else { return };
        if facts.iter().all(|fact| fact.group.is_none()) {
            return editing.open(id);
        }
        let row = self.replica.rows.with_untracked(|rows| rows.all().find(|row| row.id == id));
        if let (Some(groups), Some(row)) = (self.groups, row)
            && editing.may_leave()
        {
            groups.target.set(Some(DialogTarget::Row(row)));
        }
    }

    /// Keeps the form open on the way to its page: a form stays open there if it has unsaved content, which is what was
    /// refused.
    fn keep(&self, refused: &Listed, typed: impl FnOnce(&Fact) -> FactForm) {
        fn keep<Row, Form>(forms: OpenForm<Row, Form>, name: &str, form: &Form)
        where
            Row: Clone + Send + Sync,
            Form: Clone + Send + Sync,
        {
            forms.keep(name, None, form.clone());
        }
        let name = refused.row.uuid().map(|id| id.to_string()).unwrap_or_default();
        match (&refused.command, self.household, self.editing) {
            (Command::AddArticle(form) | Command::ReviseArticle { form, .. }, Some(forms), _) => {
                keep(forms.articles, &name, form);
            }
            (
                Command::AddFinancialCenter(form) | Command::ReviseFinancialCenter { form, .. },
                Some(forms),
                _,
            ) => {
                keep(forms.centers, &name, form);
            }
            (Command::AddRecurring(form) | Command::ReviseRecurring { form, .. }, Some(forms), _) => {
                keep(forms.recurring, &name, form);
            }
            (_, _, Some(editing)) => match (refused.row, refused.facts.as_slice()) {
                (RowId::Fact(id), [fact]) if editing.is_untracked(id) => {
                    editing.keep(fact.clone(), typed(fact))
                }
                // The dialog is opened on its page, from its row.
                (RowId::Fact(id), _) => editing.focus(id),
                _ => {}
            },
            _ => {}
        }
    }
}

/// The page with the form of a refused command.
fn page_of(refused: &Listed) -> Option<Tab> {
    match (&refused.command, refused.row) {
        (command, _) if command.deletes() || command.restores() => None,
        (_, RowId::Fact(_)) => Some(Tab::Today),
        (Command::AddArticle(_) | Command::AddFinancialCenter(_) | Command::AddRecurring(_), _) => {
            Some(Tab::Household)
        }
        (command, _) => stands_in_a_form(command).then_some(Tab::Household),
    }
}

/// Whether the form of a row shows what a command asks for. Order and archive have buttons of their own.
pub(super) fn stands_in_a_form(command: &Command) -> bool {
    match command {
        Command::ReviseArticle { form, .. } => {
            ArticleForm { archived: None, ..form.clone() } != ArticleForm::default()
        }
        Command::ReviseFinancialCenter { form, .. } => {
            FinancialCenterForm { archived: None, position: None, ..form.clone() }
                != FinancialCenterForm::default()
        }
        Command::ReviseRecurring { .. } => true,
        _ => false,
    }
}
