//! The SQLite file as the system sees it: its permissions, and whether it is still the one that was opened.

use super::imprint::{Imprint, lineage_of};
use rustix::process::{Resource, getrlimit};
use sqlx::Connection;
use sqlx_sqlite::SqliteConnection;
use std::{
    fs::{File, Metadata, Permissions},
    io::{self, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

/// Mode of the database files: a household's finances are readable by the program's own user only.
const PRIVATE: u32 = 0o600;

/// The first bytes of every SQLite file that is not empty.
const HEADER: &[u8] = b"SQLite format 3\0";

/// The file that was opened and its write-ahead log, identified by device and inode. SQLite itself keeps writing
/// into a file that was deleted or renamed, and writes acknowledged then are lost with the process.
#[derive(Debug)]
pub struct DatabaseFile {
    path: PathBuf,
    log: PathBuf,
    identity: Identity,
    imprint: Imprint,
    /// Known once there is a connection.
    identity_of_log: OnceLock<Identity>,
    /// Never used: as long as it is open, SQLite does not remove the log with the last other connection.
    keeps_log: Mutex<Option<SqliteConnection>>,
}

/// Device and inode.
type Identity = (u64, u64);

fn identity(found: &Metadata) -> Identity {
    (found.dev(), found.ino())
}

/// Whether an open file is the one at a path, and not one that was removed from there. A link is not followed.
#[must_use]
pub fn is_at(file: &File, path: &Path) -> bool {
    let found = path.symlink_metadata().map(|found| identity(&found));
    file.metadata().is_ok_and(|open| found.is_ok_and(|found| found == identity(&open)))
}

/// The path does not lead to the file that was opened, or the file has other bytes.
#[derive(Debug, thiserror::Error)]
pub enum Displaced {
    /// The file was moved or deleted, or another one has taken its place.
    #[error("{0} is not the file that was opened: it was moved, deleted or replaced")]
    Away(PathBuf),
    /// The bytes of another file are in it.
    #[error("{0} is not the file that was opened: another one was copied over it; restart the program")]
    Overwritten(PathBuf),
}

impl DatabaseFile {
    /// Remembers the identity of the open file at a path.
    ///
    /// # Errors
    /// If the system returns an error.
    pub fn of(path: &Path, file: &File) -> io::Result<Self> {
        let identity = identity(&file.metadata()?);
        let log = beside(path, "-wal");
        for path in [&log, &beside(path, "-shm")] {
            // SQLite creates these with the permissions of the database, but keeps those that a crash left
            // behind.
            if path.exists() {
                keep_private(path);
            }
        }
        let (identity_of_log, keeps_log) = (OnceLock::new(), Mutex::new(None));
        let imprint = Imprint::of(path)?;
        Ok(Self { path: path.to_owned(), log, identity, imprint, identity_of_log, keeps_log })
    }

    pub(super) const fn imprint(&self) -> &Imprint {
        &self.imprint
    }

    /// What stays the same in the log however often it is begun anew.
    pub(super) fn lineage_of_log(&self) -> Option<u32> {
        lineage_of(&self.log)
    }

    /// Whether the bytes of another file are in this one.
    pub(super) fn is_overwritten(&self) -> bool {
        self.imprint.is_overwritten()
    }

    /// Remembers the identity of the write-ahead log, which `connection` keeps until [`Self::release_log`].
    ///
    /// # Errors
    /// If there is none.
    pub fn hold_log(&self, connection: SqliteConnection) -> io::Result<()> {
        let identity = identity(&self.log.metadata()?);
        self.identity_of_log.get_or_init(|| identity);
        *self.keeps_log.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection);
        Ok(())
    }

    /// Closes the connection that keeps the log. If another file was copied over this one, it stays open as long as the
    /// process: SQLite writes the log into the file with the last connection, and would damage it.
    pub async fn release_log(&self) {
        let connection = self.keeps_log.lock().unwrap_or_else(PoisonError::into_inner).take();
        if self.check().is_err() && self.is_overwritten() {
            std::mem::forget(connection);
            return;
        }
        if let Some(connection) = connection
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "a connection to the database does not close");
        }
    }

    /// Checks that the path still leads to the file that was opened, that its bytes are not those of another one, and
    /// that its write-ahead log is the one that the connections write to: commits into another would be lost as well.
    /// Costs two system calls.
    ///
    /// # Errors
    /// [`Displaced`], within [`sqlx::Error::Io`].
    pub fn check(&self) -> sqlx::Result<()> {
        let is = |path: &Path, known: Identity| path.metadata().is_ok_and(|found| identity(&found) == known);
        let log = self.identity_of_log.get();
        let found = self.path.metadata().ok().filter(|found| identity(found) == self.identity);
        let displaced = match found {
            Some(found) if !self.imprint.is_kept(&found) => Displaced::Overwritten(self.path.clone()),
            Some(_) if log.is_none_or(|known| is(&self.log, *known)) => return Ok(()),
            _ => Displaced::Away(self.path.clone()),
        };
        Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::NotFound, displaced)))
    }

    /// Checks that the file and those beside it are below the limit on the size of files. A write that would pass the
    /// limit fills the file up to it, so the file that was refused to grow is as large as that.
    ///
    /// # Errors
    /// [`AtLimit`], within [`sqlx::Error::Io`].
    pub fn check_size(&self) -> sqlx::Result<()> {
        let Some(limit) = size_limit() else { return Ok(()) };
        for path in ["", "-wal", "-shm", "-journal"].map(|suffix| beside(&self.path, suffix)) {
            if path.metadata().is_ok_and(|found| found.len() >= limit) {
                return Err(sqlx::Error::Io(io::Error::new(
                    io::ErrorKind::FileTooLarge,
                    AtLimit { path, limit },
                )));
            }
        }
        Ok(())
    }
}

/// A file has reached the limit on the size of files.
#[derive(Debug, thiserror::Error)]
#[error("{path} has reached {limit} bytes, the limit on the size of a file: raise it (ulimit -f)")]
struct AtLimit {
    path: PathBuf,
    limit: u64,
}

/// Whether an error is [`AtLimit`].
#[must_use]
pub fn is_at_limit(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<AtLimit>())
}

/// The limit on the size of the files that this process writes (`ulimit -f`); `None` if there is none.
#[must_use]
pub fn size_limit() -> Option<u64> {
    getrlimit(Resource::Fsize).current
}

/// Whether an error is [`Displaced`].
#[must_use]
pub fn is_displaced(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Displaced>())
}

/// Whether the path leads to a file that SQLite did not write. An empty file may become a database.
/// For use before SQLite opens it: closing a file drops the locks that this process holds on it.
///
/// # Errors
/// If there is a file and it cannot be read.
pub fn is_foreign(path: &Path) -> io::Result<bool> {
    let mut first = Vec::with_capacity(HEADER.len());
    match File::open(path) {
        Ok(file) => file.take(HEADER.len() as u64).read_to_end(&mut first)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(!first.is_empty() && first != HEADER)
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

/// As [`private`], and whether the file did not exist before.
///
/// # Errors
/// If the system refuses.
pub fn private_or_made(path: &Path) -> io::Result<(File, bool)> {
    match File::options().create_new(true).read(true).write(true).mode(PRIVATE).open(path) {
        Ok(file) => Ok((file, true)),
        // Also if the name is a link to a file that does not exist yet.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => private(path).map(|file| (file, false)),
        Err(error) => Err(error),
    }
}

/// Removes a file, if there is one.
pub(super) fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %path.display(), "a file of a start that failed is left behind");
    }
}

/// Folders that were made for a file, the innermost first. Those that are empty on drop are removed.
#[derive(Debug)]
pub struct MadeFolders(Vec<PathBuf>);

impl MadeFolders {
    /// Makes a folder and those around it, if they are missing.
    ///
    /// # Errors
    /// If the system refuses one of them; the others are removed.
    pub fn make(folder: &Path) -> io::Result<Self> {
        let missing =
            folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
        let made = Self(missing.map(Path::to_owned).collect());
        std::fs::create_dir_all(folder)?;
        Ok(made)
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        self.0.iter().for_each(|folder| drop(std::fs::remove_dir(folder)));
    }
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
