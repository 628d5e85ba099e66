//! A copy of a SQLite file in a temporary folder. The file itself is only read.
//!
//! The rows are compared with the digests that a backup holds; a book, and a backup of a version that wrote no digests,
//! are accepted without this comparison. Then the copy is migrated, so that what an earlier version wrote can be used.

use super::workspace::{NoWorkspace, Workspace};
use crate::db::{
    Database,
    advice::advised,
    beside,
    connect::{self, ConnectError, OpenDatabase, Settings},
    digest::{self, Alteration},
    file::private,
    refusal::told,
    whole,
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a file was not copied. Each variant is the rest of a line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The file cannot be opened, or was written by a newer version of the program.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The file opens but is damaged.
    #[error("{0} is damaged or no backup: {1}")]
    Damaged(PathBuf, String),
    /// The file opens, but its rows are not those that were backed up.
    #[error(
        "{file} has been changed since it was written: the rows of {table} do not match their digest; use another backup"
    )]
    Changed {
        /// The backup.
        file: PathBuf,
        /// The first table that differs.
        table: String,
    },
    /// The file opens, but the digests that it was written with are not there.
    #[error("{0} has been changed since it was written: its digests are missing; use another backup")]
    Unverifiable(PathBuf),
    /// The copy cannot be made, for example because the disk is full.
    #[error("cannot make {}: {}; set TMPDIR to a folder with room for a copy", .0.display(), advised(.1))]
    Folder(PathBuf, io::Error),
    /// The copy cannot be written or read.
    #[error("cannot copy {}: {}; TMPDIR names a folder with room for a copy", .0.display(), told(.1))]
    Store(PathBuf, sqlx::Error),
}

/// The copy, which is removed on drop.
#[derive(Debug)]
pub struct VerifiedCopy {
    opened: OpenDatabase,
    _workspace: Workspace,
}

impl VerifiedCopy {
    /// Copies an open file.
    ///
    /// # Errors
    /// See [`CopyError`].
    pub async fn of(source: &Database, file: &Path) -> Result<Self, CopyError> {
        let workspace =
            Workspace::begin().map_err(|NoWorkspace(path, error)| CopyError::Folder(path, error))?;
        let copy = workspace.copy();
        let failed = |error| CopyError::Store(file.to_owned(), error);
        // SQLite itself would let others read it.
        drop(private(&copy).map_err(|error| CopyError::Folder(copy.clone(), error))?);
        let damaged = |found: String| CopyError::Damaged(file.to_owned(), found);
        match whole::damage(&mut source.read().await.map_err(failed)?).await {
            Ok(None) => {}
            Ok(Some(found)) => return Err(damaged(found)),
            Err(error) => return Err(damaged(told(&error))),
        }
        whole::vacuum_into(source, &copy.to_string_lossy()).await.map_err(failed)?;
        // Of the copy, since that is what is used; before it is migrated, which rewrites rows.
        let verified = beside::finished_file(&copy).await?;
        let altered = async { digest::alteration(&mut verified.read().await?).await };
        let altered = altered.await;
        verified.close().await;
        match altered.map_err(failed)? {
            None => {}
            Some(Alteration::Rows(table)) => {
                return Err(CopyError::Changed { file: file.to_owned(), table });
            }
            Some(Alteration::Digests) => return Err(CopyError::Unverifiable(file.to_owned())),
        }
        let opened = connect::open(&format!("sqlite://{}", copy.display()), Settings::default()).await?;
        Ok(Self { opened, _workspace: workspace })
    }

    /// The copy as a store.
    pub(super) const fn database(&self) -> &Database {
        &self.opened.database
    }

    /// Closes and removes the copy.
    pub(super) async fn close(self) {
        self.opened.database.close().await;
    }
}
