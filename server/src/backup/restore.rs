//! Restores a backup into an empty database of either engine.
//!
//! The backup itself is only read: a copy of it in a temporary folder is migrated first, so that a backup of
//! an earlier version can be restored. Before that its rows are compared with the digests that it holds; a backup
//! of a version that wrote no digests is accepted without this comparison. Then [`crate::moving`] moves every row
//! in one transaction and gives every household a new epoch: a screen that had received later changes than the
//! backup holds takes a fresh snapshot instead of continuing with rows that no longer exist.

use super::workspace::{NoWorkspace, Workspace};
use crate::{
    db::{
        Database, beside,
        connect::{self, ConnectError, OpenDatabase, Settings},
        digest::{self, Alteration},
        file::private,
        refusal::told,
        whole,
    },
    moving::{self, Discrepancy, MoveError},
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why nothing was restored. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file cannot be opened, or was written by a newer version of the program.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The file opens but is damaged.
    #[error("nothing was restored: {0} is damaged or no backup: {1}")]
    Damaged(PathBuf, String),
    /// The file opens, but its rows are not those that were backed up.
    #[error(
        "nothing was restored: {file} has been changed since it was written: the rows of {table} do not match their digest; restore another backup"
    )]
    Changed {
        /// The backup.
        file: PathBuf,
        /// The first table that differs.
        table: String,
    },
    /// The file opens, but the digests that it was written with are not there.
    #[error(
        "nothing was restored: {0} has been changed since it was written: its digests are missing; restore another backup"
    )]
    Unverifiable(PathBuf),
    /// The copy cannot be made, for example because the disk is full.
    #[error("nothing was restored: cannot make {0}: {1}; set TMPDIR to a folder with room for the backup")]
    Folder(PathBuf, io::Error),
    /// What arrived in the target differs from the backup.
    #[error("nothing was restored: {0}")]
    Differs(Discrepancy),
    /// The target does not take the rows.
    #[error("nothing was restored: {0}")]
    Move(MoveError),
    /// A store returned an error.
    #[error("nothing was restored: {}", told(.0))]
    Store(#[from] sqlx::Error),
}

impl From<MoveError> for RestoreError {
    /// The words of the command that moves a book do not suit a restore.
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Differs(discrepancy) => Self::Differs(discrepancy),
            MoveError::Store(error) => Self::Store(error),
            MoveError::Connect(error) => Self::Connect(error),
            error @ (MoveError::NotEmpty(_) | MoveError::Direction) => Self::Move(error),
        }
    }
}

/// Restores a backup into an empty database; returns the number of households in it.
///
/// # Errors
/// See [`RestoreError`]; the database stays empty then.
pub async fn restore(file: &Path, target: &Database) -> Result<usize, RestoreError> {
    prepare(file).await?.bring_into(target).await
}

/// A verified backup, as a migrated copy. The copy is removed on drop.
#[derive(Debug)]
pub struct Prepared {
    copy: OpenDatabase,
    households: usize,
    _workspace: Workspace,
}

/// Verifies and copies a backup before the target database is touched.
///
/// # Errors
/// See [`RestoreError`].
pub async fn prepare(file: &Path) -> Result<Prepared, RestoreError> {
    let workspace =
        Workspace::begin().map_err(|NoWorkspace(path, error)| RestoreError::Folder(path, error))?;
    let copy = workspace.copy();
    // SQLite itself would let others read it.
    drop(private(&copy).map_err(|error| RestoreError::Folder(copy.clone(), error))?);
    let damaged = |found: String| RestoreError::Damaged(file.to_owned(), found);
    let source = beside::read_only_file(file).await?;
    let copied = async {
        match whole::damage(&mut source.read().await?).await {
            Ok(None) => {}
            Ok(Some(found)) => return Err(damaged(found)),
            Err(error) => return Err(damaged(told(&error))),
        }
        whole::vacuum_into(&source, &copy.to_string_lossy()).await?;
        Ok(())
    };
    let copied = copied.await;
    source.close().await;
    copied?;
    // Of the copy, since that is what is moved; before it is migrated, which rewrites rows.
    let verified = beside::finished_file(&copy).await?;
    let altered = async { digest::alteration(&mut verified.read().await?).await };
    let altered = altered.await;
    verified.close().await;
    match altered? {
        None => {}
        Some(Alteration::Rows(table)) => {
            return Err(RestoreError::Changed { file: file.to_owned(), table });
        }
        Some(Alteration::Digests) => return Err(RestoreError::Unverifiable(file.to_owned())),
    }
    let copy = connect::open(&format!("sqlite://{}", copy.display()), Settings::default()).await?;
    let heads = async { whole::heads(&mut copy.database.read().await?).await };
    match heads.await.map(|heads| heads.len()) {
        Ok(households) if households > 0 => Ok(Prepared { copy, households, _workspace: workspace }),
        found => {
            copy.database.close().await;
            found?;
            Err(damaged("it has no household".to_owned()))
        }
    }
}

impl Prepared {
    /// Moves the backup into an empty database; returns the number of households in it.
    ///
    /// # Errors
    /// See [`RestoreError`]; the database stays empty then.
    pub async fn bring_into(self, target: &Database) -> Result<usize, RestoreError> {
        let moved = moving::transfer(&self.copy.database, target, &mut |_, _| {}).await;
        self.copy.database.close().await;
        moved?;
        Ok(self.households)
    }
}
