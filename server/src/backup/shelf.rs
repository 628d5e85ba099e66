//! What is known of the files in a folder of backups: which book each is of, and whether it can be restored.
//!
//! A backup is of a book if they have a household in common, or if a later backup of the book has one in common with it:
//! households come and go. A backup without households is nobody's: a new book looks like any other, and such a file cannot
//! be restored. A process looks at a file again only if the file has changed.

use crate::db::{
    beside, digest,
    provenance::{self, Provenance},
    whole,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeSet, HashMap},
    fs::Metadata,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// Which book a backup is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belonging {
    /// The one that is served.
    Own,
    /// Another one.
    Another,
    /// It has no household.
    Nobody,
}

/// A file as the system sees it: it is not read again as long as this stays.
type Seen = (u64, u64, i64, i64);

fn seen(found: &Metadata) -> Seen {
    (found.ino(), found.len(), found.ctime(), found.ctime_nsec())
}

#[derive(Debug)]
struct Looked {
    seen: Seen,
    /// `None` if it is no budget, or cannot be read, as if it is cut off: then it does not count, and is left alone.
    households: Option<BTreeSet<Uuid>>,
    /// Whether it is undamaged and as it was written, once that is known.
    sound: Option<bool>,
}

/// What a process knows of the files.
#[derive(Debug, Default)]
pub(super) struct BackupShelf {
    looked: HashMap<PathBuf, Looked>,
    /// Whether the operator knows that backups of another book are there.
    told: bool,
}

impl BackupShelf {
    async fn look(&mut self, file: &Path) -> Option<&mut Looked> {
        let now = seen(&file.metadata().ok()?);
        if self.looked.get(file).is_none_or(|looked| looked.seen != now) {
            let looked = Looked { seen: now, households: households_in(file).await, sound: None };
            self.looked.insert(file.to_owned(), looked);
        }
        self.looked.get_mut(file)
    }

    /// The files that are budgets, in their order, which is from the newest to the oldest.
    pub async fn sorted(
        &mut self,
        files: Vec<(Timestamp, PathBuf)>,
        households: &BTreeSet<Uuid>,
    ) -> Vec<(PathBuf, Belonging)> {
        self.looked.retain(|known, _| files.iter().any(|(_, file)| file == known));
        let (mut own, mut sorted) = (households.clone(), Vec::new());
        for (_, file) in files {
            let Some(Looked { households: Some(found), .. }) = self.look(&file).await else { continue };
            let whose = if found.is_empty() {
                Belonging::Nobody
            } else if found.is_disjoint(&own) {
                Belonging::Another
            } else {
                own.extend(found.iter());
                Belonging::Own
            };
            sorted.push((file, whose));
        }
        sorted
    }

    /// The first of these files that can be restored.
    pub async fn first_sound(&mut self, files: &[PathBuf]) -> Option<usize> {
        for (at, file) in files.iter().enumerate() {
            if self.is_sound(file).await {
                return Some(at);
            }
        }
        None
    }

    /// Whether a file is undamaged and has the rows that it was written with.
    pub async fn is_sound(&mut self, file: &Path) -> bool {
        let Some(looked) = self.look(file).await else { return false };
        if looked.sound.is_none() {
            looked.sound = Some(is_as_written(file).await);
        }
        looked.sound == Some(true)
    }

    /// Notes that this process has written a file, and has compared it with the book.
    pub async fn wrote(&mut self, file: &Path) {
        if let Some(looked) = self.look(file).await {
            looked.sound = Some(true);
        }
    }

    /// Names the backups of another book once.
    pub fn tell_of_others(&mut self, folder: &Path, all: &[(PathBuf, Belonging)]) {
        let mut others = all.iter().filter(|(_, whose)| *whose == Belonging::Another).map(|(file, _)| file);
        let Some(newest) = others.next().filter(|_| !self.told) else { return };
        self.told = true;
        let (newest, folder, files) = (newest.display(), folder.display(), others.count() + 1);
        tracing::warn!(
            %folder, %newest, files,
            "the folder has backups of another book, which are neither counted nor removed: use a separate folder for each book"
        );
    }
}

async fn households_in(file: &Path) -> Option<BTreeSet<Uuid>> {
    let opened = beside::finished_file(file).await.ok()?;
    let found = async {
        let mut tx = opened.read().await?;
        match provenance::of(&mut tx).await? {
            Provenance::Ours => Ok(Some(whole::heads(&mut tx).await?.into_keys().collect())),
            Provenance::Empty | Provenance::Foreign => Ok::<_, sqlx::Error>(None),
        }
    };
    let found = found.await;
    opened.close().await;
    found.ok().flatten()
}

async fn is_as_written(file: &Path) -> bool {
    let Ok(opened) = beside::finished_file(file).await else { return false };
    let found = async {
        let mut tx = opened.read().await?;
        let is_whole = whole::damage(&mut tx).await?.is_none();
        Ok::<_, sqlx::Error>(is_whole && digest::alteration(&mut tx).await?.is_none())
    };
    let found = found.await;
    opened.close().await;
    found.unwrap_or(false)
}
