//! The program under test, a process on a database of its own.

use rustix::process::{Pid, Signal, kill_process};
use std::{net::SocketAddr, process::Stdio, time::Duration};
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::Mutex,
    time::timeout,
};

/// Long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The running process. Known to everybody, so that nothing is left behind by a sudden end.
static PID: std::sync::Mutex<Option<Pid>> = std::sync::Mutex::new(None);

fn signal(signal: Signal) {
    if let Some(pid) = *PID.lock().unwrap() {
        kill_process(pid, signal).expect("it is there");
    }
}

/// Takes the process away before this one ends.
pub fn abandon() {
    signal(Signal::KILL);
}

pub struct Program {
    address: SocketAddr,
    folder: tempfile::TempDir,
    child: Mutex<Option<Child>>,
}

impl Program {
    pub async fn start() -> Self {
        let address =
            TcpListener::bind("127.0.0.1:0").await.and_then(|port| port.local_addr()).expect("a port");
        let folder = tempfile::tempdir().expect("a folder");
        let program = Self { address, folder, child: Mutex::default() };
        program.run().await;
        program
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts the process and waits until it is ready.
    pub async fn run(&self) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_family-budget"))
            .current_dir(self.folder.path())
            .env("FAMILY_BUDGET_ADDR", self.address.to_string())
            .env("DATABASE_URL", format!("sqlite://{}", self.folder.path().join("book.db").display()))
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
        *PID.lock().unwrap() = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).unwrap()));
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

    /// As a power cut would.
    pub async fn kill(&self) {
        self.end(Signal::KILL).await;
    }

    /// As its owner would; the code it ends with.
    pub async fn terminate(&self) -> Option<i32> {
        self.end(Signal::TERM).await
    }

    async fn end(&self, how: Signal) -> Option<i32> {
        let mut child = self.child.lock().await.take().expect("it runs");
        signal(how);
        *PID.lock().unwrap() = None;
        timeout(PATIENCE, child.wait()).await.expect("it ends in time").expect("it has ended").code()
    }

    pub fn freeze(&self) {
        signal(Signal::STOP);
    }

    pub fn thaw(&self) {
        signal(Signal::CONT);
    }
}
