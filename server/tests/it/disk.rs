//! A full disk, and a limit on the size of files: the system refuses writes of the real program.

use crate::{
    harness::{Member, PASSWORD, PATIENCE, cookie_of, email, free_port, pause, send},
    start::{ends, one_clear_line},
};
use rustix::process::{Pid, Resource, Rlimit, Signal, prlimit};
use serde_json::{Value, json};
use sqlx::{Connection, Executor};
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tokio::time::timeout;

/// The program as a process of its own, with its file in a folder.
pub struct Program {
    pub child: Child,
    pub addr: SocketAddr,
    pub admin: SocketAddr,
    pub book: PathBuf,
}

impl Program {
    pub async fn start(folder: &Path) -> Self {
        let (book, admin) = (folder.join("book.db"), free_port());
        let mut child = Command::new(env!("CARGO_BIN_EXE_family-budget"))
            .args(["--addr", "127.0.0.1:0", "--log", "json", "--logins-per-minute", "0"])
            .args([
                "--admin-addr",
                &admin.to_string(),
                "--database-url",
                &format!("sqlite://{}", book.display()),
            ])
            .current_dir(folder)
            .env_clear()
            .env("LEPTOS_HASH_FILES", "false")
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines =
            BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let addr = lines.find_map(|line| {
            let line: Value = serde_json::from_str(&line).expect("a line of JSON");
            line["addr"].as_str().and_then(|addr| addr.parse().ok())
        });
        // Drains the rest of its output, so that it never blocks on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let program = Self { child, addr: addr.expect("an address"), admin, book };
        becomes_ready(program.addr).await;
        program
    }

    pub async fn readiness(&self) -> (u16, String) {
        readiness(self.addr).await
    }

    async fn writable(&self) -> bool {
        let text = reqwest::get(format!("http://{}/metrics", self.admin)).await.expect("figures");
        let text = text.text().await.expect("text");
        let line = text.lines().find(|line| line.starts_with("family_budget_store_writable "));
        line.expect("the figure").ends_with(" 1")
    }

    /// Limits the size of each of its files; `None` removes the limit.
    fn limit_files(&self, to: Option<u64>) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process");
        prlimit(Some(pid), Resource::Fsize, Rlimit { current: to, maximum: None }).expect("a limit");
    }

    fn kill(self) {
        drop(self);
    }

    /// Ends it as a supervisor does; returns its exit code.
    pub async fn stop(self) -> Option<i32> {
        self.ends_after(Signal::TERM).await
    }

    pub async fn ends_after(mut self, signal: Signal) -> Option<i32> {
        send(self.child.id(), signal);
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("it can be asked") {
                    break status.code();
                }
                pause().await;
            }
        };
        timeout(PATIENCE, ended).await.expect("it ends")
    }
}

impl Drop for Program {
    // Also where a test fails: nothing of it goes on. One that has ended already needs neither.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub async fn readiness(addr: SocketAddr) -> (u16, String) {
    match reqwest::get(format!("http://{addr}/readyz")).await {
        Ok(answer) => (answer.status().as_u16(), answer.text().await.expect("text")),
        Err(_) => (0, String::new()),
    }
}

/// Waits until it says that it is ready: on a busy machine its probe may need longer than one request waits for it.
pub async fn becomes_ready(addr: SocketAddr) {
    let ready = async {
        while readiness(addr).await != (200, "ready".into()) {
            pause().await;
        }
    };
    timeout(PATIENCE, ready).await.expect("it becomes ready");
}

pub async fn founder(addr: SocketAddr) -> Member {
    let (client, cookie, id) = (reqwest::Client::new(), String::new(), Value::Null);
    let stranger = Member { addr, client, cookie, id, email: email("Anna") };
    let form = json!({ "name": "Anna", "email": stranger.email, "password": PASSWORD, "household": "Full", "currency": "EUR" });
    let reply = stranger.post("/auth/register", form).await.is(201);
    Member { cookie: cookie_of(&reply), ..stranger }
}

async fn comments(anna: &Member) -> Vec<String> {
    let mut found = Vec::new();
    let mut path = "/facts?limit=500".to_owned();
    loop {
        let page = anna.get(&path).await.is(200).body;
        found.extend(page["items"].as_array().expect("rows").iter().map(|row| row["comment"].to_string()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/facts?limit=500&cursor={cursor}");
    }
    found.sort_unstable();
    found
}

/// Sets each session to seen two minutes ago, so that the next request wants to update it.
async fn age_sessions(book: &Path) {
    let mut connection = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(book))
        .await
        .expect("the file opens");
    connection.execute("update sessions set last_seen_at = last_seen_at - 120000").await.expect("it is done");
    connection.close().await.expect("it closes");
}

/// Checks that writes are refused while the disk accepts none, and work again afterwards. `fill` and `free`
/// control the disk; `code` is the expected error, and `cause` what its sentence names.
async fn writes_are_refused_with_a_reason_and_work_again(
    folder: &Path,
    fill: impl Fn(&Program),
    free: impl Fn(&Program),
    (code, cause): (&str, &str),
) {
    let program = Program::start(folder).await;
    let anna = founder(program.addr).await;
    let purchase = anna.purchase("-1").await;
    let write = async |comment: String| {
        let mut form = purchase.clone();
        form["comment"] = json!(comment);
        anna.post("/facts", form).await
    };
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        for n in 0..3 {
            let comment = format!("{round}/{n}");
            write(comment.clone()).await.is(201);
            acknowledged.push(json!(comment).to_string());
        }
        age_sessions(&program.book).await;
        fill(&program);
        // Concurrent and sequential writes: each must cope with what the others left behind.
        let at_once = (0..10).map(|n| write(format!("{round}/refused/{n}")));
        let mut refused = futures_util::future::join_all(at_once).await;
        refused.push(write(format!("{round}/refused/last")).await);
        refused.push(anna.post("/auth/login", json!({ "email": anna.email, "password": PASSWORD })).await);
        for reply in refused {
            let reply = reply.problem(503, code);
            assert_eq!(reply.header("retry-after"), "10", "{}", reply.body);
            assert!(
                reply.body["detail"].as_str().is_some_and(|words| words.contains(cause)),
                "{}",
                reply.body
            );
        }
        assert_eq!(
            comments(&anna).await,
            acknowledged,
            "reading goes on, also with a session that is not fresh"
        );
        anna.get("/snapshot").await.is(200);
        for path in ["/", "/plan", "/household", "/sign-in"] {
            let page =
                anna.client.get(format!("http://{}{path}", program.addr)).header("cookie", &anna.cookie);
            assert_eq!(page.send().await.expect("an answer").status(), 200, "{path}");
        }
        assert_eq!(program.readiness().await, (200, format!("read-only: {code}")));
        assert!(!program.writable().await);
        free(&program);
        let comment = format!("{round}/room again");
        write(comment.clone()).await.is(201);
        acknowledged.push(json!(comment).to_string());
        acknowledged.sort_unstable();
        becomes_ready(program.addr).await;
        assert!(program.writable().await);
    }
    assert_eq!(comments(&anna).await, acknowledged);
    program.kill();
    let again = Program::start(folder).await;
    let anna = Member { addr: again.addr, ..anna };
    assert_eq!(comments(&anna).await, acknowledged, "what was acknowledged is there, and nothing else");
    again.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_limit_on_the_size_of_files_writes_are_refused_with_a_reason_and_recover() {
    let folder = tempfile::tempdir().expect("a folder");
    let fill = |program: &Program| program.limit_files(Some(0));
    let free = |program: &Program| program.limit_files(None);
    writes_are_refused_with_a_reason_and_work_again(folder.path(), fill, free, ("file_limit", "(ulimit -f)"))
        .await;
}

/// A file system of a few megabytes, mounted until dropped.
pub struct Small(tempfile::TempDir);

impl Small {
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// `None` if mounting is not permitted.
    pub fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder.path()).stderr(Stdio::null());
        let mounted = mount.status().is_ok_and(|status| status.success());
        mounted.then_some(Self(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        // Also while a process still has a file open there.
        if !Command::new("umount").arg("-l").arg(self.0.path()).status().is_ok_and(|status| status.success())
        {
            eprintln!("{} stays mounted", self.0.path().display());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_file_system_writes_are_refused_with_a_reason_and_recover() {
    let Some(small) = Small::mount() else {
        println!(
            "nobody may mount a small file system here: a limit on file sizes and one on pages stand in for it"
        );
        return;
    };
    let ballast = small.0.path().join("ballast");
    let fill = |_: &Program| {
        let mut file = std::fs::File::create(&ballast).expect("a file");
        while file.write_all(&[0; 512]).is_ok() {}
    };
    let free = |_: &Program| std::fs::remove_file(&ballast).expect("there is room");
    writes_are_refused_with_a_reason_and_work_again(small.0.path(), fill, free, ("disk_full", "disk")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_on_files_with_room_for_less_than_a_change_is_reported_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path()).await;
    let anna = founder(program.addr).await;
    let purchase = anna.purchase("-1").await;
    becomes_ready(program.addr).await;
    let log = program.book.with_extension("db-wal");
    let size = std::fs::metadata(log).expect("SQLite's log").len();
    // Three pages of its log.
    program.limit_files(Some(size + 3 * (4096 + 24)));
    // The log may have been restarted, and then has room up to its size.
    let mut left = 1000;
    let refused = loop {
        let reply = anna.post("/facts", purchase.clone()).await;
        if reply.status != 201 {
            break reply;
        }
        left -= 1;
        assert!(left > 0, "there is an end to it");
    };
    refused.problem(503, "file_limit");
    assert_eq!(program.readiness().await, (200, "read-only: file_limit".into()));
    assert!(!program.writable().await);
    program.limit_files(None);
    anna.post("/facts", purchase).await.is(201);
    becomes_ready(program.addr).await;
    assert!(program.writable().await);
    program.kill();
}

#[test]
fn a_command_at_the_limit_on_the_size_of_files_names_it_and_leaves_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(ends(folder.path(), &["migrate"]).status.success());
    let book = folder.path().join("data/family-budget.db");
    for (command, file) in [
        ("backup copy.db", "copy.db.family-budget.part"),
        ("migrate --database-url sqlite://other.db", "other.db"),
    ] {
        let limited = format!("ulimit -f 128; exec {} {command}", env!("CARGO_BIN_EXE_family-budget"));
        let mut shell = Command::new("sh");
        let output = shell.args(["-c", &limited]).current_dir(folder.path()).env_clear().output();
        one_clear_line(&output.expect("it ends"), "(ulimit -f)");
        assert!(!folder.path().join(file).exists(), "{file} is left");
    }
    assert!(book.exists());
}
