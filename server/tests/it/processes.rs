//! Several processes on one PostgreSQL: whoever asks whichever of them sees one book.

use crate::harness::{Member, TestServer};
use app::wire::Frame;
use serde_json::json;
use std::time::Duration;

/// The same person at another process.
fn at(member: &Member, server: &TestServer) -> Member {
    Member { addr: server.addr, ..member.clone() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_in_one_process_reaches_the_screens_of_another_in_order_and_by_itself() {
    let one = TestServer::postgres().await;
    let two = one.beside().await;
    let anna = one.founder("Anna").await;
    let (mut here, mut there) = (anna.socket("").await, at(&anna, &two).socket("").await);
    for socket in [&mut here, &mut there] {
        assert!(matches!(socket.frame().await, Frame::Welcome(_)));
    }
    let mut expected = Vec::new();
    for n in 1..=5 {
        // Now this process writes, now that one.
        let writer = if n % 2 == 0 { at(&anna, &two) } else { anna.clone() };
        expected.push(writer.buys(&format!("-{n}")).await.seq());
    }
    for socket in [&mut here, &mut there] {
        let mut seen = Vec::new();
        while seen.len() < expected.len() {
            let Frame::Commit(commit) = socket.frame().await else { panic!("changes only") };
            seen.push(commit.seq);
        }
        assert_eq!(seen, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_out_in_one_process_closes_the_sockets_of_another() {
    let one = TestServer::postgres().await;
    let two = one.beside().await.restarted_with(|config| config.pace.recheck = Duration::from_millis(50)).await;
    let anna = one.founder("Anna").await;
    let mut there = at(&anna, &two).socket("").await;
    assert!(matches!(there.frame().await, Frame::Welcome(_)));
    anna.post("/auth/logout", json!({})).await.is(204);
    assert_eq!(there.closed().await, 4501);
}
