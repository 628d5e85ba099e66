//! From a configuration to a program that answers, and to its end.

use crate::{
    clock::Clock,
    config::{Config, Registration},
    db::connect::{self, ConnectError},
    ledger::{Attempts, Ledger, fault::Fault},
    live::{Live, hub::Hub},
    router::{BadOrigin, Web, router},
    security::Access,
};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    http::{StatusCode, header},
    routing::get,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use leptos::prelude::LeptosOptions;
use sha2::{Digest, Sha256};
use socket2::{SockRef, TcpKeepalive};
use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

/// Headers that do not arrive in this time end the connection.
const HEADER_LIMIT: Duration = Duration::from_secs(10);
/// How often idle demo households are looked for.
const DEMO_SWEEP: Duration = Duration::from_secs(15 * 60);
/// Requests and sockets get this long to finish when the program ends.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// Why the program did not start or did not go on. Each is one line for whoever started it.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The ledger.
    #[error("cannot start: {0}")]
    Ledger(#[from] Fault),
    /// The routes.
    #[error("cannot start: {0}")]
    Routes(#[from] BadOrigin),
}

/// Opens the book and serves it on a listener until `shutdown`; then every socket is told, running
/// requests finish, and the store is closed.
///
/// # Errors
/// When the store cannot be opened.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    clock: Clock,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let ready = Arc::new(AtomicBool::new(false));
    let tasks = TaskTracker::new();
    let current = Current::default();
    let accepting = accept(listener, current.clone(), &tasks, &shutdown);
    tokio::pin!(accepting);
    // Whoever asks while the book is being opened is told so.
    let opened = tokio::select! {
        opened = connect::open(&config.database_url) => opened?,
        () = accepting.as_mut() => return Ok(()),
    };
    let hub = Arc::new(Hub::default());
    let attempts = Attempts::new(config.logins_per_minute);
    let open = config.registration == Registration::Open;
    let ledger = Ledger::new(opened.database.clone(), hub.clone(), clock.clone(), attempts, open)?;
    let access = Arc::new(Access { public_urls: config.public_urls });
    let build = build_of(&config.leptos);
    let live = Live { ledger, hub, clock, access, build, shutdown: shutdown.clone(), tasks: tasks.clone() };
    // Also those of a program that offered them once and does not any more.
    sweep(&live.ledger).await;
    if config.demo {
        tasks.spawn(forget_idle_demos(live.ledger.clone(), shutdown.clone()));
    }
    let web = Web { live, options: config.leptos, demo: config.demo, ready: ready.clone() };
    let router = router(&web)?;
    ready.store(true, Ordering::Relaxed);
    // Set once, here.
    drop(current.0.set(router));
    accepting.await;
    ready.store(false, Ordering::Relaxed);
    tasks.close();
    if tokio::time::timeout(DRAIN_LIMIT, tasks.wait()).await.is_err() {
        tracing::warn!("some connections did not finish in time");
    }
    opened.database.close().await;
    drop(opened.lock);
    Ok(())
}

/// Names the program that the pages get: the version, and a hash of what the browser downloads. A page
/// that was written with another one is told to load itself anew.
fn build_of(options: &LeptosOptions) -> Arc<str> {
    let mut hash = Sha256::new();
    let folder = Path::new(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref());
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|kind| kind == "wasm" || kind == "css")).collect();
    files.sort();
    for file in files {
        // Without its files there is no program in the browser that could be outdated.
        hash.update(std::fs::read(file).unwrap_or_default());
    }
    let hash: String = hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hash}", env!("CARGO_PKG_VERSION")).into()
}

/// Looks now and then whether somebody has left a demo household for good.
async fn forget_idle_demos(ledger: Ledger, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(DEMO_SWEEP) => sweep(&ledger).await,
            () = shutdown.cancelled() => return,
        }
    }
}

async fn sweep(ledger: &Ledger) {
    match ledger.forget_idle_demos().await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "demo households that nobody came to any more are gone"),
        // The next time it may go better.
        Err(error) => tracing::warn!(%error, "cannot take away demo households"),
    }
}

/// The program that answers, once there is one.
#[derive(Clone, Default)]
struct Current(Arc<OnceLock<Router>>);

impl Current {
    fn router(&self) -> Router {
        self.0.get().cloned().unwrap_or_else(|| {
            let starting =
                || async { (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "starting") };
            Router::new().route("/healthz", get(async || "ok")).fallback(starting)
        })
    }
}

async fn accept(listener: TcpListener, current: Current, tasks: &TaskTracker, shutdown: &CancellationToken) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Err(error) = tune(&stream) {
                    // The other side may be gone already; then serving it ends at once.
                    tracing::debug!(%error, "cannot set the options of a connection");
                }
                tasks.spawn(connection(stream, peer, current.clone(), shutdown.clone()));
            }
            // Out of descriptors, most likely: those in use will be given back.
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Small send buffers, or a client that never reads takes megabytes of the kernel's memory before it
/// is noticed; dead peers are found by the system.
fn tune(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_send_buffer_size(32 * 1024)?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(Duration::from_secs(60)))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(Duration::from_secs(30)))?;
    Ok(())
}

async fn connection(stream: TcpStream, peer: SocketAddr, current: Current, shutdown: CancellationToken) {
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        current.router().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_LIMIT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let result = tokio::select! {
        result = connection.as_mut() => result,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = result {
        // Mostly people who close a tab.
        tracing::debug!(%error, "a connection ended");
    }
}
