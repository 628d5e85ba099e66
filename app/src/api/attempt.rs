//! The idempotency key of a call. It stays the same while the content does, so that the server takes a retry
//! after a lost response as a repeat.

use crate::{domain::MutationId, error::AppError};
use leptos::prelude::{GetValue, SetValue, StoredValue};
use serde::Serialize;

/// The last content without a response, and its key.
#[derive(Clone, Copy)]
pub struct Attempt(StoredValue<Option<(String, MutationId)>>);

impl Attempt {
    /// No attempt yet.
    #[must_use]
    pub fn new() -> Self {
        Self(StoredValue::new(None))
    }

    /// The key for this content.
    #[must_use]
    pub fn key(self, content: &impl Serialize) -> MutationId {
        // If it cannot be serialized, it cannot be sent either.
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

    /// Takes note of the result. After any response, the same content is a new request.
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
