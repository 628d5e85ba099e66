//! The rows of the household page that have a form: what the forms need to know of each family.

use crate::{
    command::{Command, Subject},
    domain::{
        Article, ArticleForm, Balance, FinancialCenter, FinancialCenterForm, Recurring, RecurringForm,
        fields::Comparable,
    },
    outbox::{Revisable, RowId},
    replica::Replica,
    widgets::revising::CurrentRow,
};
use leptos::prelude::WithUntracked;
use std::sync::Arc;

/// A row of the household page that has its own form.
pub(super) trait Editable: CurrentRow + Revisable<Form: FormOf> + Into<Subject> {
    /// The row in the outbox.
    fn row(&self) -> RowId;
    /// The row in an answer or as it was seen; `None` if that is another family's.
    fn in_subject(subject: &Subject) -> Option<&Self>;
    /// The row in the book.
    fn find(replica: &Replica, row: RowId) -> Option<Self>;
    /// The command that changes the given fields.
    fn revision(&self, form: Self::Form) -> Command;
    /// The command that restores the row.
    fn restoration(&self) -> Command;
}

/// The form of a row.
pub(super) trait FormOf: Comparable + Clone + Default + PartialEq + Send + Sync + 'static {
    /// The form in a command; `None` for a command of another kind.
    fn in_command(command: Command) -> Option<Self>;
}

impl FormOf for ArticleForm {
    fn in_command(command: Command) -> Option<Self> {
        match command {
            Command::AddArticle(form) | Command::ReviseArticle { form, .. } => Some(form),
            _ => None,
        }
    }
}

impl FormOf for FinancialCenterForm {
    fn in_command(command: Command) -> Option<Self> {
        match command {
            Command::AddFinancialCenter(form) | Command::ReviseFinancialCenter { form, .. } => Some(form),
            _ => None,
        }
    }
}

impl FormOf for RecurringForm {
    fn in_command(command: Command) -> Option<Self> {
        match command {
            Command::AddRecurring(form) | Command::ReviseRecurring { form, .. } => Some(form),
            _ => None,
        }
    }
}

impl Editable for Article {
    fn row(&self) -> RowId {
        RowId::Article(self.id)
    }

    fn in_subject(subject: &Subject) -> Option<&Self> {
        if let Subject::Article(row) = subject { Some(row) } else { None }
    }

    fn find(replica: &Replica, row: RowId) -> Option<Self> {
        replica.articles.with_untracked(|rows| rows.iter().find(|one| one.row() == row).cloned())
    }

    fn revision(&self, form: ArticleForm) -> Command {
        Command::ReviseArticle { id: self.id, form }
    }

    fn restoration(&self) -> Command {
        Command::RestoreArticle { id: self.id }
    }
}

impl Editable for FinancialCenter {
    fn row(&self) -> RowId {
        RowId::FinancialCenter(self.id)
    }

    fn in_subject(subject: &Subject) -> Option<&Self> {
        if let Subject::FinancialCenter(row) = subject { Some(row) } else { None }
    }

    fn find(replica: &Replica, row: RowId) -> Option<Self> {
        let found = |rows: &Arc<Vec<Balance>>| {
            rows.iter().find(|one| one.center.row() == row).map(|one| one.center.clone())
        };
        replica.centers.with_untracked(found)
    }

    fn revision(&self, form: FinancialCenterForm) -> Command {
        Command::ReviseFinancialCenter { id: self.id, form }
    }

    fn restoration(&self) -> Command {
        Command::RestoreFinancialCenter { id: self.id }
    }
}

impl Editable for Recurring {
    fn row(&self) -> RowId {
        RowId::Recurring(self.id)
    }

    fn in_subject(subject: &Subject) -> Option<&Self> {
        if let Subject::Recurring(row) = subject { Some(row) } else { None }
    }

    fn find(replica: &Replica, row: RowId) -> Option<Self> {
        replica.recurring.with_untracked(|rows| rows.iter().find(|one| one.row() == row).cloned())
    }

    fn revision(&self, form: RecurringForm) -> Command {
        Command::ReviseRecurring { id: self.id, form }
    }

    fn restoration(&self) -> Command {
        Command::RestoreRecurring { id: self.id }
    }
}
