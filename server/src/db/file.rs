//! The SQLite file as the system sees it: who may read it, and whether it is still the one that was opened.

use std::{
    fs::{File, Permissions},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// A household's money is nobody else's business: read and written by the program's own user alone.
const PRIVATE: u32 = 0o600;

/// The file that was opened, by device and inode. SQLite itself keeps writing into a file that was deleted
/// or renamed, and whatever is acknowledged then is lost with the process.
#[derive(Debug)]
pub struct DatabaseFile {
    path: PathBuf,
    wal: PathBuf,
    device: u64,
    inode: u64,
}

/// The file was moved or deleted, or another one stands in its place.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not the file that was opened: it was moved, deleted or replaced")]
pub struct Displaced(PathBuf);

impl DatabaseFile {
    /// Makes the file where there is none, and remembers which one it is.
    ///
    /// # Errors
    /// When it can be neither opened nor made.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = private(path)?;
        let found = file.metadata()?;
        let wal = beside(path, "-wal");
        for path in [&wal, &beside(path, "-shm")] {
            // SQLite gives a new one the rights of the database, but keeps one that a crash left behind.
            if path.exists() {
                keep_private(path);
            }
        }
        Ok(Self { path: path.to_owned(), wal, device: found.dev(), inode: found.ino() })
    }

    /// Compares the file at the path with the one that was opened, and looks whether its log is there. Costs
    /// two system calls.
    ///
    /// # Errors
    /// [`Displaced`], within [`sqlx::Error::Io`].
    pub fn check(&self) -> sqlx::Result<()> {
        let same = self.path.metadata().is_ok_and(|at| (at.dev(), at.ino()) == (self.device, self.inode));
        // As long as a connection is open there is a log; commits into a deleted one would be lost as well.
        if same && self.wal.exists() { Ok(()) } else { Err(self.displaced()) }
    }

    /// The same before there is a log.
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

/// Whether an error says that the file is not the one that was opened.
#[must_use]
pub fn is_displaced(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Displaced>())
}

/// Opens a file for writing, or makes it, so that only the program's own user can read it.
///
/// # Errors
/// When the system refuses.
pub fn private(path: &Path) -> io::Result<File> {
    let file =
        File::options().create(true).read(true).write(true).truncate(false).mode(PRIVATE).open(path)?;
    keep_private(path);
    Ok(file)
}

/// An earlier version made files that everybody could read.
fn keep_private(path: &Path) {
    let open = path.metadata().is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    if open && let Err(error) = std::fs::set_permissions(path, Permissions::from_mode(PRIVATE)) {
        tracing::warn!(%error, path = %path.display(), "other users of this machine can read this file");
    }
}

/// The path with something after its name.
#[must_use]
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
