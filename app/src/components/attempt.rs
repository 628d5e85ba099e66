//! The idempotency key of a call: the same as long as the same is asked, so that asking again after an
//! answer was lost is a repeat for the server and no second change.

use crate::{domain::MutationId, error::AppError};
use leptos::prelude::{GetValue, SetValue, StoredValue};
use serde::Serialize;

/// What was asked last and has no answer yet.
#[derive(Clone, Copy)]
pub struct Attempt(StoredValue<Option<(String, MutationId)>>);

impl Attempt {
    /// Nothing was asked.
    #[must_use]
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// The key for this content.
    #[must_use]
    pub fn key(self, content: &impl Serialize) -> MutationId {
        // What cannot be written as JSON cannot be sent either.
        let content = serde_json::to_string(content).unwrap_or_default();
        match self.0.try_get_value().flatten() {
            Some((before, key)) if before == content => key,
            _ => {
                let key = MutationId::new();
                _ = self.0.try_set_value(Some((content, key)));
                key
            }
        }
    }

    /// What came of it. Once it was answered, in whatever way, the same content is something new.
    pub fn heard<T>(self, answer: &Result<T, AppError>) {
        if !answer.as_ref().is_err_and(AppError::is_undecided) {
            _ = self.0.try_set_value(None);
        }
    }
}

impl Default for Attempt {
    fn default() -> Self {
        Self::new()
    }
}
