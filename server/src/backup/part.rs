//! A file that is written under a temporary name and renamed once it is complete.

use crate::db::file::beside;
use std::{
    fs::{File, TryLockError},
    io,
    os::unix::{ffi::OsStrExt, fs::OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The suffix of the name until the file is complete. No other program gives it to its files.
pub const ENDING: &str = ".family-budget.part";

/// A file in progress. Dropping it without [`Part::finish`] removes it. What a killed process left behind is removed
/// by the next backup in the same folder: a file in progress is locked, and the system releases the lock however the
/// process ends.
#[derive(Debug)]
pub struct Part {
    file: File,
    path: PathBuf,
    place: PathBuf,
    finished: bool,
}

/// Why the file was not written.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// The name is taken by an older backup or by the database itself.
    #[error("{0} exists already; name a new file")]
    Exists(PathBuf),
    /// Another process is writing the file.
    #[error("another backup is being written to {0}")]
    Busy(PathBuf),
    /// The name is not UTF-8, which SQLite needs.
    #[error("the name {0} is not UTF-8")]
    Name(PathBuf),
    /// The system returned an error.
    #[error("cannot write {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

fn fault(path: &Path) -> impl FnOnce(io::Error) -> PartError {
    let path = path.to_owned();
    |source| PartError::Io { path, source }
}

/// Removes a file in progress, and the journal that SQLite has beside it while it writes.
fn remove(path: &Path) {
    for path in [beside(path, "-journal"), path.to_owned()] {
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %path.display(), "cannot remove a backup that is not whole");
        }
    }
}

/// Removes a file in progress if the process that wrote it is gone. Not for one of this process: closing it here
/// would drop the locks that SQLite holds on it.
pub(super) fn remove_abandoned(path: &Path) {
    let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
    // The files of other users are theirs to remove.
    let Some(file) = is_file.then(|| File::options().write(true).open(path).ok()).flatten() else { return };
    if file.try_lock().is_ok() {
        remove(path);
    }
}

impl Part {
    /// Creates the file, empty and readable by its owner only.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn begin(place: &Path) -> Result<Self, PartError> {
        if place.symlink_metadata().is_ok() {
            return Err(PartError::Exists(place.to_owned()));
        }
        let path = beside(place, ENDING);
        if path.to_str().is_none() {
            return Err(PartError::Name(path));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let found = entry.path();
            if found.as_os_str().as_bytes().ends_with(ENDING.as_bytes())
                && found.file_name() != path.file_name()
            {
                remove_abandoned(&found);
            }
        }
        let mut options = File::options();
        let file = options.create(true).read(true).write(true).truncate(false).mode(0o600);
        let file = file.open(&path).map_err(fault(&path))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => PartError::Busy(place.to_owned()),
            TryLockError::Error(source) => fault(&path)(source),
        })?;
        let part = Self { file, path, place: place.to_owned(), finished: false };
        part.file.set_len(0).map_err(fault(&part.path))?;
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        part.file.set_permissions(mode).map_err(fault(&part.path))?;
        Ok(part)
    }

    /// The path to write to.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same path as text, for SQLite.
    #[must_use]
    pub fn text(&self) -> &str {
        // `begin` checked that it is UTF-8.
        self.path.to_str().unwrap_or_default()
    }

    /// Syncs the file to disk and renames it; returns its size in bytes. Blocks.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn finish(mut self) -> Result<u64, PartError> {
        self.file.sync_all().map_err(fault(&self.path))?;
        let size = self.file.metadata().map_err(fault(&self.path))?.len();
        if self.place.symlink_metadata().is_ok() {
            return Err(PartError::Exists(self.place.clone()));
        }
        std::fs::rename(&self.path, &self.place).map_err(fault(&self.place))?;
        self.finished = true;
        // The rename is durable only once the folder is synced.
        let folder = self.place.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(fault(folder))?;
        Ok(size)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            remove(&self.path);
        }
    }
}
