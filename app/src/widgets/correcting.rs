//! Opens the form in which a pending or refused change is corrected, from any page.

use super::{
    editor::{RefusedEdit, as_typed},
    navigation::Tab,
    refused_row::correct_word,
};
use crate::{
    command::Command,
    domain::{ArticleForm, ArticleId, Fact, FactForm, FactId, FinancialCenterForm},
    i18n::editing_words::editing_words,
    outbox::{Listed, Outbox, RowId},
    replica::{Replica, pending::RowState},
    state::{
        editing::Editing,
        groups::{DialogTarget, Groups},
        language::use_language,
        open_form::{HouseholdForms, OpenForm},
        plan_cell::CellToCorrect,
    },
};
use leptos::prelude::*;

/// The forms of all pages.
#[derive(Clone)]
pub struct Forms {
    /// The page that is shown.
    here: Tab,
    replica: Replica,
    outbox: Outbox,
    editing: Option<Editing>,
    groups: Option<Groups>,
    household: Option<HouseholdForms>,
    plan: Option<CellToCorrect>,
}

impl Forms {
    /// The forms of the current contexts.
    #[must_use]
    pub fn new(here: Tab, replica: Replica) -> Self {
        let outbox = use_context().unwrap_or_default();
        let (editing, groups, household) = (use_context(), use_context(), use_context());
        Self { here, replica, outbox, editing, groups, household, plan: use_context() }
    }

    /// Whether there is a form that shows what a command asks for.
    #[must_use]
    pub fn show(&self, listed: &Listed) -> bool {
        self.page_of(listed).is_some()
    }

    /// The button that opens the form of a pending or refused command; a link if that is on another page. `None` if
    /// no form shows what the command asks for.
    #[must_use]
    pub fn button(&self, refused: &Listed) -> Option<AnyView> {
        let page = self.page_of(refused)?;
        let (forms, refused, language) = (self.clone(), refused.clone(), use_language());
        let word = match &refused.state {
            RowState::Refused(error) => correct_word(Some(&refused.command), error, language),
            _ => editing_words(language).correct,
        };
        Some(if page == self.here {
            view! {
                <button type="button" class="button button-quiet" popovertarget="connection" popovertargetaction="hide"
                    on:click=move |_| forms.open(&forms.now(&refused))>{word}</button>
            }
            .into_any()
        } else {
            let keep = move |_| {
                let refused = forms.now(&refused);
                forms.open(&refused);
                forms.keep(&refused, |fact| as_typed(fact, language));
            };
            view! { <a class="button button-quiet" href=page.href() on:click=keep>{word}</a> }.into_any()
        })
    }

    /// A command as it is listed by now: other members may have changed its row since.
    fn now(&self, listed: &Listed) -> Listed {
        let found = self
            .outbox
            .listed
            .with_untracked(|rows| rows.iter().find(|row| row.mutation == listed.mutation).cloned());
        found.unwrap_or_else(|| listed.clone())
    }

    fn open(&self, refused: &Listed) {
        match (refused.row, self.plan) {
            (RowId::Fact(id), _) => return self.open_facts(id, &refused.facts),
            (RowId::Plan(article, month), Some(plan)) => return plan.choose(article, month),
            _ => {}
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

    /// The page with the form of a command.
    fn page_of(&self, listed: &Listed) -> Option<Tab> {
        let there = |id: ArticleId| self.replica.articles.with(|rows| rows.iter().any(|row| row.id == id));
        match (&listed.command, listed.row) {
            (command, _) if command.deletes() || command.restores() => None,
            (_, RowId::Fact(_)) => Some(Tab::Today),
            (Command::AddArticle(_) | Command::AddFinancialCenter(_) | Command::AddRecurring(_), _) => {
                Some(Tab::Household)
            }
            // Once it is sent, it cannot be undone. A category that was deleted meanwhile cannot be merged.
            (Command::MergeArticle { id, .. }, _)
                if !matches!(listed.state, RowState::Refused(_)) || !there(*id) =>
            {
                None
            }
            // Several plans, which were filled in by a tool or pasted, are one change: no cell could correct it. A
            // category that was deleted meanwhile has no cell.
            (Command::SetPlans(forms), RowId::Plan(article, _)) => {
                (forms.len() == 1 && there(article)).then_some(Tab::Plan)
            }
            (command, _) => stands_in_a_form(command).then_some(Tab::Household),
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
            // What it is to be merged into is chosen in its form.
            (Command::MergeArticle { .. }, Some(forms), _) => {
                keep(forms.articles, &name, &ArticleForm::default());
            }
            (Command::AddRecurring(form) | Command::ReviseRecurring { form, .. }, Some(forms), _) => {
                keep(forms.recurring, &name, form);
            }
            (_, _, Some(editing)) => match (refused.row, refused.facts.as_slice()) {
                (RowId::Fact(id), [fact]) if editing.is_untracked(id) => {
                    let edit = RefusedEdit::find(&self.outbox, &self.replica, id);
                    editing.keep(fact.clone(), typed(edit.as_ref().map_or(fact, |edit| &edit.after)));
                }
                // The dialog is opened on its page, from its row.
                (RowId::Fact(id), _) => editing.focus(id),
                _ => {}
            },
            _ => {}
        }
    }
}

/// Whether the form of a row shows what a command asks for.
///
/// Not so the order of the accounts and the archive: a button makes the whole change, so nothing in it could be
/// corrected. It can be done again, or not.
pub(super) fn stands_in_a_form(command: &Command) -> bool {
    match command {
        Command::MergeArticle { .. } => true,
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
