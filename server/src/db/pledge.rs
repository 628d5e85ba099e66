//! What a write owes, and what its end tells of the store.

use super::{file::DatabaseFile, writable::Writable};
use std::sync::Arc;

/// What a write owes before it is acknowledged.
#[derive(Debug)]
pub struct Pledge {
    file: Option<Arc<DatabaseFile>>,
    writable: Writable,
    kept: bool,
}

impl Pledge {
    pub(super) const fn new(file: Option<Arc<DatabaseFile>>, writable: Writable) -> Self {
        Self { file, writable, kept: false }
    }

    /// Whether what is written reaches the file that people will find again.
    pub(super) fn check_file(&self) -> sqlx::Result<()> {
        self.file.as_ref().map_or(Ok(()), |file| file.check())
    }

    /// Notes that a statement of the write failed.
    pub(super) fn failed(&self, error: &sqlx::Error) {
        self.writable.failed(error);
    }

    /// Notes that it is committed.
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
