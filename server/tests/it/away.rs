//! A PostgreSQL server that is away for a while, or does not answer: nobody waits for it in vain, the cause is named, and it
//! is used again once it is back.

use crate::{
    disk::readiness,
    harness::{PATIENCE, TestServer, fresh_postgres, pause},
};
use std::{future::pending, net::SocketAddr};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

/// Forwards connections until it is aborted, which closes them all. Once it is frozen it accepts connections and keeps
/// them open, and nothing passes any more.
async fn forwards(at: SocketAddr, to: String) -> (JoinHandle<()>, watch::Sender<bool>) {
    let listener = TcpListener::bind(at).await.expect("the port is free");
    let (freeze, frozen) = watch::channel(false);
    let forwarding = tokio::spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((mut near, _)) = listener.accept().await {
            let (to, mut frozen) = (to.clone(), frozen.clone());
            open.spawn(async move {
                let mut far = TcpStream::connect(to).await.expect("PostgreSQL is there");
                let is_over = tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => true,
                    _ = frozen.wait_for(|frozen| *frozen) => false,
                };
                if !is_over {
                    pending::<()>().await;
                }
            });
        }
    });
    (forwarding, freeze)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_is_named_at_once_and_used_again_when_it_is_back() {
    let url = fresh_postgres().await;
    let (user, place) = url.split_once('@').expect("a user");
    let (to, name) = place.split_once('/').expect("a database");
    let at = crate::harness::free_port();
    let (mut forwarding, mut freeze) = forwards(at, to.to_owned()).await;
    let through = format!("{user}@{at}/{name}");
    let server = TestServer::with(|config| config.database_url = through).await;
    let anna = server.founder("Anna").await;
    anna.buys("-1").await;
    for is_frozen in [false, true] {
        if is_frozen {
            freeze.send_replace(true);
        } else {
            forwarding.abort();
        }
        // The first ones may find a broken connection, or wait until it is certain.
        let many = async {
            for _ in 0..30 {
                let answer = anna.get("/facts").await.problem(503, "database_away");
                assert_eq!(answer.header("retry-after"), "1");
                let said = answer.body["detail"].as_str().expect("a sentence");
                assert!(said.contains("database does not answer"), "{said}");
                anna.post("/facts", serde_json::json!({})).await.problem(503, "database_away");
            }
            assert_eq!(readiness(server.addr).await, (503, "not ready: database_away".into()));
        };
        timeout(PATIENCE, many).await.expect("nobody waits ten seconds");
        forwarding.abort();
        // Until it is over, the port is taken.
        _ = forwarding.await;
        (forwarding, freeze) = forwards(at, to.to_owned()).await;
        let again = async {
            while anna.get("/facts").await.status != 200 {
                pause().await;
            }
        };
        timeout(PATIENCE, again).await.expect("it is used again");
        anna.buys("-1").await;
    }
}
