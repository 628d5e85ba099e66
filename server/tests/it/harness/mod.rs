//! The real program on a free port with a database of its own, and people who call it.

mod beneath;
mod children;
mod member;
mod ports;
mod raw;
mod redis;
pub mod seed;
mod socket;
mod visitor;

use app::domain::Instant;
pub use children::{Kept, send, with_usual_signals};
use leptos::prelude::LeptosOptions;
pub use member::{Member, PASSWORD, Reply, cookie_of, email};
pub use ports::free_port;
pub use redis::Redis;
use serde_json::{Value, json};
use server::{
    clock::Clock,
    config::{Config, LogFormat, Registration},
    db::connect::Settings,
    ledger::cleaning::Rhythm,
    live::{limits::Limits, pace::Pace},
    serve::{ServeError, serve},
};
pub use socket::Socket;
use sqlx::{Connection, Executor};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
pub use visitor::{Page, Visitor, field};

/// Keeps a broken test from hanging; nothing takes this long.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Pauses between two checks of a condition, so that the test does not take the processor from what it waits
/// for.
pub async fn pause() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

/// The clock of every test begins at noon of a Wednesday in the middle of a month, unless
/// `FAMILY_BUDGET_TEST_NOW` names another instant, so that no test depends on the day on which it runs.
pub fn noon() -> Clock {
    let now = std::env::var("FAMILY_BUDGET_TEST_NOW");
    let now: jiff::Timestamp = now
        .as_deref()
        .unwrap_or("2026-11-25T12:00:00Z")
        .parse()
        .expect("an instant in FAMILY_BUDGET_TEST_NOW");
    Clock::set_to(Instant::from_millis(now.as_millisecond()))
}

/// Defines a test that runs on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both_engines {
    ($(async fn $name:ident($server:ident: TestServer) $body:block)*) => {$(
        async fn $name($server: $crate::harness::TestServer) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name($crate::harness::TestServer::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name($crate::harness::TestServer::postgres().await).await;
            }
        }
    )*};
}

/// A running program.
pub struct TestServer {
    pub addr: SocketAddr,
    pub clock: Clock,
    pub database_url: String,
    config: Config,
    shutdown: CancellationToken,
    running: Option<JoinHandle<Result<(), ServeError>>>,
    _folder: Option<tempfile::TempDir>,
}

/// Creates a database of its own.
pub async fn fresh_postgres() -> String {
    let server = std::env::var("FAMILY_BUDGET_TEST_POSTGRES")
        .expect("run the tests by `make test`, or `bash scripts/with-postgres.sh cargo test`");
    let name = format!("test_{}", Uuid::new_v4().simple());
    let mut connection =
        PgConnection::connect(&format!("{server}/postgres")).await.expect("PostgreSQL answers");
    let create = sqlx::AssertSqlSafe(format!("create database {name}"));
    connection.execute(create).await.expect("a database can be made");
    connection.close().await.expect("the connection closes");
    format!("{server}/{name}")
}

/// A copy of a database, kept for as long as its folder lives.
pub struct Copy {
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

/// Copies the database of a stopped program, like somebody who saves a file or a volume.
pub async fn copy_of(server: &TestServer) -> Copy {
    if let Some(file) = server.database_url.strip_prefix("sqlite://") {
        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("book.db");
        std::fs::copy(file, &copy).expect("it is copied");
        return Copy { url: format!("sqlite://{}", copy.display()), _folder: Some(folder) };
    }
    let (cluster, name) = server.database_url.rsplit_once('/').expect("a URL");
    let copy = format!("{name}_copy");
    let mut connection =
        PgConnection::connect(&format!("{cluster}/postgres")).await.expect("PostgreSQL answers");
    let create = sqlx::AssertSqlSafe(format!("create database {copy} template {name}"));
    connection.execute(create).await.expect("it is copied");
    connection.close().await.expect("the connection closes");
    Copy { url: format!("{cluster}/{copy}"), _folder: None }
}

pub fn config(database_url: &str) -> Config {
    let options = LeptosOptions::builder().output_name("family-budget").hash_files(false);
    Config {
        leptos: options.site_root("target/none").build(),
        database_url: database_url.to_owned(),
        redis: None,
        trusted_proxies: Vec::new(),
        store: Settings::default(),
        public_urls: Vec::new(),
        registration: Registration::Open,
        logins_per_minute: 0,
        demo: true,
        admin_addr: None,
        limits: Limits::default(),
        // Expired rows are deleted at startup; tests move the clock too often to wait until it is steady.
        pace: Pace {
            cleaning: Rhythm { steady: Duration::ZERO, ..Pace::default().cleaning },
            ..Pace::default()
        },
        backup: None,
        service_worker: true,
        log: LogFormat::Pretty,
    }
}

impl TestServer {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("book.db").display());
        Self::start(config(&url), noon(), Some(folder)).await
    }

    pub async fn postgres() -> Self {
        Self::start(config(&fresh_postgres().await), noon(), None).await
    }

    /// On the engine of this run: SQLite, unless `FAMILY_BUDGET_TEST_ENGINE` is `postgres`.
    pub async fn usual() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with a changed configuration.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        if std::env::var("FAMILY_BUDGET_TEST_ENGINE").is_ok_and(|engine| engine == "postgres") {
            let mut config = config(&fresh_postgres().await);
            change(&mut config);
            return Self::start(config, noon(), None).await;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = config(&format!("sqlite://{}", folder.path().join("book.db").display()));
        change(&mut config);
        Self::start(config, noon(), Some(folder)).await
    }

    async fn start(config: Config, clock: Clock, folder: Option<tempfile::TempDir>) -> Self {
        let listener = TcpListener::bind(free_port()).await.expect("a port");
        let mut server = Self {
            addr: listener.local_addr().expect("it has an address"),
            clock,
            database_url: config.database_url.clone(),
            config,
            shutdown: CancellationToken::new(),
            running: None,
            _folder: folder,
        };
        server.run(listener).await;
        server
    }

    async fn run(&mut self, listener: TcpListener) {
        self.shutdown = CancellationToken::new();
        let (config, clock, shutdown) = (self.config.clone(), self.clock.clone(), self.shutdown.clone());
        let running = self.running.insert(tokio::spawn(serve(config, listener, clock, shutdown)));
        let (client, url) = (reqwest::Client::new(), format!("http://{}/readyz", self.addr));
        let ready = async {
            while !client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                pause().await;
            }
        };
        tokio::select! {
            ended = running => panic!("the program ends at its start: {ended:?}"),
            ready = timeout(PATIENCE, ready) => ready.expect("the program becomes ready"),
        }
    }

    /// Tells the program to shut down.
    pub fn begin_to_stop(&self) {
        self.shutdown.cancel();
    }

    /// Shuts the program down and waits until it has ended.
    pub async fn stop(&mut self) {
        self.begin_to_stop();
        if let Some(running) = self.running.take() {
            let ended = timeout(PATIENCE, running).await.expect("it stops in time");
            ended.expect("it does not panic").expect("it stops without an error");
        }
    }

    /// Restarts it on the same address and database.
    pub async fn restart(&mut self) {
        self.stop().await;
        let listener = TcpListener::bind(self.addr).await.expect("the port is free again");
        self.run(listener).await;
    }

    /// Restarts it on the same address and database with a changed configuration.
    pub async fn restarted_with(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self.restart().await;
        self
    }

    /// Another process on the same database with the same configuration, and a clock of its own.
    pub async fn beside(&self) -> Self {
        Self::start(self.config.clone(), Clock::set_to(self.clock.now()), None).await
    }

    /// Changes a row behind the program's back.
    pub async fn execute(&self, sql: &'static str, id: Uuid) {
        if self.database_url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = self.database_url.parse().expect("a URL");
            let mut connection = SqliteConnection::connect_with(&options).await.expect("the file opens");
            sqlx::query(sql).bind(id).execute(&mut connection).await.expect("it is done");
            connection.close().await.expect("the connection closes");
        } else {
            let mut connection = PgConnection::connect(&self.database_url).await.expect("PostgreSQL answers");
            sqlx::query(sql).bind(id).execute(&mut connection).await.expect("it is done");
            connection.close().await.expect("the connection closes");
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Member {
        Member {
            addr: self.addr,
            client: reqwest::Client::new(),
            cookie: String::new(),
            id: Value::Null,
            email: String::new(),
        }
    }

    /// Founds a household.
    pub async fn founder(&self, name: &str) -> Member {
        let mut member = self.stranger();
        let form = json!({
            "name": name, "email": email(name), "password": PASSWORD, "household": format!("{name}'s"), "currency": "EUR",
        });
        member.enter("/auth/register", form).await;
        member
    }

    /// Joins the household of `host` by an invitation.
    pub async fn guest(&self, host: &Member, name: &str) -> Member {
        let mut member = self.stranger();
        let form = json!({ "name": name, "email": email(name), "password": PASSWORD, "invite": host.invite().await });
        member.enter("/auth/register", form).await;
        member
    }
}
