//! Commands on a SQLite file that a process serves.

use crate::{
    disk::{Program, founder},
    harness::{Kept, PATIENCE, TestServer, pause, send},
    start::{address_in, program, ready},
};
use rustix::process::Signal;
use server::{
    control::{
        Request, Response,
        socket::{ask, bind, path_of},
    },
    db::connect::{self, OpenDatabase, Settings, file_of},
    stats::read,
};
use std::{
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::PathBuf,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    process::Child,
    time::timeout,
};

fn database(server: &TestServer) -> PathBuf {
    file_of(&server.database_url).expect("SQLite").to_owned()
}

async fn says(server: &TestServer, line: &[u8]) -> Response {
    let mut stream = UnixStream::connect(path_of(&database(server))).await.expect("it listens");
    stream.write_all(line).await.expect("it is sent");
    stream.shutdown().await.expect("that was all");
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).await.expect("an answer");
    serde_json::from_str(&answer).expect("a response")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_that_serves_a_file_takes_commands_of_its_own_user_only() {
    let mut server = TestServer::sqlite().await;
    let (file, socket) = (database(&server), path_of(&database(&server)));
    let told = socket.metadata().expect("it is there");
    assert!(told.file_type().is_socket());
    assert_eq!(told.permissions().mode() & 0o777, 0o600);
    let here = format!("family-budget {}, process {}", env!("CARGO_PKG_VERSION"), std::process::id());
    assert_eq!(ask(&file, &Request::Who).await.expect("an answer"), Response::Done(here.clone()));
    server.stop().await;
    assert!(!socket.exists(), "a process that ended takes no commands");
    assert!(ask(&file, &Request::Who).await.is_err());
    // The socket that a killed process leaves behind does not matter.
    drop(std::os::unix::net::UnixListener::bind(&socket).expect("a socket"));
    server.restart().await;
    assert_eq!(ask(&file, &Request::Who).await.expect("an answer"), Response::Done(here));
    // A file that somebody put there is not removed, and the book is served all the same.
    server.stop().await;
    std::fs::write(&socket, "Dear Anna").expect("a file");
    server.restart().await;
    server.founder("Anna").await;
    assert!(ask(&file, &Request::Who).await.is_err());
    server.stop().await;
    assert_eq!(std::fs::read_to_string(&socket).expect("it is there"), "Dear Anna");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_malformed_command_is_refused_without_repeating_it() {
    let server = TestServer::sqlite().await;
    let long = [b"\"".as_slice(), &vec![b'x'; 70_000], b"\"\n"].concat();
    for line in [
        b"{\"of_a_later_version\":{\"password\":\"hunter2\"}}\n".as_slice(),
        b"\n",
        b"",
        b"\xd0\x96\n",
        &long,
    ] {
        let Response::Refused(text) = says(&server, line).await else { panic!("it is refused") };
        assert!(text.contains("does not know this command") && !text.contains("hunter2"), "{text}");
    }
    assert!(
        matches!(says(&server, b"\"who\"\n").await, Response::Done(_)),
        "and the next one is carried out"
    );
}

#[tokio::test]
async fn a_file_held_by_a_process_without_a_socket_is_reported_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("book.db").display());
    let held = connect::open(&url, Settings::default()).await.expect("it opens");
    let mut command = Command::new(env!("CARGO_BIN_EXE_family-budget"));
    let output = command.args(["restore", "backup.db"]).env_clear().env("DATABASE_URL", &url).output();
    let output = output.expect("it starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("does not take commands") && text.contains("stop it and repeat"), "{text}");
    held.database.close().await;
}

/// Starts a command on a database, with a password on standard input. It ends with the test.
async fn command(folder: &tempfile::TempDir, args: &[&str]) -> Child {
    let mut command = tokio::process::Command::from(program(folder.path(), args));
    command.env("DATABASE_URL", format!("sqlite://{}", folder.path().join("book.db").display()));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().expect("it starts");
    let mut input = child.stdin.take().expect("its input");
    // A command that asks for nothing may have ended.
    drop(input.write_all(b"correct horse\n").await);
    child
}

/// A book in a folder that this process holds, and the socket on which it would take its commands.
async fn held() -> (TempDir, OpenDatabase, UnixListener) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("book.db");
    let held = connect::open(&format!("sqlite://{}", file.display()), Settings::default()).await;
    (folder, held.expect("it opens"), bind(&file).expect("a socket"))
}

/// Waits until a command ends.
async fn over(child: Child) -> Output {
    timeout(PATIENCE, child.wait_with_output()).await.expect("in time").expect("it ends")
}

/// The connection of a command to what pretends to be the process that serves the file, and its request.
async fn asked(listener: &UnixListener) -> (BufReader<UnixStream>, String) {
    loop {
        let (stream, _) = timeout(PATIENCE, listener.accept()).await.expect("in time").expect("it asks");
        let (mut request, mut stream) = (String::new(), BufReader::new(stream));
        timeout(PATIENCE, stream.read_line(&mut request)).await.expect("in time").expect("a request");
        if request != "\"who\"\n" {
            return (stream, request);
        }
        stream.write_all(b"{\"done\":\"somebody\"}\n").await.expect("an answer");
    }
}

const ON_THE_BOOK: [&[&str]; 2] = [&["restore", "missing.db"], &["password", "anna@example.org"]];

#[tokio::test]
async fn who_interrupts_a_command_that_the_serving_process_has_is_told_that_it_may_go_on() {
    let (folder, held, listener) = held().await;
    for args in ON_THE_BOOK {
        let child = command(&folder, args).await;
        let (_stream, request) = asked(&listener).await;
        assert!(request.contains(args[0]), "{request}");
        send(child.id().expect("it runs"), Signal::INT);
        let output = over(child).await;
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(130), "{said}");
        assert!(said.contains("book.db and may still be carried out"), "{said}");
    }
    held.database.close().await;
}

#[tokio::test]
async fn a_command_whose_serving_process_ends_without_an_answer_may_have_been_carried_out() {
    let (folder, held, listener) = held().await;
    for args in ON_THE_BOOK {
        let child = command(&folder, args).await;
        drop(asked(&listener).await);
        let output = over(child).await;
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("book.db ended before it answered"), "{said}");
        assert!(said.contains("whether the command was carried out is not known"), "{said}");
    }
    held.database.close().await;
}

#[tokio::test]
async fn a_command_whose_serving_process_falls_silent_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("book.db");
    let held = connect::open(&format!("sqlite://{}", file.display()), Settings::default()).await;
    let (held, listener) = (held.expect("it opens"), bind(&file).expect("a socket"));
    let child = command(&folder, ON_THE_BOOK[1]).await;
    // Nobody answers any more, nor is a further connection accepted.
    let _silent = asked(&listener).await;
    let output = over(child).await;
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("book.db has the command and does not answer any more"), "{said}");
    held.database.close().await;
}

#[tokio::test]
async fn a_command_beside_a_stopped_process_ends_and_is_not_carried_out_later() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Program::start(folder.path()).await;
    let anna = founder(program.addr).await;
    send(program.child.id(), Signal::STOP);
    let output = over(command(&folder, &["password", &anna.email]).await).await;
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("book.db is in use") && said.contains("no answer within 5 seconds"), "{said}");
    let url = format!("sqlite://{}", program.book.display());
    let stats = timeout(PATIENCE, read(&url)).await.expect("in time").expect("it can be read");
    let served_by = stats.served_by.expect("somebody");
    assert!(served_by.contains("does not answer"), "{served_by}");
    send(program.child.id(), Signal::CONT);
    let answered = async {
        while ask(&program.book, &Request::Who).await.is_err() {
            pause().await;
        }
    };
    timeout(PATIENCE, answered).await.expect("it goes on");
    anna.log_in().await;
}

#[tokio::test]
async fn the_process_that_serves_a_file_logs_how_a_command_ended_and_no_secrets() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let mut serving = program(folder.path(), &["serve", "--addr", "127.0.0.1:0", "--log", "json"]);
    serving.env("DATABASE_URL", format!("sqlite://{}", folder.path().join("book.db").display()));
    serving.stdout(std::fs::File::create(&log).expect("a file"));
    let _serving = Kept(serving.spawn().expect("it starts"));
    ready(&address_in(&log).await).await;
    let said = || std::fs::read_to_string(&log).expect("a log");
    for (args, says) in ON_THE_BOOK.iter().zip(["to restore was refused", "to set a password was refused"]) {
        let output = over(command(&folder, args).await).await;
        assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
        let logged = async {
            while !said().contains(says) {
                pause().await;
            }
        };
        timeout(PATIENCE, logged).await.expect("it is logged");
    }
    assert!(said().contains("there is no file"), "why nothing was restored: {}", said());
    assert!(!said().contains("anna@example.org") && !said().contains("correct horse"), "{}", said());
}

#[tokio::test]
async fn a_failed_restore_leaves_no_database_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let (target, text) = (folder.path().join("new").join("book.db"), folder.path().join("text.db"));
    std::fs::write(&text, "this is no backup").expect("a file");
    for (file, why) in [
        (folder.path().join("missing.db"), "there is no file"),
        (folder.path().to_owned(), "is not a file; name the file itself"),
        (text, "is not a SQLite database"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_family-budget"));
        let url = format!("sqlite://{}", target.display());
        let output = command.arg("restore").arg(&file).env_clear().env("DATABASE_URL", url).output();
        let output = output.expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(why), "{said}");
        assert!(!folder.path().join("new").exists(), "neither a file nor its folder");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_deep_in_folders_takes_commands_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let deep = folder.path().join("d".repeat(120)).join("book.db");
    let url = format!("sqlite://{}", deep.display());
    let server = TestServer::sqlite().await.restarted_with(|config| config.database_url = url).await;
    assert!(matches!(ask(&deep, &Request::Who).await.expect("an answer"), Response::Done(_)));
    drop(server);
}
