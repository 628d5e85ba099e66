//! The size of a book, as the command prints it.

use crate::on_both_engines;
use server::{db::moving::TABLES, stats::read};
use std::process::Command;

on_both_engines! {
    async fn sizes_are_printed_per_household_and_in_total(server: TestServer) {
        let mut server = server;
        let anna = server.founder("Anna").await;
        server.guest(&anna, "Ben").await;
        for n in 1..=3 {
            anna.buys(&format!("-{n}")).await;
        }
        anna.delete(&format!("/facts/{}", anna.buys("-4").await.id())).await.is(204);
        let eve = server.founder("Eve").await;
        let stats = read(&server.database_url).await.expect("it is read");
        assert_eq!(stats.rows.iter().map(|(table, _)| *table).collect::<Vec<_>>(), TABLES);
        let of = |table| stats.rows.iter().find(|(name, _)| *name == table).expect("a table").1;
        assert_eq!((of("households"), of("members"), of("facts"), of("accounts")), (2, 3, 4, 3));
        assert_eq!(of("change_log"), anna.head().await + eve.head().await);
        let [first, second] = stats.households.as_slice() else { panic!("two households") };
        assert_eq!((first.name.as_str(), first.members, first.facts), ("Anna's", 2, 4));
        assert_eq!((first.entries, second.entries), (anna.head().await, eve.head().await));
        assert!(first.bytes > second.bytes && second.bytes > 100 && stats.size > first.bytes);
        let text = stats.to_string();
        assert!(text.contains("Anna's") && text.contains(&first.id.to_string()), "{text}");
        assert_eq!(stats.served_by.is_some(), server.database_url.starts_with("sqlite:"));
        assert!(stats.served_by.is_none_or(|who| who.contains(&std::process::id().to_string())));
        server.stop().await;
        assert_eq!(read(&server.database_url).await.expect("it is read").served_by, None);
    }
}

#[test]
fn a_missing_database_is_not_created() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in [["stats"].as_slice(), &["backup", "file.db"]] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_family-budget"));
        let output =
            program.args(command).current_dir(folder.path()).env_clear().output().expect("it starts");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("there is no file data/family-budget.db"), "{text}");
    }
    assert!(std::fs::read_dir(folder.path()).expect("a folder").next().is_none());
}
