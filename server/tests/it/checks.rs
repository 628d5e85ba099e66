//! The check of a change, which detects a database that was restored by hand and kept its epoch.

use crate::{
    harness::{Member, Socket, TestServer, copy_of},
    on_both_engines,
};
use app::{
    replica::apply::{Book, Outcome},
    service::{Event, Snapshot},
    wire::{Check, Frame, Position, ResyncReason, Welcome},
};
use serde_json::json;
use std::time::Duration;

async fn snapshot(member: &Member) -> Snapshot {
    serde_json::from_value(member.get("/snapshot").await.is(200).body).expect("a snapshot")
}

async fn events(member: &Member) -> Vec<Event> {
    let body = member.get("/events?since=0&limit=500").await.is(200).body;
    serde_json::from_value(body["items"].clone()).expect("events")
}

fn query(at: Position) -> String {
    let check = at.check.map(|check| format!("&check={check}")).unwrap_or_default();
    format!("?epoch={}&since={}{check}", at.epoch, at.seq)
}

async fn welcome(socket: &mut Socket) -> Welcome {
    let Frame::Welcome(welcome) = socket.frame().await else { panic!("welcome comes first") };
    welcome
}

async fn check_of_next(socket: &mut Socket) -> (i64, Option<Check>) {
    match socket.frame().await {
        Frame::Commit(commit) => (commit.seq, commit.check),
        Frame::Reload { seq, check, .. } => (seq, check),
        frame => panic!("changes only, not {frame:?}"),
    }
}

/// Reconnects like a phone that was away.
async fn comes_back(member: &Member, book: &mut Book) -> Option<ResyncReason> {
    let mut socket = member.socket(&query(book.position())).await;
    let Frame::Welcome(welcome) = socket.frame().await else { panic!("welcome comes first") };
    if book.apply(Frame::Welcome(welcome.clone())) != Outcome::Resync && welcome.seq == book.position().seq {
        while book.position().seq < welcome.head {
            match socket.frame().await {
                Frame::Resync(resync) => return Some(resync.reason),
                frame => assert!(matches!(book.apply(frame), Outcome::Applied(_))),
            }
        }
    }
    // A resync comes now or not at all, since the new change follows it.
    let seq = member.buys("-0.01").await.seq();
    match socket.frame().await {
        Frame::Resync(resync) => Some(resync.reason),
        frame => {
            assert!(matches!(book.apply(frame), Outcome::Applied(_)));
            assert_eq!(book.position().seq, seq);
            None
        }
    }
}

on_both_engines! {
    async fn a_change_has_one_check_in_its_frame_the_log_the_snapshot_and_the_welcome(server: TestServer) {
        let mut server = server;
        let anna = server.founder("Anna").await;
        let mut told = Vec::new();
        let mut socket = anna.socket("").await;
        let begin = welcome(&mut socket).await;
        told.push((begin.seq, begin.check));
        let parts: Vec<_> = (0..50).map(|_| json!({ "amount": "-1", "article_id": "" })).collect();
        for n in 1..=3 {
            anna.buys(&format!("-{n}")).await;
            told.push(check_of_next(&mut socket).await);
        }
        // Too large for a frame, and without an idempotency key.
        let (article, center) = (anna.article("expense").await, anna.center().await);
        let parts: Vec<_> = parts.into_iter().map(|mut part| { part["article_id"] = json!(article); part }).collect();
        let split = json!({ "financial_center_id": center, "parts": parts, "comment": "x".repeat(500) });
        anna.post("/splits", split).await.is(201);
        told.push(check_of_next(&mut socket).await);
        assert_eq!(told.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        let distinct: std::collections::HashSet<_> = told.iter().map(|(_, check)| check.expect("a check")).collect();
        assert_eq!(distinct.len(), 5, "each change has its own");
        // Read from the log, after the ring is gone; in another process with PostgreSQL it is the same.
        server.restart().await;
        let logged: Vec<_> = events(&anna).await.into_iter().map(|event| (event.seq, event.check)).collect();
        assert_eq!(logged, told);
        let head = snapshot(&anna).await.position;
        assert_eq!(Some((head.seq, head.check)), told.last().copied());
        let first = Position { epoch: head.epoch, seq: 1, check: told[0].1 };
        let mut late = anna.socket(&query(first)).await;
        let begin = welcome(&mut late).await;
        assert_eq!((begin.seq, begin.check), told[0]);
        for expected in &told[1..] {
            assert_eq!(check_of_next(&mut late).await, *expected);
        }
    }

    async fn heartbeats_and_the_answer_to_a_lost_position_carry_the_check_of_their_number(server: TestServer) {
        let server = server.restarted_with(|config| config.pace.heartbeat = Duration::from_millis(40)).await;
        let anna = server.founder("Anna").await;
        let mut socket = anna.socket("").await;
        let begin = welcome(&mut socket).await;
        // A heartbeat may be sent before the change that it names.
        let mut beats = async |seq: i64, mut sent: bool| loop {
            let frame = socket.json().await;
            sent |= frame["seq"] == seq;
            if sent && frame["event"] == "heartbeat" && frame["data"]["seq"] == seq {
                return frame["data"]["check"].clone();
            }
        };
        let check = begin.check.expect("a check").to_string();
        assert_eq!(beats(1, true).await, json!(check), "nothing was written yet");
        anna.buys("-1").await;
        let head = snapshot(&anna).await.position;
        assert_eq!(beats(2, false).await, json!(head.check.expect("a check").to_string()));
        for lost in ["since=99", "since=1&check=00000000"] {
            let mut late = anna.socket(&format!("?epoch={}&{lost}", head.epoch)).await;
            let begin = welcome(&mut late).await;
            assert_eq!((begin.seq, begin.check), (head.seq, head.check), "{lost}");
            let Frame::Resync(resync) = late.frame().await else { panic!("it cannot resume") };
            assert_eq!((resync.seq, resync.check), (head.seq, head.check), "{lost}");
        }
    }

    async fn a_screen_that_was_further_detects_a_book_restored_by_hand(server: TestServer) {
        let mut server = server;
        let anna = server.founder("Anna").await;
        anna.buys("-10").await;
        server.stop().await;
        let earlier = copy_of(&server).await;
        server.restart().await;
        for n in 1..=5 {
            anna.buys(&format!("-{n}")).await;
        }
        let (mut phone, mut old) = (Book::new(snapshot(&anna).await), snapshot(&anna).await);
        old.position.check = None;
        let mut old = Book::new(old);
        let server = server.restarted_with(|config| config.database_url = earlier.url.clone()).await;
        // The numbers are used again, by other changes.
        for n in 6..=12 {
            anna.buys(&format!("-{n}")).await;
        }
        let Position { epoch, seq, check } = phone.position();
        let log = format!("/events?epoch={epoch}&since={seq}&check={}", check.expect("a check"));
        anna.get(&log).await.problem(410, "gone");
        assert_eq!(comes_back(&anna, &mut phone).await, Some(ResyncReason::Epoch));
        phone = Book::new(snapshot(&anna).await);
        assert_eq!(comes_back(&anna, &mut phone).await, None, "once it has read again, it goes on");
        assert_eq!(phone.snapshot(), snapshot(&anna).await);
        // A client without a check, such as an earlier version, is trusted.
        assert_eq!(comes_back(&anna, &mut old).await, None);
        assert_ne!(old.snapshot().facts, snapshot(&anna).await.facts, "this is what the check is for");
        drop(server);
    }

    async fn a_screen_that_was_not_further_than_the_restored_book_continues(server: TestServer) {
        let mut server = server;
        let anna = server.founder("Anna").await;
        anna.buys("-10").await;
        let mut phone = Book::new(snapshot(&anna).await);
        server.stop().await;
        let earlier = copy_of(&server).await;
        let server = server.restarted_with(|config| config.database_url = earlier.url.clone()).await;
        anna.buys("-11").await;
        assert_eq!(comes_back(&anna, &mut phone).await, None);
        assert_eq!(phone.snapshot(), snapshot(&anna).await);
        drop(server);
    }

    async fn rewritten_rows_of_the_log_keep_their_check(server: TestServer) {
        let anna = server.founder("Anna").await;
        anna.buys("-10").await;
        let mut phone = Book::new(snapshot(&anna).await);
        let household = anna.household().await.uuid();
        let Position { epoch, seq, check } = phone.position();
        let log = format!("/events?epoch={epoch}&since={seq}&check={}", check.expect("a check"));
        server.execute("update change_log set changes = '  ' || changes || '  ' where household_id = $1", household).await;
        assert_eq!(snapshot(&anna).await.position, phone.position());
        anna.get(&log).await.is(200);
        assert_eq!(comes_back(&anna, &mut phone).await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_has_the_same_check_in_every_process() {
    let one = TestServer::postgres().await;
    let two = one.beside().await;
    let anna = one.founder("Anna").await;
    let there = Member { addr: two.addr, ..anna.clone() };
    let (mut here, mut other) = (anna.socket("").await, there.socket("").await);
    assert_eq!(welcome(&mut here).await.check, welcome(&mut other).await.check);
    for n in 1..=6 {
        let writer = if n % 2 == 0 { &anna } else { &there };
        writer.buys(&format!("-{n}")).await;
        let (seq, check) = check_of_next(&mut here).await;
        assert!(check.is_some());
        assert_eq!(check_of_next(&mut other).await, (seq, check));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_check_is_refused() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let epoch = snapshot(&anna).await.position.epoch;
    for check in ["", "1", "00000000000", "zzzzzzzz", "+0000000"] {
        let query = format!("?epoch={epoch}&since=1&check={}", check.replace('+', "%2B"));
        let origin = format!("http://{}", anna.addr);
        let refused = anna.socket_from(&query, Some(&origin)).await.err();
        assert_eq!(refused, Some(422), "{check}");
    }
}
