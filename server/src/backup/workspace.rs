//! The temporary folder in which a backup is verified and migrated before it is restored.
//!
//! It is removed with the restore, and after a signal that ends the command. What a killed process left behind is
//! removed by the next restore and the next start of the program: a folder in use is locked, and the system releases
//! the lock however the process ends.

use crate::db::file::is_at;
use rustix::process::geteuid;
use std::{
    fs::{DirBuilder, File, Permissions, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};
use uuid::Uuid;

const PREFIX: &str = "family-budget-";
/// The copy of the backup; the names of the files that SQLite and its lock need beside it begin with it.
const COPY: &str = "copy.db";
/// How many folders are made before there is none. Each may be found, before it is locked, by another process that
/// removes abandoned ones.
const ATTEMPTS: u32 = 50;
/// Nobody else may look into the folder.
const MODE: u32 = 0o700;

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
        Self::begin_in(&std::env::temp_dir(), File::try_lock)
    }

    fn begin_in(root: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> Result<Self, NoWorkspace> {
        for _ in 0..ATTEMPTS {
            let path = root.join(format!("{PREFIX}{}", Uuid::new_v4()));
            if let Err(error) = DirBuilder::new().mode(MODE).create(&path) {
                return Err(NoWorkspace(path, error));
            }
            // The umask may have taken more permissions away. Where there are none, this fails and does not matter.
            drop(std::fs::set_permissions(&path, Permissions::from_mode(MODE)));
            let folder = File::open(&path).map_err(TryLockError::Error);
            match folder.and_then(|folder| lock(&folder).map(|()| folder)) {
                Ok(folder) if is_at(&folder, &path) => return Ok(Self { path, _lock: folder }),
                // Another process has found it unlocked, and has removed it or does so now.
                Ok(_) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::NotFound => {}
                Err(TryLockError::Error(error)) => {
                    if let Err(left) = std::fs::remove_dir(&path) {
                        tracing::warn!(error = %left, path = %path.display(), "an empty folder is left behind");
                    }
                    return Err(NoWorkspace(path, error));
                }
            }
        }
        let error = io::Error::new(ErrorKind::WouldBlock, "other processes lock or remove each new folder");
        Err(NoWorkspace(root.to_owned(), error))
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
        if let Err(error) = remove_if_abandoned(&entry.path())
            // Another process has removed it.
            && error.kind() != ErrorKind::NotFound
        {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_locked_is_removed_and_one_that_another_process_removes_is_replaced() {
        let root = tempfile::tempdir().expect("a folder");
        let count = || root.path().read_dir().expect("a folder").count();
        let no_locks = |_: &File| Err(TryLockError::Error(ErrorKind::Unsupported.into()));
        let NoWorkspace(path, error) = Workspace::begin_in(root.path(), no_locks).expect_err("no locks");
        assert!(path.starts_with(root.path()));
        assert_eq!((error.kind(), count()), (ErrorKind::Unsupported, 0));
        // Found unlocked by a process that removes what killed ones left behind.
        let removed_first = |folder: &File| {
            if count() == 1 && root.path().join("removed").metadata().is_err() {
                let found = root.path().read_dir().expect("a folder").next().expect("one").expect("an entry");
                std::fs::remove_dir(found.path()).expect("it is empty");
                std::fs::write(root.path().join("removed"), "").expect("a file");
            }
            folder.try_lock()
        };
        let workspace = Workspace::begin_in(root.path(), removed_first).expect("a folder");
        assert_eq!(workspace.path.metadata().expect("it is there").permissions().mode() & 0o777, MODE);
        assert_eq!(count(), 2);
        drop(workspace);
        assert_eq!(count(), 1);
    }

    #[test]
    fn a_folder_that_other_processes_always_take_is_given_up() {
        let root = tempfile::tempdir().expect("a folder");
        let taken = |_: &File| Err(TryLockError::WouldBlock);
        let NoWorkspace(path, error) = Workspace::begin_in(root.path(), taken).expect_err("it gives up");
        assert_eq!((path.as_path(), error.kind()), (root.path(), ErrorKind::WouldBlock));
    }

    #[test]
    fn without_a_temporary_folder_there_is_an_error() {
        let root = tempfile::tempdir().expect("a folder");
        let missing = root.path().join("missing");
        let NoWorkspace(_, error) = Workspace::begin_in(&missing, File::try_lock).expect_err("no folder");
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}
