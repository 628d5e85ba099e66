//! Logs beside a SQLite file that are not its own. SQLite would write one into the file, or read a mixture of both; beside
//! an empty or new file it deletes the log, with the changes that are nowhere else.

use super::{
    advice::folder_of,
    file::beside,
    fitting::left_log,
    imprint::log_of_another,
    left_journal::{self, LeftJournal},
    opening::ConnectError,
};
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
    let mut header = [0; 20];
    let read = File::open(journal).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header[16..] != [0; 4]
}

/// Whether a file has the name of a write-ahead log and is none. SQLite writes over it. What a power cut left of one that
/// was begun is zeros, or shorter than its header.
fn is_no_log(log: &Path) -> bool {
    const MAGIC: [u8; 3] = [0x37, 0x7f, 0x06];
    let mut header = [0; 32];
    let read = File::open(log).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header != [0; 32] && !(header.starts_with(&MAGIC) && matches!(header[3], 0x82 | 0x83))
}

/// Checks that no log or journal stands beside a file that is missing or empty; errors name the file as `named`. For use
/// before SQLite opens the file, also one that this process serves: the file is not opened here.
///
/// # Errors
/// [`ConnectError::LoneLog`] and [`ConnectError::NoLog`].
pub fn check_lone_log(path: &Path, named: &Path) -> Result<(), ConnectError> {
    let place = place_of(path);
    let is_gone = match place.metadata() {
        Ok(found) => found.is_file() && found.len() == 0,
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    if !is_gone {
        return Ok(());
    }
    let (journal, database) = (left_journal::name(&place), named.to_owned());
    if let Some(log) = left_log(&place) {
        return Err(ConnectError::LoneLog { log, database });
    }
    match left_journal::beside(&place) {
        LeftJournal::Garbage => Err(ConnectError::NoLog { log: journal, database }),
        LeftJournal::Own | LeftJournal::Foreign if has_pages(&journal) => {
            Err(ConnectError::LoneLog { log: journal, database })
        }
        _ => Ok(()),
    }
}

/// Checks that the log beside a file is its own, as far as that is known; errors name the file as `named`. For use
/// before SQLite opens the file.
///
/// # Errors
/// [`ConnectError::LoneLog`], [`ConnectError::NoLog`], [`ConnectError::StrayLog`] and [`ConnectError::StrayJournal`].
pub(super) fn check_own_log(path: &Path, named: &Path) -> Result<(), ConnectError> {
    check_lone_log(path, named)?;
    let place = place_of(path);
    let (journal, database) = (left_journal::name(&place), || named.to_owned());
    match left_journal::beside(&place) {
        LeftJournal::Garbage => return Err(ConnectError::NoLog { log: journal, database: database() }),
        LeftJournal::Foreign => {
            return Err(ConnectError::StrayJournal { log: journal, database: database() });
        }
        LeftJournal::None | LeftJournal::Own => {}
    }
    if let Some(log) = left_log(&place).filter(|log| is_no_log(log)) {
        return Err(ConnectError::NoLog { log, database: database() });
    }
    match log_of_another(&place, (beside(&place, "-wal"), beside(&place, ".lock"))) {
        Some(log) => Err(ConnectError::StrayLog { log, database: named.to_owned() }),
        None => Ok(()),
    }
}
