//! Logs beside a SQLite file that are not its own. SQLite would write one into the file, or read a mixture of both; beside
//! an empty or new file it deletes the log, with the changes that are nowhere else.

use super::{advice::folder_of, file::beside, imprint::log_of_another, opening::ConnectError};
use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

/// The file that a path leads to: SQLite keeps the log beside the file itself, whichever link names it.
fn place_of(path: &Path) -> PathBuf {
    // Of a link to a missing file, too.
    let target = || path.read_link().map(|target| folder_of(path).join(target));
    std::fs::canonicalize(path).or_else(|_| target()).unwrap_or_else(|_| path.to_owned())
}

/// Whether a journal holds pages of a file that had some. SQLite also writes one, without any, when it begins a file.
fn has_pages(journal: &Path) -> bool {
    const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let mut header = [0; 20];
    let read = File::open(journal).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header.starts_with(&MAGIC) && header[16..] != [0; 4]
}

/// Checks that no log or journal stands beside a file that is missing or empty; errors name the file as `named`. For use
/// before SQLite opens the file, also one that this process serves: the file is not opened here.
///
/// # Errors
/// [`ConnectError::LoneLog`].
pub fn check_lone_log(path: &Path, named: &Path) -> Result<(), ConnectError> {
    let place = place_of(path);
    let is_gone = match place.metadata() {
        Ok(found) => found.is_file() && found.len() == 0,
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    if !is_gone {
        return Ok(());
    }
    let [log, journal] = ["-wal", "-journal"].map(|suffix| beside(&place, suffix));
    let left = if log.metadata().is_ok_and(|found| found.len() > 0) {
        log
    } else if has_pages(&journal) {
        journal
    } else {
        return Ok(());
    };
    Err(ConnectError::LoneLog { log: left, database: named.to_owned() })
}

/// Checks that the log beside a file is its own, as far as that is known; errors name the file as `named`. For use
/// before SQLite opens the file.
///
/// # Errors
/// [`ConnectError::LoneLog`] and [`ConnectError::StrayLog`].
pub(super) fn check_own_log(path: &Path, named: &Path) -> Result<(), ConnectError> {
    check_lone_log(path, named)?;
    let place = place_of(path);
    match log_of_another(&place, (beside(&place, "-wal"), beside(&place, ".lock"))) {
        Some(log) => Err(ConnectError::StrayLog { log, database: named.to_owned() }),
        None => Ok(()),
    }
}
