//! Routes that fail on purpose, for tests of unforeseen failures.

use crate::{
    http::{Web, problem::Refused},
    ledger::fault::Fault,
};
use axum::{Router, routing::get};

/// One route for each kind of place in which a request's code runs.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/trial/panic/handler", get(async || panics::<()>()))
        .route("/trial/panic/task", get(async || joined(tokio::spawn(async { panics() })).await))
        .route("/trial/panic/thread", get(async || joined(tokio::task::spawn_blocking(panics)).await))
        .route("/trial/stall", get(std::future::pending::<()>))
}

fn panics<T>() -> T {
    panic!("a panic that a test asked for")
}

async fn joined(task: tokio::task::JoinHandle<()>) -> Result<(), Refused> {
    task.await.map_err(|error| Refused(Fault::Other(error.to_string()).answer()))
}
