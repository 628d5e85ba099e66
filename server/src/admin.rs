//! The admin listener: `/metrics` on an address of its own, for the operator only.

use crate::{ledger::Ledger, meters};
use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How often the recorded histograms are aggregated.
const UPKEEP: Duration = Duration::from_secs(5);

#[derive(Clone)]
struct Admin {
    handle: PrometheusHandle,
    ledger: Ledger,
}

/// Serves metrics until `stop` is cancelled.
pub async fn serve(listener: TcpListener, handle: PrometheusHandle, ledger: Ledger, stop: CancellationToken) {
    let admin = Admin { handle: handle.clone(), ledger };
    let router = Router::new().route("/metrics", get(render)).with_state(admin);
    let stopped = stop.clone();
    let serving =
        axum::serve(listener, router).with_graceful_shutdown(async move { stopped.cancelled().await });
    let upkeep = async {
        loop {
            tokio::time::sleep(UPKEEP).await;
            handle.run_upkeep();
        }
    };
    tokio::select! {
        served = serving => if let Err(error) = served {
            tracing::warn!(%error, "the metrics server stopped");
        },
        () = upkeep => {}
    }
}

async fn render(State(admin): State<Admin>) -> Response {
    // If the store does not answer, the other metrics matter even more: skip this gauge only.
    if let Ok(entries) = admin.ledger.log_entries().await {
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 entries")]
        metrics::gauge!(meters::LOG_ENTRIES).set(entries as f64);
    }
    let readable = admin.ledger.ping().await.is_ok();
    metrics::gauge!(meters::READABLE).set(f64::from(u8::from(readable)));
    let writable = admin.ledger.takes_writes().await;
    metrics::gauge!(meters::WRITABLE).set(f64::from(u8::from(writable)));
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], admin.handle.render())
        .into_response()
}
