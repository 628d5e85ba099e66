//! A file that is written under a temporary name and renamed once it is complete.

use super::leftovers::{JOURNAL, journal_of, remove, remove_file, remove_leftover};
use crate::db::{
    advice::{advised, folder_of},
    file::{beside, is_at},
    lock::{has_no_locks, lock_alone},
};
use std::{
    fs::{File, Permissions, TryLockError},
    io::{self, ErrorKind},
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown},
    },
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

/// The suffix of the name until the file is complete. No other program gives it to its files.
pub const ENDING: &str = ".family-budget.part";

/// Nobody else may read a backup.
const MODE: u32 = 0o600;

/// How often the lock is tried before the file counts as one that another backup is written to. A process that
/// removes abandoned files holds the lock as well, but only for a moment.
const ATTEMPTS: u32 = 50;
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(2);

/// A file in progress. Dropping it without [`Part::finish`] removes it. What a killed process left behind is removed
/// by the next backup in the same folder: a file in progress is locked, and the system releases the lock however the
/// process ends. The lock is on a byte that SQLite does not use, since SQLite opens and locks the file meanwhile.
#[derive(Debug)]
pub struct Part {
    file: File,
    path: PathBuf,
    place: PathBuf,
    /// Whether it takes the place of an existing file.
    replaces: bool,
    finished: bool,
}

/// Why the file was not written.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// The name is taken by an older backup or by the database itself.
    #[error("{0} exists already; name a new file")]
    Exists(PathBuf),
    /// A log or a journal lies where that of the file would be. SQLite would read it with the file.
    #[error(
        "{log} lies where SQLite looks for changes of {place}, and is of another file: move it away, or name another file"
    )]
    LeftLog {
        /// The log.
        log: PathBuf,
        /// The file that is to be written.
        place: PathBuf,
    },
    /// A link, a folder or a device has the temporary name.
    #[error("{0} is no regular file; remove it")]
    Irregular(PathBuf),
    /// The file with the temporary name has a second name, under which it would be overwritten too.
    #[error("{0} is a hard link to a file with another name; remove it")]
    Linked(PathBuf),
    /// Another process is writing the file.
    #[error("another process is writing {0}")]
    Busy(PathBuf),
    /// The name is not UTF-8, which SQLite needs.
    #[error("the name {0} is not UTF-8")]
    Name(PathBuf),
    /// The system returned an error.
    #[error("cannot write {path}: {}", advised(source))]
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

/// Locks an open file. Where the system has no such locks, the file is written all the same.
fn lock(file: &File, path: &Path) -> Result<(), TryLockError> {
    match lock_alone(file) {
        Err(TryLockError::Error(error)) if has_no_locks(&error) => {
            tracing::warn!(%error, path = %path.display(), "nothing keeps a second backup away from this file");
            Ok(())
        }
        done => done,
    }
}

/// Takes the permissions of others away from a file, and gives its owner those that a backup needs. The umask may have
/// taken more away, and an earlier version less.
fn keep_private(file: &File, is_new: bool, path: &Path) -> Result<(), PartError> {
    let found = file.metadata().map_err(fault(path))?;
    if found.permissions().mode() & 0o777 == MODE {
        return Ok(());
    }
    match file.set_permissions(Permissions::from_mode(MODE)) {
        // Some file systems have no permissions of their own.
        Err(error) if is_new => {
            tracing::warn!(%error, path = %path.display(), "other users of this machine can read this file");
            Ok(())
        }
        done => done.map_err(fault(path)),
    }
}

/// Opens or creates the file, and locks it. Returns whether it is new.
fn locked(path: &Path, place: &Path) -> Result<(File, bool), PartError> {
    let mut options = File::options();
    options.read(true).write(true).mode(MODE);
    for _ in 0..ATTEMPTS {
        let (file, is_new) = match options.create_new(true).open(path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                // A link could lead to a file of somebody else.
                match path.symlink_metadata() {
                    Ok(found) if !found.is_file() => return Err(PartError::Irregular(path.to_owned())),
                    Ok(found) if found.nlink() > 1 => return Err(PartError::Linked(path.to_owned())),
                    _ => {}
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
        match lock(&file, path) {
            Ok(()) if is_at(&file, path) => return Ok((file, is_new)),
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
        let mut logs = ["-wal", JOURNAL].map(|suffix| beside(place, suffix)).into_iter();
        if let Some(log) = logs.find(|log| log.symlink_metadata().is_ok_and(|found| found.len() > 0)) {
            return Err(PartError::LeftLog { log, place: place.to_owned() });
        }
        Self::beside(place, false)
    }

    /// As [`Part::begin`], for a file that takes the place of an existing one and keeps its owner. Nobody else may use
    /// that one.
    ///
    /// # Errors
    /// See [`PartError`].
    pub fn begin_over(place: &Path) -> Result<Self, PartError> {
        let found = place.metadata().map_err(fault(place))?;
        let part = Self::beside(place, true)?;
        let made = part.file.metadata().map_err(fault(&part.path))?;
        if (made.uid(), made.gid()) != (found.uid(), found.gid()) {
            fchown(&part.file, Some(found.uid()), Some(found.gid())).map_err(fault(&part.path))?;
        }
        Ok(part)
    }

    fn beside(place: &Path, replaces: bool) -> Result<Self, PartError> {
        let path = beside(place, ENDING);
        if path.to_str().is_none() {
            return Err(PartError::Name(path));
        }
        for entry in std::fs::read_dir(folder_of(&path)).into_iter().flatten().flatten() {
            let found = entry.path();
            let name = found.as_os_str().as_bytes();
            let is_leftover =
                name.strip_suffix(JOURNAL.as_bytes()).unwrap_or(name).ends_with(ENDING.as_bytes());
            if is_leftover && found.file_name() != path.file_name() {
                remove_leftover(&found);
            }
        }
        let (file, is_new) = locked(&path, place)?;
        let part = Self { file, path, place: place.to_owned(), replaces, finished: false };
        // Before anything is written.
        keep_private(&part.file, is_new, &part.path)?;
        part.file.set_len(0).map_err(fault(&part.path))?;
        // What a killed process left behind. SQLite deletes the journal of an empty file as well, once it reads it.
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
        if !self.replaces && self.place.symlink_metadata().is_ok() {
            return Err(PartError::Exists(self.place.clone()));
        }
        std::fs::rename(&self.path, &self.place).map_err(fault(&self.place))?;
        self.finished = true;
        // The rename is durable only once the folder is synced.
        let folder = folder_of(&self.place);
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
                        remove_leftover(&path);
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
    fn the_lock_on_a_file_in_progress_meets_none_of_the_locks_that_sqlite_takes() {
        let folder = tempfile::tempdir().expect("a folder");
        let part = Part::begin(&folder.path().join("a.db")).expect("nobody writes it");
        // Network file systems emulate a lock on the whole file by one on each of its bytes.
        let whole = File::open(part.path()).expect("a file");
        assert!(whole.try_lock().is_ok());
        remove_leftover(part.path());
        assert!(is_at(&part.file, part.path()), "it is being written");
    }

    #[test]
    fn what_is_no_file_of_its_own_in_the_place_of_a_file_in_progress_is_named_and_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let (place, other) = (folder.path().join("a.db"), folder.path().join("letter.txt"));
        let path = beside(&place, ENDING);
        std::fs::write(&other, "a letter").expect("a file");
        std::os::unix::fs::symlink(&other, &path).expect("a link");
        let said = || Part::begin(&place).expect_err("it is refused").to_string();
        assert_eq!(said(), format!("{} is no regular file; remove it", path.display()));
        std::fs::remove_file(&path).expect("it is there");
        std::fs::create_dir(&path).expect("a folder");
        assert_eq!(said(), format!("{} is no regular file; remove it", path.display()));
        std::fs::remove_dir(&path).expect("it is there");
        std::fs::hard_link(&other, &path).expect("a link");
        assert_eq!(
            said(),
            format!("{} is a hard link to a file with another name; remove it", path.display())
        );
        remove_leftover(&path);
        assert!(path.exists());
        assert_eq!(std::fs::read_to_string(&other).expect("it is there"), "a letter");
    }

    #[test]
    fn a_journal_is_left_over_if_its_file_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let [of_none, of_one, other, next] =
            ["a.db", "b.db", "c.db", "d.db"].map(|name| folder.path().join(name));
        let journal = |place: &Path| journal_of(&beside(place, ENDING));
        let written = Part::begin(&of_one).expect("nobody writes it");
        for journal in [journal(&of_none), journal(&of_one), journal_of(&other)] {
            std::fs::write(journal, "a journal").expect("a file");
        }
        drop(Part::begin(&next).expect("nobody writes it"));
        assert!(!journal(&of_none).exists());
        assert!(journal(&of_one).exists(), "SQLite may need it");
        assert!(journal_of(&other).exists(), "that of another program");
        drop(written);
        assert!(!journal(&of_one).exists());
    }
}
