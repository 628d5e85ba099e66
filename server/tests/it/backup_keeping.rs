//! Which of the scheduled backups are kept.

use crate::{
    backup::{in_it, open_file},
    harness::{PATIENCE, TestServer, pause},
};
use server::backup::{backup, schedule::BackupPlan};
use std::{collections::BTreeSet, num::NonZeroUsize, path::Path, time::Duration};
use tempfile::TempDir;
use tokio::time::timeout;

const DAY: Duration = Duration::from_secs(86_400);

/// Restarts a server as one that takes backups into a folder, of which it keeps two.
async fn scheduled(server: TestServer, folder: &Path) -> TestServer {
    let plan = BackupPlan { folder: folder.to_owned(), keep: NonZeroUsize::new(2).expect("two") };
    let often = Duration::from_millis(5);
    server.restarted_with(|config| (config.backup, config.pace.backup) = (Some(plan), often)).await
}

/// The days of November of the backups in a folder.
fn days(folder: &TempDir) -> Vec<String> {
    let of = |name: &String| {
        name.strip_suffix(".db").map(|name| name["family-budget-202611".len()..][..2].to_owned())
    };
    in_it(folder).iter().filter_map(of).collect()
}

async fn becomes(folder: &TempDir, expected: &[&str]) {
    let becoming = async {
        while days(folder) != expected {
            pause().await;
        }
    };
    let in_time = timeout(PATIENCE, becoming).await;
    assert!(in_time.is_ok(), "{expected:?} are to be kept, and there are {:?}", days(folder));
}

fn named(folder: &TempDir, day: u8) -> std::path::PathBuf {
    folder.path().join(format!("family-budget-202611{day}T030000Z.db"))
}

/// As if a name in a backup had been changed on the disk.
fn with_another_name(whole: &[u8]) -> Vec<u8> {
    let names: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(b"Anna")).collect();
    assert!(!names.is_empty(), "her name is in it");
    let mut changed = whole.to_vec();
    names.iter().for_each(|at| changed[*at] = b'H');
    changed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_that_cannot_be_restored_never_replace_the_newest_one_that_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::sqlite().await;
    server.founder("Anna").await;
    for day in [19, 20] {
        backup(&server.database_url, &named(&folder, day)).await.expect("it is written");
    }
    let whole = std::fs::read(named(&folder, 20)).expect("a backup");
    // Dated a little ahead of the clock, so that they are the newest: a row of each was changed.
    for time in ["124000", "125000"] {
        let newer = folder.path().join(format!("family-budget-20261125T{time}Z.db"));
        std::fs::write(newer, with_another_name(&whole)).expect("it is written");
    }
    // The first page of another one was lost, so that it may be no backup at all.
    let damaged: Vec<u8> =
        whole.iter().enumerate().map(|(at, byte)| if at / 4096 == 0 { 0xff } else { *byte }).collect();
    std::fs::write(named(&folder, 21), damaged).expect("it is written");
    let server = scheduled(server, folder.path()).await;
    becomes(&folder, &["21", "25", "25", "25"]).await;
    server.clock.advance(DAY);
    becomes(&folder, &["21", "25", "26"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_today_that_was_changed_since_is_not_the_one_of_today() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::sqlite().await;
    server.founder("Anna").await;
    backup(&server.database_url, &named(&folder, 25)).await.expect("it is written");
    let whole = std::fs::read(named(&folder, 25)).expect("a backup");
    std::fs::write(named(&folder, 25), with_another_name(&whole)).expect("it is written");
    let server = scheduled(server, folder.path()).await;
    becomes(&folder, &["25", "25"]).await;
    drop(server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_that_is_begun_anew_leaves_the_backups_of_the_former_one_and_has_one_as_soon_as_it_has_a_household()
 {
    let folder = tempfile::tempdir().expect("a folder");
    let lost = TestServer::sqlite().await;
    lost.founder("Anna").await;
    for day in [18, 19, 20] {
        backup(&lost.database_url, &named(&folder, day)).await.expect("it is written");
    }
    // A new database, as after a container lost its volume.
    let server = scheduled(TestServer::sqlite().await, folder.path()).await;
    becomes(&folder, &["18", "19", "20", "25"]).await;
    server.clock.advance(DAY);
    becomes(&folder, &["18", "19", "20", "25", "26"]).await;
    server.clock.advance(DAY);
    becomes(&folder, &["18", "19", "20", "26", "27"]).await;
    server.clock.advance(Duration::from_secs(1));
    server.founder("Ben").await;
    server.clock.advance(Duration::from_secs(3600));
    becomes(&folder, &["18", "19", "20", "26", "27", "27"]).await;
    for day in ["28", "29"] {
        server.clock.advance(DAY);
        becomes(
            &folder,
            &[&["18", "19", "20"], &[["27", "28"], ["28", "29"]][usize::from(day == "29")][..]].concat(),
        )
        .await;
    }
}

/// The households in each backup of a folder.
async fn households(folder: &TempDir) -> Vec<BTreeSet<String>> {
    let mut all = Vec::new();
    for name in in_it(folder).iter().filter(|name| name.ends_with(".db")) {
        let mut conn = open_file(&folder.path().join(name)).await;
        let names: Vec<String> =
            sqlx::query_scalar("select name from households").fetch_all(&mut conn).await.expect("names");
        all.push(names.into_iter().collect());
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_that_share_a_folder_count_and_remove_only_their_own_backups() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = (TestServer::sqlite().await, TestServer::postgres().await);
    one.founder("Anna").await;
    other.founder("Eve").await;
    other.clock.advance(Duration::from_secs(3600));
    let one = scheduled(one, folder.path()).await;
    becomes(&folder, &["25"]).await;
    let other = scheduled(other, folder.path()).await;
    let of = |days: &[&'static str]| days.iter().flat_map(|day| [*day; 2]).collect::<Vec<_>>();
    becomes(&folder, &of(&["25"])).await;
    for kept in [["25", "26"], ["26", "27"], ["27", "28"]] {
        one.clock.advance(DAY);
        other.clock.advance(DAY);
        becomes(&folder, &of(&kept)).await;
    }
    let found = households(&folder).await;
    let count =
        |name: &str| found.iter().filter(|names| **names == BTreeSet::from([name.to_owned()])).count();
    assert_eq!((count("Anna's"), count("Eve's")), (2, 2), "{found:?}");
    // With another household it is the same book.
    one.founder("Ben").await;
    one.clock.advance(DAY);
    becomes(&folder, &["27", "28", "28", "29"]).await;
}
