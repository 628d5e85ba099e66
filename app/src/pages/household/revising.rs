//! A form of the household page and the command that it sends: what was seen of the row, what came of it.

use crate::{
    command::Command,
    components::field::Errors,
    error::AppError,
    outbox::{Heard, Outbox, Refused, RowId, Seen, version_now},
};
use leptos::prelude::*;

/// A form and its command.
#[derive(Clone, Copy)]
pub(super) struct Revising {
    /// What is wrong with its fields.
    pub errors: Errors,
    /// What it was refused for.
    pub failure: RwSignal<Option<AppError>>,
    /// An answer is awaited.
    pub busy: RwSignal<bool>,
    /// The version that the person has seen of the row. Whoever still saves after a refusal has seen the
    /// one that it showed.
    seen: StoredValue<i64>,
    outbox: StoredValue<Outbox>,
    /// Whether there are fields to put their messages under.
    fields: bool,
}

impl Revising {
    pub fn new(version: i64) -> Self {
        Self {
            errors: RwSignal::new(Vec::new()),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            seen: StoredValue::new(version),
            outbox: StoredValue::new(use_context().unwrap_or_default()),
            fields: true,
        }
    }

    /// Of what is changed without a form: everything that is wrong is said in one place.
    pub fn without_fields() -> Self {
        Self { fields: false, ..Self::new(0) }
    }

    /// The change of this row that was refused after its form was closed: the form shows it, and why.
    pub fn held(self, row: RowId) -> Option<Refused> {
        let held = self.outbox.with_value(|outbox| outbox.refused(row))?;
        if let Some(version) = version_now(&held.error) {
            self.seen.set_value(version);
        }
        match &held.error {
            AppError::Invalid { errors } => self.errors.set(errors.clone()),
            error => self.failure.set(Some(error.clone())),
        }
        Some(held)
    }

    /// A new row that was refused after its form was closed.
    pub fn held_new(self, is_of: fn(&Command) -> bool) -> Option<Refused> {
        let outbox = self.outbox.get_value();
        let row = outbox.listed.with_untracked(|rows| {
            rows.iter()
                .find(|row| is_of(&row.command) && outbox.is_refused(row.mutation).is_some())
                .map(|row| row.row)
        });
        row.and_then(|row| self.held(row))
    }

    /// Another version is on the screen.
    pub fn sees(self, version: i64) {
        self.seen.set_value(version);
    }

    /// Gives up what was refused of this row.
    pub fn discard(self, row: RowId) {
        self.outbox.with_value(|outbox| outbox.discard(row));
    }

    /// Sends a command over the version that was seen of this row. What was typed stays until the server has agreed,
    /// or there is no answer: then the outbox goes on without the form.
    pub fn send(
        self,
        command: Command,
        row: Option<RowId>,
        seen: Seen,
        done: impl FnOnce() + Send + 'static,
    ) {
        self.go(command, row, seen, Box::new(done));
    }

    fn go(self, command: Command, row: Option<RowId>, seen: Seen, done: Box<dyn FnOnce() + Send>) {
        let outbox = self.outbox.get_value();
        self.errors.set(Vec::new());
        self.failure.set(None);
        // Own commands that were answered since are no surprise.
        let own = row.and_then(|row| outbox.own_version(row)).unwrap_or(0);
        let base = row.map(|_| self.seen.get_value().max(own));
        self.busy.set(true);
        let heard = move |heard| {
            // The page may be gone by now.
            if self.busy.is_disposed() {
                return !matches!(heard, Heard::Refused(_));
            }
            self.busy.set(false);
            match heard {
                Heard::Done | Heard::Already | Heard::Late => done(),
                Heard::Refused(error) => self.refused(error),
            }
            true
        };
        if let Err(errors) = outbox.enqueue(command, base, seen, Some(Box::new(heard))) {
            self.busy.set(false);
            self.refused(AppError::Invalid { errors });
        }
    }

    fn refused(self, error: AppError) {
        if let Some(version) = version_now(&error) {
            self.seen.set_value(version);
        }
        match error {
            AppError::Invalid { errors } if self.fields => self.errors.set(errors),
            error => self.failure.set(Some(error)),
        }
    }
}
