//! The life of a socket: limits, presence, sessions, and misbehaving clients.

use crate::{
    harness::{Socket, TestServer},
    on_both_engines,
};
use app::{
    domain::{FactId, MemberId},
    wire::{EditingFrame, Frame, Present},
};
use serde_json::{Value, json};
use server::live::{limits::Limits, pace::Pace};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

/// The same timing, a hundred times as fast.
fn quick() -> Pace {
    Pace {
        heartbeat: Duration::from_millis(200),
        after_burst: Duration::from_millis(10),
        // A test that does something else for a while does not answer pings.
        pong: Duration::from_secs(60),
        flush: Duration::from_millis(300),
        recheck: Duration::from_millis(50),
        ..Pace::default()
    }
}

async fn welcomed(socket: &mut Socket) {
    assert!(matches!(socket.frame().await, Frame::Welcome(_)));
}

fn member(id: &Value) -> MemberId {
    id.as_str().and_then(|id| id.parse().ok()).expect("a member's id")
}

/// The next presence list that satisfies the condition.
async fn people(socket: &mut Socket, wanted: impl Fn(&[Present]) -> bool) -> Vec<Present> {
    loop {
        let list = socket.presence().await;
        if wanted(&list) {
            return list;
        }
    }
}

on_both_engines! {
    async fn the_recheck_finds_a_session_whose_end_was_not_announced(server: TestServer) {
        // The row changes behind the program's back, as if another process had done it and the hint was lost.
        let server = server.restarted_with(|config| config.pace = quick()).await;
        let anna = server.founder("Anna").await;
        let phone = anna.log_in().await;
        let (mut here, mut there) = (anna.socket("").await, phone.socket("").await);
        welcomed(&mut here).await;
        welcomed(&mut there).await;
        let sessions = phone.get("/auth/sessions").await.is(200);
        let current = sessions.body["items"].as_array().into_iter().flatten().find(|row| row["current"] == true).cloned();
        let id: Uuid = current.and_then(|row| row["id"].as_str()?.parse().ok()).expect("its own session");
        server.execute("update sessions set ended_at = 1 where id = $1", id).await;
        assert_eq!(there.closed().await, 4501);
        anna.buys("-1").await;
        assert!(matches!(here.frame().await, Frame::Commit(_)), "the other one stays");
    }

    async fn an_expired_session_closes_its_sockets(server: TestServer) {
        let server = server.restarted_with(|config| config.pace = quick()).await;
        let anna = server.founder("Anna").await;
        let mut socket = anna.socket("").await;
        welcomed(&mut socket).await;
        server.clock.advance(Duration::from_secs(61 * 24 * 60 * 60));
        assert_eq!(socket.closed().await, 4501);
    }
}

#[tokio::test]
async fn everybody_sees_who_is_present_and_who_edits_what() {
    let server = TestServer::with(|config| config.pace = quick()).await;
    let anna = server.founder("Anna").await;
    let ben = server.guest(&anna, "Ben").await;
    let (a, b) = (member(&anna.id), member(&ben.id));
    let mut one = anna.socket("").await;
    welcomed(&mut one).await;
    assert_eq!(one.presence().await, [Present { member_id: a, editing: None }]);
    let mut two = ben.socket("").await;
    welcomed(&mut two).await;
    let both = people(&mut one, |list| list.len() == 2).await;
    assert_eq!(people(&mut two, |list| list.len() == 2).await, both);
    let fact: FactId = anna.buys("-1").await.id().parse().expect("an id");
    two.say(&EditingFrame { fact_id: Some(fact) }.encode().expect("JSON")).await;
    let edits = |list: &[Present]| list.contains(&Present { member_id: b, editing: Some(fact) });
    assert_eq!(people(&mut one, edits).await.len(), 2, "Ben once, with what he edits");
    two.say(&EditingFrame { fact_id: None }.encode().expect("JSON")).await;
    people(&mut one, |list| list.iter().all(|row| row.editing.is_none())).await;
    drop(two);
    assert_eq!(people(&mut one, |list| list.len() == 1).await, [Present { member_id: a, editing: None }]);
}

#[tokio::test]
async fn members_of_another_household_are_not_listed() {
    let server = TestServer::usual().await;
    let (anna, carl) = (server.founder("Anna").await, server.founder("Carl").await);
    let (mut one, mut other) = (anna.socket("").await, carl.socket("").await);
    welcomed(&mut one).await;
    welcomed(&mut other).await;
    assert_eq!(one.presence().await, [Present { member_id: member(&anna.id), editing: None }]);
    assert_eq!(other.presence().await, [Present { member_id: member(&carl.id), editing: None }]);
}

#[tokio::test]
async fn a_full_process_refuses_sockets_until_it_has_room_again() {
    let limits = Limits { sockets: 2, ..Limits::default() };
    let server = TestServer::with(|config| config.limits = limits).await;
    let anna = server.founder("Anna").await;
    let (mut one, mut two) = (anna.socket("").await, anna.socket("").await);
    welcomed(&mut one).await;
    welcomed(&mut two).await;
    let origin = format!("http://{}", server.addr);
    assert_eq!(anna.socket_from("", Some(&origin)).await.err(), Some(503));
    let headers = [
        ("origin", origin.as_str()),
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let refused = anna.call(reqwest::Method::GET, "/budget/ws", &headers, None).await;
    assert_eq!(refused.header("retry-after"), "1");
    refused.problem(503, "unavailable");
    drop(one);
    let again = async {
        loop {
            if let Ok(mut socket) = anna.socket_from("", Some(&origin)).await {
                return welcomed(&mut socket).await;
            }
        }
    };
    tokio::time::timeout(crate::harness::PATIENCE, again).await.expect("the place is free again");
}

#[tokio::test]
async fn the_sockets_of_one_person_are_limited() {
    let limits = Limits { per_member: 3, ..Limits::default() };
    let server = TestServer::with(|config| config.limits = limits).await;
    let anna = server.founder("Anna").await;
    let ben = server.guest(&anna, "Ben").await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        let mut socket = anna.socket("").await;
        welcomed(&mut socket).await;
        sockets.push(socket);
    }
    for _ in 0..20 {
        assert_eq!(anna.socket("").await.closed().await, 4504);
    }
    let mut other = ben.socket("").await;
    welcomed(&mut other).await;
    anna.buys("-1").await;
    for socket in sockets.iter_mut().chain([&mut other]) {
        assert!(matches!(socket.frame().await, Frame::Commit(_)), "those that are in stay");
    }
}

#[tokio::test]
async fn a_client_that_does_not_answer_a_ping_is_closed_and_no_longer_listed() {
    let pong = Duration::from_millis(200);
    let server = TestServer::with(|config| {
        config.pace = Pace { heartbeat: Duration::from_secs(3), pong, ..quick() };
    })
    .await;
    let anna = server.founder("Anna").await;
    let ben = server.guest(&anna, "Ben").await;
    let mut one = anna.socket("").await;
    welcomed(&mut one).await;
    // It reads nothing, so it answers no ping.
    let silent = ben.socket("").await;
    people(&mut one, |list| list.len() == 2).await;
    people(&mut one, |list| list.len() == 1).await;
    let mut silent = silent;
    assert_eq!(silent.closed().await, 4012);
}

#[tokio::test]
async fn a_client_that_never_reads_is_closed_and_delays_nobody() {
    let server = TestServer::with(|config| {
        config.pace =
            Pace { heartbeat: Duration::from_secs(3600), flush: Duration::from_millis(300), ..quick() };
    })
    .await;
    let anna = server.founder("Anna").await;
    let mut reader = anna.socket("").await;
    welcomed(&mut reader).await;
    let deaf: Vec<Socket> = futures_util::future::join_all((0..5).map(|_| anna.deaf_socket())).await;
    let mut body = anna.purchase("-1").await;
    body["comment"] = json!("x".repeat(500));
    // Many times the kernel's buffers for a client that does not read.
    for _ in 0..400 {
        let seq = anna.post("/facts", body.clone()).await.is(201).seq();
        loop {
            if let Frame::Commit(commit) = reader.frame().await
                && commit.seq == seq
            {
                break;
            }
        }
    }
    for mut socket in deaf {
        let end = socket.last_words().await;
        assert!(end.is_none_or(|code| code == 4008), "{end:?}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_frames_end_only_their_own_socket() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let mut good = anna.socket("").await;
    welcomed(&mut good).await;
    for (what, bytes) in [
        ("unmasked", vec![0x81, 2, b'h', b'i']),
        ("reserved bits", vec![0xf1, 0x80, 0, 0, 0, 0]),
        ("wrong UTF-8", vec![0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]),
        ("a huge length", vec![0x81, 0xff, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("a long ping", [vec![0x89, 0xfe, 0, 200], vec![0; 204]].concat()),
    ] {
        let mut raw = anna.raw_socket().await;
        raw.send(&bytes).await;
        assert_eq!(raw.close_code().await, Some(4507), "{what}");
    }
    // A frame that arrives byte by byte is accepted.
    let mut slow = anna.raw_socket().await;
    for byte in [0x81, 0x82, 0, 0, 0, 0, b'{', b'}'] {
        slow.send(&[byte]).await;
    }
    anna.buys("-1").await;
    assert!(matches!(good.frame().await, Frame::Commit(_)));
    assert!(slow.reads("budget_fact_created").await);
}

#[tokio::test]
async fn a_stopping_program_spreads_its_closes_and_answers_until_the_last() {
    // Four sockets over two seconds.
    let pace = Pace { farewell: Duration::from_secs(500), ..Pace::default() };
    let mut server = TestServer::with(|config| config.pace = pace).await;
    let anna = server.founder("Anna").await;
    let mut sockets = Vec::new();
    for _ in 0..4 {
        let mut socket = anna.socket("").await;
        welcomed(&mut socket).await;
        sockets.push(socket);
    }
    server.begin_to_stop();
    let not_ready = async {
        while reqwest::get(server.url("/readyz")).await.is_ok_and(|answer| answer.status() != 503) {}
    };
    tokio::time::timeout(crate::harness::PATIENCE, not_ready).await.expect("it says that it ends");
    let origin = format!("http://{}", server.addr);
    assert_eq!(anna.socket_from("", Some(&origin)).await.err(), Some(503), "nobody new");
    anna.buys("-1").await;
    for mut socket in sockets {
        let last = loop {
            match socket.frame().await {
                Frame::Commit(_) => {}
                other => break other,
            }
        };
        let Frame::Bye(bye) = last else { panic!("a goodbye, not {last:?}") };
        assert!(bye.retry_ms[0] < bye.retry_ms[1]);
        assert_eq!(socket.closed().await, 4001);
    }
    server.stop().await;
    assert!(reqwest::get(server.url("/healthz")).await.is_err(), "it is gone");
    server.restart().await;
    assert_eq!(
        anna.get("/facts").await.is(200).body["items"].as_array().map(Vec::len),
        Some(1),
        "nothing is lost"
    );
}

#[tokio::test]
async fn a_request_whose_head_never_ends_is_cut_off() {
    let pace = Pace { head: Duration::from_millis(200), ..Pace::default() };
    let server = TestServer::with(|config| config.pace = pace).await;
    let mut slow = tokio::net::TcpStream::connect(server.addr).await.expect("the server is there");
    slow.write_all(b"GET /api/v1/budget/ws HTTP/1.1\r\nhost: ").await.expect("it is sent");
    let end = async {
        let mut answer = Vec::new();
        // Whether it sends a response or hangs up: the connection ends.
        drop(slow.read_to_end(&mut answer).await);
    };
    tokio::time::timeout(crate::harness::PATIENCE, end).await.expect("it is cut off");
    server.founder("Anna").await.buys("-1").await;
}
