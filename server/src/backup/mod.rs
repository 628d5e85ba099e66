//! Backups: a book as one SQLite file, from either engine, while it is served.
//!
//! | module | knows |
//! | --- | --- |
//! | here | how a backup is taken and compared with the book |
//! | [`part`] | a file takes its name only when it is whole |
//! | [`restore`] | a backup into an empty database |
//! | [`schedule`] | one a day, at a quiet hour |
//!
//! A backup is taken beside the process that serves the book. SQLite copies its file as it is at one moment
//! (`vacuum into`). On PostgreSQL every row is read in one repeatable-read transaction.

pub mod part;
pub mod restore;
pub mod schedule;

use crate::db::{
    Database, beside,
    connect::ConnectError,
    copying::{self, Epochs},
    migrations,
    moving::TABLES,
    whole::{self, Picture},
};
use part::{Part, PartError};
use sqlx::migrate::MigrateError;
use std::path::Path;
use uuid::Uuid;

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many households.
    pub households: usize,
    /// How many transactions.
    pub facts: i64,
    /// Bytes of the file.
    pub size: u64,
}

/// Why there is no backup. Each is one line for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The book.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The file.
    #[error(transparent)]
    Part(#[from] PartError),
    /// SQLite found what should not be.
    #[error("no backup was made: {what} is damaged: {found}; restore an earlier backup")]
    Damaged {
        /// The database, or the copy.
        what: &'static str,
        /// In SQLite's words.
        found: String,
    },
    /// The log of a household has a hole.
    #[error("no backup was made: the log of household {0} in {1} is not whole; restore an earlier backup")]
    Hole(Uuid, &'static str),
    /// What was written is not what was read.
    #[error("no backup was made: {what} of household {household} differ between the database and the copy")]
    Differs {
        /// What was counted or added up.
        what: String,
        /// Whose.
        household: Uuid,
    },
    /// A later program wrote the book.
    #[error("no backup was made: {0}")]
    Schema(#[from] MigrateError),
    /// A store refuses.
    #[error("no backup was made: {0}")]
    Store(#[from] sqlx::Error),
}

/// Writes a backup of the book at a URL to a new file.
///
/// # Errors
/// See [`BackupError`]; then there is no such file.
pub async fn backup(url: &str, file: &Path) -> Result<Report, BackupError> {
    let part = Part::begin(file)?;
    let source = beside::read_only(url).await?;
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

/// SQLite copies itself. The copy shows one moment between two readings of the book, so each household that
/// stood still since the first or until the second is compared with it.
async fn copy_file(source: &Database, part: &Part) -> Result<Picture, BackupError> {
    undamaged(source, "the database").await?;
    let before = Picture::of(&mut source.read().await?).await?;
    whole::vacuum_into(source, part.text()).await?;
    let copy = look_at(part).await?;
    let after = Picture::of(&mut source.read().await?).await?;
    for (household, head) in &after.heads {
        // New, while the copy was made.
        if !before.heads.contains_key(household) && !copy.heads.contains_key(household) {
            continue;
        }
        let reference = [&before, &after]
            .into_iter()
            .find(|picture| picture.heads.get(household) == copy.heads.get(household));
        let differs = match (reference, copy.heads.get(household)) {
            (Some(reference), _) => reference.difference(&copy, *household),
            // It went on both before and after the moment of the copy.
            (None, Some(copied)) if copied <= head => None,
            (None, _) => Some("changes".to_owned()),
        };
        if let Some(what) = differs {
            return Err(BackupError::Differs { what, household: *household });
        }
    }
    Ok(copy)
}

/// Every row of one moment, into a file with the schema that the book has.
async fn copy_rows(source: &Database, part: &Part) -> Result<Picture, BackupError> {
    let mut reading = source.read().await?;
    let version = migrations::version(&mut reading).await?;
    let target = beside::empty_file(part.path(), version).await?;
    let copied = async {
        let mut writing = target.begin().await?;
        let present = copying::tables(&mut reading).await?;
        crate::db::moving::lock(&mut writing).await?;
        for table in TABLES.iter().filter(|table| present.iter().any(|name| name == *table)) {
            copying::copy(&mut reading, &mut writing, table, Epochs::Kept).await?;
        }
        writing.commit().await?;
        Picture::of(&mut reading).await
    };
    let copied = copied.await;
    target.close().await;
    let (original, copy) = (copied?, look_at(part).await?);
    if original != copy {
        let differs = |household: &Uuid| Some((*household, original.difference(&copy, *household)?));
        let (household, what) = original.heads.keys().find_map(differs).unwrap_or_default();
        return Err(BackupError::Differs { what, household });
    }
    Ok(copy)
}

/// What the file has, once it is known to be whole.
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
