//! The error codes of the stores, and what they mean for the caller.

use super::{
    damage,
    file::{is_at_limit, is_displaced, size_limit},
};
use app::error::{AppError, StoreFault};

/// The error for a fault of the store that may pass or that the operator can fix; `None` for a fault of this
/// program.
#[must_use]
pub fn answer(error: &sqlx::Error) -> Option<AppError> {
    match error {
        sqlx::Error::Io(error) if is_displaced(error) => Some(AppError::Store(StoreFault::Displaced)),
        sqlx::Error::Io(error) if damage::was_found(error) => Some(AppError::Store(StoreFault::Damaged)),
        sqlx::Error::Io(error) if is_at_limit(error) => Some(AppError::Store(StoreFault::FileLimit)),
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
            Some(AppError::Unavailable)
        }
        // Only PostgreSQL has a connection that can break.
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) => Some(AppError::Store(StoreFault::Away)),
        sqlx::Error::Database(error) => of_code(&error.code()?),
        _ => None,
    }
}

/// The error in words for the operator; the engine's own where its cause is unknown. Without the line of PostgreSQL's
/// source, which `Display` adds and which reads like a line of the book.
#[must_use]
pub fn told(error: &sqlx::Error) -> String {
    let sqlx::Error::Database(database) = error else { return error.to_string() };
    let code = database.code().unwrap_or_default();
    if code == "42501" {
        let answer = database.message();
        return format!(
            "the role that the URL names lacks a right: {answer}; grant it, or name the role that owns the tables"
        );
    }
    let words = match of_code(&code) {
        Some(AppError::Store(StoreFault::Full)) => "the disk is full: make room on it",
        Some(AppError::Store(StoreFault::ReadOnly)) => "the disk or the file is read-only",
        Some(AppError::Store(StoreFault::NoWrites)) => {
            "the database accepts no writes: it is a standby server, or default_transaction_read_only is on"
        }
        Some(AppError::Store(StoreFault::Away)) => {
            "the database is stopping, starting, or has ended the connection"
        }
        // SQLite reports a file that may not grow as an error of the disk.
        Some(AppError::Store(StoreFault::Failing)) => match size_limit() {
            Some(limit) => {
                return format!(
                    "the disk reports an error, the file cannot be opened, or a file reached the limit of {limit} bytes (ulimit -f)"
                );
            }
            None => "the disk reports an error, or the file cannot be opened",
        },
        Some(AppError::Store(StoreFault::Locked)) => "another program has locked it",
        Some(AppError::Store(StoreFault::Displaced)) => "its file was moved, deleted or replaced",
        Some(AppError::Store(StoreFault::Damaged)) => "its file is damaged",
        _ => return format!("the database answers: {} (code {code})", database.message()),
    };
    words.to_owned()
}

/// Whether SQLite found that a file is not one of its own: its first page is not that of a database.
#[must_use]
pub fn is_not_sqlite(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.code().is_some_and(|code| code == "26"))
}

/// Whether SQLite found that the file is corrupt, or no database at all.
#[must_use]
pub fn is_damage(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let code = error.code().unwrap_or_default();
    // PostgreSQL's codes have five characters.
    code.len() < 5 && code.parse::<i32>().is_ok_and(|number| matches!(number & 0xff, 11 | 26))
}

/// Whether the store is damaged, on either engine.
#[must_use]
pub fn is_of_damage(error: &sqlx::Error) -> bool {
    matches!(answer(error), Some(AppError::Store(StoreFault::Damaged)))
}

/// Whether SQLite may have failed to open a file, or one that it needs beside it, because it may not write there or finds
/// no room.
#[must_use]
pub fn lacks_room_or_access(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let code = error.code().unwrap_or_default();
    code.len() < 5 && code.parse::<i32>().is_ok_and(|number| matches!(number & 0xff, 8 | 10 | 13 | 14))
}

/// Whether a file that was moved or replaced, or its log, may be the cause.
#[must_use]
pub fn may_be_of_the_file(error: &sqlx::Error) -> bool {
    matches!(answer(error), Some(AppError::Store(_) | AppError::Unavailable))
}

/// Whether SQLite reports an error of the disk. A file that may not grow is one of its causes.
#[must_use]
pub fn is_io(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(error) = error else { return false };
    let code = error.code().unwrap_or_default();
    code.len() < 5 && code.parse::<i32>().is_ok_and(|number| number & 0xff == 10)
}

/// Whether a write failed because the disk or the database accepts none: it is full, read-only, a standby, failing or
/// damaged.
#[must_use]
pub fn is_of_the_disk(error: &sqlx::Error) -> bool {
    matches!(
        answer(error),
        Some(AppError::Store(
            StoreFault::Full
                | StoreFault::FileLimit
                | StoreFault::ReadOnly
                | StoreFault::NoWrites
                | StoreFault::Failing
                | StoreFault::Damaged
        ))
    )
}

/// SQLite's codes are numbers, PostgreSQL's have five characters.
fn of_code(code: &str) -> Option<AppError> {
    match code.parse::<i32>() {
        Ok(number) if code.len() < 5 => of_sqlite(number).map(AppError::Store),
        _ => of_postgres(code),
    }
}

/// <https://sqlite.org/rescode.html>: the low byte is the primary code, the bytes above it refine it.
const fn of_sqlite(code: i32) -> Option<StoreFault> {
    /// `SQLITE_READONLY_DBMOVED`.
    const MOVED: i32 = 1032;
    if code == MOVED {
        return Some(StoreFault::Displaced);
    }
    match code & 0xff {
        // Busy, locked, and the locking protocol.
        5 | 6 | 15 => Some(StoreFault::Locked),
        8 => Some(StoreFault::ReadOnly),
        // I/O errors, and files that cannot be opened.
        10 | 14 => Some(StoreFault::Failing),
        // Corrupt, and no database.
        11 | 26 => Some(StoreFault::Damaged),
        13 => Some(StoreFault::Full),
        _ => None,
    }
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn of_postgres(code: &str) -> Option<AppError> {
    Some(match code {
        "53100" => AppError::Store(StoreFault::Full),
        "25006" => AppError::Store(StoreFault::NoWrites),
        "58030" => AppError::Store(StoreFault::Failing),
        "55P03" => AppError::Store(StoreFault::Locked),
        // A corrupt table, and a corrupt index.
        "XX001" | "XX002" => AppError::Store(StoreFault::Damaged),
        // It stops or starts, or the connection broke.
        "57P01" | "57P02" | "57P03" => AppError::Store(StoreFault::Away),
        code if code.starts_with("08") => AppError::Store(StoreFault::Away),
        // A timeout, a deadlock, no connection or no memory available.
        "57014" | "40P01" | "40001" | "25P03" | "53200" | "53300" | "55000" => AppError::Unavailable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_a_disk_or_lock_error_maps_to_its_cause() {
        for (codes, cause) in [
            (&["5", "261", "517", "773", "6", "262", "15"][..], StoreFault::Locked),
            (&["8", "264", "520", "776", "1544"], StoreFault::ReadOnly),
            (&["25006"], StoreFault::NoWrites),
            (&["57P01", "57P02", "57P03", "08000", "08006"], StoreFault::Away),
            (&["10", "778", "1034", "1546", "4874", "8458", "14", "1038", "58030"], StoreFault::Failing),
            (&["13", "53100"], StoreFault::Full),
            (&["1032"], StoreFault::Displaced),
            (&["11", "267", "523", "779", "26", "XX001", "XX002"], StoreFault::Damaged),
        ] {
            for code in codes {
                assert_eq!(of_code(code), Some(AppError::Store(cause)), "{code}");
            }
        }
        for code in ["57014", "40001", "40P01", "53300"] {
            assert_eq!(of_code(code), Some(AppError::Unavailable), "{code}");
        }
        // A violated constraint, and a fault of this program or of the server: waiting helps neither.
        for code in ["1", "19", "787", "1555", "23505", "23503", "42P01", "XX000"] {
            assert_eq!(of_code(code), None, "{code}");
        }
    }
}
