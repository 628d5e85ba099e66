//! The socket: what arrives, from which position, and how it ends.

use crate::{harness::TestServer, on_both_engines};
use app::{
    replica::apply::{Book, Outcome},
    service::Snapshot,
    wire::{Change, Frame, ResyncReason},
};
use serde_json::json;

on_both_engines! {
    async fn every_write_reaches_every_open_screen(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let (mut one, mut two) = (anna.socket("").await, ben.socket("").await);
        for socket in [&mut one, &mut two] {
            let Frame::Welcome(welcome) = socket.frame().await else { panic!("welcome comes first") };
            assert_eq!((welcome.seq, welcome.head, welcome.protocol), (2, 2, 1));
        }
        let fact = anna.buys("-1.50").await;
        let path = format!("/facts/{}", fact.id());
        ben.patch(&path, json!({ "amount": "-2.50" })).await.is(200);
        anna.delete(&path).await.is(204);
        anna.post("/articles", json!({ "name": "Cat", "kind": "expense" })).await.is(201);
        for socket in [&mut one, &mut two] {
            let mut seen = Vec::new();
            while seen.len() < 4 {
                let Frame::Commit(commit) = socket.frame().await else { panic!("changes only") };
                seen.push((commit.seq, commit.entries[0].change.event(), commit.entries[0].before.map(|b| b.amount.to_string())));
            }
            assert_eq!(seen, [
                (3, "budget_fact_created", None),
                (4, "budget_fact_updated", Some("-1.50".into())),
                (5, "budget_fact_deleted", Some("-2.50".into())),
                (6, "article_created", None),
            ]);
        }
    }

    async fn a_client_that_knows_only_event_and_data_works(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut socket = anna.socket("").await;
        assert_eq!(socket.json().await["event"], "welcome");
        assert_eq!(socket.json().await["event"], "presence");
        let fact = anna.buys("-3").await;
        let frame = socket.json().await;
        assert_eq!((frame["event"].as_str(), &frame["data"]), (Some("budget_fact_created"), &fact.body));
        assert_eq!(frame["mutation_id"], fact.body["id"]);
        let heartbeat = socket.json().await;
        assert_eq!((heartbeat["event"].as_str(), heartbeat["data"]["seq"].as_i64()), (Some("heartbeat"), Some(fact.seq())));
    }

    async fn a_socket_resumes_after_a_cut_without_loss_or_repeat(server: TestServer) {
        let anna = server.founder("Anna").await;
        let snapshot: Snapshot = serde_json::from_value(anna.get("/snapshot").await.is(200).body).expect("a snapshot");
        let mut book = Book::new(snapshot);
        let mut written = 0;
        for round in 0..6 {
            for n in 0..round {
                anna.buys(&format!("-{}", n + 1)).await;
                written += 1;
            }
            let position = book.position();
            let mut socket = anna.socket(&format!("?epoch={}&since={}", position.epoch, position.seq)).await;
            let Frame::Welcome(welcome) = socket.frame().await else { panic!("welcome comes first") };
            assert_eq!(welcome.seq, position.seq);
            while book.position().seq < welcome.head {
                assert!(matches!(book.apply(socket.frame().await), Outcome::Applied(_)), "nothing missing, nothing twice");
            }
            // The socket is dropped here without a close frame.
        }
        let truth: Snapshot = serde_json::from_value(anna.get("/snapshot").await.is(200).body).expect("a snapshot");
        assert_eq!(book.facts.all().count(), written);
        assert_eq!(book.snapshot(), truth);
    }

    async fn a_position_that_cannot_be_resumed_is_answered_with_a_resync(server: TestServer) {
        let anna = server.founder("Anna").await;
        anna.buys("-1").await;
        let epoch = anna.get("/household").await.header("budget-epoch").to_owned();
        for (query, reason) in [
            (format!("?epoch={epoch}&since=99"), ResyncReason::Ahead),
            (format!("?epoch={}&since=1", uuid::Uuid::new_v4()), ResyncReason::Epoch),
        ] {
            let mut socket = anna.socket(&query).await;
            assert!(matches!(socket.frame().await, Frame::Welcome(_)));
            let Frame::Resync(resync) = socket.frame().await else { panic!("resync comes next") };
            assert_eq!((resync.reason, resync.seq), (reason, 2));
            assert_eq!(socket.closed().await, 4010);
        }
    }

    async fn a_thousand_missed_changes_arrive_in_order(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mut socket = anna.socket("").await;
        let Frame::Welcome(welcome) = socket.frame().await else { panic!("welcome comes first") };
        let body = anna.purchase("-1").await;
        let writers = (0..8).map(|_| {
            let (anna, body) = (anna.clone(), body.clone());
            tokio::spawn(async move {
                for _ in 0..50 {
                    anna.post("/facts", body.clone()).await.is(201);
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("the writer is done");
        }
        let mut late = anna.socket(&format!("?epoch={}&since={}", welcome.epoch, welcome.seq)).await;
        assert!(matches!(late.frame().await, Frame::Welcome(_)));
        for stream in [&mut socket, &mut late] {
            for expected in 2..=401 {
                let Frame::Commit(commit) = stream.frame().await else { panic!("changes only") };
                assert_eq!(commit.seq, expected);
            }
        }
    }

    async fn sockets_close_when_their_session_ends(server: TestServer) {
        let anna = server.founder("Anna").await;
        let phone = anna.log_in().await;
        let (mut here, mut there) = (anna.socket("").await, phone.socket("").await);
        assert!(matches!(here.frame().await, Frame::Welcome(_)));
        assert!(matches!(there.frame().await, Frame::Welcome(_)));
        phone.post("/auth/logout", json!({})).await.is(204);
        assert_eq!(there.closed().await, 4501);
        let other = anna.log_in().await;
        let mut other = other.socket("").await;
        assert!(matches!(other.frame().await, Frame::Welcome(_)));
        let new = json!({ "old": crate::harness::PASSWORD, "new": "another password" });
        anna.post("/auth/password", new).await.is(204);
        assert_eq!(other.closed().await, 4501);
        anna.buys("-1").await;
        assert!(matches!(here.frame().await, Frame::Commit(_)), "the one that changed it stays");
    }
}

#[tokio::test]
async fn more_than_ten_thousand_changes_back_is_too_far() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let household = anna.household().await;
    let mut server = server;
    server.stop().await;
    // Ten thousand writes over HTTP would take long: the log is extended directly.
    let long = "with recursive n (seq) as (select 2 union all select seq + 1 from n where seq < 10102) \
        insert into change_log (household_id, seq, at, member_id, changes) \
        select household_id, n.seq, at, member_id, '[]' from n, change_log where household_id = $1 and change_log.seq = 1";
    server.execute(long, household.uuid()).await;
    server.execute("update households set seq = 10102 where id = $1", household.uuid()).await;
    server.restart().await;
    let epoch = anna.get("/household").await.header("budget-epoch").to_owned();
    let mut socket = anna.socket(&format!("?epoch={epoch}&since=101")).await;
    assert!(matches!(socket.frame().await, Frame::Welcome(_)));
    let Frame::Resync(resync) = socket.frame().await else { panic!("resync comes next") };
    assert_eq!((resync.reason, resync.seq), (ResyncReason::TooFar, 10102));
    assert_eq!(socket.closed().await, 4010);
}

#[tokio::test]
async fn only_our_own_pages_open_a_socket() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    for origin in [Some("http://evil.example"), Some("null"), Some("http://127.0.0.1:1"), None] {
        assert_eq!(anna.socket_from("", origin).await.err(), Some(403), "{origin:?}");
    }
    let mut stranger = server.stranger().socket("").await;
    assert_eq!(stranger.closed().await, 4501, "a missing sign-in completes the upgrade and closes");
    let mut stale = server.stranger();
    stale.cookie = "session=nonsense".into();
    assert_eq!(stale.socket("").await.closed().await, 4501);
}

#[tokio::test]
async fn a_client_that_violates_the_protocol_is_closed() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let mut quiet = anna.socket("").await;
    assert!(matches!(quiet.frame().await, Frame::Welcome(_)));
    for _ in 0..5 {
        quiet.say("ping").await;
    }
    anna.buys("-1").await;
    assert!(matches!(quiet.frame().await, Frame::Commit(_)), "what simple clients say is ignored");
    let mut flood = anna.socket("").await;
    for _ in 0..11 {
        flood.say("{}").await;
    }
    assert_eq!(flood.closed().await, 4013);
    let mut binary = anna.socket("").await;
    binary.say_bytes(vec![1, 2, 3]).await;
    assert_eq!(binary.closed().await, 4507);
    let mut large = anna.socket("").await;
    large.say(&"x".repeat(5000)).await;
    assert_eq!(large.closed().await, 4507);
}

#[tokio::test]
async fn a_stopping_server_sends_bye_and_the_stream_resumes_after_the_restart() {
    let mut server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let mut socket = anna.socket("").await;
    let Frame::Welcome(welcome) = socket.frame().await else { panic!("welcome comes first") };
    let fact = anna.buys("-1").await;
    assert!(matches!(socket.frame().await, Frame::Commit(_)));
    server.restart().await;
    let Frame::Bye(bye) = socket.frame().await else { panic!("bye comes last") };
    assert!(bye.retry_ms[0] < bye.retry_ms[1]);
    assert_eq!(socket.closed().await, 4001);
    anna.buys("-2").await;
    let mut socket = anna.socket(&format!("?epoch={}&since={}", welcome.epoch, fact.seq())).await;
    let Frame::Welcome(again) = socket.frame().await else { panic!("welcome comes first") };
    assert_eq!((again.epoch, again.seq, again.head), (welcome.epoch, fact.seq(), fact.seq() + 1));
    let Frame::Commit(commit) = socket.frame().await else { panic!("what was missed comes") };
    let Change::FactCreated(missed) = &commit.entries[0].change else { panic!("a fact") };
    assert_eq!(missed.amount.to_string(), "-2.00");
}

#[tokio::test]
async fn a_socket_moves_with_its_session_to_another_household() {
    let server = TestServer::usual().await;
    let (anna, ben) = (server.founder("Anna").await, server.founder("Ben").await);
    let mut socket = ben.socket("").await;
    assert!(matches!(socket.frame().await, Frame::Welcome(_)));
    ben.post("/auth/join", json!({ "invite": anna.invite().await })).await.is(200);
    assert_eq!(socket.closed().await, 4010, "the page takes a snapshot of where it is now");
}
