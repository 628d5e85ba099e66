//! The lock that keeps a second process of this program away from a SQLite file.
//!
//! Two locks, because each has a gap:
//!
//! | lock | gap |
//! | --- | --- |
//! | on `FILE.lock` | has no effect if that file is deleted, or if the database is opened by another link or after a move |
//! | on a byte of the database itself | earlier versions do not take it, and some systems do not support it |
//!
//! The byte is one that SQLite neither locks nor reads nor writes: it lies in the page at 1 GiB that SQLite leaves
//! free for its own locks, behind them. A lock on the whole file, as `flock` takes it, would meet SQLite's own on
//! NFS and on BSD. The lock belongs to the open file description; one that belongs to the process would end when
//! SQLite closes a descriptor of the file.

use super::file;
use std::{
    fs::{File, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// Held for as long as the process uses the file; the system releases it however the process ends. Closing the
/// descriptors also drops SQLite's locks of this process, so it must outlive every connection.
#[derive(Debug)]
pub struct FileLock {
    beside: Taken,
    database: Taken,
}

/// An open file.
#[derive(Debug)]
struct Taken {
    file: File,
    /// Whether it did not exist before.
    made: bool,
}

/// Why a file was not locked.
#[derive(Debug)]
pub enum LockError {
    /// Another process holds it.
    Held,
    /// The lock file cannot be opened or locked.
    Beside(io::Error),
    /// The database file cannot be opened, created or locked.
    Database(io::Error),
    /// The database, or the folder that the lock file belongs in, may be read but not written to.
    ReadOnly(PathBuf),
}

/// Whether the system forbids writing, by permissions or because the file system is read-only.
fn forbids_writing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// A lock on the database itself, taken before anything is read from it or made beside it.
#[derive(Debug)]
pub struct ByteLock(File);

impl ByteLock {
    /// Locks a database, whatever names it; `None` if there is none, or none that can be read.
    ///
    /// # Errors
    /// See [`LockError`].
    pub fn take(path: &Path) -> Result<Option<Self>, LockError> {
        match File::options().read(true).write(true).open(path) {
            Ok(database) => Self::on(database, path).map(Some),
            Err(error) if forbids_writing(&error) && File::open(path).is_ok() => {
                Err(LockError::ReadOnly(path.to_owned()))
            }
            Err(_) => Ok(None),
        }
    }

    fn on(database: File, path: &Path) -> Result<Self, LockError> {
        match lock_alone(&database) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held),
            Err(TryLockError::Error(error)) if has_no_locks(&error) => {
                tracing::warn!(%error, path = %path.display(), "only the lock file keeps a second process away");
            }
            Err(TryLockError::Error(error)) => return Err(LockError::Database(error)),
        }
        Ok(Self(database))
    }
}

/// Locks the byte of a file that is open for writing, until it is closed. SQLite may use the file meanwhile.
///
/// # Errors
/// If the lock is held through another descriptor, or the system returns an error; see [`has_no_locks`].
pub fn lock_alone(file: &File) -> Result<(), TryLockError> {
    lock_byte(file, Sharing::Alone).map_err(|error| match error.kind() {
        // POSIX allows either error.
        ErrorKind::WouldBlock | ErrorKind::PermissionDenied => TryLockError::WouldBlock,
        _ => TryLockError::Error(error),
    })
}

/// Whether an error says that the system has no such locks. If the file system were the cause, SQLite could not lock
/// the file either.
#[must_use]
pub fn has_no_locks(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported)
}

/// Keeps every process that writes away from a database that is only read.
#[derive(Debug)]
pub struct ReadLock {
    _database: File,
}

impl ReadLock {
    /// Locks a database that others may read as well.
    ///
    /// # Errors
    /// See [`LockError`]; also if the system has no such locks, since nothing would keep the others away.
    pub fn take(path: &Path) -> Result<Self, LockError> {
        let database = File::open(path).map_err(LockError::Database)?;
        match lock_byte(&database, Sharing::WithReaders) {
            Ok(()) => Ok(Self { _database: database }),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::PermissionDenied) => {
                Err(LockError::Held)
            }
            Err(error) => Err(LockError::Database(error)),
        }
    }
}

impl FileLock {
    /// Takes the other lock too. Creates the database if it does not exist, and makes it private. For use before
    /// SQLite opens it for writing.
    ///
    /// # Errors
    /// See [`LockError`].
    pub fn take(path: &Path, locked: Option<ByteLock>) -> Result<Self, LockError> {
        let name = file::beside(path, ".lock");
        let beside = file::private_or_made(&name).map_err(|error| match path.parent() {
            Some(folder) if forbids_writing(&error) && !name.exists() => {
                LockError::ReadOnly(folder.to_owned())
            }
            _ => LockError::Beside(error),
        })?;
        let (file, made) = beside;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => LockError::Held,
            TryLockError::Error(source) => LockError::Beside(source),
        })?;
        let beside = Taken { file, made };
        let database = file::private_or_made(path).map_err(LockError::Database).and_then(|(file, made)| {
            let ByteLock(file) = match locked {
                Some(locked) => locked,
                None => ByteLock::on(file, path)?,
            };
            Ok(Taken { file, made })
        });
        if database.is_err() && beside.made {
            file::remove(&name);
        }
        Ok(Self { beside, database: database? })
    }

    /// Writes a text into the lock file, in place of an earlier one. Lost if the disk has no room for it.
    pub(super) fn note(&self, text: &str) -> io::Result<()> {
        self.beside.file.set_len(0)?;
        self.beside.file.write_all_at(text.as_bytes(), 0)
    }

    /// The database file.
    pub(super) const fn database(&self) -> &File {
        &self.database.file
    }

    /// Removes what taking the lock has made, and ends it. For use after every connection is closed, if the database
    /// does not open: a failed start leaves no file behind.
    pub(super) fn unmake(self, path: &Path) {
        if self.database.made {
            ["", "-wal", "-shm", "-journal"]
                .iter()
                .for_each(|suffix| file::remove(&file::beside(path, suffix)));
        }
        // Another process that has opened it meanwhile still meets the lock on the database.
        if self.beside.made {
            file::remove(&file::beside(path, ".lock"));
        }
        drop(self.beside.file);
    }
}

/// Who else may hold a lock.
#[derive(Clone, Copy)]
enum Sharing {
    Alone,
    WithReaders,
}

/// Where SQLite's locks begin (`PENDING_BYTE`), and how many bytes they take.
#[cfg(target_os = "linux")]
const SQLITE_LOCKS: (i64, i64) = (0x4000_0000, 512);

#[cfg(target_os = "linux")]
fn lock_byte(database: &File, sharing: Sharing) -> io::Result<()> {
    use nix::{
        fcntl::{FcntlArg, fcntl},
        libc,
    };
    let (first, count) = SQLITE_LOCKS;
    let lock = libc::flock {
        l_type: match sharing {
            Sharing::Alone => libc::F_WRLCK,
            Sharing::WithReaders => libc::F_RDLCK,
        } as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: first + count,
        l_len: 1,
        l_pid: 0,
    };
    fcntl(database, FcntlArg::F_OFD_SETLK(&lock)).map(|_| ()).map_err(io::Error::from)
}

/// Other systems have no such locks.
#[cfg(not(target_os = "linux"))]
fn lock_byte(_: &File, _: Sharing) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}
