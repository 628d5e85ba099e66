//! A file that is written under a temporary name and renamed once it is complete.

use crate::db::file::{beside, is_at};
use std::{
    fs::{File, Permissions, TryLockError},
    io::{self, ErrorKind},
    os::unix::{
        ffi::OsStrExt,
        fs::{OpenOptionsExt, PermissionsExt},
    },
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// The suffix of the name until the file is complete. No other program gives it to its files.
pub const ENDING: &str = ".family-budget.part";

/// How often the lock is tried before the file counts as one that another backup is written to. A process that
/// removes abandoned files holds the lock as well, but only for a moment.
const ATTEMPTS: u32 = 50;
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(2);

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

/// The journal that SQLite has beside a file while it writes.
fn journal_of(path: &Path) -> PathBuf {
    beside(path, "-journal")
}

fn remove_file(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "cannot remove a backup that is not whole");
    }
}

/// Removes a file in progress, and its journal.
fn remove(path: &Path) {
    remove_file(&journal_of(path));
    remove_file(path);
}

/// Removes a file in progress if the process that wrote it is gone. Not for one of this process: closing it here
/// would drop the locks that SQLite holds on it.
pub(super) fn remove_abandoned(path: &Path) {
    let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
    // The files of other users are theirs to remove.
    let Some(file) = is_file.then(|| File::options().write(true).open(path).ok()).flatten() else { return };
    // While the lock is held, nobody removes or renames the file. Another one may have taken its place before.
    if file.try_lock().is_ok() && is_at(&file, path) {
        remove(path);
    }
}

/// Opens or creates the file, and locks it.
fn locked(path: &Path, place: &Path) -> Result<File, PartError> {
    let mut options = File::options();
    options.read(true).write(true).mode(0o600);
    for _ in 0..ATTEMPTS {
        let (file, is_new) = match options.create_new(true).open(path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                // A link could lead to a file of somebody else.
                if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
                    return Err(PartError::Exists(path.to_owned()));
                }
                match options.create_new(false).open(path) {
                    Ok(file) => (file, false),
                    // It was removed since.
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => return Err(fault(path)(error)),
                }
            }
            Err(error) => return Err(fault(path)(error)),
        };
        match file.try_lock() {
            Ok(()) if is_at(&file, path) => return Ok(file),
            // Another process has removed it before it was locked: what is written to it would be lost.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            Err(TryLockError::Error(source)) => {
                if is_new {
                    remove_file(path);
                }
                return Err(fault(path)(source));
            }
        }
    }
    Err(PartError::Busy(place.to_owned()))
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
        let file = locked(&path, place)?;
        let part = Self { file, path, place: place.to_owned(), finished: false };
        // Before anything is written: the umask may have taken more away, and an earlier version less.
        part.file.set_permissions(Permissions::from_mode(0o600)).map_err(fault(&part.path))?;
        part.file.set_len(0).map_err(fault(&part.path))?;
        // SQLite would apply the journal of a killed process to this file.
        remove_file(&journal_of(&part.path));
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn a_file_in_progress_is_at_its_path_while_other_processes_remove_abandoned_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("a.db");
        let (path, over) = (beside(&place, ENDING), AtomicBool::new(false));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        remove_abandoned(&path);
                    }
                });
            }
            let stays = |part: Part| (0..20).all(|_| is_at(&part.file, &path));
            let kept = (0..500).filter(|_| Part::begin(&place).is_ok_and(stays)).count();
            over.store(true, Ordering::Relaxed);
            assert_eq!(kept, 500);
        });
    }

    #[test]
    fn a_file_in_progress_is_private_whatever_was_there_and_takes_over_no_journal() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("a.db");
        let path = beside(&place, ENDING);
        std::fs::write(&path, "half a backup").expect("a file");
        std::fs::write(journal_of(&path), "its journal").expect("a file");
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("its mode");
        let part = Part::begin(&place).expect("nobody writes it");
        let found = path.metadata().expect("a file");
        assert_eq!((found.permissions().mode() & 0o777, found.len()), (0o600, 0));
        assert!(!journal_of(&path).exists());
        assert!(matches!(Part::begin(&place), Err(PartError::Busy(_))), "it is being written");
        drop(part);
        assert!(!path.exists());
    }

    #[test]
    fn a_link_in_the_place_of_a_file_in_progress_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (place, other) = (folder.path().join("a.db"), folder.path().join("letter.txt"));
        std::fs::write(&other, "a letter").expect("a file");
        std::os::unix::fs::symlink(&other, beside(&place, ENDING)).expect("a link");
        assert!(matches!(Part::begin(&place), Err(PartError::Exists(_))));
        assert_eq!(std::fs::read_to_string(&other).expect("it is there"), "a letter");
    }
}
