//! Starts the program from a configuration, serves, and shuts down.

use crate::{
    admin,
    background::keep_running,
    backup::{schedule, workspace},
    bus::{
        Bus, Hints,
        redis::{Address, RedisLine},
    },
    clock::Clock,
    config::{Config, Registration},
    control,
    db::connect::{self, ConnectError},
    http::{Web, apart::Workshop},
    hub::Hub,
    ledger::{
        Attempts, Ledger,
        cleaning::{Cleaning, Steadiness},
        fault::Fault,
    },
    listen::{CurrentRouter, accept},
    live::{Live, crew::Crew, limits::Door},
    machine::Machine,
    meters,
    page_files::PageFiles,
    router::{BadOrigin, router},
    security::Access,
};
use metrics_exporter_prometheus::BuildError;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpListener, sync::Mutex};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long requests may take to finish at shutdown.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// Why the program did not start or stopped. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The ledger returned an error.
    #[error("cannot start: {0}")]
    Ledger(#[from] Fault),
    /// The routes cannot be built.
    #[error("cannot start: {0}")]
    Routes(#[from] BadOrigin),
    /// The admin address cannot be listened on.
    #[error("cannot tell metrics at {0}: {1}; choose another address with --admin-addr")]
    Admin(SocketAddr, std::io::Error),
    /// The system does not return the address of the listener.
    #[error("cannot start: {0}")]
    Listener(std::io::Error),
    /// The threads for sockets cannot be started.
    #[error("cannot start threads: {0}")]
    Threads(std::io::Error),
    /// The metrics recorder cannot be installed.
    #[error("cannot count: {0}")]
    Meters(#[from] BuildError),
}

/// Opens the book and serves it on a listener until `shutdown`.
///
/// On shutdown `/readyz` reports it, and the sockets are closed one after the other while requests go on.
/// After the last socket no new connections are accepted, running requests finish, and the store is closed.
///
/// # Errors
/// If the store cannot be opened.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    clock: Clock,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let ready = Arc::new(AtomicBool::new(false));
    let addr = listener.local_addr().map_err(ServeError::Listener)?;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let current = CurrentRouter::default();
    // Whatever can be refused without the book is tried before the book is opened: a start that fails makes no file.
    let admin = match config.admin_addr {
        Some(addr) => Some(TcpListener::bind(addr).await.map_err(|error| ServeError::Admin(addr, error))?),
        None => None,
    };
    workspace::remove_abandoned();
    let crew = Crew::start().map_err(ServeError::Threads)?;
    let accepting = accept(listener, current.clone(), config.pace.head, &tasks, &stop);
    tokio::pin!(accepting);
    // Requests that arrive while the book is being opened get an answer that says so.
    let opened = tokio::select! {
        opened = connect::open(&config.database_url, config.store) => opened?,
        () = accepting.as_mut() => return Ok(()),
        () = shutdown.cancelled() => return Ok(()),
    };
    if let Some(few) = opened.few_connections {
        tracing::warn!("{few}");
    }
    let hub = Arc::new(Hub::default());
    let (bus, carried) = bus_of(&config, hub.clone());
    let attempts = Attempts::new(config.logins_per_minute);
    let open = config.registration == Registration::Open;
    let ledger = Ledger::new(opened.database.clone(), bus, clock.clone(), attempts, open)?;
    if let Some(file) = connect::file_of(&config.database_url) {
        match control::socket::bind(file) {
            Ok(listener) => {
                let serving = control::socket::serve(listener, file.to_owned(), ledger.clone(), stop.clone());
                tasks.spawn(serving);
            }
            // Everything else works.
            Err(error) => {
                tracing::warn!(%error, "commands cannot be sent to this process: cannot make its socket")
            }
        }
    }
    // Before anything is counted: earlier counts would be lost.
    if let Some(admin) = admin {
        tasks.spawn(admin::serve(admin, meters::install()?, ledger.clone(), stop.clone()));
    }
    let files = PageFiles::of(&config.leptos);
    let live = Arc::new(Live {
        ledger,
        hub,
        door: Door::new(config.limits),
        pace: config.pace,
        clock,
        access: Arc::new(Access {
            public_urls: config.public_urls,
            proxies: config.trusted_proxies,
            machine: Machine::this(),
        }),
        build: files.build.clone(),
        shutdown: shutdown.clone(),
        crew,
        sockets: TaskTracker::new(),
        bell_to_flush: metrics::histogram!(meters::BELL_TO_FLUSH),
    });
    if let Some(plan) = config.backup {
        let (store, every) = ((opened.database.clone(), config.database_url.clone()), config.pace.backup);
        let (clock, end) = (live.clock.clone(), shutdown.clone());
        let backing_up =
            move || schedule::run(store.clone(), plan.clone(), clock.clone(), every, end.clone());
        tasks.spawn(keep_running("back up", shutdown.clone(), backing_up));
    }
    let (ledger, end, due) = (live.ledger.clone(), shutdown.clone(), config.pace.due);
    let (clock, steady) = (live.clock.clone(), config.pace.cleaning.steady);
    let erasing =
        move || erase_due(ledger.clone(), (Steadiness::new(clock.clone()), steady), due, end.clone());
    tasks.spawn(keep_running("erase households", shutdown.clone(), erasing));
    let (ledger, clock, every) = (live.ledger.clone(), live.clock.clone(), config.pace.cleaning);
    let cleaning = move || Cleaning::new(ledger.clone(), clock.clone(), every);
    cleaning().round().await;
    let end = shutdown.clone();
    tasks.spawn(keep_running("clean up", shutdown.clone(), move || cleaning().run(end.clone())));
    // Runs until the last request, which may have noted somebody.
    let (ledger, end) = (live.ledger.clone(), stop.clone());
    let noting = move || ledger.clone().write_seen(end.clone());
    tasks.spawn(keep_running("note who was seen", stop.clone(), noting));
    let (ledger, end, due) = (live.ledger.clone(), shutdown.clone(), config.pace.due);
    let settling = move || settle_due(ledger.clone(), due, end.clone());
    tasks.spawn(keep_running("record what is due", shutdown.clone(), settling));
    let watched = live.clone();
    let rechecking = move || {
        let live = watched.clone();
        async move { live.recheck().await }
    };
    tasks.spawn(keep_running("recheck sessions", shutdown.clone(), rechecking));
    if let Some((address, outbox)) = carried {
        let line = Arc::new(Mutex::new(RedisLine::new(address, live.hub.clone(), outbox, stop.clone())));
        let carrying = move || {
            let line = line.clone();
            async move { line.lock().await.run().await }
        };
        tasks.spawn(keep_running("carry hints", stop.clone(), carrying));
    }
    let watched = live.clone();
    let reconciling = move || {
        let live = watched.clone();
        async move { live.reconcile().await }
    };
    tasks.spawn(keep_running("reconcile", shutdown.clone(), reconciling));
    let mut options = config.leptos;
    options.site_pkg_dir = files.address.clone();
    if let Some(hashes) = files.hashes() {
        // Leptos joins it to the folder of the program, where an absolute path stands for itself.
        options.hash_file = hashes.into();
    }
    let web = Web {
        ledger: live.ledger.clone(),
        clock: live.clock.clone(),
        access: live.access.clone(),
        limit: config.pace.request,
        options,
        workshop: Workshop::default(),
        files,
        // While sources are edited, kept files would be old ones.
        keeps_files: config.service_worker && std::env::var_os("LEPTOS_WATCH").is_none(),
        demo: config.demo,
        ready: ready.clone(),
    };
    current.set(router(&web, &live)?);
    ready.store(true, Ordering::Relaxed);
    tracing::info!(%addr, "listening");
    tokio::select! {
        () = accepting.as_mut() => {}
        () = async {
            shutdown.cancelled().await;
            ready.store(false, Ordering::Relaxed);
            live.drained().await;
        } => {}
    }
    stop.cancel();
    tasks.close();
    if tokio::time::timeout(DRAIN_LIMIT, tasks.wait()).await.is_err() {
        tracing::warn!("some connections did not finish in time");
    }
    opened.database.close().await;
    drop(opened.lock);
    Ok(())
}

/// The bus, and the Redis connection's parts if there may be other processes. Logs which.
fn bus_of(config: &Config, hub: Arc<Hub>) -> (Bus, Option<(Address, Hints)>) {
    let shared = !config.database_url.starts_with("sqlite:");
    match config.redis.clone() {
        Some(address) if shared => {
            let (bus, outbox) = Bus::with_outbox(hub);
            return (bus, Some((address, outbox)));
        }
        Some(_) => tracing::warn!("Redis is not used: only one process can serve a SQLite file"),
        None if shared => tracing::info!(
            "several processes may serve this database; without --redis-url a change of another one takes up to a second"
        ),
        None => {}
    }
    (Bus::local(hub), None)
}

/// Erases households whose erasure is due, once the clock has been steady for that long: erasure cannot be
/// undone.
async fn erase_due(
    ledger: Ledger,
    (mut clock, steady): (Steadiness, Duration),
    every: Duration,
    shutdown: CancellationToken,
) {
    loop {
        if clock.look().1 < steady {
            tokio::select! {
                () = tokio::time::sleep(every) => continue,
                () = shutdown.cancelled() => return,
            }
        }
        // An interrupted erasure continues after the next start.
        let erased = tokio::select! {
            erased = ledger.erase_due() => erased,
            () = shutdown.cancelled() => return,
        };
        match erased {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "households that were deleted are erased"),
            // Retried on the next round.
            Err(error) => tracing::warn!(%error, "cannot look for households that are to be erased"),
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = shutdown.cancelled() => return,
        }
    }
}

/// Records automatic recurring entries as soon as their day begins. Checks at once: the program may have been
/// off for days.
async fn settle_due(ledger: Ledger, every: Duration, shutdown: CancellationToken) {
    loop {
        match ledger.settle_due().await {
            // One day of each entry at a time: more may be due.
            Ok(count) if count > 0 && !shutdown.is_cancelled() => continue,
            Ok(_) => {}
            // Retried on the next round.
            Err(error) => tracing::warn!(%error, "cannot look for recurring entries that are due"),
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = shutdown.cancelled() => return,
        }
    }
}
