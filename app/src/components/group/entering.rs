//! A transfer or split from the dialog to commands.

use super::{
    inputs::{Inputs, with_id},
    open_dialog::OpenDialog,
    sending::{form_of_parts, provisional_parts, worked_out},
    shown,
};
use crate::{
    command::Command,
    components::revising::Revising,
    domain::{Fact, FactGroup, FieldError, GroupForm, GroupId, GroupKind, Language},
    live_link::{Browser, LiveLink},
    outbox::Outbox,
    replica::{Replica, Row},
    state::{groups::Groups, language::use_language, undo::Undo},
};
use leptos::prelude::*;
use std::sync::Arc;

/// A transfer or split that is being entered or changed. Clones are the same one.
#[derive(Clone)]
pub(super) struct Entering {
    pub kind: GroupKind,
    /// None while it is new.
    pub id: Option<GroupId>,
    pub inputs: Inputs,
    /// What the server says to it.
    pub flow: Revising<FactGroup>,
    /// Something was typed.
    pub changed: RwSignal<()>,
    pub replica: Replica,
    pub language: Language,
    /// What the person looks at. If the form corrects a refused change, what stood there before that.
    seen: Vec<Fact>,
    outbox: Outbox,
    open: OpenDialog,
    groups: Groups,
    undo: Option<Undo>,
    browser: Arc<dyn Browser>,
}

/// The name under which this device keeps what is typed of a new one.
fn draft(replica: &Replica) -> String {
    format!("group draft {}", replica.me)
}

/// What this device keeps of a new one.
pub(super) fn kept(replica: &Replica) -> Option<GroupForm> {
    let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
    browser.kept(&draft(replica)).and_then(|text| serde_json::from_str(&text).ok())
}

impl Entering {
    pub fn new(
        kind: GroupKind,
        row: Option<&Row>,
        inputs: Inputs,
        (replica, open): (Replica, OpenDialog),
    ) -> Self {
        let outbox = use_context::<Outbox>().unwrap_or_default();
        let held = row.and_then(|row| outbox.refused(row.id));
        let seen = match (&held, row) {
            (Some(held), _) if !held.seen.is_empty() => held.seen.clone(),
            (_, Some(row)) => row.parts.get_untracked(),
            (_, None) => Vec::new(),
        };
        let base = seen.first();
        let id = base.and_then(|fact| fact.group).map(|group| group.id);
        let flow = Revising::new(base.map_or(0, |base| base.version), held.map(|held| held.error));
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
            undo: use_context(),
            browser: use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser,
        }
    }

    /// Notes that something was typed, and keeps it on this device while it is new.
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
        }
    }

    /// Closes the dialog; what was typed is not kept any more.
    pub fn finish(&self) {
        self.browser.keep(&draft(&self.replica), "");
        self.open.close();
    }

    /// Saves over the version that was looked at, or the newer one of somebody else.
    pub fn save(&self, over: Option<&FactGroup>) {
        self.send(over, None);
    }

    /// Brings back what somebody deleted, with what was typed.
    pub fn bring_back(&self) {
        self.send(None, self.id.map(|id| Command::RestoreGroup { kind: self.kind, id }));
    }

    /// What was typed, with everything spelled out.
    fn form(&self, over: Option<&FactGroup>) -> Result<Option<GroupForm>, Vec<FieldError>> {
        let mut form = worked_out(&self.replica, self.inputs.typed(self.kind), self.language)?;
        if let (Some(theirs), GroupForm::Split(form)) = (over, &mut form) {
            // A part that they took out comes back as a new one.
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
            Err(refused) => return errors.set(refused),
        };
        errors.set(Vec::new());
        let (Some(id), Some(base), false) = (self.id, self.seen.first(), self.is_unwritten()) else {
            match self.outbox.send(Command::RecordGroup(form), None, Vec::new(), None) {
                Ok(()) => {
                    if self.id.is_none() {
                        self.groups.made.update(|times| *times += 1);
                    }
                    self.finish();
                }
                Err(refused) => errors.set(refused),
            }
            return;
        };
        self.open.dirty.set(true);
        let version = over.map_or(base.version, |theirs| theirs.version);
        let (this, row) = (self.clone(), base.row_id());
        let change = Command::ReviseGroup { id, form };
        self.flow.send(&self.outbox, (before, change), (version, self.seen.clone()), move || {
            this.replica.stop_editing(row);
            this.finish();
        });
    }

    /// Deletes all of it.
    pub fn delete(&self) {
        let (Some(id), Some(base)) = (self.id, self.seen.first()) else { return };
        let (this, row, kind) = (self.clone(), base.row_id(), self.kind);
        if self.is_unwritten() {
            self.outbox.discard(row);
            return self.finish();
        }
        self.open.dirty.set(true);
        let (book, language) = (self.replica.clone(), self.language);
        let figure =
            move |theirs: &FactGroup| shown::figure(&book, kind, &theirs.facts, language).unwrap_or_default();
        let seen = (self.replica.clone(), figure);
        let command = Command::DeleteGroup { kind, id };
        self.flow.delete(&self.outbox, command, self.seen.clone(), seen, move || {
            this.replica.stop_editing(row);
            this.finish();
            if let Some(undo) = this.undo {
                undo.offer(row, Some(kind));
            }
        });
    }
}
