//! Why SQLite does not open a file.

use super::{advice::folder_of, opening::ConnectError, refusal};
use rustix::fs::{Access, StatVfs, access, statvfs};
use std::path::Path;

/// A disk with less room than this is full: SQLite needs it beside a file that it opens.
const LEAST_ROOM: u64 = 64 * 1024;

/// Whether the disk that a file stands on has no room left.
fn is_full(path: &Path) -> bool {
    let has_none =
        |disk: StatVfs| disk.f_blocks > 0 && disk.f_bavail.saturating_mul(disk.f_frsize) < LEAST_ROOM;
    statvfs(folder_of(path)).is_ok_and(has_none)
}

/// Why SQLite did not open a file: it reports the same error for a file that may not be read, for a full disk, and for
/// a failing one.
pub(super) fn of_opening(path: &Path, error: ConnectError) -> ConnectError {
    let ConnectError::Open(cause) = &error else { return error };
    if !refusal::lacks_room_or_access(cause) {
        return error;
    }
    if let Err(refused) = access(path, Access::READ_OK) {
        return ConnectError::File { path: path.to_owned(), source: refused.into() };
    }
    if is_full(path) { ConnectError::NoRoom(path.to_owned()) } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_with_room_is_not_full() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!is_full(&folder.path().join("book.db")));
        assert!(!is_full(Path::new("book.db")));
    }
}
