//! Sending what a form changes: what was seen of the row, what came of it.

use crate::{
    components::{attempt::Attempt, field::Errors},
    domain::MutationId,
    error::AppError,
};
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::{future::Future, pin::Pin};

/// The answer to a change.
pub(super) type Answer = Pin<Box<dyn Future<Output = Result<(), AppError>> + Send>>;

/// A form on its way.
#[derive(Clone, Copy)]
pub(super) struct Saving {
    /// What is wrong with its fields.
    pub errors: Errors,
    /// What it was refused for.
    pub failure: RwSignal<Option<AppError>>,
    /// An answer is awaited.
    pub busy: RwSignal<bool>,
    /// The version that the person has seen of the row. Whoever still saves after a refusal has seen the
    /// one that it showed.
    seen: StoredValue<i64>,
    attempt: Attempt,
    /// Whether there are fields to put their messages under.
    fields: bool,
}

#[derive(Deserialize)]
struct Versioned {
    version: i64,
}

impl Saving {
    pub fn new(version: i64) -> Self {
        Self {
            errors: RwSignal::new(Vec::new()),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            seen: StoredValue::new(version),
            attempt: Attempt::new(),
            fields: true,
        }
    }

    /// Of what is changed without a form: everything that is wrong is said in one place.
    pub fn without_fields() -> Self {
        Self { fields: false, ..Self::new(0) }
    }

    /// Another version is on the screen.
    pub fn sees(self, version: i64) {
        self.seen.set_value(version);
    }

    /// Sends a change over the version that was seen. What was typed stays until the server has agreed.
    pub fn send(
        self,
        content: &impl Serialize,
        call: impl FnOnce(i64, MutationId) -> Answer,
        done: impl FnOnce() + 'static,
    ) {
        let version = self.seen.get_value();
        let answer = call(version, self.attempt.key(&(version, content)));
        self.errors.set(Vec::new());
        self.failure.set(None);
        self.busy.set(true);
        let done: Box<dyn FnOnce()> = Box::new(done);
        spawn_local(async move {
            let answer = answer.await;
            self.attempt.heard(&answer);
            // The page may be gone by now.
            self.busy.try_set(false);
            match answer {
                Ok(()) => {
                    _ = self.seen.try_update_value(|seen| *seen += 1);
                    done();
                }
                Err(AppError::Invalid { errors }) if self.fields => {
                    self.errors.try_set(errors);
                }
                Err(error) => {
                    if let AppError::Stale { current } = &error
                        && let Ok(Versioned { version }) = serde_json::from_str(current)
                    {
                        _ = self.seen.try_set_value(version);
                    }
                    self.failure.try_set(Some(error));
                }
            }
        });
    }
}
