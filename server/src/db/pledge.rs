//! The file that a transaction works on, what a write must check before it is acknowledged, and what its result shows
//! of the store.

use super::{damage::Damage, file::DatabaseFile, refusal, writable::Writable};
use std::sync::Arc;

/// The store of a transaction.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its file, if it must stay the one that was opened.
    file: Option<Arc<DatabaseFile>>,
    damage: Damage,
}

impl Origin {
    pub(super) const fn new(file: Option<Arc<DatabaseFile>>, damage: Damage) -> Self {
        Self { file, damage }
    }

    /// Checks that the path leads to the file.
    pub(super) fn check(&self) -> sqlx::Result<()> {
        self.file.as_ref().map_or(Ok(()), |file| file.check())
    }

    /// The same, and that no statement has found damage.
    pub(super) fn check_whole(&self) -> sqlx::Result<()> {
        self.check()?;
        self.damage.check()
    }

    /// Whether the bytes of another file are in it.
    pub(super) fn is_overwritten(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.is_overwritten())
    }

    /// Why a statement failed. If the store is damaged, that is remembered.
    pub(super) fn cause(&self, error: sqlx::Error) -> sqlx::Error {
        let cause = self.cause_in_file(error);
        if refusal::is_of_damage(&cause) {
            self.damage.found();
        }
        cause
    }

    /// After the file or its log was moved, SQLite finds another log, and reports an I/O error, a file that cannot be
    /// opened, or corruption. It reports an I/O error too if a file may not grow.
    fn cause_in_file(&self, error: sqlx::Error) -> sqlx::Error {
        let Some(file) = self.file.as_ref().filter(|_| refusal::may_be_of_the_file(&error)) else {
            return error;
        };
        let found =
            file.check().and_then(|()| if refusal::is_io(&error) { file.check_size() } else { Ok(()) });
        found.err().unwrap_or(error)
    }
}

/// The checks of one write before it is acknowledged.
#[derive(Debug)]
pub struct Pledge {
    origin: Origin,
    writable: Writable,
    kept: bool,
}

impl Pledge {
    pub(super) const fn new(origin: Origin, writable: Writable) -> Self {
        Self { origin, writable, kept: false }
    }

    /// Checks that the write reaches the file that the path leads to.
    pub(super) fn check_file(&self) -> sqlx::Result<()> {
        self.origin.check()
    }

    /// The same, and that the store is not known to be damaged. For use before the write begins.
    pub(super) fn check_whole(&self) -> sqlx::Result<()> {
        self.origin.check_whole()
    }

    /// Records that a statement of the write failed; returns why.
    pub(super) fn failed(&self, error: sqlx::Error) -> sqlx::Error {
        let error = self.origin.cause(error);
        self.writable.failed(&error);
        error
    }

    /// Records that the write is committed.
    pub(super) fn keep(mut self) {
        self.kept = true;
        self.writable.committed();
    }
}

impl Drop for Pledge {
    fn drop(&mut self) {
        if !self.kept {
            self.writable.doubt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::file::private;
    use app::error::{AppError, StoreFault};
    use sqlx::{Connection, Executor};
    use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};

    #[tokio::test]
    async fn an_error_of_the_disk_names_the_file_only_if_it_was_moved() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("book.db");
        let file = private(&path).and_then(|file| DatabaseFile::of(&path, &file)).expect("a file");
        let origin = Origin::new(Some(Arc::new(file)), Damage::default());
        let missing = SqliteConnectOptions::new().filename(folder.path().join("missing/file.db"));
        // SQLite's 14, that it cannot open a file.
        let failed = async || {
            let error = SqliteConnection::connect_with(&missing).await.expect_err("there is none");
            refusal::answer(&origin.cause(error))
        };
        // A fault of this program.
        let mistaken = async || {
            let mut memory = SqliteConnection::connect("sqlite::memory:").await.expect("it opens");
            refusal::answer(&origin.cause(memory.execute("select nothing").await.expect_err("no column")))
        };
        assert_eq!(failed().await, Some(AppError::Store(StoreFault::Failing)));
        assert_eq!(mistaken().await, None);
        std::fs::remove_file(&path).expect("it is there");
        assert_eq!(failed().await, Some(AppError::Store(StoreFault::Displaced)));
        assert_eq!(mistaken().await, None);
    }
}
