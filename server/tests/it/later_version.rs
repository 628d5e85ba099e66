//! During a rolling upgrade the log may contain entries that only a later version can read.

use crate::{
    harness::{Member, Reply, TestServer},
    on_both_engines,
};
use app::wire::{Frame, Resync};
use serde_json::{Value, json};
use uuid::Uuid;

/// Entries of a later version: an unknown event, a row in another format, and something that is not a list of
/// changes. Each is inserted as a modified copy of the last entry.
const LATER: [&str; 3] = [
    "insert into change_log (household_id, seq, at, member_id, mutation_id, mutation_hash, subject_id, changes) \
     select l.household_id, h.seq + 1, l.at, l.member_id, null, null, null, replace(l.changes, 'budget_fact_created', 'budget_wish_created') \
     from change_log l join households h on h.id = l.household_id where l.household_id = $1 and l.seq = h.seq",
    "insert into change_log (household_id, seq, at, member_id, mutation_id, mutation_hash, subject_id, changes) \
     select l.household_id, h.seq + 1, l.at, l.member_id, null, null, null, replace(l.changes, '\"amount\"', '\"value\"') \
     from change_log l join households h on h.id = l.household_id where l.household_id = $1 and l.seq = h.seq",
    "insert into change_log (household_id, seq, at, member_id, mutation_id, mutation_hash, subject_id, changes) \
     select l.household_id, h.seq + 1, l.at, l.member_id, null, null, null, '{\"format\":2}' \
     from change_log l join households h on h.id = l.household_id where l.household_id = $1 and l.seq = h.seq",
];

/// Simulates a commit of a later version.
async fn later(server: &TestServer, household: Uuid, what: &'static str) {
    server.execute(what, household).await;
    server.execute("update households set seq = seq + 1 where id = $1", household).await;
}

fn place(reply: &Reply) -> (String, i64) {
    (reply.header("budget-epoch").to_owned(), reply.seq())
}

/// Reads the stream like a client: up to the change with this number, or to a resync.
async fn follow(anna: &Member, (epoch, since): (String, i64), until: i64) -> Result<Vec<i64>, Resync> {
    let mut socket = anna.socket(&format!("?epoch={epoch}&since={since}")).await;
    let mut seen = Vec::new();
    loop {
        match socket.frame().await {
            Frame::Welcome(_) => {}
            Frame::Commit(commit) => seen.push(commit.seq),
            Frame::Resync(resync) => {
                assert_eq!(socket.closed().await, 4010);
                return Err(resync);
            }
            other => panic!("{other:?}"),
        }
        if seen.last() == Some(&until) {
            return Ok(seen);
        }
    }
}

on_both_engines! {
    async fn a_change_of_a_later_version_makes_screens_take_a_snapshot_and_continue(server: TestServer) {
        let anna = server.founder("Anna").await;
        let household = anna.household().await.uuid();
        for what in LATER {
            let start = place(&anna.buys("-1").await);
            let mut open = anna.socket("").await;
            assert!(matches!(open.frame().await, Frame::Welcome(_)));
            let before = anna.buys("-2").await.seq();
            assert!(matches!(open.frame().await, Frame::Commit(commit) if commit.seq == before));
            later(&server, household, what).await;
            let unknown = before + 1;
            let after = anna.buys("-3").await.seq();
            assert_eq!(after, unknown + 1);

            // An open screen, one that resumes before the change, and one that resumes right before it.
            let Frame::Resync(told) = open.frame().await else { panic!("{what}") };
            assert!(told.seq >= unknown && told.epoch.to_string() == start.0, "{told:?}");
            assert_eq!(open.closed().await, 4010);
            for since in [start.1, before] {
                let told = follow(&anna, (start.0.clone(), since), after).await.expect_err("it cannot be read");
                assert_eq!(told.seq, after);
            }

            // The snapshot is after the change, and the stream continues from there without a loop.
            let snapshot = anna.get("/snapshot").await.is(200);
            let (epoch, seq) = place(&snapshot);
            assert_eq!(seq, after);
            let next = anna.buys("-4").await.seq();
            assert_eq!(follow(&anna, (epoch.clone(), seq), next).await.expect("it goes on"), [next]);
            assert_eq!(follow(&anna, (epoch.clone(), unknown), next).await.expect("it goes on"), [after, next]);

            // The same for programs without a socket.
            let events = async |since: i64| anna.get(&format!("/events?since={since}")).await;
            let numbers = |reply: Reply| -> Vec<Value> {
                reply.body["items"].as_array().expect("events").iter().map(|event| event["seq"].clone()).collect()
            };
            assert_eq!(numbers(events(start.1).await.is(200)), [json!(before)]);
            let lost = events(before).await.problem(410, "gone");
            assert!(lost.body["detail"].as_str().is_some_and(|words| words.contains("snapshot")), "{}", lost.body);
            assert_eq!(numbers(events(unknown).await.is(200)), [json!(after), json!(next)]);
        }
    }
}
