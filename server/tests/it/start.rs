//! The program as it is started: files, ports, signals.

mod leftovers;
mod postgres;
mod settings;

use crate::harness::{PATIENCE, pause, with_usual_signals};
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
};
use tokio::time::timeout;

pub fn program(folder: &std::path::Path, args: &[&str]) -> Command {
    let mut command = with_usual_signals(env!("CARGO_BIN_EXE_family-budget"));
    command.args(args).current_dir(folder).env_clear().env("LEPTOS_HASH_FILES", "false");
    // Another instance may be running on the default port.
    command.env("FAMILY_BUDGET_ADDR", "127.0.0.1:0");
    command
}

pub fn ends(folder: &std::path::Path, args: &[&str]) -> Output {
    program(folder, args).output().expect("it starts")
}

/// Starts it on a free port and waits for the log line with its address.
fn listening(folder: &std::path::Path, args: &[&str]) -> (Child, String) {
    let mut child = program(folder, args)
        .args(["--addr", "127.0.0.1:0", "--log", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    // It may first log that the limit on sockets is low.
    let addr = lines.map_while(Result::ok).find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
        line["addr"].as_str().map(str::to_owned)
    });
    (child, addr.expect("an address"))
}

pub async fn ready(addr: &str) {
    let url = format!("http://{addr}/readyz");
    let ready = async {
        while !reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
            pause().await;
        }
    };
    timeout(PATIENCE, ready).await.expect("it becomes ready");
}

/// Waits for the address at which a process listens, in the file of its log (`--log json`).
pub async fn address_in(log: &std::path::Path) -> String {
    let told = async {
        loop {
            let text = std::fs::read_to_string(log).expect("a log");
            // The last line may be incomplete.
            let mut lines =
                text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
            if let Some(addr) = lines.find_map(|line| line["addr"].as_str().map(str::to_owned)) {
                break addr;
            }
            pause().await;
        }
    };
    timeout(PATIENCE, told).await.expect("it says where it listens")
}

#[track_caller]
pub fn one_clear_line(output: &Output, says: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains(says), "{text}");
    assert!(!text.contains("panicked") && text.trim_end().lines().count() <= 6, "{text}");
}

#[test]
fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = taken.local_addr().expect("an address");
    let output = ends(folder.path(), &["--addr", &addr.to_string()]);
    one_clear_line(&output, &format!("port {}", addr.port()));
}

#[tokio::test]
async fn a_second_start_on_one_sqlite_file_is_refused_and_a_killed_one_releases_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut first, addr) = listening(folder.path(), &[]);
    ready(&addr).await;
    one_clear_line(&ends(folder.path(), &["--addr", "127.0.0.1:0"]), "in use by another family-budget");
    first.kill().expect("it can be killed");
    first.wait().expect("it ended");
    let (mut second, addr) = listening(folder.path(), &[]);
    ready(&addr).await;
    second.kill().expect("it can be killed");
    second.wait().expect("it ended");
    assert!(folder.path().join("data/family-budget.db").exists(), "the folder is made");
}

#[tokio::test]
async fn without_redis_a_process_on_postgresql_logs_once_what_that_means() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = crate::harness::fresh_postgres().await;
    // A Redis that does not answer.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let redis = format!("redis://{}", silent.local_addr().expect("an address"));
    for (more, says) in [
        (vec![], "a change of another one takes up to a second"),
        (vec!["--redis-url", &redis], "a change of another process takes up to a second"),
    ] {
        let log = folder.path().join("log");
        let mut child =
            program(folder.path(), &["--database-url", &url, "--addr", "127.0.0.1:0", "--log", "json"])
                .args(&more)
                .stdout(std::fs::File::create(&log).expect("a file"))
                .spawn()
                .expect("it starts");
        let said = || std::fs::read_to_string(&log).expect("a log").matches(says).count();
        while said() == 0 {
            assert!(child.try_wait().expect("it can be asked").is_none(), "it serves");
            if more.is_empty() {
                pause().await;
            } else {
                // It keeps trying.
                drop(silent.accept().expect("it calls"));
            }
        }
        for _ in 0..3 * more.len() {
            drop(silent.accept().expect("it calls again"));
        }
        assert_eq!(said(), 1);
        child.kill().expect("it can be killed");
        child.wait().expect("it ended");
    }
    for (url, says) in [("cache:6379", "the URL of Redis"), ("http://cache", "the URL of Redis")] {
        one_clear_line(&ends(folder.path(), &["--redis-url", url]), says);
    }
    one_clear_line(&ends(folder.path(), &["--trusted-proxy", "proxy.example"]), "an address or a network");
}

#[tokio::test]
async fn a_supervisor_can_check_whether_it_is_ready() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut child, addr) = listening(folder.path(), &[]);
    ready(&addr).await;
    let port = addr.rsplit(':').next().expect("a port");
    for addr in [addr.as_str(), &format!("0.0.0.0:{port}")] {
        assert_eq!(ends(folder.path(), &["health", "--addr", addr]).status.code(), Some(0), "{addr}");
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ended");
    one_clear_line(&ends(folder.path(), &["health", "--addr", &addr]), "is not ready");
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_it_with_code_0() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut child, addr) = listening(folder.path(), &[]);
    ready(&addr).await;
    let kill = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs");
    assert!(kill.success());
    assert_eq!(child.wait().expect("it ended").code(), Some(0));
}

#[tokio::test]
async fn it_answers_that_it_is_starting_until_its_book_is_open() {
    use server::{clock::Clock, serve::serve};
    use sqlx::{Connection, Executor};
    use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.db");
    // Another connection is writing, so the migration has to wait.
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut other = SqliteConnection::connect_with(&options).await.expect("the file opens");
    other.execute("begin exclusive").await.expect("it is locked");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address").to_string();
    let shutdown = tokio_util::sync::CancellationToken::new();
    let config = crate::harness::config(&format!("sqlite://{}", path.display()));
    let running = tokio::spawn(serve(config, listener, Clock::default(), shutdown.clone()));
    let get = async |path: &str| reqwest::get(format!("http://{addr}{path}")).await.expect("an answer");
    let early = get("/readyz").await;
    assert_eq!((early.status().as_u16(), early.headers()["retry-after"].as_bytes()), (503, b"1".as_slice()));
    assert_eq!(get("/").await.status(), 503);
    assert_eq!(get("/healthz").await.status(), 200, "alive all the same");
    other.execute("rollback").await.expect("it is free");
    ready(&addr).await;
    shutdown.cancel();
    running.await.expect("no panic").expect("it ends well");
}

#[tokio::test]
async fn it_is_not_ready_while_its_database_is_away() {
    use server::{clock::Clock, serve::serve};
    // A listener that does not serve yet answers nothing, so it is not ready.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address").to_string();
    let early =
        reqwest::Client::builder().timeout(std::time::Duration::from_millis(50)).build().expect("a client");
    assert!(early.get(format!("http://{addr}/readyz")).send().await.is_err(), "not before it is started");
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("book.db").display());
    let shutdown = tokio_util::sync::CancellationToken::new();
    let running =
        tokio::spawn(serve(crate::harness::config(&url), listener, Clock::default(), shutdown.clone()));
    ready(&addr).await;
    shutdown.cancel();
    running.await.expect("no panic").expect("no error");
    assert!(reqwest::get(format!("http://{addr}/readyz")).await.is_err());
}

#[tokio::test]
async fn a_log_without_a_reader_breaks_no_request_and_no_shutdown() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = program(folder.path(), &["--log", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let addr = lines.map_while(Result::ok).find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(&line).ok()?;
        line["addr"].as_str().map(str::to_owned)
    });
    let addr = addr.expect("an address");
    // Both readers are gone.
    drop(child.stderr.take());
    ready(&addr).await;
    for _ in 0..3 {
        let answer = reqwest::get(format!("http://{addr}/login")).await.expect("an answer");
        assert_eq!(answer.status(), 404);
    }
    let kill = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs");
    assert!(kill.success());
    assert!(child.wait().expect("it ended").success());
}

#[tokio::test]
async fn requests_for_files_are_not_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut child = program(folder.path(), &["--log", "json"])
        .stdout(std::fs::File::create(&log).expect("a file"))
        .spawn()
        .expect("it starts");
    let said = || -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(&log).expect("a log");
        // The last line may be incomplete.
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    };
    let addr = address_in(&log).await;
    ready(&addr).await;
    let paths = || -> Vec<String> {
        let answered = said().into_iter().filter(|line| line["message"] == "answered");
        let paths = answered.filter_map(|line| line["span"]["path"].as_str().map(str::to_owned));
        paths.filter(|path| path != "/readyz").collect()
    };
    for path in [
        "/pkg/family-budget.wasm",
        "/pkg/family-budget",
        "/favicon.svg",
        "/manifest.webmanifest",
        "/api/docs/index.css",
        "/login",
        "/api/v1/facts/a.b",
    ] {
        reqwest::get(format!("http://{addr}{path}")).await.expect("an answer");
    }
    while !paths().contains(&"/api/v1/facts/a.b".to_owned()) {
        pause().await;
    }
    assert_eq!(paths(), ["/login", "/api/v1/facts/a.b"]);
    child.kill().expect("it can be killed");
    child.wait().expect("it ended");
}
