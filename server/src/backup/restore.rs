//! Restores a backup into an empty database of either engine.
//!
//! The backup itself is only read: a verified copy of it ([`VerifiedCopy`]) is what is moved. [`crate::moving`] moves
//! every row in one transaction and gives every household a new epoch: a screen that had received later changes than the
//! backup holds takes a fresh snapshot instead of continuing with rows that no longer exist.
//!
//! A SQLite file that nobody serves is written in full beside its place and then renamed. If that fails or is
//! interrupted, nothing of it is left.

use super::{
    part::{Part, PartError},
    verified::{CopyError, VerifiedCopy},
};
use crate::{
    db::{
        Database, beside,
        connect::{self, ConnectError, OpenDatabase},
        file,
        moving::first_used,
        refusal::told,
        stray::check_lone_log,
        whole,
    },
    moving::{self, Discrepancy, MoveError},
};
use std::path::{Path, PathBuf};

/// Why nothing was restored. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file cannot be opened, or was written by a newer version of the program.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A log stands where the database is to be written. SQLite would delete it, or write it into the new file.
    #[error(
        "nothing was restored: {log} lies beside {place}, where the database is to be written: it is the log of a file that is no longer there, and holds its last changes; put that file back, or move the log away and repeat the command"
    )]
    LeftLog {
        /// The log.
        log: PathBuf,
        /// Where the database is to be written.
        place: PathBuf,
    },
    /// The file opens and cannot be used, or there is no room for a copy.
    #[error("nothing was restored: {0}")]
    Copy(CopyError),
    /// The new database cannot be written.
    #[error("nothing was restored: {0}")]
    Part(#[from] PartError),
    /// What arrived in the target differs from the backup.
    #[error("nothing was restored: {0}")]
    Differs(Discrepancy),
    /// The target does not take the rows.
    #[error("nothing was restored: {0}")]
    Move(MoveError),
    /// A store returned an error.
    #[error("nothing was restored: {}; the database is as empty as before, and the command can be repeated", told(.0))]
    Store(#[from] sqlx::Error),
}

impl From<CopyError> for RestoreError {
    fn from(error: CopyError) -> Self {
        match error {
            CopyError::Connect(error) => Self::Connect(error),
            error => Self::Copy(error),
        }
    }
}

impl From<MoveError> for RestoreError {
    /// The words of the command that moves a book do not suit a restore.
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Differs(discrepancy) => Self::Differs(discrepancy),
            MoveError::Store(error) => Self::Store(error),
            error @ MoveError::NotEmpty(_) => Self::Move(error),
        }
    }
}

impl RestoreError {
    /// Why the place where a database is to be written cannot be used. The words for a file that is to be opened do not
    /// suit it: there is to be none.
    #[must_use]
    pub fn of_place(error: ConnectError) -> Self {
        match error {
            ConnectError::LoneLog { log, database } => Self::LeftLog { log, place: database },
            error => Self::Connect(error),
        }
    }
}

/// Restores a backup into an empty database that this process serves; returns the number of households in it.
///
/// # Errors
/// See [`RestoreError`]; the database stays empty then.
pub async fn restore(backup: &Path, target: &Database) -> Result<usize, RestoreError> {
    let restored = Prepared::of(backup).await?.bring_into(target).await;
    if restored.is_err() {
        whole::empty_log(target).await;
    }
    restored
}

/// Restores a backup into a SQLite file that does not exist.
///
/// # Errors
/// See [`RestoreError`]; there is no file then.
pub async fn restore_into_new(backup: &Path, place: &Path) -> Result<usize, RestoreError> {
    check_lone_log(place, place).map_err(RestoreError::of_place)?;
    let prepared = Prepared::of(backup).await?;
    let _made = connect::make_folders(place)?;
    let log = file::beside(place, "-journal");
    if log.metadata().is_ok_and(|found| found.len() > 0) {
        return Err(RestoreError::LeftLog { log, place: place.to_owned() });
    }
    prepared.write_to(Part::begin(place)?).await
}

/// Restores a backup in the place of an empty SQLite file, which this process has opened.
///
/// # Errors
/// See [`RestoreError`]; the file stays as it is then.
pub async fn restore_over(
    backup: &Path,
    place: &Path,
    OpenDatabase { database, lock, .. }: OpenDatabase,
) -> Result<usize, RestoreError> {
    let used = async { first_used(&mut database.read().await?).await };
    let used = used.await;
    database.close().await;
    if let Some(table) = used? {
        return Err(MoveError::NotEmpty(table).into());
    }
    // The file itself, and not a link to it.
    let place =
        std::fs::canonicalize(place).map_err(|source| PartError::Io { path: place.to_owned(), source })?;
    let restored = Prepared::of(backup).await?.write_to(Part::begin_over(&place)?).await;
    // Until now nobody else could begin to serve it.
    drop(lock);
    restored
}

/// A verified backup.
#[derive(Debug)]
pub struct Prepared {
    copy: VerifiedCopy,
    households: usize,
}

impl Prepared {
    /// Verifies and copies a backup before the target database is touched.
    ///
    /// # Errors
    /// See [`RestoreError`].
    pub async fn of(backup: &Path) -> Result<Self, RestoreError> {
        let source = beside::read_only_file(backup).await?;
        let copy = VerifiedCopy::of(&source, backup).await;
        source.close().await;
        let copy = copy?;
        let heads = async { whole::heads(&mut copy.database().read().await?).await };
        match heads.await.map(|heads| heads.len()) {
            Ok(households) if households > 0 => Ok(Self { copy, households }),
            found => {
                copy.close().await;
                found?;
                Err(CopyError::Damaged(backup.to_owned(), "it has no household".to_owned()).into())
            }
        }
    }

    /// Moves the backup into an empty database; returns the number of households in it.
    ///
    /// # Errors
    /// See [`RestoreError`]; the database stays empty then.
    async fn bring_into(self, target: &Database) -> Result<usize, RestoreError> {
        let moved = moving::transfer(self.copy.database(), target, &mut |_, _| {}).await;
        self.copy.close().await;
        moved?;
        Ok(self.households)
    }

    /// Moves the backup into a new file, and the file to its place.
    async fn write_to(self, part: Part) -> Result<usize, RestoreError> {
        let target = beside::empty_file(part.path(), None).await?;
        let households = self.bring_into(&target).await;
        target.close().await;
        let households = households?;
        let finished = tokio::task::spawn_blocking(move || part.finish()).await;
        finished.map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))??;
        Ok(households)
    }
}
