//! The admin listener, which only the operator sees.

use crate::harness::{Member, TestServer, free_port};
use app::wire::Frame;
use std::net::SocketAddr;

async fn metrics(addr: SocketAddr) -> String {
    let answer = reqwest::get(format!("http://{addr}/metrics")).await.expect("it answers");
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("text")
}

/// The value of the metric whose line begins with a text; 0 if there is none yet.
fn figure(text: &str, begins: &str) -> f64 {
    let line = text.lines().find(|line| line.starts_with(begins));
    line.and_then(|line| line.rsplit(' ').next()).map_or(0.0, |figure| figure.parse().expect("a number"))
}

async fn one_change(anna: &Member) {
    let mut socket = anna.socket("").await;
    assert!(matches!(socket.frame().await, Frame::Welcome(_)));
    anna.buys("-1").await;
    assert!(matches!(socket.frame().await, Frame::Commit(_)));
    socket.say(&"x".repeat(5000)).await;
    assert_eq!(socket.closed().await, 4507);
    let mut first = anna.socket("").await;
    assert!(matches!(first.frame().await, Frame::Welcome(_)));
    assert_eq!(anna.socket("").await.closed().await, 4504, "one more than a member may have");
}

#[tokio::test]
async fn metrics_are_served_at_the_admin_address_and_nowhere_else() {
    // Metrics are counted for the whole process, including other tests, so they are compared before and
    // after.
    let port = free_port();
    let server = TestServer::with(|config| {
        config.admin_addr = Some(port);
        config.limits.per_member = 1;
    })
    .await;
    let anna = server.founder("Anna").await;
    let before = metrics(port).await;
    one_change(&anna).await;
    let after = metrics(port).await;
    for (name, least) in [
        ("family_budget_commits_total", 1.0),
        ("family_budget_log_entries", 1.0),
        ("family_budget_socket_closes_total{code=\"4507\"}", 1.0),
        ("family_budget_socket_closes_total{code=\"4504\"}", 1.0),
        ("family_budget_socket_refusals_total{limit=\"sockets_per_member\"}", 1.0),
        ("family_budget_bell_to_flush_seconds_count", 1.0),
        ("family_budget_http_requests_total{method=\"POST\",status=\"201\"}", 1.0),
        ("family_budget_http_request_seconds_count", 2.0),
    ] {
        let grown = figure(&after, name) - figure(&before, name);
        assert!(grown >= least, "{name} grew by {grown}\n{after}");
    }
    assert!(after.contains("# TYPE family_budget_sockets gauge"), "{after}");
    assert!(after.contains("family_budget_socket_limit{limit=\"handshakes_per_second\"}"), "{after}");
    assert_eq!(reqwest::get(server.url("/metrics")).await.expect("an answer").status(), 404);
    for secret in [anna.cookie.as_str(), anna.email.as_str()] {
        assert!(!after.contains(secret));
    }
}
