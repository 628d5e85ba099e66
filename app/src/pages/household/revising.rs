//! The forms of rows on the household page: what a form begins with, and the commands that it sends. A form closes
//! as soon as it is sent; the outbox foresees the change on the row, and a refusal is shown there.

use super::editable::{Editable, FormOf};
use crate::{
    command::Command,
    domain::{
        FieldError, Language, MemberId, Versioned,
        direction::isolated,
        fields::{Comparable, differences},
    },
    error::AppError,
    i18n::editing_words::changed_by,
    outbox::{Outbox, RefusedCommand, RowId, Seen, conflicts},
    replica::Replica,
    state::{kept::Kept, language::use_household_words, open_form::OpenForm},
    ui::changing::part,
    widgets::revising::{RevisionFlow, both_versions, name_of_other, unsaved},
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// What a form begins with.
pub(super) struct Beginning<Row: Editable> {
    pub editing: EditedRow<Row>,
    /// The row that its changes are made on; none for a new one.
    pub row: Option<Row>,
    /// What is filled in beside it: what was typed on a page that was left, else what was refused of the row.
    pub filled: Row::Form,
}

/// Begins the form of this name, which is that of a row or of a new one, and keeps what is typed in it when its page is
/// left.
pub(super) fn begin<Row: Editable>(
    replica: &Replica,
    forms: OpenForm<Row, Row::Form>,
    name: &str,
    (id, row): (RowId, Option<Row>),
) -> Beginning<Row> {
    let outbox: Outbox = use_context().unwrap_or_default();
    let held = refused_in_form::<Row>(&outbox, id);
    let kept = forms.kept(name);
    let opened = kept.as_ref().and_then(|kept| kept.opened.clone()).or(row);
    let row = match &held {
        // It may have been opened as it was foreseen.
        Some(held) if held.is_new => None,
        Some(held) => seen(&held.seen).or(opened),
        None => opened,
    };
    let refused = held.as_ref().map(|held| held.error.clone());
    let (typed, refusal) = match kept {
        Some(Kept { typed, refusal, .. }) => (Some(typed), refusal),
        None => (held.and_then(|held| Row::Form::in_command(held.command)), None),
    };
    let flow = RevisionFlow::new(row.as_ref().map_or(0, Versioned::version), refused.or(refusal));
    if row.is_some() && Row::find(replica, id).is_none() {
        flow.gone();
    }
    let name = name.to_owned();
    on_cleanup(move || forms.leave(&name, flow.refusal()));
    let (replica, opened) = (StoredValue::new(replica.clone()), StoredValue::new(row.clone()));
    let editing = EditedRow { flow, id, forms, opened, outbox: StoredValue::new(outbox), replica };
    Beginning { editing, row, filled: typed.unwrap_or_default() }
}

/// The name that another member gave to a row while its form is open.
pub(super) fn renamed_by(replica: &Replica, by: Option<MemberId>, name: &str, language: Language) -> String {
    format!("{}: {}", changed_by(language, name_of_other(replica, by).as_deref()), isolated(name))
}

/// The refused change that the form of a row corrects. A merge is built again from the current row.
fn refused_in_form<Row: Editable>(outbox: &Outbox, row: RowId) -> Option<RefusedCommand> {
    outbox.refused_change(row).filter(|held| Row::Form::in_command(held.command.clone()).is_some())
}

/// The row as it was seen before a change.
fn seen<Row: Editable>(seen: &Seen) -> Option<Row> {
    if let Seen::Row(subject) = seen { Row::in_subject(subject).cloned() } else { None }
}

/// A row in its form, existing or new.
pub(super) struct EditedRow<Row: Editable> {
    pub flow: RevisionFlow<Row>,
    id: RowId,
    forms: OpenForm<Row, Row::Form>,
    /// The row that the changes are made on; none for a new one.
    opened: StoredValue<Option<Row>>,
    outbox: StoredValue<Outbox>,
    replica: StoredValue<Replica>,
}

impl<Row: Editable> Clone for EditedRow<Row> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row: Editable> Copy for EditedRow<Row> {}

impl<Row: Editable> EditedRow<Row> {
    /// The row that the changes are made on. If a change was refused since the form was opened, that change is
    /// corrected.
    fn original(self) -> Option<Row> {
        let held = self.outbox.with_value(|outbox| refused_in_form::<Row>(outbox, self.id));
        held.and_then(|held| seen(&held.seen)).or_else(|| self.opened.get_value())
    }

    /// The fields of a filled form that differ from the row.
    pub fn changes(self, form: Row::Form) -> Row::Form {
        let Some(row) = self.original() else { return form };
        let currency = self.replica.with_value(|replica| row.currency(replica));
        form.changed_from(&Row::Form::from(&row), currency)
    }

    /// Saves the changed fields and closes the form.
    pub fn save(self, changes: Row::Form) {
        let Some(row) = self.original() else { return };
        // The results of this page's own commands are known to the person.
        let own = self.outbox.with_value(|outbox| outbox.own_version(self.id)).unwrap_or(0);
        let version = row.version().max(own);
        if self.replica.with_value(|replica| Row::find(replica, self.id)).is_none() {
            return self.flow.gone();
        }
        let conflict = self.replica.with_value(|replica| {
            let theirs = Row::find(replica, self.id).filter(|now| now.version() > version)?;
            (!conflicts(&changes, &row, &theirs, replica).is_empty()).then_some(theirs)
        });
        match conflict {
            Some(theirs) => self.flow.contest(theirs),
            None => self.save_over(version, changes),
        }
    }

    /// Saves the changed fields over a version that the person was shown.
    fn save_over(self, version: i64, changes: Row::Form) {
        let Some(row) = self.original() else { return };
        if changes == Row::Form::default() {
            self.outbox.with_value(|outbox| outbox.discard(self.id));
            return self.forms.open.close();
        }
        self.change((None, row.revision(changes)), version);
    }

    /// The fields in which the changes conflict with the version of another member.
    fn contested(self, changes: &Row::Form, theirs: &Row) -> Vec<&'static str> {
        let Some(row) = self.original() else { return Vec::new() };
        self.replica.with_value(|replica| conflicts(changes, &row, theirs, replica))
    }

    /// Restores the row that another member has deleted, with the changes.
    fn bring_back(self, changes: Row::Form) {
        let Some(row) = self.original() else { return };
        self.change((Some(row.restoration()), row.revision(changes)), row.version());
    }

    /// Sends a command on the row, made on the version that was seen, and closes the form.
    pub fn send(self, command: Command) {
        let version = self.original().map_or(0, |row| row.version());
        let own = self.outbox.with_value(|outbox| outbox.own_version(self.id)).unwrap_or(0);
        self.change((None, command), version.max(own));
    }

    fn change(self, commands: (Option<Command>, Command), version: i64) {
        let seen = self.original().map_or(Seen::Nothing, |row| Seen::from(row.into()));
        let sent = self.outbox.with_value(|outbox| self.flow.send(outbox, commands, (version, seen)));
        if sent {
            self.forms.open.close();
        }
    }

    /// Adds the row and closes the form.
    pub fn add(self, command: Command) {
        self.flow.errors.clear();
        let sent = self.outbox.with_value(|outbox| outbox.enqueue(command, None, Seen::Nothing, None));
        match sent {
            Ok(_) => self.forms.open.close(),
            Err(refused) => self.flow.errors.refuse(refused),
        }
    }

    /// Deletes the row and closes the form, unless another member changed it: then that is said first.
    pub fn delete(self, command: Command, figure: impl FnOnce(&Row) -> String) {
        let seen = self.original().map_or(Seen::Nothing, |row| Seen::from(row.into()));
        let deleted = self.outbox.with_value(|outbox| {
            self.replica.with_value(|replica| {
                let now = Row::find(replica, self.id);
                self.flow.delete(outbox, command, (seen, now), (replica, figure))
            })
        });
        if deleted {
            self.forms.open.close();
        }
    }

    /// Shows fields that are refused before anything is sent.
    pub fn refuse(self, refused: Vec<FieldError>) {
        self.flow.errors.refuse(refused);
    }

    /// Gives the focus to the refused field of a form that opens, or else to its first one.
    pub fn opens(self, first: NodeRef<html::Input>) {
        self.flow.errors.opens(first, |_| true);
    }

    /// Keys of the form.
    pub fn key(self, event: &KeyboardEvent) {
        if event.key() == "Escape" {
            self.forms.open.escape();
        }
    }

    /// Keeps what is typed. A browser reports a last change while it removes the form: what was typed is kept
    /// already.
    pub fn keep(self, name: &str, form: impl FnOnce() -> Row::Form) {
        if !self.flow.failure.is_disposed() {
            self.forms.keep(name, self.opened.get_value(), form());
        }
    }

    /// The person types on. Not called when a field is left: the focus goes to the button that saves.
    pub fn goes_on(self) {
        self.forms.open.goes_on();
    }

    /// What is said in the form: the version of another member to choose from, a deletion that asks again, and that
    /// something is not saved yet. `typed` is the filled form, `shown` gives a field its label and shows its value;
    /// `save` is the button that saves.
    pub fn said(
        self,
        typed: impl Fn() -> Row::Form + Clone + Send + 'static,
        shown: impl Fn(&'static str, &str) -> (&'static str, String) + Clone + Send + 'static,
        save: NodeRef<html::Button>,
    ) -> AnyView {
        let (open, restored) = (self.forms.open, typed.clone());
        let choice = move || {
            let (typed, shown) = (typed.clone(), shown.clone());
            self.flow.conflict.get().map(|theirs| {
                let replica = self.replica.get_value();
                let mine = self.changes(typed());
                let contested = self.contested(&mine, &theirs);
                let pairs =
                    differences(&mine, &Row::Form::from(&theirs), theirs.currency(&replica)).into_iter();
                let pairs =
                    pairs.filter(|(field, ..)| contested.contains(field)).map(|(field, theirs, mine)| {
                        let (label, theirs) = shown(field, &theirs);
                        (label, theirs, shown(field, &mine).1)
                    });
                let (who, version) = (name_of_other(&replica, theirs.changed_by()), theirs.version());
                let others = typed.clone();
                let keep_mine = move || self.save_over(version, self.changes(typed()));
                // The fields that do not conflict are saved.
                let keep_theirs = move || {
                    let mine = self.changes(others());
                    let contested = self.contested(&mine, &theirs);
                    self.save_over(version, mine.without(&contested));
                };
                both_versions(who, pairs.collect(), keep_mine, keep_theirs)
            })
        };
        view! {
            {part(choice)}
            {self.flow.said(move || self.bring_back(self.changes(restored())))}
            {unsaved(use_household_words().finish_first, open.asked, save)}
        }
        .into_any()
    }
}

/// Changes of the rows of a list that are made without a form.
#[derive(Clone, Copy)]
pub(super) struct Changing {
    /// Why the last one is not possible. What the server refuses is shown on the row.
    pub refusal: RwSignal<Option<AppError>>,
    outbox: StoredValue<Outbox>,
}

impl Changing {
    pub fn new() -> Self {
        let outbox = use_context().unwrap_or_default();
        Self { refusal: RwSignal::new(None), outbox: StoredValue::new(outbox) }
    }

    /// Sends a change of a row, made on it as the screen shows it.
    pub fn send<Row: Editable>(self, row: &Row, form: Row::Form) {
        let (command, seen) = (row.revision(form), Seen::from(row.clone().into()));
        let sent = self.outbox.with_value(|outbox| outbox.enqueue(command, Some(row.version()), seen, None));
        self.refusal.set(sent.err().map(|errors| AppError::Invalid { errors }));
    }
}
