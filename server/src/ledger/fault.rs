//! What can go wrong inside the ledger, before it becomes an answer.

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

/// Whether a store's code says that the same call may succeed later: of PostgreSQL a time limit, a
/// restart, a deadlock, a lost connection, none to be had; of SQLite a lock that was held too long.
fn passes(code: Option<&str>) -> bool {
    code.is_some_and(|code| {
        matches!(
            code,
            "57014"
                | "57P01"
                | "57P02"
                | "57P03"
                | "40P01"
                | "40001"
                | "25P03"
                | "53300"
                | "55000"
                | "5"
                | "6"
        ) || (code.len() == 5 && code.starts_with("08"))
    })
}

impl Fault {
    /// The caller's answer. This is the one place that logs a fault.
    #[must_use]
    pub fn answer(self) -> AppError {
        match self {
            Self::App(error) => error,
            Self::Store(
                error @ (sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)),
            ) => {
                tracing::error!(%error, "the store does not answer");
                AppError::Unavailable
            }
            Self::Store(sqlx::Error::Database(error)) if passes(error.code().as_deref()) => {
                tracing::error!(%error, "the store is busy or restarting");
                AppError::Unavailable
            }
            fault => {
                tracing::error!(error = %fault, "a call failed");
                AppError::Internal
            }
        }
    }
}
