//! The SQLite file as the system sees it: its permissions, and whether it is still the one that was opened.

use std::{
    fs::{File, Permissions},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Mode of the database files: a household's finances are readable by the program's own user only.
const PRIVATE: u32 = 0o600;

/// The file that was opened, identified by device and inode. SQLite itself keeps writing into a file that was
/// deleted or renamed, and writes acknowledged then are lost with the process.
#[derive(Debug)]
pub struct DatabaseFile {
    path: PathBuf,
    wal: PathBuf,
    device: u64,
    inode: u64,
}

/// The file was moved or deleted, or another one has taken its place.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not the file that was opened: it was moved, deleted or replaced")]
pub struct Displaced(PathBuf);

impl DatabaseFile {
    /// Opens the file, creates it if it does not exist, and remembers its identity.
    ///
    /// # Errors
    /// If it can be neither opened nor created.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = private(path)?;
        let found = file.metadata()?;
        let wal = beside(path, "-wal");
        for path in [&wal, &beside(path, "-shm")] {
            // SQLite creates these with the permissions of the database, but keeps those that a crash left
            // behind.
            if path.exists() {
                keep_private(path);
            }
        }
        Ok(Self { path: path.to_owned(), wal, device: found.dev(), inode: found.ino() })
    }

    /// Checks that the path still leads to the file that was opened, and that its write-ahead log exists.
    /// Costs two system calls.
    ///
    /// # Errors
    /// [`Displaced`], within [`sqlx::Error::Io`].
    pub fn check(&self) -> sqlx::Result<()> {
        let same = self.path.metadata().is_ok_and(|at| (at.dev(), at.ino()) == (self.device, self.inode));
        // While a connection is open there is a log; commits into a deleted one would be lost as well.
        if same && self.wal.exists() { Ok(()) } else { Err(self.displaced()) }
    }

    /// Checks the file only, for use before there is a log.
    ///
    /// # Errors
    /// [`Displaced`], within [`sqlx::Error::Io`].
    pub fn check_itself(&self) -> sqlx::Result<()> {
        let same = self.path.metadata().is_ok_and(|at| (at.dev(), at.ino()) == (self.device, self.inode));
        if same { Ok(()) } else { Err(self.displaced()) }
    }

    fn displaced(&self) -> sqlx::Error {
        sqlx::Error::Io(io::Error::new(io::ErrorKind::NotFound, Displaced(self.path.clone())))
    }
}

/// Whether an error is [`Displaced`].
#[must_use]
pub fn is_displaced(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Displaced>())
}

/// Opens a file for writing, or creates it, readable by the program's own user only.
///
/// # Errors
/// If the system refuses.
pub fn private(path: &Path) -> io::Result<File> {
    let file =
        File::options().create(true).read(true).write(true).truncate(false).mode(PRIVATE).open(path)?;
    keep_private(path);
    Ok(file)
}

/// Removes the permissions of others, which an earlier version set.
fn keep_private(path: &Path) {
    let open = path.metadata().is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    if open && let Err(error) = std::fs::set_permissions(path, Permissions::from_mode(PRIVATE)) {
        tracing::warn!(%error, path = %path.display(), "other users of this machine can read this file");
    }
}

/// The path with a suffix appended to its name.
#[must_use]
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
