//! What killed processes left behind of backups: files in progress and their journals.

use crate::db::{
    file::{beside, is_at},
    lock::lock_alone,
};
use std::{
    ffi::OsStr,
    fs::File,
    io::ErrorKind,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

/// What SQLite appends to the name of a file for the journal that it has while it writes.
pub(super) const JOURNAL: &str = "-journal";

/// The journal that SQLite has beside a file while it writes.
pub(super) fn journal_of(path: &Path) -> PathBuf {
    beside(path, JOURNAL)
}

pub(super) fn remove_file(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "cannot remove a backup that is not whole");
    }
}

/// Removes a file in progress, and its journal.
pub(super) fn remove(path: &Path) {
    remove_file(&journal_of(path));
    remove_file(path);
}

/// Opens a regular file with one name for writing. The files of other users are theirs to remove.
fn opened(path: &Path) -> Option<File> {
    let found = path.symlink_metadata().ok()?;
    let is_one = found.is_file() && found.nlink() == 1;
    is_one.then(|| File::options().write(true).open(path).ok()).flatten()
}

/// Removes a file in progress if the process that wrote it is gone; where nothing tells whether it is, the file stays.
/// Not for one of this process: closing it here would drop the locks that SQLite holds on it.
fn remove_abandoned(path: &Path) {
    let Some(file) = opened(path) else { return };
    // While the lock is held, nobody removes or renames the file. Another one may have taken its place before.
    if lock_alone(&file).is_ok() && is_at(&file, path) {
        remove(path);
    }
}

/// Removes what killed processes left behind under the temporary name of a file in progress or of its journal. A journal
/// goes with its file, or if there is no such file any more.
pub(super) fn remove_leftover(path: &Path) {
    let Some(of) = path.as_os_str().as_bytes().strip_suffix(JOURNAL.as_bytes()) else {
        return remove_abandoned(path);
    };
    let found = Path::new(OsStr::from_bytes(of)).symlink_metadata();
    if found.is_err_and(|error| error.kind() == ErrorKind::NotFound) && opened(path).is_some() {
        remove_file(path);
    }
}
