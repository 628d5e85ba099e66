//! Backups: a book as one SQLite file, from either engine, while the book is being served.
//!
//! | module | knows |
//! | --- | --- |
//! | here | how a backup is taken and verified against the book |
//! | [`part`] | a file that gets its final name only once it is complete |
//! | `leftovers` | what killed processes left behind of such files |
//! | [`verified`] | a copy of a backup, compared with its digests |
//! | [`restore`] | restores a backup into an empty database |
//! | [`relocation`] | copies a book from a file into PostgreSQL |
//! | [`workspace`] | the temporary folder of such a copy |
//! | [`schedule`] | one backup a day, at a quiet hour |
//! | `folder` | the files of those backups, and which of them are removed |
//! | `shelf` | which book each of them is of, and whether it can be restored |
//!
//! A backup runs beside the process that serves the book. SQLite copies its file as a consistent snapshot
//! (`vacuum into`). On PostgreSQL every row is read in one repeatable-read transaction. The file holds a digest of
//! each of its tables, by which a restore detects bytes that were changed since.

mod folder;
mod leftovers;
pub mod part;
pub mod relocation;
pub mod restore;
pub mod schedule;
mod shelf;
pub mod verified;
pub mod workspace;

use crate::db::{
    Database, beside,
    connect::ConnectError,
    copying::{self, Epochs},
    digest::{self, Digests},
    migrations,
    moving::TABLES,
    refusal::told,
    whole::{self, Picture},
};
use part::{Part, PartError};
use sqlx::migrate::MigrateError;
use std::path::Path;
use uuid::Uuid;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Number of households.
    pub households: usize,
    /// Number of transactions.
    pub facts: i64,
    /// Size of the file in bytes.
    pub size: u64,
}

/// Why no backup was made. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The book cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The file cannot be written.
    #[error(transparent)]
    Part(#[from] PartError),
    /// SQLite's integrity check found damage.
    #[error("no backup was made: {what} is damaged: {found}; restore an earlier backup")]
    Damaged {
        /// The database or the copy.
        what: &'static str,
        /// SQLite's message.
        found: String,
    },
    /// The change log of a household has a gap.
    #[error("no backup was made: the log of household {0} in {1} is not whole; restore an earlier backup")]
    Hole(Uuid, &'static str),
    /// The copy differs from what was read.
    #[error("no backup was made: {what} of household {household} differ between the database and the copy")]
    Differs {
        /// The figure that differs.
        what: String,
        /// The household.
        household: Uuid,
    },
    /// The rows of a table differ from what was read.
    #[error("no backup was made: the rows of {0} differ between the database and the copy")]
    Altered(&'static str),
    /// The book was written by a newer version of the program.
    #[error("no backup was made: {}", migrations::told(.0))]
    Schema(#[from] MigrateError),
    /// A store returned an error.
    #[error("no backup was made: {}", told(.0))]
    Store(#[from] sqlx::Error),
}

/// Writes a backup of the book at a URL to a new file.
///
/// # Errors
/// See [`BackupError`]; no file is left then.
pub async fn backup(url: &str, file: &Path) -> Result<Report, BackupError> {
    let part = Part::begin(file)?;
    let source = beside::read_only(url).await?;
    fill(part, source).await
}

/// As [`backup`], of a book that this process serves.
async fn backup_served(url: &str, file: &Path) -> Result<Report, BackupError> {
    let part = Part::begin(file)?;
    let source = beside::read_only_served(url).await?;
    fill(part, source).await
}

async fn fill(part: Part, source: Database) -> Result<Report, BackupError> {
    let filled = match &source {
        Database::Sqlite { .. } => copy_file(&source, &part).await,
        Database::Postgres(..) => copy_rows(&source, &part).await,
    };
    source.close().await;
    let picture = filled?;
    let size = tokio::task::spawn_blocking(move || part.finish());
    let size = size.await.map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))??;
    let facts = picture.heads.keys().map(|id| picture.count(Some(*id), "rows of facts")).sum();
    Ok(Report { households: picture.heads.len(), facts, size })
}

/// Lets SQLite copy itself. The copy is a snapshot taken between two readings of the book. Each household
/// that did not change between the first reading and the copy, or between the copy and the second reading, is
/// compared with it.
async fn copy_file(source: &Database, part: &Part) -> Result<Picture, BackupError> {
    undamaged(source, "the database").await?;
    let before = Picture::of(&mut source.read().await?).await?;
    whole::vacuum_into(source, part.text()).await?;
    seal(part).await?;
    let copy = look_at(part).await?;
    let after = Picture::of(&mut source.read().await?).await?;
    for (household, head) in &after.heads {
        // Created while the copy was made.
        if !before.heads.contains_key(household) && !copy.heads.contains_key(household) {
            continue;
        }
        let reference = [&before, &after]
            .into_iter()
            .find(|picture| picture.heads.get(household) == copy.heads.get(household));
        let differs = match (reference, copy.heads.get(household)) {
            (Some(reference), _) => reference.difference(&copy, *household),
            // The household changed both before and after the snapshot.
            (None, Some(copied)) if copied <= head => None,
            (None, _) => Some("changes".to_owned()),
        };
        if let Some(what) = differs {
            return Err(BackupError::Differs { what, household: *household });
        }
    }
    Ok(copy)
}

/// Copies every row, read in one transaction, into a file with the same schema version as the book.
async fn copy_rows(source: &Database, part: &Part) -> Result<Picture, BackupError> {
    let mut reading = source.read().await?;
    let version = migrations::version(&mut reading).await?;
    let target = beside::empty_file(part.path(), Some(version)).await?;
    let copied = async {
        let mut writing = target.begin().await?;
        let present = copying::tables(&mut reading).await?;
        let mut originals = Vec::new();
        crate::db::moving::lock(&mut writing).await?;
        for table in TABLES.iter().filter(|table| present.iter().any(|name| name == *table)) {
            copying::copy(&mut reading, &mut writing, table, Epochs::Kept).await?;
            originals.push((*table, digest::of_table(&mut reading, table).await?));
        }
        writing.commit().await?;
        Ok::<_, sqlx::Error>((originals, Picture::of(&mut reading).await?))
    };
    let copied = copied.await;
    target.close().await;
    let (originals, original) = copied?;
    let copies = seal(part).await?;
    if let Some((table, _)) = originals.iter().find(|(table, digest)| copies.get(*table) != Some(digest)) {
        return Err(BackupError::Altered(table));
    }
    let copy = look_at(part).await?;
    if original != copy {
        let differs = |household: &Uuid| Some((*household, original.difference(&copy, *household)?));
        let (household, what) = original.heads.keys().find_map(differs).unwrap_or_default();
        return Err(BackupError::Differs { what, household });
    }
    Ok(copy)
}

/// Writes the digests of the file's tables into it, and returns them.
async fn seal(part: &Part) -> Result<Digests, BackupError> {
    let file = beside::unfinished_file(part.path()).await?;
    let sealed = async {
        let mut writing = file.begin().await?;
        let digests = digest::keep(&mut writing).await?;
        writing.commit().await?;
        Ok(digests)
    };
    let sealed = sealed.await;
    file.close().await;
    sealed
}

/// Reads the figures of the file after checking its integrity.
async fn look_at(part: &Part) -> Result<Picture, BackupError> {
    let file = beside::finished_file(part.path()).await?;
    let looked = async {
        undamaged(&file, "the copy").await?;
        Ok::<_, BackupError>(Picture::of(&mut file.read().await?).await?)
    };
    let looked = looked.await;
    file.close().await;
    let picture = looked?;
    match picture.hole() {
        Some(household) => Err(BackupError::Hole(household, "the copy")),
        None => Ok(picture),
    }
}

async fn undamaged(database: &Database, what: &'static str) -> Result<(), BackupError> {
    match whole::damage(&mut database.read().await?).await? {
        Some(found) => Err(BackupError::Damaged { what, found }),
        None => Ok(()),
    }
}
