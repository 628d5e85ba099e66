//! Makes commands from the dialog of a transfer or split.

use super::{
    inputs::{GroupInputs, with_id},
    open_dialog::OpenDialog,
    sending::{form_of_parts, provisional_parts, worked_out},
    shown,
};
use crate::{
    command::Command,
    domain::{Fact, FactGroup, FieldError, GroupForm, GroupId, GroupKind, Language},
    error::AppError,
    live_link::{Browser, LiveLink},
    outbox::Outbox,
    replica::{Replica, Row, pending::RowState},
    state::{editing::Editing, groups::Groups, language::use_language, undo::Undo},
    widgets::revising::RevisionFlow,
};
use leptos::prelude::*;
use std::sync::Arc;

/// A transfer or split that is being entered or changed. Clones share it.
#[derive(Clone)]
pub(super) struct Entering {
    pub kind: GroupKind,
    /// The id; `None` for a new one.
    pub id: Option<GroupId>,
    pub inputs: GroupInputs,
    /// The state of sending it.
    pub flow: RevisionFlow<FactGroup>,
    /// Notifies that something was typed.
    pub changed: RwSignal<()>,
    pub replica: Replica,
    pub language: Language,
    /// The facts that the person sees. If the form corrects a refused change, the facts before that change.
    seen: Vec<Fact>,
    outbox: Outbox,
    open: OpenDialog,
    groups: Groups,
    /// The state of the row; `None` for a new one.
    state: Option<ArcRwSignal<RowState>>,
    editing: Option<Editing>,
    undo: Option<Undo>,
    browser: Arc<dyn Browser>,
}

/// The key under which the draft of a new one is stored on this device.
fn draft(replica: &Replica) -> String {
    format!("group draft {}", replica.me)
}

/// The draft of a new one that is stored on this device.
pub(super) fn kept(replica: &Replica) -> Option<GroupForm> {
    let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
    browser.kept(&draft(replica)).and_then(|text| serde_json::from_str(&text).ok())
}

impl Entering {
    /// `opened` are the facts of the row as they were when the dialog was opened, if that was on a page that was left
    /// since; `refusal` is what the dialog showed of the server there.
    pub fn new(
        kind: GroupKind,
        row: Option<&Row>,
        (opened, refusal): (Option<Vec<Fact>>, Option<AppError>),
        inputs: GroupInputs,
        (replica, open): (Replica, OpenDialog),
    ) -> Self {
        let outbox = use_context::<Outbox>().unwrap_or_default();
        let held = row.and_then(|row| outbox.refused_change(row.id));
        let seen = match (&held, row) {
            (Some(held), _) if !held.seen.facts().is_empty() => held.seen.facts().to_vec(),
            (_, Some(row)) => opened.unwrap_or_else(|| row.parts.get_untracked()),
            (_, None) => Vec::new(),
        };
        let base = seen.first();
        let id = base.and_then(|fact| fact.group).map(|group| group.id);
        let flow =
            RevisionFlow::new(base.map_or(0, |base| base.version), held.map(|held| held.error).or(refusal));
        Self {
            kind,
            id,
            inputs,
            flow,
            changed: RwSignal::new(()),
            replica,
            language: use_language(),
            seen,
            outbox,
            open,
            groups: use_context().unwrap_or_default(),
            state: row.map(|row| row.state.clone()),
            editing: use_context(),
            undo: use_context(),
            browser: use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser,
        }
    }

    /// Called at each input. A new transfer or split is kept on this device; changes of one that exists are kept in
    /// memory, until the browser reloads the page.
    pub fn typed(&self) {
        // A browser reports a last change while it removes the form with the focus in it: what was typed is kept
        // already.
        if self.inputs.amount.is_disposed() {
            return;
        }
        self.open.dirty.set(true);
        self.changed.set(());
        if self.id.is_none() {
            let text = serde_json::to_string(&self.inputs.typed(self.kind)).unwrap_or_default();
            self.browser.keep(&draft(&self.replica), &text);
        } else {
            self.groups.keep(self.seen.clone(), self.inputs.typed(self.kind));
        }
    }

    /// Closes the dialog and discards its unsaved content.
    pub fn finish(&self) {
        self.browser.keep(&draft(&self.replica), "");
        self.groups.forget();
        self.open.close();
    }

    /// Keeps the version of another member and discards what was typed.
    pub fn keep_theirs(&self) {
        if let Some(base) = self.seen.first() {
            self.outbox.discard(base.row_id());
        }
        self.finish();
    }

    /// Saves over the version that was seen, or over the newer one of another member.
    pub fn save(&self, over: Option<&FactGroup>) {
        self.send(over, None);
    }

    /// Restores the row that another member has deleted, with what was typed.
    pub fn bring_back(&self) {
        self.send(None, self.id.map(|id| Command::RestoreGroup { kind: self.kind, id }));
    }

    /// The form with all values explicit.
    fn form(&self, over: Option<&FactGroup>) -> Result<Option<GroupForm>, Vec<FieldError>> {
        let mut form = worked_out(&self.replica, self.inputs.typed(self.kind), self.language)?;
        if let (Some(theirs), GroupForm::Split(form)) = (over, &mut form) {
            // A part that the other member removed is added again as a new one.
            for part in &mut form.parts {
                let there = |id: &String| theirs.facts.iter().any(|fact| fact.id.to_string() == *id);
                part.id = part.id.take().filter(there);
            }
        }
        let form = with_id(form, self.id.unwrap_or_else(GroupId::new));
        Ok(form_of_parts(&provisional_parts(&self.replica, &form)?))
    }

    fn is_unwritten(&self) -> bool {
        let held = self.seen.first().and_then(|base| self.outbox.refused(base.row_id()));
        held.is_some_and(|held| held.is_new)
    }

    fn send(&self, over: Option<&FactGroup>, before: Option<Command>) {
        let errors = self.flow.errors;
        let form = match self.form(over) {
            Ok(Some(form)) => form,
            Ok(None) => return,
            Err(refused) => return errors.refuse(refused),
        };
        errors.clear();
        let (Some(id), Some(base), false) = (self.id, self.seen.first(), self.is_unwritten()) else {
            match self.outbox.send(Command::RecordGroup(form), None, Vec::new(), None) {
                Ok(()) => {
                    if self.id.is_none() {
                        self.groups.made.update(|times| *times += 1);
                    }
                    self.finish();
                }
                Err(refused) => errors.refuse(refused),
            }
            return;
        };
        let version = over.map_or(base.version, |theirs| theirs.version);
        if before.is_none() {
            if self.is_gone() {
                return self.flow.gone();
            }
            if let Some(theirs) = self.now().filter(|now| now.version > version) {
                return self.flow.contest(theirs);
            }
        }
        let change = Command::ReviseGroup { id, form };
        if self.flow.send(&self.outbox, (before, change), (version, self.seen.clone().into())) {
            let row = base.row_id();
            // First to its new place, then back to a row: the focus goes with it.
            self.replica.stop_editing(row);
            self.finish();
            if let Some(editing) = self.editing {
                editing.focus(row);
            }
        }
    }

    /// The facts of the row in the book.
    fn now(&self) -> Option<FactGroup> {
        let (id, kind, base) = (self.id?, self.kind, self.seen.first()?);
        let facts = self.replica.facts_of(base.row_id());
        Some(FactGroup { id, kind, version: facts.first()?.version, facts })
    }

    /// Whether another member deleted the row since the dialog was opened, or before a change that the form
    /// corrects.
    fn is_gone(&self) -> bool {
        let state = self.state.as_ref().map(GetUntracked::get_untracked);
        self.flow.is_gone() || state == Some(RowState::Gone)
    }

    /// Deletes all of it.
    pub fn delete(&self) {
        let (Some(id), Some(base)) = (self.id, self.seen.first()) else { return };
        let (row, kind, replica) = (base.row_id(), self.kind, &self.replica);
        if self.is_gone() || self.is_unwritten() {
            self.outbox.discard(row);
            replica.stop_editing(row);
            return self.finish();
        }
        let figure = |theirs: &FactGroup| {
            shown::figure(replica, kind, &theirs.facts, self.language).unwrap_or_default()
        };
        let (seen, command) = ((self.seen.clone().into(), self.now()), Command::DeleteGroup { kind, id });
        if self.flow.delete(&self.outbox, command, seen, (replica, figure)) {
            replica.stop_editing(row);
            self.finish();
            if let Some(undo) = self.undo {
                undo.offer(row, Some(kind));
            }
        }
    }
}
