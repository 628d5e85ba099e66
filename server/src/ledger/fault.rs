//! What can go wrong inside the ledger, before it becomes an answer.

use crate::db::refusal;
use app::error::AppError;

/// A refusal that the caller is told as it is, or a fault of ours that is logged and not told.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// For the caller.
    #[error(transparent)]
    App(#[from] AppError),
    /// The store failed.
    #[error("store: {0}")]
    Store(#[from] sqlx::Error),
    /// A value could not be written as JSON or read back.
    #[error("json: {0}")]
    Json(#[from] serde_json::Error),
    /// A password could not be hashed, a task ended early.
    #[error("{0}")]
    Other(String),
}

impl From<Vec<app::domain::FieldError>> for Fault {
    fn from(errors: Vec<app::domain::FieldError>) -> Self {
        Self::App(errors.into())
    }
}

impl Fault {
    /// The caller's answer. This is the one place that logs a fault.
    #[must_use]
    pub fn answer(self) -> AppError {
        match self {
            Self::App(error) => error,
            Self::Store(error) => match refusal::answer(&error) {
                Some(answer) => {
                    tracing::error!(%error, "the store refuses");
                    answer
                }
                None => {
                    tracing::error!(%error, "a call failed in the store");
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
