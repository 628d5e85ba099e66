//! Write-ahead logs beside a SQLite file that are not its own. SQLite would write one into the file, or read a mixture
//! of both; beside an empty or new file it deletes the log, with the changes that are nowhere else.

use super::{advice::folder_of, file::beside, imprint::log_of_another, opening::ConnectError};
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// The file that a path leads to: SQLite keeps the log beside the file itself, whichever link names it.
fn place_of(path: &Path) -> PathBuf {
    // Of a link to a missing file, too.
    let target = || path.read_link().map(|target| folder_of(path).join(target));
    std::fs::canonicalize(path).or_else(|_| target()).unwrap_or_else(|_| path.to_owned())
}

/// Checks that no log stands beside a file that is missing or empty; errors name the file as `named`. For use before
/// SQLite opens the file, also one that this process serves: nothing is opened here.
///
/// # Errors
/// [`ConnectError::LoneLog`].
pub fn check_lone_log(path: &Path, named: &Path) -> Result<(), ConnectError> {
    let place = place_of(path);
    let is_gone = match place.metadata() {
        Ok(found) => found.is_file() && found.len() == 0,
        Err(error) => error.kind() == ErrorKind::NotFound,
    };
    let log = beside(&place, "-wal");
    if is_gone && log.metadata().is_ok_and(|found| found.len() > 0) {
        return Err(ConnectError::LoneLog { log, database: named.to_owned() });
    }
    Ok(())
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
