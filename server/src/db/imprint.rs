//! Whether an open SQLite file still has the bytes of the database that was opened: `cp other.db book.db` replaces them
//! and leaves the inode as it is.
//!
//! Each process that serves a file writes a random number into its header, where SQLite has room for the number of an
//! application (`application_id`) and does not use it. A checkpoint keeps the number; what is copied over the file has
//! another one, and a backup has none. The number is read only if the length of the file or the time of its last change
//! is not the one that was seen before.
//!
//! The lock file keeps the numbers, too. If a process was killed and another file was put in the place of the database,
//! the log that it left behind belongs to the former one, and SQLite would write its pages into the new one.

use std::{
    collections::BTreeSet,
    fs::{File, Metadata},
    io::{self, ErrorKind},
    mem::ManuallyDrop,
    os::unix::fs::{FileExt, MetadataExt},
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// What precedes the number of the log in the lock file.
const OF_LOG: &str = "log ";

/// What precedes the identity of the file in the lock file.
const OF_FILE: &str = "file ";

/// Where the number stands in the file.
const PLACE: u64 = 68;

/// The number in the header of a file; `None` if the file is too short to have one.
type Number = Option<[u8; 4]>;

/// The length of a file and the time of its last change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp(u64, i64, i64);

impl Stamp {
    fn of(found: &Metadata) -> Self {
        Self(found.len(), found.mtime(), found.mtime_nsec())
    }
}

/// The number of the file that was opened.
#[derive(Debug)]
pub(super) struct Imprint {
    /// Closing it drops the locks that SQLite holds on the file, so it stays open as long as the connections.
    file: Mutex<Option<File>>,
    /// Known once the number is written. The former one counts as well, for as long as the new one may be in the log only.
    accepted: OnceLock<[Number; 2]>,
    seen: Mutex<Option<Stamp>>,
    /// For good: what the connections have read since may be of either file.
    overwritten: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn number_in(file: &File) -> io::Result<Number> {
    let mut number = [0; 4];
    match file.read_exact_at(&mut number, PLACE) {
        Ok(()) => Ok(Some(number)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

impl Imprint {
    /// Opens a file that SQLite is going to open.
    pub fn of(path: &Path) -> io::Result<Self> {
        Ok(Self {
            file: Mutex::new(Some(File::open(path)?)),
            accepted: OnceLock::new(),
            seen: Mutex::new(None),
            overwritten: AtomicBool::new(false),
        })
    }

    /// The text by which [`log_of_another`] recognizes the file: the number that is in it by now, and those that it has in
    /// its log, or gets.
    pub fn note(&self, numbers: &[i32], log: Option<u32>) -> io::Result<String> {
        let of_log = numbers.iter().map(|number| number.to_be_bytes());
        let known: BTreeSet<_> = self.found()?.into_iter().chain(of_log).collect();
        let known = known.into_iter();
        let known = known.map(|bytes| format!("{:08x}\n", u32::from_be_bytes(bytes)));
        let lineage = log.map(|lineage| format!("{OF_LOG}{lineage:08x}\n"));
        let identity = locked(&self.file).as_ref().map(File::metadata).transpose()?;
        let identity = identity.map(|found| format!("{OF_FILE}{}\n", identity_of(&found)));
        Ok(known.chain(lineage).chain(identity).collect())
    }

    /// Accepts the number that is in the file by now, and another one that is in its log.
    pub fn accept(&self, number: i32) -> io::Result<()> {
        let numbers = [self.found()?, Some(number.to_be_bytes())];
        self.accepted.get_or_init(|| numbers);
        Ok(())
    }

    fn found(&self) -> io::Result<Number> {
        locked(&self.file).as_ref().map_or(Ok(None), number_in)
    }

    /// Whether the bytes are those of the file that was opened.
    pub fn is_kept(&self, found: &Metadata) -> bool {
        let Some(accepted) = self.accepted.get() else { return true };
        if self.is_overwritten() {
            return false;
        }
        let (stamp, mut seen) = (Stamp::of(found), locked(&self.seen));
        if *seen == Some(stamp) {
            return true;
        }
        match locked(&self.file).as_ref().map(number_in) {
            Some(Ok(number)) if accepted.contains(&number) => *seen = Some(stamp),
            Some(Ok(_)) => {
                self.overwritten.store(true, Ordering::Release);
                tracing::error!(
                    "another file was copied over the database; nothing is read or written any more"
                );
                return false;
            }
            // It is closed, or the disk reports an error, which says nothing about whose bytes these are.
            None | Some(Err(_)) => {}
        }
        true
    }

    pub fn is_overwritten(&self) -> bool {
        self.overwritten.load(Ordering::Acquire)
    }

    /// Closes the file. For use after every connection is closed.
    pub fn release(&self) {
        drop(locked(&self.file).take());
    }
}

/// The numbers that the lock file of a database notes; none if nothing is known.
pub(super) fn noted(lock: &Path) -> Vec<u32> {
    let text = std::fs::read_to_string(lock).unwrap_or_default();
    text.lines().filter_map(|line| u32::from_str_radix(line, 16).ok()).collect()
}

/// What the lock file notes of the log.
pub(super) fn noted_lineage(lock: &Path) -> Option<u32> {
    let text = std::fs::read_to_string(lock).ok()?;
    text.lines().find_map(|line| u32::from_str_radix(line.strip_prefix(OF_LOG)?, 16).ok())
}

/// What a copy of a file does not have in common with it.
fn identity_of(found: &Metadata) -> String {
    format!("{:x}:{:x}", found.dev(), found.ino())
}

/// Whether a file is the one that the lock file notes, and not a copy that was made together with the lock file.
pub(super) fn is_noted_file(found: &Metadata, lock: &Path) -> bool {
    let text = std::fs::read_to_string(lock).unwrap_or_default();
    text.lines().any(|line| line.strip_prefix(OF_FILE) == Some(&identity_of(found)))
}

/// What stays the same in the header of a log however often a process begins it anew: SQLite then adds one to its first
/// random number and to the count of its beginnings. `None` if there is no log, or none with a header.
pub(super) fn lineage_of(log: &Path) -> Option<u32> {
    let mut header = [0; 32];
    File::open(log).and_then(|file| file.read_exact_at(&mut header, 0)).ok()?;
    let [count, random] =
        [12, 16].map(|at| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]));
    header.starts_with(&[0x37, 0x7f, 0x06]).then(|| random.wrapping_sub(count))
}

/// The number in the header of a file. The file stays open as long as the process: closing it would drop the locks that
/// SQLite holds on it, if this process has opened it.
pub(super) fn number_at(path: &Path) -> Option<u32> {
    let file = ManuallyDrop::new(File::open(path).ok()?);
    number_in(&file).ok()?.map(u32::from_be_bytes)
}

/// The log beside a database that belongs to another file than the one that is there, according to the lock file; `None`
/// if there is no log, or if nothing is known about it. For use before SQLite opens the file.
pub(super) fn log_of_another(path: &Path, (log, lock): (PathBuf, PathBuf)) -> Option<PathBuf> {
    log.metadata().ok().filter(|log| log.len() > 0)?;
    let file = ManuallyDrop::new(File::open(path).ok()?);
    // A process that begins to serve the file notes a number before the file has it.
    let (mut known, mut found) = (noted(&lock), number_in(&file).ok()?);
    loop {
        let later = noted(&lock);
        if later == known {
            break;
        }
        (known, found) = (later, number_in(&file).ok()?);
    }
    let is_known = found.is_some_and(|number| known.contains(&u32::from_be_bytes(number)));
    (!known.is_empty() && !is_known).then_some(log)
}
