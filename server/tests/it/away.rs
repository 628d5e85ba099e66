//! A PostgreSQL server that is away for a while: nobody waits for it in vain, and it is used again once it is back.

use crate::harness::{PATIENCE, TestServer, fresh_postgres, pause};
use std::net::SocketAddr;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
    time::timeout,
};

/// Forwards connections until it is aborted, which closes them all.
async fn forwards(at: SocketAddr, to: String) -> JoinHandle<()> {
    let listener = TcpListener::bind(at).await.expect("the port is free");
    tokio::spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((mut near, _)) = listener.accept().await {
            let to = to.clone();
            open.spawn(async move {
                let mut far = TcpStream::connect(to).await.expect("PostgreSQL is there");
                copy_bidirectional(&mut near, &mut far).await.map(drop)
            });
        }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_reported_at_once_and_used_again_when_it_is_back() {
    let url = fresh_postgres().await;
    let (user, place) = url.split_once('@').expect("a user");
    let (server, name) = place.split_once('/').expect("a database");
    let at = crate::harness::free_port();
    let forwarder = forwards(at, server.to_owned()).await;
    let through = format!("{user}@{at}/{name}");
    let server_at = server.to_owned();
    let server = TestServer::with(|config| config.database_url = through).await;
    let anna = server.founder("Anna").await;
    anna.buys("-1").await;

    forwarder.abort();
    // The first ones may find a broken connection, or wait until it is certain.
    let many = async {
        for _ in 0..30 {
            let answer = anna.get("/facts").await.problem(503, "unavailable");
            assert_eq!(answer.header("retry-after"), "1");
            anna.post("/facts", serde_json::json!({})).await.problem(503, "unavailable");
        }
    };
    timeout(PATIENCE, many).await.expect("nobody waits ten seconds");

    let _forwarder = forwards(at, server_at).await;
    let again = async {
        while anna.get("/facts").await.status != 200 {
            pause().await;
        }
    };
    timeout(PATIENCE, again).await.expect("it is used again");
    anna.buys("-1").await;
}
