//! What lies under the name of SQLite's rollback journal.
//!
//! SQLite plays back a journal before it reads the file, whatever file it belongs to: it writes the journal's pages, cuts
//! the file to the length that the journal tells, and then deletes it; one that it cannot read it deletes at once. This
//! program leaves a journal in one case only: it was killed while a file that was restored, or is new, got its write-ahead
//! log. That changes the header of the file and nothing else.

use super::file;
use sqlx::{Connection, Executor};
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::{
    fs::File,
    io::{self, Read},
    mem::ManuallyDrop,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// The first bytes of a journal.
const MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/// The length of the fields at its beginning.
const FIELDS: usize = 28;

/// What changes in the header of a file with the kind of its journal: two numbers of versions, the counter of changes, and
/// the two fields that go with it.
const CHANGING: [std::ops::Range<usize>; 3] = [18..20, 24..28, 92..100];

/// What lies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeftJournal {
    /// Nothing, or what SQLite leaves alone: it has begun with a zero since its change was complete.
    None,
    /// A journal that this program may have left.
    Own,
    /// A journal of another program, or of another file.
    Foreign,
    /// Not a journal.
    Garbage,
}

/// The name of the journal of a file.
pub(super) fn name(path: &Path) -> PathBuf {
    file::beside(path, "-journal")
}

fn number(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 4).map_or(0, |bytes| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// Looks at the journal of a file. The file itself stays open as long as the process, if it is read: closing it would drop
/// the locks that SQLite holds on it.
pub(super) fn beside(path: &Path) -> LeftJournal {
    let mut journal = Vec::new();
    let read = File::open(name(path)).and_then(|file| {
        // More than the journal of one page, whose size is at most 65,536 bytes.
        file.take(3 * 65_536).read_to_end(&mut journal)
    });
    if read.is_err() || journal.first().is_none_or(|first| *first == 0) {
        return LeftJournal::None;
    }
    if !journal.starts_with(&MAGIC) || journal.len() < FIELDS {
        return LeftJournal::Garbage;
    }
    match is_own(path, &journal) {
        Ok(true) => LeftJournal::Own,
        _ => LeftJournal::Foreign,
    }
}

/// Whether a journal belongs to a file and holds its first page only, which differs from the file's in the fields of the
/// header that [`CHANGING`] names.
fn is_own(path: &Path, journal: &[u8]) -> io::Result<bool> {
    let [pages, sector, size] = [16, 20, 24].map(|at| number(journal, at));
    let (Ok(start), Ok(page)) = (usize::try_from(sector), usize::try_from(size)) else { return Ok(false) };
    let length = path.metadata().map_or(0, |found| found.len());
    if pages == 0 {
        // The file was empty, and has got its first page at most.
        return Ok(length <= size.max(4096));
    }
    let one = start + 4 + page + 4;
    if !(512..=65_536).contains(&page) || pages * size != length || journal.len() > one {
        return Ok(false);
    }
    // Nothing of it was written into the file.
    let Some(former) = journal.get(start + 4..start + 4 + page) else { return Ok(true) };
    let mut now = vec![0; page];
    ManuallyDrop::new(File::open(path)?).read_exact_at(&mut now, 0)?;
    let changes = |at: &usize| CHANGING.iter().any(|range| range.contains(at));
    let is_same = (0..page).filter(|at| !changes(at)).all(|at| former[at] == now[at]);
    Ok(number(journal, start) == 1 && is_same)
}

/// Lets SQLite play back a journal of this program. For a file that this process has locked.
///
/// # Errors
/// If SQLite reports one.
pub(super) async fn roll_back(path: &Path) -> sqlx::Result<()> {
    let options = SqliteConnectOptions::new().filename(path);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    connection.execute("select count(*) from sqlite_schema").await?;
    connection.close().await
}
