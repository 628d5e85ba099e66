//! Which of the scheduled backups are kept.

use crate::{
    backup::in_it,
    harness::{PATIENCE, TestServer, pause},
};
use server::backup::{backup, schedule::BackupPlan};
use std::{num::NonZeroUsize, time::Duration};
use tokio::time::timeout;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_without_a_household_or_that_cannot_be_restored_never_replace_the_newest_one_that_has_some_and_can()
 {
    let folder = tempfile::tempdir().expect("a folder");
    let lost = TestServer::sqlite().await;
    lost.founder("Anna").await;
    for day in [19, 20] {
        let name = format!("family-budget-202611{day}T030000Z.db");
        backup(&lost.database_url, &folder.path().join(name)).await.expect("it is written");
    }
    let file = |day: u8| folder.path().join(format!("family-budget-202611{day}T030000Z.db"));
    let whole = std::fs::read(file(20)).expect("a backup");
    // A row of one was changed, and a page of the other was lost.
    let names: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(b"Anna")).collect();
    assert!(!names.is_empty(), "her name is in it");
    let mut changed = whole.clone();
    names.iter().for_each(|at| changed[*at] = b'H');
    std::fs::write(file(22), changed).expect("it is written");
    let damaged: Vec<u8> =
        whole.iter().enumerate().map(|(at, byte)| if at / 4096 == 9 { 0xff } else { *byte }).collect();
    std::fs::write(file(21), damaged).expect("it is written");
    // A new database, as after a container lost its volume.
    let plan = BackupPlan { folder: folder.path().to_owned(), keep: NonZeroUsize::new(2).expect("two") };
    let server = TestServer::sqlite().await;
    let server = server
        .restarted_with(|config| (config.backup, config.pace.backup) = (Some(plan), Duration::from_millis(5)))
        .await;
    let becomes = async |days: &[&str]| {
        let of = |name: &String| {
            name.strip_suffix(".db").map(|name| name["family-budget-202611".len()..][..2].to_owned())
        };
        let found = || in_it(&folder).iter().filter_map(of).collect::<Vec<_>>();
        let becoming = async {
            while found() != days {
                pause().await;
            }
        };
        let in_time = timeout(PATIENCE, becoming).await;
        assert!(in_time.is_ok(), "{days:?} are to be kept, and there are {:?}", found());
    };
    becomes(&["20", "22", "25"]).await;
    server.clock.advance(DAY);
    becomes(&["20", "25", "26"]).await;
    server.clock.advance(DAY);
    becomes(&["20", "26", "27"]).await;
    server.founder("Ben").await;
    server.clock.advance(DAY);
    becomes(&["27", "28"]).await;
}
