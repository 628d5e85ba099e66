//! The temporary folder in which a backup is verified and migrated before it is restored.
//!
//! It is removed with the restore, and after a signal that ends the command. What a killed process left behind is
//! removed by the next restore and the next start of the program: a folder in use is locked, and the system releases
//! the lock however the process ends.

use rustix::process::geteuid;
use std::{
    fs::{DirBuilder, File, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};
use uuid::Uuid;

const PREFIX: &str = "family-budget-";
/// The copy of the backup; the names of the files that SQLite and its lock need beside it begin with it.
const COPY: &str = "copy.db";

/// A temporary folder for this process only, removed on drop.
#[derive(Debug)]
pub(super) struct Workspace {
    path: PathBuf,
    _lock: File,
}

/// Why there is no folder.
#[derive(Debug)]
pub(super) struct NoWorkspace(pub PathBuf, pub io::Error);

impl Workspace {
    /// Makes the folder, after those of killed processes are removed.
    pub fn begin() -> Result<Self, NoWorkspace> {
        remove_abandoned();
        loop {
            let path = std::env::temp_dir().join(format!("{PREFIX}{}", Uuid::new_v4()));
            let made = DirBuilder::new().mode(0o700).create(&path);
            let made = made.and_then(|()| File::open(&path)).and_then(|folder| match folder.try_lock() {
                Ok(()) => Ok(Some(folder)),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) => Err(error),
            });
            match made {
                // Unless another process has found it unlocked, and removed it.
                Ok(Some(lock)) if path.exists() => return Ok(Self { path, _lock: lock }),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound && std::env::temp_dir().exists() => {}
                Err(error) => return Err(NoWorkspace(path, error)),
            }
        }
    }

    /// Where the copy belongs.
    pub fn copy(&self) -> PathBuf {
        self.path.join(COPY)
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "cannot remove the copy of a backup");
        }
    }
}

/// Removes the folders that killed processes of this user left behind.
pub fn remove_abandoned() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let id = entry.file_name().to_str().and_then(|name| Some(name.strip_prefix(PREFIX)?.to_owned()));
        if id.is_none_or(|id| id.parse::<Uuid>().is_err()) {
            continue;
        }
        if let Err(error) = remove_if_abandoned(&entry.path()) {
            tracing::warn!(%error, path = %entry.path().display(), "cannot remove the copy of a backup");
        }
    }
}

fn remove_if_abandoned(path: &Path) -> io::Result<()> {
    let found = path.symlink_metadata()?;
    if !found.is_dir() || found.uid() != geteuid().as_raw() {
        return Ok(());
    }
    let folder = File::open(path)?;
    match folder.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // Another folder that happens to have such a name holds other files.
    for entry in std::fs::read_dir(path)? {
        if entry?.file_name().to_str().is_none_or(|name| !name.starts_with(COPY)) {
            return Ok(());
        }
    }
    std::fs::remove_dir_all(path)
}
