//! The program under test, a process with a database of its own.

use crate::ports::free_port;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use std::{net::SocketAddr, process::Stdio, time::Duration};
use tokio::{
    process::{Child, Command},
    sync::Mutex,
    time::timeout,
};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The running processes, shared so that none is left behind by a sudden end.
static RUNNING: std::sync::Mutex<Vec<Pid>> = std::sync::Mutex::new(Vec::new());

/// The processes to kill together with this one.
pub fn running() -> std::sync::MutexGuard<'static, Vec<Pid>> {
    RUNNING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Kills the processes before this one ends.
pub fn abandon() {
    for pid in running().iter() {
        if kill_process(*pid, Signal::KILL).is_err() {
            // It has already ended.
        }
    }
}

/// The stores of a process.
#[derive(Clone, Default)]
pub struct Stores {
    /// `None` for a SQLite file of its own.
    pub postgres: Option<String>,
    /// `None` for no Redis.
    pub redis: Option<String>,
}

pub struct Program {
    address: SocketAddr,
    folder: tempfile::TempDir,
    stores: Stores,
    child: Mutex<Option<Child>>,
}

impl Program {
    pub async fn start(stores: Stores) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let program = Self { address: free_port(), folder, stores, child: Mutex::default() };
        program.run().await;
        program
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts the process and waits until it is ready.
    pub async fn run(&self) {
        let file = format!("sqlite://{}", self.folder.path().join("book.db").display());
        let mut child = Command::new(env!("CARGO_BIN_EXE_family-budget"))
            .current_dir(self.folder.path())
            .env("FAMILY_BUDGET_ADDR", self.address.to_string())
            .env("DATABASE_URL", self.stores.postgres.clone().unwrap_or(file))
            .env("REDIS_URL", self.stores.redis.clone().unwrap_or_default())
            .env("FAMILY_BUDGET_LOGINS_PER_MINUTE", "0")
            .env("LEPTOS_HASH_FILES", "false")
            .env_remove("FAMILY_BUDGET_PUBLIC_URL")
            .env_remove("FAMILY_BUDGET_CONFIG")
            .env_remove("FAMILY_BUDGET_MAX_SOCKETS_PER_MEMBER")
            .env_remove("FAMILY_BUDGET_MAX_SOCKETS")
            .env_remove("FAMILY_BUDGET_ADMIN_ADDR")
            .env("RUST_LOG", "error")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("it starts");
        running().push(pid(&child));
        let url = format!("http://{}/readyz", self.address);
        let ready = async {
            while !reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
                assert_eq!(child.try_wait().expect("it can be asked"), None, "it ended by itself");
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, ready).await.expect("it becomes ready");
        *self.child.lock().await = Some(child);
    }

    /// Kills it, as a power cut would.
    pub async fn kill(&self) {
        self.end(Signal::KILL).await;
    }

    /// Stops it, as an operator would; returns its exit code.
    pub async fn terminate(&self) -> Option<i32> {
        self.end(Signal::TERM).await
    }

    /// Makes it abort after its next commit, before the bell; returns once that has happened.
    pub async fn die_before_the_bell(&self) {
        self.end(Signal::USR1).await;
    }

    async fn end(&self, how: Signal) -> Option<i32> {
        let mut child = self.child.lock().await.take().expect("it runs");
        let pid = pid(&child);
        kill_process(pid, how).expect("it is there");
        let code =
            timeout(PATIENCE, child.wait()).await.expect("it ends in time").expect("it has ended").code();
        running().retain(|running| *running != pid);
        code
    }

    pub async fn freeze(&self) {
        self.signal(Signal::STOP).await;
    }

    pub async fn thaw(&self) {
        self.signal(Signal::CONT).await;
    }

    /// Makes its clock jump ahead, and back the next time.
    pub async fn jump(&self) {
        self.signal(Signal::USR2).await;
    }

    /// Makes its disk refuse all writes, or accept them again.
    pub async fn fill_disk(&self, full: bool) {
        if let Some(child) = self.child.lock().await.as_ref() {
            let limit = Rlimit { current: full.then_some(0), maximum: None };
            prlimit(Some(pid(child)), Resource::Fsize, limit).expect("it is there");
        }
    }

    async fn signal(&self, signal: Signal) {
        if let Some(child) = self.child.lock().await.as_ref() {
            kill_process(pid(child), signal).expect("it is there");
        }
    }
}

fn pid(child: &Child) -> Pid {
    child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)).expect("it runs")
}
