//! Changing and deleting a row that is there: one flow for a transaction and for a transfer or split.
//!
//! A change is sent with the version that the person looked at. While its answer is awaited the form can neither
//! be typed in nor closed; what has no answer at once goes on without it. If somebody else changed the row
//! meanwhile, the form shows both versions and the person chooses; no timer decides. A deletion warns once, and a
//! second one goes ahead on the version that was shown. What somebody deleted can be brought back with the change.

use super::{field::Errors, part};
use crate::{
    command::Command,
    domain::{Fact, FactGroup, Language},
    error::AppError,
    i18n::{errors::sentence, words::delete_changed},
    outbox::{Heard, Outbox},
    replica::Replica,
    state::language::{use_language, use_words},
};
use leptos::prelude::*;
use serde::de::DeserializeOwned;

/// A row as the server has it, in the answer that refuses a change of an older version.
pub trait Current: DeserializeOwned + Clone + Send + Sync + 'static {
    /// The version of the row.
    fn version(&self) -> i64;
    /// A fact of it, which tells who changed it.
    fn fact(&self) -> Option<&Fact>;
}

impl Current for Fact {
    fn version(&self) -> i64 {
        self.version
    }

    fn fact(&self) -> Option<&Fact> {
        Some(self)
    }
}

impl Current for FactGroup {
    fn version(&self) -> i64 {
        self.version
    }

    fn fact(&self) -> Option<&Fact> {
        self.facts.first()
    }
}

/// What a form that changes or deletes a row waits for, and what the server said.
pub struct Revising<T: 'static> {
    /// The refused fields.
    pub errors: Errors,
    /// An answer is awaited.
    pub busy: RwSignal<bool>,
    /// Why the server refused it, if no field is to blame.
    pub failure: RwSignal<Option<AppError>>,
    /// What somebody else made of the row, if that is in conflict with what was typed.
    pub conflict: RwSignal<Option<T>>,
    /// Somebody changed what is about to be deleted: said once.
    warning: RwSignal<Option<String>>,
    /// The newest version that the person has seen: what a deletion is asked for on.
    seen: StoredValue<i64>,
    language: Language,
}

impl<T> Clone for Revising<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Revising<T> {}

impl<T: Current> Revising<T> {
    /// A form opened on this version. It begins with the refusal of a change that is corrected in it.
    #[must_use]
    pub fn new(version: i64, refused: Option<AppError>) -> Self {
        let this = Self {
            errors: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            failure: RwSignal::new(None),
            conflict: RwSignal::new(None),
            warning: RwSignal::new(None),
            seen: StoredValue::new(version),
            language: use_language(),
        };
        match refused {
            Some(AppError::Stale { current }) => this.conflict.set(serde_json::from_str(&current).ok()),
            Some(AppError::Invalid { errors }) => this.errors.set(errors),
            Some(AppError::Gone) => this.failure.set(Some(AppError::Gone)),
            // The row has said it.
            _ => {}
        }
        this
    }

    /// Sends a change made on the version `base`, and calls `done` once it needs the form no more. `before` brings
    /// the row back first. `seen` are the facts of the row as the person saw them.
    pub fn send(
        self,
        outbox: &Outbox,
        (before, change): (Option<Command>, Command),
        (base, seen): (i64, Vec<Fact>),
        done: impl FnOnce() + Send + 'static,
    ) {
        self.begin();
        if let Some(before) = before {
            let heard = move |heard| match heard {
                Heard::Refused(error) => self.refuse(error),
                Heard::Done | Heard::Already | Heard::Late => true,
            };
            // It has no fields that could be refused.
            drop(outbox.send(before, None, Vec::new(), Some(Box::new(heard))));
        }
        let heard = move |heard| match heard {
            Heard::Done | Heard::Already | Heard::Late => self.end(done),
            Heard::Refused(AppError::Invalid { errors }) => self.say(move || self.errors.set(errors)),
            Heard::Refused(error) => self.contest(error, move |theirs| self.conflict.set(Some(theirs))),
        };
        if let Err(refused) = outbox.send(change, Some(base), seen, Some(Box::new(heard))) {
            self.busy.set(false);
            self.errors.set(refused);
        }
    }

    /// Deletes the row, and calls `done` once that needs the form no more. `figure` names what somebody else made
    /// of it.
    pub fn delete(
        self,
        outbox: &Outbox,
        command: Command,
        seen: Vec<Fact>,
        (replica, figure): (Replica, impl Fn(&T) -> String + Send + 'static),
        done: impl FnOnce() + Send + 'static,
    ) {
        let version = self.seen.get_value();
        self.begin();
        let warn = move |theirs: T| {
            let who = theirs.fact().and_then(|fact| name_of_other(&replica, fact));
            self.warning.set(Some(delete_changed(self.language, who.as_deref(), &figure(&theirs))));
        };
        let heard = move |heard| match heard {
            Heard::Done | Heard::Already | Heard::Late => self.end(done),
            Heard::Refused(error) => self.contest(error, warn),
        };
        // It has no fields that could be refused.
        drop(outbox.send(command, Some(version), seen, Some(Box::new(heard))));
    }

    fn begin(self) {
        self.errors.set(Vec::new());
        self.failure.set(None);
        self.conflict.set(None);
        self.warning.set(None);
        self.busy.set(true);
    }

    fn end(self, done: impl FnOnce()) -> bool {
        if !self.busy.is_disposed() {
            self.busy.set(false);
            done();
        }
        true
    }

    /// Says something in the form; false when the form is gone.
    fn say(self, what: impl FnOnce()) -> bool {
        let there = !self.busy.is_disposed();
        if there {
            self.busy.set(false);
            what();
        }
        there
    }

    fn refuse(self, error: AppError) -> bool {
        self.say(move || self.failure.set(Some(error)))
    }

    /// Somebody else was faster, or anything else.
    fn contest(self, error: AppError, faster: impl FnOnce(T)) -> bool {
        let AppError::Stale { current } = error else { return self.refuse(error) };
        match serde_json::from_str::<T>(&current) {
            Ok(theirs) => self.say(move || {
                self.seen.set_value(theirs.version());
                faster(theirs);
            }),
            Err(_) => self.refuse(AppError::Internal),
        }
    }

    /// What the server said that no field says. `restore` brings a deleted row back with what was typed.
    pub fn said(self, restore: impl Fn() + Clone + Send + 'static) -> AnyView {
        let (t, language) = (use_words(), self.language);
        let failed = move || {
            let restore = restore.clone();
            self.failure.get().map(|error| {
                let gone = error == AppError::Gone;
                let text = if gone { t.deleted_meanwhile.to_owned() } else { sentence(&error, language) };
                let again = gone.then(|| {
                    view! {
                        <button type="button" class="button button-quiet" on:click=move |_| restore()>{t.keep_mine}</button>
                    }
                    .into_any()
                });
                view! { <div class="form-error" role="alert"><p>{text}</p>{again}</div> }
            })
        };
        let warned = move || {
            let text = self.warning.get();
            text.map(|text| view! { <p class="form-error" role="alert">{text}</p> }.into_any())
        };
        view! {
            {part(failed)}
            {part(warned)}
        }
        .into_any()
    }
}

/// Who wrote this version; nobody's name when it was oneself, at another screen.
#[must_use]
pub fn name_of_other(replica: &Replica, fact: &Fact) -> Option<String> {
    let by = Some(fact.updated_by).filter(|by| *by != replica.me)?;
    replica.members.with_untracked(|rows| rows.iter().find(|row| row.id == by).map(|row| row.name.shown()))
}
