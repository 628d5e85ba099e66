//! Copies a book from a SQLite file into an empty PostgreSQL database: a book that nobody serves, or a backup.
//!
//! The file is only read, and a verified copy of it ([`VerifiedCopy`]) is what is moved. Meanwhile no process can begin
//! to serve it, since its changes would not arrive.

use super::verified::{CopyError, VerifiedCopy};
use crate::{
    db::{
        beside,
        connect::{self, ConnectError, Settings},
    },
    moving::{self, MoveError},
};
use std::time::Duration;

/// Why nothing was copied. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum RelocationError {
    /// The source is not SQLite or the target is not PostgreSQL.
    #[error("a book moves --from sqlite://FILE --to postgres://…; the other way is not possible")]
    Direction,
    /// A store cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The file opens and cannot be used, or there is no room for a copy.
    #[error("nothing was copied: {0}")]
    Copy(CopyError),
    /// The rows did not arrive.
    #[error(transparent)]
    Move(#[from] MoveError),
}

impl From<CopyError> for RelocationError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Connect(error) => Self::Connect(error),
            error => Self::Copy(error),
        }
    }
}

/// Copies a book; `tell` receives the name of each table and its number of rows.
///
/// # Errors
/// See [`RelocationError`]; the target stays empty then.
pub async fn run(from: &str, to: &str, mut tell: impl FnMut(&str, usize)) -> Result<(), RelocationError> {
    let path = match connect::file_named(from)? {
        Some(path) if to.starts_with("postgres") => path,
        _ => return Err(RelocationError::Direction),
    };
    let source = beside::unserved_file(path).await?;
    let copied = async {
        let copy = VerifiedCopy::of(&source, path).await?;
        // A large table takes longer than the statement timeout of a running program.
        let settings = Settings { connections: Some(1), statement_timeout: Duration::ZERO };
        let target = connect::open(to, settings).await?;
        let moved = moving::transfer(copy.database(), &target.database, &mut tell).await;
        target.database.close().await;
        copy.close().await;
        Ok(moved?)
    };
    let copied = copied.await;
    source.close().await;
    copied
}
