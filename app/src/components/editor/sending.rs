//! From what was changed in the editor to commands.

use super::conflict::changed;
use crate::{
    command::Command,
    components::{
        quick_add::{self, Inputs, provisional},
        revising::Revising,
    },
    domain::{Fact, FactForm, FactId, FieldError, Language, arithmetic::plainly},
    i18n::format::signed,
    outbox::Outbox,
    replica::Replica,
    state::{editing::Editing, language::use_language, undo::Undo},
};
use leptos::prelude::*;

/// An edit of a transaction. Clones are the same edit.
#[derive(Clone)]
pub(super) struct Edit {
    /// The row.
    pub id: FactId,
    /// What the server says to it.
    pub flow: Revising<Fact>,
    inputs: Inputs,
    /// What the person looked at when the form was opened: what differs from it was typed here. If the form corrects
    /// a refused change, what stood there before that.
    base: Fact,
    replica: Replica,
    outbox: Outbox,
    editing: Editing,
    undo: Option<Undo>,
    language: Language,
}

impl Edit {
    pub fn new(
        id: FactId,
        shown: &Fact,
        inputs: Inputs,
        (replica, outbox, editing): (Replica, Outbox, Editing),
    ) -> Self {
        let held = outbox.refused(id);
        let base = held.as_ref().and_then(|held| held.seen.first()).unwrap_or(shown).clone();
        let flow = Revising::new(base.version, held.map(|held| held.error));
        let (undo, language) = (use_context(), use_language());
        Self { id, flow, inputs, base, replica, outbox, editing, undo, language }
    }

    /// What the changes are made on. A change that was refused since the form was opened is what is corrected.
    fn original(&self) -> Fact {
        let held = self.outbox.refused(self.id).and_then(|held| held.seen.into_iter().next());
        held.unwrap_or_else(|| self.base.clone())
    }

    /// What was changed here, with the direction of the category where none was typed, and why an amount is refused.
    pub fn changes(&self) -> (FactForm, Vec<FieldError>) {
        let typed = self.inputs.typed();
        let mut form = changed(&typed, &self.original(), self.language);
        let article = typed.article_id.unwrap_or_default();
        let kind = self
            .replica
            .articles
            .with_untracked(|rows| rows.iter().find(|row| row.id.to_string() == article).map(|row| row.kind));
        let center = typed.financial_center_id.and_then(|id| id.parse().ok());
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

    /// Saves over the version that the form was opened on.
    pub fn save(&self) {
        self.send(self.base.version, None);
    }

    /// Saves over a newer version that the person was shown.
    pub fn save_over(&self, version: i64) {
        self.flow.conflict.set(None);
        self.send(version, None);
    }

    /// Brings back the row that somebody deleted, with the changes.
    pub fn bring_back(&self) {
        self.send(self.base.version, Some(Command::RestoreFact { id: self.id }));
    }

    fn send(&self, version: i64, before: Option<Command>) {
        let (id, errors) = (self.id, self.flow.errors);
        if self.outbox.refused(id).is_some_and(|held| held.is_new) {
            // It was never written: it is sent as new again.
            let form = FactForm { id: Some(id.to_string()), ..self.inputs.typed() };
            let sent = provisional(&self.replica, &form, self.language)
                .and_then(|fact| quick_add::send(&self.outbox, &fact));
            match sent {
                Ok(()) => self.close(),
                Err(refused) => errors.set(refused),
            }
            return;
        }
        let (form, refused) = self.changes();
        if let Err(refused) = form.revision().and_then(|_| refused.is_empty().then_some(()).ok_or(refused)) {
            errors.set(refused);
            return;
        }
        if form == FactForm::default() && before.is_none() {
            self.outbox.discard(id);
            self.editing.close(id);
            return;
        }
        self.editing.unsaved.set(true);
        let this = self.clone();
        let change = Command::ReviseFact { id, form };
        self.flow
            .send(&self.outbox, (before, change), (version, vec![self.original()]), move || this.close());
    }

    fn close(&self) {
        // First to its new place, then back to a row: the focus goes with it.
        self.replica.stop_editing(self.id);
        self.editing.close(self.id);
    }

    /// Deletes the transaction.
    pub fn delete(&self) {
        let (this, id, language) = (self.clone(), self.id, self.language);
        if self.outbox.refused(id).is_some_and(|held| held.is_new) {
            self.leave();
            self.outbox.discard(id);
            return;
        }
        let figure = move |theirs: &Fact| signed(theirs.amount, language);
        let seen = (self.replica.clone(), figure);
        self.flow.delete(&self.outbox, Command::DeleteFact { id }, vec![self.original()], seen, move || {
            this.leave();
            if let Some(undo) = this.undo {
                undo.offer(id, None);
            }
        });
    }

    fn leave(&self) {
        self.editing.leave(self.id);
        self.replica.stop_editing(self.id);
    }
}
