//! Connections: accepting them, their socket options, and HTTP on each.

use crate::linger::Lingering;
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{StatusCode, header},
    routing::get,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use std::{
    io,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

/// The router that answers requests, once it is set.
#[derive(Clone, Default)]
pub struct CurrentRouter(Arc<OnceLock<Router>>);

impl CurrentRouter {
    /// Sets the router; only the first call has an effect.
    pub fn set(&self, router: Router) {
        drop(self.0.set(router));
    }

    fn router(&self) -> Router {
        self.0.get().cloned().unwrap_or_else(|| {
            let starting =
                || async { (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "starting") };
            Router::new().route("/healthz", get(async || "ok")).fallback(starting)
        })
    }
}

/// Accepts connections until `stop`. Then idle connections end, and running requests finish first. A request
/// whose head does not arrive in time ends its connection.
pub async fn accept(
    listener: TcpListener,
    current: CurrentRouter,
    head_limit: Duration,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Err(error) = tune(&stream) {
                    // The other side may be gone already; then serving the connection ends at once.
                    tracing::debug!(%error, "cannot set the options of a connection");
                }
                tasks.spawn(connection(stream, peer, current.clone(), head_limit, stop.clone()));
            }
            // Most likely out of descriptors: wait until some are freed.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Sets small send buffers, since otherwise a client that never reads takes megabytes of kernel memory before
/// it is noticed, and TCP keep-alive, so that the system detects dead peers.
fn tune(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_send_buffer_size(32 * 1024)?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(Duration::from_secs(60)))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(Duration::from_secs(30)))?;
    Ok(())
}

/// The local address at which a request arrived.
#[derive(Clone, Copy, Debug)]
pub struct ReachedAt(pub SocketAddr);

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    current: CurrentRouter,
    head_limit: Duration,
    stop: CancellationToken,
) {
    let reached_at = stream.local_addr().ok().map(ReachedAt);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        if let Some(reached_at) = reached_at {
            request.extensions_mut().insert(reached_at);
        }
        current.router().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_limit)
        .serve_connection(TokioIo::new(Lingering::new(stream)), service)
        .with_upgrades();
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        // Mostly people who close a tab.
        tracing::debug!(%error, "a connection ended");
    }
}
