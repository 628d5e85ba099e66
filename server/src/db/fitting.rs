//! Whether the write-ahead log that an unclean end left beside a SQLite file fits the file.
//!
//! A log holds the pages that were changed since it was last begun anew, so it fits the file that was there then. SQLite
//! does not check that. A copy that was made while the file was served (`cp`) lacks what was written into the file since;
//! together with the log it is a mixture of two states, which the next checkpoint makes permanent, and then the log is
//! gone. So the two are read together before anything is written, unless the lock file notes both and the system knows that
//! nobody has changed the file since the last change of the log: then an ordinary crash costs nothing, however large the
//! book is.

use super::{
    Database, file,
    imprint::{is_noted_file, lineage_of, noted, noted_lineage, number_at},
    opening::ConnectError,
    refusal,
    whole::{self, Picture},
};
use std::{
    fs::Metadata,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// The log beside a file, if it is not empty.
pub(super) fn left_log(path: &Path) -> Option<PathBuf> {
    let log = file::beside(path, "-wal");
    log.metadata().is_ok_and(|found| found.len() > 0).then_some(log)
}

/// Whether a file was changed, moved or copied after the last write to its log.
fn is_later(file: &Metadata, log: &Metadata) -> bool {
    (file.ctime(), file.ctime_nsec()) > (log.mtime(), log.mtime_nsec())
}

/// Whether nothing but reading them shows that a file and its log belong together.
fn is_in_doubt(path: &Path, log: &Path) -> bool {
    let (Ok(file), Ok(found), lock) = (path.metadata(), log.metadata(), file::beside(path, ".lock")) else {
        return true;
    };
    let is_noted = number_at(path).is_some_and(|number| noted(&lock).contains(&number));
    let is_same_log = lineage_of(log).is_some_and(|lineage| noted_lineage(&lock) == Some(lineage));
    // A folder that was copied while it was served has all that the lock file notes, but not its file.
    !is_noted || !is_same_log || !is_noted_file(&file, &lock) || is_later(&file, &found)
}

/// Checks that the log of a file has the number of the file, or one that the lock file notes. Most logs have the first page,
/// which holds it. For a file that this process does not serve.
///
/// # Errors
/// [`ConnectError::OtherLog`], and what the store returns.
pub(super) async fn check_number(database: &Database, path: &Path, named: &Path) -> Result<(), ConnectError> {
    let Some(log) = left_log(path) else { return Ok(()) };
    let lock = file::beside(path, ".lock");
    // A process that begins to serve the file notes a number before the log has it.
    let (before, of_file) = (noted(&lock), number_at(path));
    let mut tx = database.read().await?;
    let Some(connection) = tx.sqlite() else { return Ok(()) };
    let of_both: i32 = sqlx::query_scalar("pragma application_id").fetch_one(connection).await?;
    let of_both = u32::from_be_bytes(of_both.to_be_bytes());
    let is_known = of_file == Some(of_both)
        || number_at(path) == Some(of_both)
        || before.contains(&of_both)
        || noted(&lock).contains(&of_both);
    if is_known { Ok(()) } else { Err(ConnectError::OtherLog { log, database: named.to_owned() }) }
}

/// Checks that a budget and the log that was left beside it are whole together, if that is in doubt.
///
/// # Errors
/// [`ConnectError::Unfitting`], and what the store returns.
pub(super) async fn check_whole(database: &Database, path: &Path, named: &Path) -> Result<(), ConnectError> {
    let Some(log) = left_log(path).filter(|log| is_in_doubt(path, log)) else { return Ok(()) };
    let found = match flaw(database).await {
        Ok(None) => return Ok(()),
        Ok(Some(found)) => found,
        Err(error) if refusal::is_damage(&error) => refusal::told(&error),
        Err(error) => return Err(error.into()),
    };
    Err(ConnectError::Unfitting { log, database: named.to_owned(), found })
}

async fn flaw(database: &Database) -> sqlx::Result<Option<String>> {
    let mut tx = database.read().await?;
    if let Some(found) = whole::damage(&mut tx).await? {
        return Ok(Some(found.replace('\n', " ")));
    }
    let hole = Picture::of(&mut tx).await?.hole();
    Ok(hole.map(|household| format!("the log of household {household} is not whole")))
}

/// What an error of opening a file means if a log lies beside it: nothing tells which of the two is the cause.
pub(super) fn with_log(path: &Path, named: &Path, error: ConnectError) -> ConnectError {
    let found = match &error {
        ConnectError::Damaged(_) => "read together, they are damaged",
        ConnectError::NotSqlite(_) if file::is_foreign(path).is_ok_and(|foreign| !foreign) => {
            "read together, they are no database"
        }
        _ => return error,
    };
    match left_log(path) {
        Some(log) => ConnectError::Unfitting { log, database: named.to_owned(), found: found.to_owned() },
        None => error,
    }
}
