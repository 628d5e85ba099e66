//! The folder of the scheduled backups: how the files are named, and which of them are removed.

use super::{
    leftovers::{JOURNAL, remove_leftover},
    part::ENDING,
    shelf::{BackupShelf, Belonging},
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use std::{
    collections::BTreeSet,
    io,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};
use uuid::Uuid;

/// A file dated further in the future was named by a wrong clock and is ignored.
const AHEAD: Duration = Duration::from_secs(60 * 60);

/// The suffix that earlier versions gave to partial files.
const FORMER_ENDING: &str = ".part";

const FORMAT: &str = "family-budget-%Y%m%dT%H%M%SZ.db";

/// The name of a backup begun at an instant.
pub(super) fn name(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime(FORMAT).to_string()
}

/// When a backup was begun, if the name is one that [`name`] gives.
fn begun(file: &str) -> Option<Timestamp> {
    let at = DateTime::strptime(FORMAT, file).ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp();
    (name(at) == file).then_some(at)
}

/// The files in a folder that are named as backups, newest first, without those dated by a wrong clock.
pub(super) fn taken(folder: &Path, now: Timestamp) -> io::Result<Vec<(Timestamp, PathBuf)>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let at = entry.file_name().to_str().and_then(begun);
        if let Some(at) = at.filter(|at| *at <= now + AHEAD)
            && entry.file_type()?.is_file()
        {
            all.push((at, entry.path()));
        }
    }
    all.sort_unstable_by(|one, other| other.cmp(one));
    Ok(all)
}

/// Removes the partial files that killed processes left behind. Only files that this program named are touched.
pub(super) fn prune_partial(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let of = name.to_str().and_then(|name| {
            let name = name.strip_suffix(JOURNAL).unwrap_or(name);
            name.strip_suffix(ENDING).or(name.strip_suffix(FORMER_ENDING))
        });
        if of.and_then(begun).is_some() {
            remove_leftover(&entry.path());
        }
    }
    Ok(())
}

/// Removes all but the newest backups of a book with these households, and partial files. If none of the newest can be
/// restored, the newest of the others that can is kept as well. Only files that this program named are removed, and none
/// of another book.
pub(super) async fn prune(
    folder: &Path,
    keep: NonZeroUsize,
    now: Timestamp,
    (shelf, households): (&mut BackupShelf, &BTreeSet<Uuid>),
) -> io::Result<()> {
    let all = shelf.sorted(taken(folder, now)?, households).await;
    shelf.tell_of_others(folder, &all);
    let (mut kept, mut expired, mut empty) = (Vec::new(), Vec::new(), 0);
    for (file, whose) in all {
        match whose {
            Belonging::Another => {}
            Belonging::Own if kept.len() < keep.get() => kept.push(file),
            Belonging::Own => expired.push(file),
            // It cannot be restored, whichever book it is of.
            Belonging::Nobody if kept.len() < keep.get() && empty < keep.get() => empty += 1,
            Belonging::Nobody => std::fs::remove_file(file)?,
        }
    }
    if !expired.is_empty()
        && shelf.first_sound(&kept).await.is_none()
        && let Some(at) = shelf.first_sound(&expired).await
    {
        expired.remove(at);
    }
    for file in expired {
        std::fs::remove_file(file)?;
    }
    prune_partial(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Database, beside};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn only_names_in_its_own_format_count_as_backups() {
        let now = at("2026-11-26T03:00:07Z");
        assert_eq!(name(now), "family-budget-20261126T030007Z.db");
        assert_eq!(begun(&name(now)), Some(now));
        for other in [
            "family-budget.db",
            "family-budget-20261126T030007Z.db.part",
            "family-budget-20261126T030007Z.sqlite",
            "family-budget-2026-11-26.db",
            "family-budget-20261126T030007.db",
            "family-budget-20261326T030007Z.db",
            "family-budget-20261126T30007Z.db",
            "my-family-budget-20261126T030007Z.db",
            " family-budget-20261126T030007Z.db",
        ] {
            assert_eq!(begun(other), None, "{other}");
        }
    }

    #[tokio::test]
    async fn all_but_the_newest_backups_are_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let now = at("2026-11-26T03:00:00Z");
        let days: Vec<_> = (0..6).map(|day| name(now - Duration::from_secs(86_400 * day))).collect();
        let wrong_clock = name(at("2226-01-01T03:00:00Z"));
        let half = format!("{}{ENDING}", days[5]);
        let former = format!("{}{FORMER_ENDING}", days[4]);
        let journal = format!("{half}-journal");
        let stray = format!("{}{ENDING}-journal", days[3]);
        // Another process is writing it.
        let written = format!("{}{ENDING}", days[0]);
        let foreign = ["notes.txt", "family-budget.db", "family-budget-2020.db", "x.part"];
        // They have the names of newer backups: a single byte, one that was cut off, and one of another program.
        let [byte, cut, other] = [1, 2, 3].map(|minutes| name(now + Duration::from_secs(minutes * 60)));
        for file in days
            .iter()
            .map(String::as_str)
            .chain([&*wrong_clock, &half, &journal, &stray, &former, &written])
            .chain(foreign)
        {
            std::fs::write(folder.path().join(file), "x").expect("a file");
        }
        std::fs::write(folder.path().join(&days[0]), "").expect("a file");
        let whole = beside::empty_file(&folder.path().join(&days[0]), None).await.expect("a budget");
        whole.close().await;
        let bytes = std::fs::read(folder.path().join(&days[0])).expect("a budget");
        for file in &days {
            std::fs::write(folder.path().join(file), &bytes).expect("a file");
        }
        std::fs::write(folder.path().join(&byte), "x").expect("a file");
        std::fs::write(folder.path().join(&cut), &bytes[..bytes.len() - 4096]).expect("a file");
        std::fs::write(folder.path().join(&other), "").expect("a file");
        let opened = beside::unfinished_file(&folder.path().join(&other)).await.expect("it opens");
        let Database::Sqlite { writer, .. } = opened else { panic!("this is SQLite") };
        sqlx::query("create table songs (title text)").execute(&writer).await.expect("a table");
        writer.close().await;
        let writing = std::fs::File::options().write(true).open(folder.path().join(&written));
        let writing = writing.expect("a file");
        crate::db::lock::lock_alone(&writing).expect("it is locked");
        // Named like a backup, but a folder.
        let named = name(now - Duration::from_secs(86_400 * 40));
        std::fs::create_dir(folder.path().join(&named)).expect("a folder");
        let (mut shelf, none) = (BackupShelf::default(), BTreeSet::new());
        let three = NonZeroUsize::new(3).expect("three");
        prune(folder.path(), three, now, (&mut shelf, &none)).await.expect("it can");
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        left.sort_unstable();
        let mut expected: Vec<String> = days[..3].to_vec();
        expected.extend(foreign.map(str::to_owned));
        expected.extend([wrong_clock, named, written, byte, cut, other]);
        expected.sort_unstable();
        assert_eq!(left, expected);
    }
}
