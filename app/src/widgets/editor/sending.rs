//! Makes commands from the changes in the editor.

use super::{conflict::changed, over::RefusedEdit};
use crate::{
    command::Command,
    domain::{Fact, FactForm, FactId, FieldError, Language, arithmetic::plainly, fields::Comparable},
    error::AppError,
    i18n::format::signed,
    outbox::{Outbox, Seen, conflicts},
    replica::{Replica, Row, pending::RowState},
    state::{editing::Editing, language::use_language, undo::Undo},
    widgets::{
        quick_add::{self, FactInputs, provisional},
        revising::RevisionFlow,
    },
};
use leptos::prelude::*;

/// An edit of a transaction. Clones share it.
#[derive(Clone)]
pub(super) struct Edit {
    /// The row.
    pub id: FactId,
    /// The state of the row.
    state: ArcRwSignal<RowState>,
    /// The state of sending it.
    pub flow: RevisionFlow<Fact>,
    inputs: FactInputs,
    /// The transaction as it was when the form was opened; the fields that differ from it were typed. If the
    /// form corrects a refused change, the transaction before that change.
    base: Fact,
    replica: Replica,
    outbox: Outbox,
    editing: Editing,
    undo: Option<Undo>,
    language: Language,
}

impl Edit {
    /// `shown` is the transaction as it was when the form was opened, `refusal` what the form showed of the server on a
    /// page that was left since.
    pub fn new(
        row: &Row,
        (shown, refusal): (&Fact, Option<AppError>),
        inputs: FactInputs,
        (replica, outbox, editing): (Replica, Outbox, Editing),
    ) -> Self {
        let (id, state) = (row.id, row.state.clone());
        let edit = RefusedEdit::find(&outbox, &replica, id);
        let base = edit.map_or_else(|| shown.clone(), |edit| edit.before);
        let held = outbox.refused_change(id).map(|held| held.error);
        let flow = RevisionFlow::new(base.version, held.or(refusal));
        let (undo, language) = (use_context(), use_language());
        let this = Self { id, state, flow, inputs, base, replica, outbox, editing, undo, language };
        // The row may have been changed again since the refusal.
        let seen = flow.conflict.with_untracked(|theirs| theirs.as_ref().map(|theirs| theirs.version));
        if let Some(now) = this.now().filter(|now| seen.is_some_and(|seen| seen < now.version)) {
            flow.contest(now);
        }
        this
    }

    /// The transaction that the changes are made on. If a change was refused since the form was opened, that
    /// change is corrected.
    fn original(&self) -> Fact {
        let refused = RefusedEdit::find(&self.outbox, &self.replica, self.id);
        refused.map_or_else(|| self.base.clone(), |edit| edit.before)
    }

    /// The row as it is in the book.
    fn now(&self) -> Option<Fact> {
        self.replica.facts_of(self.id).into_iter().next()
    }

    /// Whether another member deleted the row since the form was opened, or before a change that the form
    /// corrects.
    fn is_gone(&self) -> bool {
        self.flow.is_gone() || self.state.get_untracked() == RowState::Gone
    }

    /// The changed fields, with the sign of the category where none was typed; and the reason why an amount
    /// is refused.
    pub fn changes(&self) -> (FactForm, Vec<FieldError>) {
        let typed = self.inputs.typed();
        let article = typed.article_id.clone().unwrap_or_default();
        let center = typed.financial_center_id.as_ref().and_then(|id| id.parse().ok());
        let mut form = changed(typed, &self.original(), self.language);
        let kind = self
            .replica
            .articles
            .with_untracked(|rows| rows.iter().find(|row| row.id.to_string() == article).map(|row| row.kind));
        let currency = center.and_then(|center| self.replica.currency_of(center));
        let mut refused = Vec::new();
        if let (Some(amount), Some(currency)) = (&form.amount, currency) {
            match plainly(amount, kind, currency, self.language) {
                Ok(plain) => form.amount = Some(plain),
                Err(error) => {
                    refused.push(FieldError { field: "amount".to_owned(), reason: error.into() });
                }
            }
        }
        (form, refused)
    }

    /// Saves over the version that the form was opened on. What a refused change foresaw never was a version.
    pub fn save(&self) {
        self.send((self.original().version, &[]), None);
    }

    /// Saves over a newer version that the person was shown.
    pub fn save_over(&self, version: i64) {
        self.flow.conflict.set(None);
        self.send((version, &[]), None);
    }

    /// The fields in which the changes conflict with the version of another member.
    pub fn contested(&self, theirs: &Fact) -> Vec<&'static str> {
        conflicts(&self.changes().0, &self.original(), theirs, &self.replica)
    }

    /// Keeps the version of another member in the fields that conflict, and saves the others.
    pub fn keep_theirs(&self, theirs: &Fact) {
        let contested = self.contested(theirs);
        self.flow.conflict.set(None);
        self.send((theirs.version, &contested), None);
    }

    /// Restores the row that another member has deleted, with the changes.
    pub fn bring_back(&self) {
        self.send((self.base.version, &[]), Some(Command::RestoreFact { id: self.id }));
    }

    /// Sends the changes made on a version, but for these fields.
    fn send(&self, (version, without): (i64, &[&str]), before: Option<Command>) {
        let (id, errors) = (self.id, self.flow.errors);
        if self.outbox.refused(id).is_some_and(|held| held.is_new) {
            // It was never written: it is sent as a new one again.
            let form = FactForm { id: Some(id.to_string()), ..self.inputs.typed() };
            let sent = provisional(&self.replica, &form, self.language)
                .and_then(|fact| quick_add::send(&self.outbox, &fact));
            match sent {
                Ok(()) => self.close(),
                Err(refused) => errors.refuse(refused),
            }
            return;
        }
        let (form, mut refused) = self.changes();
        let form = form.without(without);
        refused.retain(|refused| !without.contains(&refused.field.as_str()));
        let malformed = form.revision().err().unwrap_or_default();
        let refused = match refused.pop() {
            Some(amount) => amount.with_others(malformed),
            None => malformed,
        };
        if !refused.is_empty() {
            errors.refuse(refused);
            return;
        }
        if form == FactForm::default() && before.is_none() {
            self.outbox.discard(id);
            self.editing.close(id);
            return;
        }
        if before.is_none() {
            if self.is_gone() {
                return self.flow.gone();
            }
            if let Some(theirs) = self.contests(version, &form) {
                return self.flow.contest(theirs);
            }
        }
        let change = Command::ReviseFact { id, form };
        if self.flow.send(&self.outbox, (before, change), (version, Seen::Facts(vec![self.original()]))) {
            self.close();
        }
    }

    /// The version of another member, if the book has it already and it conflicts with what was typed.
    fn contests(&self, version: i64, form: &FactForm) -> Option<Fact> {
        let theirs = self.now().filter(|now| now.version > version)?;
        (!conflicts(form, &self.original(), &theirs, &self.replica).is_empty()).then_some(theirs)
    }

    fn close(&self) {
        // First to its new place, then back to a row: the focus goes with it.
        self.replica.stop_editing(self.id);
        self.editing.close(self.id);
    }

    /// Deletes the transaction.
    pub fn delete(&self) {
        let (id, language) = (self.id, self.language);
        if self.is_gone() || self.outbox.refused(id).is_some_and(|held| held.is_new) {
            self.leave();
            self.outbox.discard(id);
            return;
        }
        let figure = move |theirs: &Fact| signed(theirs.amount, language);
        let (seen, command) = ((Seen::Facts(vec![self.original()]), self.now()), Command::DeleteFact { id });
        if self.flow.delete(&self.outbox, command, seen, (&self.replica, figure)) {
            self.leave();
            if let Some(undo) = self.undo {
                undo.offer(id, None);
            }
        }
    }

    fn leave(&self) {
        self.editing.leave(self.id);
        self.replica.stop_editing(self.id);
    }
}
