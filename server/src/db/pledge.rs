//! What a write must check before it is acknowledged, and what its end says about the store.

use super::{file::DatabaseFile, writable::Writable};
use std::sync::Arc;

/// The checks of one write before it is acknowledged.
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

    /// Checks that the write reaches the file that the path leads to.
    pub(super) fn check_file(&self) -> sqlx::Result<()> {
        self.file.as_ref().map_or(Ok(()), |file| file.check())
    }

    /// Records that a statement of the write failed.
    pub(super) fn failed(&self, error: &sqlx::Error) {
        self.writable.failed(error);
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
