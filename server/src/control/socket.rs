//! The Unix socket beside a SQLite file, `FILE.sock`: one request and one response, each a line of JSON.
//!
//! Only the user who runs the program may open it: the socket gets mode 0600 before it listens.

use super::{Request, Response, perform};
use crate::{db::file::beside, ledger::Ledger};
use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    fs::{File, Permissions},
    io::{self, ErrorKind},
    os::{
        fd::AsRawFd,
        unix::fs::{FileTypeExt, PermissionsExt},
    },
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// The longest request line.
const LINE_BYTES: u64 = 64 * 1024;
/// How long a request may take to arrive.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// Commands that run at once; others wait.
const AT_ONCE: usize = 4;
/// Connections at once.
const CONNECTIONS: usize = 64;
/// How long a process may take to say who it is. One that is stopped never does.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// The pause before a connection is tried again.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest address of a Unix socket (`sun_path` without its terminating zero).
const ADDRESS_BYTES: usize = 107;

/// Where the process that serves a database listens for commands.
#[must_use]
pub fn path_of(database: &Path) -> PathBuf {
    beside(database, ".sock")
}

/// Creates the socket of a database that this process holds.
///
/// # Errors
/// If the system refuses.
pub fn bind(database: &Path) -> io::Result<UnixListener> {
    let path = path_of(database);
    // Left behind by a killed process: only the process that holds the database creates this socket.
    remove_socket(&path)?;
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    let (address, _folder) = address(&path)?;
    socket.bind(&address)?;
    // Before `listen`: until then nobody can connect.
    std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    socket.listen(16)?;
    socket.set_nonblocking(true)?;
    UnixListener::from_std(socket.into())
}

/// Removes a socket, if there is one, and no other file.
fn remove_socket(path: &Path) -> io::Result<()> {
    let removed = path.symlink_metadata().and_then(|found| match found.file_type().is_socket() {
        true => std::fs::remove_file(path),
        false => {
            let error = format!("{} is no socket; move it away", path.display());
            Err(io::Error::new(ErrorKind::AlreadyExists, error))
        }
    });
    removed.or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// The address of a socket. A path that is too long is reached through the open folder, which must be kept as
/// long as the address is used.
fn address(path: &Path) -> io::Result<(SockAddr, Option<File>)> {
    if path.as_os_str().len() <= ADDRESS_BYTES {
        return Ok((SockAddr::unix(path)?, None));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = File::open(folder)?;
    let name = path.file_name().unwrap_or_default();
    let through = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name);
    Ok((SockAddr::unix(through)?, Some(folder)))
}

/// Serves requests until `stop`.
pub async fn serve(listener: UnixListener, database: PathBuf, ledger: Ledger, stop: CancellationToken) {
    let (room, turns) = (Arc::new(Semaphore::new(CONNECTIONS)), Arc::new(Semaphore::new(AT_ONCE)));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        let Ok(permit) = room.clone().acquire_owned().await else { break };
        match accepted {
            Ok((stream, _)) => {
                let (ledger, turns) = (ledger.clone(), turns.clone());
                tokio::spawn(async move {
                    if let Err(error) = answer(stream, &ledger, &turns).await {
                        tracing::warn!(%error, "a command was not answered");
                    }
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot take commands");
                // Most likely out of descriptors: retrying at once would only fill the log.
                tokio::time::sleep(REQUEST_LIMIT).await;
            }
        }
    }
    // Let running commands finish before the store is closed, and begin no other.
    drop(turns.acquire_many(u32::try_from(AT_ONCE).unwrap_or(u32::MAX)).await);
    turns.close();
    if let Err(error) = remove_socket(&path_of(&database)) {
        tracing::debug!(%error, "the socket for commands stays");
    }
}

async fn answer(stream: UnixStream, ledger: &Ledger, turns: &Semaphore) -> io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    let mut reading = BufReader::new(reading.take(LINE_BYTES));
    timeout(REQUEST_LIMIT, reading.read_line(&mut line)).await??;
    let response = match serde_json::from_str(&line) {
        // Without a turn: it is asked whether this process goes on with another command.
        Ok(Request::Who) => perform(ledger, Request::Who).await,
        Ok(request) => {
            let _turn = turns.acquire().await.map_err(io::Error::other)?;
            carried_out(ledger, request).await
        }
        // The line may hold a password, and the parser's message quotes parts of it.
        Err(_) => Response::Refused(format!(
            "the running process (version {}) does not know this command; restart it with this program first",
            env!("CARGO_PKG_VERSION")
        )),
    };
    let mut text = serde_json::to_string(&response)?;
    text.push('\n');
    writing.write_all(text.as_bytes()).await
}

/// Executes a request, and logs how that ended: the person who gave the command may no longer wait for it.
async fn carried_out(ledger: &Ledger, request: Request) -> Response {
    let response = perform(ledger, request.clone()).await;
    // The texts about a password name an email.
    match (&request, &response) {
        (Request::Who, _) => {}
        (Request::Restore(file), Response::Done(_)) => tracing::info!(file = %file.display(), "restored"),
        (Request::Restore(file), Response::Refused(why)) => {
            tracing::warn!(file = %file.display(), %why, "a command to restore was refused");
        }
        (Request::Password { .. }, Response::Done(_)) => tracing::info!("a command has set a password"),
        (Request::Password { .. }, Response::Refused(_)) => {
            tracing::warn!("a command to set a password was refused");
        }
    }
    response
}

/// Asks the process that serves a database something that it answers at once.
///
/// # Errors
/// If nobody listens, the listener does not speak this protocol, or there is no answer within [`ANSWER_LIMIT`].
pub async fn ask(database: &Path, request: &Request) -> io::Result<Response> {
    in_time(async { send(database, request).await?.response().await }).await
}

/// Waits until the process that serves a database is stopped: it listens and does not answer.
pub async fn falls_silent(database: &Path) {
    loop {
        tokio::time::sleep(ANSWER_LIMIT).await;
        // One that ends no longer listens, and may still be carrying out a command.
        let asked = ask(database, &Request::Who).await;
        if asked.is_err_and(|error| error.kind() == ErrorKind::TimedOut) {
            return;
        }
    }
}

async fn in_time<T>(answer: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let late = |_| {
        let seconds = ANSWER_LIMIT.as_secs();
        io::Error::new(ErrorKind::TimedOut, format!("it gives no answer within {seconds} seconds"))
    };
    timeout(ANSWER_LIMIT, answer).await.map_err(late)?
}

/// A request that was sent. The process that has it executes it, whether or not the response is waited for.
#[derive(Debug)]
pub struct SentRequest(UnixStream);

/// Sends a request to the process that serves a database.
///
/// # Errors
/// If nobody listens.
pub async fn send(database: &Path, request: &Request) -> io::Result<SentRequest> {
    let (address, _folder) = address(&path_of(database))?;
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    let connecting = async {
        loop {
            match socket.connect(&address) {
                // As many connections wait as the system allows.
                Err(error) if error.kind() == ErrorKind::WouldBlock => tokio::time::sleep(PAUSE).await,
                done => break done,
            }
        }
    };
    in_time(connecting).await?;
    let mut stream = UnixStream::from_std(socket.into())?;
    let mut text = serde_json::to_string(request)?;
    text.push('\n');
    stream.write_all(text.as_bytes()).await?;
    Ok(SentRequest(stream))
}

impl SentRequest {
    /// Waits for the response. There is no time limit: a command may take minutes, and Ctrl-C ends the wait.
    ///
    /// # Errors
    /// If the listener does not speak this protocol.
    pub async fn response(self) -> io::Result<Response> {
        let mut line = String::new();
        BufReader::new(self.0).read_line(&mut line).await?;
        if line.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}
