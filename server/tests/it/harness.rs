//! The real program on port 0 and a database of its own, and people who call it.

use app::{domain::HouseholdId, wire::Frame};
use futures_util::{SinkExt, StreamExt};
use leptos::prelude::LeptosOptions;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use server::{
    clock::Clock,
    config::{Config, LogFormat, Registration},
    serve::{ServeError, serve},
};
use sqlx::{Connection, Executor, PgConnection};
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error as WsError, Message, client::IntoClientRequest},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Nothing here takes this long; it only keeps a broken test from hanging.
pub const PATIENCE: Duration = Duration::from_secs(20);

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

/// A database that nobody else uses.
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

pub fn config(database_url: &str) -> Config {
    let options = LeptosOptions::builder().output_name("family-budget").hash_files(false);
    Config {
        leptos: options.site_root("target/none").build(),
        database_url: database_url.to_owned(),
        public_urls: Vec::new(),
        registration: Registration::Open,
        logins_per_minute: 0,
        log: LogFormat::Pretty,
    }
}

impl TestServer {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("book.db").display());
        Self::start(config(&url), Some(folder)).await
    }

    pub async fn postgres() -> Self {
        Self::start(config(&fresh_postgres().await), None).await
    }

    /// SQLite with something told otherwise.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = config(&format!("sqlite://{}", folder.path().join("book.db").display()));
        change(&mut config);
        Self::start(config, Some(folder)).await
    }

    async fn start(config: Config, folder: Option<tempfile::TempDir>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let mut server = Self {
            addr: listener.local_addr().expect("it has an address"),
            clock: Clock::default(),
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
        self.running = Some(tokio::spawn(serve(config, listener, clock, shutdown)));
        let ready = async {
            while !reqwest::get(self.url("/readyz")).await.is_ok_and(|answer| answer.status().is_success()) {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, ready).await.expect("the program becomes ready");
    }

    /// Ends the program gently and waits until it is gone.
    pub async fn stop(&mut self) {
        self.shutdown.cancel();
        if let Some(running) = self.running.take() {
            let ended = timeout(PATIENCE, running).await.expect("it stops in time");
            ended.expect("it does not panic").expect("it stops without an error");
        }
    }

    /// Starts it again on the same address and database.
    pub async fn restart(&mut self) {
        self.stop().await;
        let listener = TcpListener::bind(self.addr).await.expect("the port is free again");
        self.run(listener).await;
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

pub const PASSWORD: &str = "correct horse battery";

pub fn email(name: &str) -> String {
    format!("{}-{}@example.org", name.to_lowercase(), Uuid::new_v4())
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn seq(&self) -> i64 {
        self.header("budget-seq").parse().unwrap_or(-1)
    }

    /// Asserts the status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    /// Asserts a problem with this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        let reply = self.is(status);
        assert_eq!(reply.header("content-type"), "application/problem+json", "{}", reply.body);
        assert_eq!(reply.body["code"], code, "{}", reply.body);
        assert_eq!(reply.body["status"], status);
        assert!(reply.body["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{}", reply.body);
        reply
    }

    /// Asserts that exactly this field was refused for this reason.
    #[track_caller]
    pub fn refuses(self, field: &str, code: &str) -> Self {
        let reply = self.problem(422, "invalid");
        let errors = reply.body["errors"].as_array().cloned().unwrap_or_default();
        assert!(
            errors.iter().any(|e| e["field"] == field && e["code"] == code),
            "{field} {code}: {}",
            reply.body
        );
        reply
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_default().to_owned()
    }
}

/// A person with a session.
#[derive(Clone)]
pub struct Member {
    pub addr: SocketAddr,
    pub client: reqwest::Client,
    pub cookie: String,
    pub id: Value,
    pub email: String,
}

impl Member {
    async fn enter(&mut self, path: &str, form: Value) {
        self.email = form["email"].as_str().unwrap_or_default().to_owned();
        let reply = self.post(path, form).await.is(201);
        self.cookie = cookie_of(&reply);
        self.id = reply.body["member"]["id"].clone();
    }

    pub async fn log_in(&self) -> Self {
        let form = json!({ "email": self.email, "password": PASSWORD });
        let reply = self.post("/auth/login", form).await.is(200);
        Self { cookie: cookie_of(&reply), ..self.clone() }
    }

    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Reply {
        let mut request = self.client.request(method, format!("http://{}/api/v1{path}", self.addr));
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let answer = request.send().await.expect("the server answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.expect("the answer is whole");
        Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, &[], Some(body.to_string())).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PUT, path, &[], Some(body.to_string())).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PATCH, path, &[], Some(body.to_string())).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.call(Method::DELETE, path, &[], None).await
    }

    /// The token of a new invitation.
    pub async fn invite(&self) -> String {
        let link = self.post("/invites", json!({})).await.is(201).body["url"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        link.rsplit('/').next().unwrap_or_default().to_owned()
    }

    pub async fn household(&self) -> HouseholdId {
        let id = self.get("/household").await.is(200).id();
        id.parse().expect("an id")
    }

    /// An article of a kind.
    pub async fn article(&self, kind: &str) -> String {
        let all = self.get("/articles").await.is(200);
        let found =
            all.body["items"].as_array().into_iter().flatten().find(|row| row["kind"] == kind).cloned();
        found.expect("the starter tree has every kind")["id"].as_str().unwrap_or_default().to_owned()
    }

    /// The first center.
    pub async fn center(&self) -> String {
        let all = self.get("/financial-centers").await.is(200);
        all.body["items"][0]["id"].as_str().unwrap_or_default().to_owned()
    }

    /// A body for `POST /facts`.
    pub async fn purchase(&self, amount: &str) -> Value {
        json!({ "amount": amount, "article_id": self.article("expense").await, "financial_center_id": self.center().await })
    }

    /// Records a purchase.
    pub async fn buys(&self, amount: &str) -> Reply {
        let body = self.purchase(amount).await;
        self.post("/facts", body).await.is(201)
    }

    /// Where the log ends.
    pub async fn head(&self) -> i64 {
        self.get("/household").await.is(200).seq()
    }

    /// Opens the live stream; `query` is empty or `?epoch=…&since=…`.
    pub async fn socket(&self, query: &str) -> Socket {
        self.socket_from(query, Some(&format!("http://{}", self.addr))).await.expect("the upgrade is done")
    }

    /// Opens the live stream as a page of this origin.
    pub async fn socket_from(&self, query: &str, origin: Option<&str>) -> Result<Socket, u16> {
        let url = format!("ws://{}/api/v1/budget/ws{query}", self.addr);
        let mut request = url.into_client_request().expect("a URL");
        let headers = request.headers_mut();
        if !self.cookie.is_empty() {
            headers.insert("cookie", self.cookie.parse().expect("a header"));
        }
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().expect("a header"));
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Socket { stream }),
            Err(WsError::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("the socket does not open: {error}"),
        }
    }
}

pub fn cookie_of(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

/// A live stream.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
}

impl Socket {
    /// The next text frame, or the close code.
    pub async fn next(&mut self) -> Result<String, u16> {
        loop {
            let message = timeout(PATIENCE, self.stream.next()).await.expect("a frame comes");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(Message::Close(None))) | None => return Err(1005),
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("the socket broke: {error}"),
            }
        }
    }

    /// The next frame as JSON.
    pub async fn json(&mut self) -> Value {
        let text = self.next().await.expect("a frame, not the end");
        serde_json::from_str(&text).expect("a frame is JSON")
    }

    /// The next frame that is not a heartbeat.
    pub async fn frame(&mut self) -> Frame {
        loop {
            let text = self.next().await.expect("a frame, not the end");
            match Frame::parse(&text).expect("a frame of the protocol") {
                Frame::Heartbeat(_) => {}
                frame => return frame,
            }
        }
    }

    /// Reads until the end and answers its code.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    pub async fn say(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("it can be sent");
    }

    pub async fn say_bytes(&mut self, bytes: Vec<u8>) {
        self.stream.send(Message::binary(bytes)).await.expect("it can be sent");
    }
}
