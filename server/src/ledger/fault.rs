//! The errors inside the ledger, before they become a response.

use crate::db::refusal;
use app::error::AppError;

/// A refusal that the caller receives unchanged, or an internal error that is only logged.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A refusal for the caller.
    #[error(transparent)]
    App(#[from] AppError),
    /// The database returned an error.
    #[error("store: {}", refusal::told(.0))]
    Store(#[from] sqlx::Error),
    /// A value cannot be serialized or deserialized as JSON.
    #[error("json: {0}")]
    Json(#[from] serde_json::Error),
    /// Any other internal error: a password cannot be hashed, a task ended early.
    #[error("{0}")]
    Other(String),
}

impl From<Vec<app::domain::FieldError>> for Fault {
    fn from(errors: Vec<app::domain::FieldError>) -> Self {
        Self::App(errors.into())
    }
}

impl Fault {
    /// The response to the caller. This is the only place that logs a fault.
    #[must_use]
    pub fn answer(self) -> AppError {
        match self {
            Self::App(error) => error,
            Self::Store(error) => match refusal::answer(&error) {
                Some(answer) => {
                    tracing::error!(error = %refusal::told(&error), "the store refuses");
                    answer
                }
                None => {
                    tracing::error!(error = %refusal::told(&error), "a call failed in the store");
                    AppError::Internal
                }
            },
            fault => {
                tracing::error!(error = %fault, "a call failed");
                AppError::Internal
            }
        }
    }
}
