//! Takes one backup a day, at a quiet hour, and removes the oldest ones.
//!
//! The only state is the names of the files: a program that was off at the quiet hour catches up when it is
//! back, one that restarts makes no second backup, and of several processes with one folder only one takes
//! it.

use super::{
    BackupError, Report, backup_served,
    folder::{name, prune, prune_partial, taken},
    shelf::{BackupShelf, Belonging},
};
use crate::{
    clock::Clock,
    db::{Database, file::private, whole},
    meters,
};
use app::domain::Instant;
use jiff::{Timestamp, tz::TimeZone};
use std::{
    collections::BTreeSet,
    fs::{DirBuilder, TryLockError},
    io,
    num::NonZeroUsize,
    os::unix::fs::DirBuilderExt,
    path::PathBuf,
    time::Duration,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The hour, in the system's time zone, at which most people sleep.
const QUIET_HOUR: i8 = 3;
/// How long to wait after a failure.
const RETRY: Duration = Duration::from_secs(15 * 60);
/// Held while a backup is taken.
const LOCK: &str = "family-budget.lock";

/// Where backups go and how many are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupPlan {
    /// The folder; created if missing.
    pub folder: PathBuf,
    /// How many of the newest backups are kept.
    pub keep: NonZeroUsize,
}

/// The start of the most recent quiet hour.
fn quiet_hour(now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let today = now.to_zoned(zone.clone()).date();
    let at = |date: jiff::civil::Date| {
        date.at(QUIET_HOUR, 0, 0, 0).to_zoned(zone.clone()).ok().map(|at| at.timestamp())
    };
    at(today).filter(|at| *at <= now).or_else(|| at(today.yesterday().ok()?))
}

/// Why no backup was taken on schedule. Logged, and retried.
#[derive(Debug, thiserror::Error)]
enum ScheduleError {
    #[error("{folder}: {source}")]
    Folder { folder: PathBuf, source: io::Error },
    #[error(transparent)]
    Backup(#[from] BackupError),
}

/// Whether the folder has no backup of the book since the last quiet hour that can be restored.
async fn is_due(
    plan: &BackupPlan,
    (now, zone): (Timestamp, &TimeZone),
    (shelf, households): (&mut BackupShelf, &BTreeSet<Uuid>),
) -> io::Result<bool> {
    let Some(quiet) = quiet_hour(now, zone) else { return Ok(false) };
    let recent = taken(&plan.folder, now)?.into_iter().filter(|(at, _)| *at >= quiet).collect();
    // A new book has nothing but files without households.
    let counts = if households.is_empty() { Belonging::Nobody } else { Belonging::Own };
    let own = shelf.sorted(recent, households).await.into_iter().filter(|(_, whose)| *whose == counts);
    let own: Vec<_> = own.map(|(file, _)| file).collect();
    Ok(shelf.first_sound(&own).await.is_none())
}

/// Takes a backup of a store, which this process serves from a URL, if one is due; returns what was written.
async fn once(
    (served, url): (&Database, &str),
    plan: &BackupPlan,
    (now, zone): (Timestamp, &TimeZone),
    shelf: &mut BackupShelf,
) -> Result<Option<(PathBuf, Report)>, ScheduleError> {
    let fault = |source| ScheduleError::Folder { folder: plan.folder.clone(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(&plan.folder).map_err(fault)?;
    let households = async { whole::heads(&mut served.read().await?).await };
    let households = households.await.map_err(BackupError::from)?.into_keys().collect();
    if !is_due(plan, (now, zone), (shelf, &households)).await.map_err(fault)? {
        return Ok(None);
    }
    let lock = private(&plan.folder.join(LOCK)).map_err(fault)?;
    match lock.try_lock() {
        Ok(()) => {}
        // Another process is taking it.
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(source)) => return Err(fault(source)),
    }
    // The other process may just have finished.
    if !is_due(plan, (now, zone), (shelf, &households)).await.map_err(fault)? {
        return Ok(None);
    }
    prune(&plan.folder, plan.keep, now, (shelf, &households)).await.map_err(fault)?;
    let file = plan.folder.join(name(now));
    // Another file in its place would be opened with the log of the one that is served.
    served.check_file().map_err(BackupError::from)?;
    let report = backup_served(url, &file).await?;
    shelf.wrote(&file).await;
    // Only now is there one more than is to be kept.
    prune(&plan.folder, plan.keep, now, (shelf, &households)).await.map_err(fault)?;
    drop(lock);
    Ok(Some((file, report)))
}

fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_millisecond(at.millis()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Takes the scheduled backups of a store, which this process serves from `url`, until `shutdown`.
pub async fn run(
    (served, url): (Database, String),
    plan: BackupPlan,
    clock: Clock,
    every: Duration,
    shutdown: CancellationToken,
) {
    if plan.folder.exists()
        && let Err(error) = prune_partial(&plan.folder)
    {
        tracing::warn!(%error, folder = %plan.folder.display(), "cannot look for backups that are not whole");
    }
    let (zone, mut shelf) = (TimeZone::system(), BackupShelf::default());
    let mut wait_until = Timestamp::MIN;
    loop {
        let now = timestamp(clock.now());
        // A clock that was set back does not lengthen the wait.
        if now >= wait_until || wait_until > now + RETRY {
            // A cancelled backup leaves no file and is caught up after the next start.
            let made = tokio::select! {
                made = once((&served, &url), &plan, (now, &zone), &mut shelf) => made,
                () = shutdown.cancelled() => return,
            };
            match made {
                Ok(None) => {}
                Ok(Some((file, Report { households, facts, size }))) => {
                    metrics::counter!(meters::BACKUPS, "result" => "ok").increment(1);
                    metrics::gauge!(meters::LAST_BACKUP).set(now.as_duration().as_secs_f64());
                    tracing::info!(file = %file.display(), households, facts, bytes = size, "backup taken");
                }
                Err(error) => {
                    metrics::counter!(meters::BACKUPS, "result" => "failed").increment(1);
                    tracing::error!(%error, "no backup was taken; it is tried again in a quarter of an hour");
                    wait_until = now + RETRY;
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = shutdown.cancelled() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn the_quiet_hour_follows_the_time_zone_across_clock_changes() {
        for (zone, now, quiet) in [
            ("UTC", "2026-11-26T02:59:59Z", "2026-11-25T03:00:00Z"),
            ("UTC", "2026-11-26T03:00:00Z", "2026-11-26T03:00:00Z"),
            ("Asia/Tokyo", "2026-11-26T02:00:00Z", "2026-11-25T18:00:00Z"),
            ("America/New_York", "2026-11-26T02:00:00Z", "2026-11-25T08:00:00Z"),
            // The clocks go from 2 to 3, and from 3 to 2.
            ("Europe/Berlin", "2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-10-25T02:30:00Z", "2026-10-25T02:00:00Z"),
        ] {
            let zone = TimeZone::get(zone).expect("a zone");
            assert_eq!(quiet_hour(at(now), &zone), Some(at(quiet)), "{now}");
        }
    }

    /// As [`once`], by a process that knows nothing of the folder.
    async fn taking(
        served: (&Database, &str),
        plan: &BackupPlan,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Option<(PathBuf, Report)>, ScheduleError> {
        once(served, plan, (now, zone), &mut BackupShelf::default()).await
    }

    /// A book in a temporary folder, which is served, and where its backups go.
    async fn book() -> (tempfile::TempDir, Database, String, BackupPlan) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("book.db").display());
        let opened = crate::db::connect::open(&url, crate::db::connect::Settings::default());
        let served = opened.await.expect("it opens").database;
        let keep = NonZeroUsize::new(2).expect("two");
        let plan = BackupPlan { folder: folder.path().join("deep/backups"), keep };
        (folder, served, url, plan)
    }

    #[tokio::test]
    async fn one_backup_is_taken_a_day_and_missed_ones_are_caught_up_once() {
        let (_folder, served, url, plan) = book().await;
        let mut names = Vec::new();
        for (now, taken) in [
            ("2026-11-20T12:00:00Z", true),
            ("2026-11-20T12:01:00Z", false),
            ("2026-11-21T02:59:00Z", false),
            ("2026-11-21T03:00:00Z", true),
            ("2026-11-21T23:59:00Z", false),
            // Off for four days.
            ("2026-11-25T17:00:00Z", true),
            ("2026-11-25T17:01:00Z", false),
            ("2026-11-26T03:00:30Z", true),
            // The clock is set back, and forward again.
            ("2026-11-01T04:00:00Z", true),
            ("2026-11-26T03:02:00Z", false),
            ("2026-11-27T03:00:00Z", true),
        ] {
            let made = taking((&served, &url), &plan, at(now), &TimeZone::UTC).await.expect("it is taken");
            assert_eq!(made.is_some(), taken, "{now}");
            names.extend(made.map(|(file, _)| file));
        }
        let left: Vec<_> = names.iter().map(|file| file.is_file()).collect();
        assert_eq!(left, [false, false, false, true, false, true], "the two newest are kept");
    }

    #[tokio::test]
    async fn a_path_that_is_no_folder_and_a_missing_book_are_reported() {
        let (folder, served, url, plan) = book().await;
        let file = folder.path().join("file");
        std::fs::write(&file, "").expect("a file");
        let (now, zone) = (at("2026-11-20T12:00:00Z"), TimeZone::UTC);
        let told =
            taking((&served, &url), &BackupPlan { folder: file.clone(), ..plan.clone() }, now, &zone).await;
        assert!(told.expect_err("it is no folder").to_string().starts_with(&*file.to_string_lossy()));
        let gone = format!("{url}.gone");
        let told =
            taking((&served, &gone), &plan, now, &zone).await.expect_err("there is no book").to_string();
        assert!(told.contains("there is no file"), "{told}");
        assert!(
            taking((&served, &url), &plan, now, &zone)
                .await
                .expect("the next attempt is not in its way")
                .is_some()
        );
    }

    #[tokio::test]
    async fn no_backup_is_taken_of_another_file_in_the_place_of_the_book() {
        let (folder, served, url, plan) = book().await;
        let (file, away) = (folder.path().join("book.db"), folder.path().join("away.db"));
        std::fs::rename(&file, &away).expect("it moves");
        std::fs::copy(&away, &file).expect("the copy stands in its place");
        let (now, zone) = (at("2026-11-20T12:00:00Z"), TimeZone::UTC);
        let told = taking((&served, &url), &plan, now, &zone).await.expect_err("it is another").to_string();
        assert!(told.contains("it was moved, deleted or replaced"), "{told}");
        std::fs::rename(&away, &file).expect("it moves back");
        assert!(taking((&served, &url), &plan, now, &zone).await.expect("it is the book").is_some());
    }

    #[tokio::test]
    async fn only_one_of_two_processes_with_one_folder_takes_the_backup() {
        let (_folder, served, url, plan) = book().await;
        let now = at("2026-11-20T12:00:00Z");
        let other = Timestamp::from_second(now.as_second() + 1).expect("a second later");
        let zone = TimeZone::UTC;
        let (one, two) = tokio::join!(
            taking((&served, &url), &plan, now, &zone),
            taking((&served, &url), &plan, other, &zone)
        );
        let made = [one, two].map(|made| made.expect("neither fails").is_some());
        assert_eq!(made.iter().filter(|made| **made).count(), 1);
        let lock = plan.folder.join(LOCK).metadata().expect("it stays").permissions().mode();
        assert_eq!(lock & 0o777, 0o600, "nobody else can hold it");
    }
}
