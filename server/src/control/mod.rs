//! Commands of the operator that change a store, whichever process holds it.
//!
//! A command is a [`Request`]; [`perform`] executes it. On PostgreSQL, and on a SQLite file that nobody
//! serves, the command's own process does that. A SQLite file in use belongs to the process that serves it:
//! the command sends the request there, over a Unix socket beside the file ([`socket`]), so that open screens
//! receive the changes.
//!
//! To add a command: a variant of [`Request`], its arm in [`perform`], and a subcommand in `cli` that calls
//! [`carry_out`].

pub mod socket;

use crate::{
    backup::restore::{self, RestoreError},
    bus::Bus,
    clock::Clock,
    config::{Config, Registration},
    db::{
        Database, beside,
        connect::{self, ConnectError, Settings},
    },
    ledger::{Attempts, Ledger, fault::Fault},
};
use serde::{Deserialize, Serialize};
use std::{
    io,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// A request to the process that holds a store; on the socket one line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Asks which program holds the store.
    Who,
    /// Restores a backup into the store, which must be empty. The path is absolute.
    Restore(PathBuf),
    /// Sets a new password for the account with an email. All its sessions end.
    Password {
        /// The email that the person signs in with.
        email: String,
        /// The new password.
        new: Secret,
    },
}

/// A text that is never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// The result; on the socket one line of JSON. The text is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// The request was executed.
    Done(String),
    /// Nothing was changed, and why.
    Refused(String),
}

/// Why a command was not executed. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The store cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The ledger returned an error.
    #[error("cannot use the database: {0}")]
    Ledger(#[from] Fault),
    /// The path is mistyped; opening it would create an empty database.
    #[error("there is no database {0}; name the one that is served with --database-url")]
    NoDatabase(PathBuf),
    /// The file is held by a process that does not answer on its socket.
    #[error(
        "{path} is in use by a process that does not take commands ({source}); stop it and repeat the command"
    )]
    Silent {
        /// The path of the database.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The process that has the command gave no answer.
    #[error(
        "the process that serves {0} ended before it answered; whether the command was carried out is not known: start it and look"
    )]
    Unanswered(PathBuf),
    /// The process that has the command does not answer any more.
    #[error(
        "the process that serves {0} has the command and does not answer any more; once it goes on it may carry it out: its log says how it ends"
    )]
    Stopped(PathBuf),
    /// The process that was asked, or this one, refused.
    #[error("{0}")]
    Refused(String),
}

/// Executes a request: here, or in the process that serves the file. Returns the text to print. `handed_over` receives
/// the file once its process has the request; dropping the future then no longer stops it.
///
/// # Errors
/// See [`ControlError`].
pub async fn carry_out(
    config: &Config,
    request: &Request,
    handed_over: &OnceLock<PathBuf>,
) -> Result<String, ControlError> {
    let response = match (request, connect::file_named(&config.database_url)?) {
        (Request::Restore(backup), Some(path)) if !path.exists() => {
            restored(restore::restore_into_new(backup, path).await)
        }
        (Request::Restore(backup), file) => {
            // Restoring a large table takes longer than the statement timeout of a running program.
            let settings = Settings { statement_timeout: Duration::ZERO, ..config.store };
            match (connect::open(&config.database_url, settings).await, file) {
                (Ok(opened), Some(path)) => restored(restore::restore_over(backup, path, opened).await),
                (Ok(opened), None) => perform_here(config, &opened.database, request).await?,
                (Err(error @ ConnectError::LoneLog { .. }), _) => {
                    restored(Err(RestoreError::of_place(error)))
                }
                (Err(error), _) => hand_over(error, request, handed_over).await?,
            }
        }
        (_, file) => {
            // Opening it would make an empty book.
            match file {
                Some(path) => beside::check_budget(path, path).await.map_err(|error| match error {
                    ConnectError::NoFile(path) => ControlError::NoDatabase(path),
                    error => error.into(),
                })?,
                None => beside::read_only(&config.database_url).await?.close().await,
            }
            match connect::open(&config.database_url, config.store).await {
                Ok(opened) => perform_here(config, &opened.database, request).await?,
                Err(error) => hand_over(error, request, handed_over).await?,
            }
        }
    };
    match response {
        Response::Done(text) => Ok(text),
        Response::Refused(text) => Err(ControlError::Refused(text)),
    }
}

/// Executes a request here, and closes the store.
async fn perform_here(
    config: &Config,
    database: &Database,
    request: &Request,
) -> Result<Response, ControlError> {
    let response = match here(config, database) {
        Ok(ledger) => Ok(perform(&ledger, request.clone()).await),
        Err(error) => Err(error.into()),
    };
    database.close().await;
    response
}

/// Sends a request to the process that has the file open, if that is why the store does not open, and waits for its
/// response.
async fn hand_over(
    error: ConnectError,
    request: &Request,
    handed_over: &OnceLock<PathBuf>,
) -> Result<Response, ControlError> {
    let ConnectError::InUse(path) = error else { return Err(error.into()) };
    let sent = async {
        // One that is stopped would carry out the command whenever it goes on.
        socket::ask(&path, &Request::Who).await?;
        socket::send(&path, request).await
    };
    let sent = match sent.await {
        Ok(sent) => sent,
        Err(source) => return Err(ControlError::Silent { path, source }),
    };
    handed_over.get_or_init(|| path.clone());
    let response = tokio::select! {
        response = sent.response() => response,
        () = socket::falls_silent(&path) => return Err(ControlError::Stopped(path)),
    };
    response.map_err(|source| match had_the_command(&source) {
        true => ControlError::Unanswered(path),
        false => ControlError::Silent { path, source },
    })
}

/// Whether an error of the connection means that the other process may have begun to carry out the command: it closed
/// the connection, and did not answer something else.
fn had_the_command(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
    )
}

/// A ledger for one command. It has no screens; processes on the same PostgreSQL find the changes by polling.
fn here(config: &Config, database: &Database) -> Result<Ledger, Fault> {
    let open = config.registration == Registration::Open;
    let (bus, attempts) = (Bus::local(Arc::default()), Attempts::new(config.logins_per_minute));
    Ledger::new(database.clone(), bus, Clock::default(), attempts, open)
}

fn restored(done: Result<usize, RestoreError>) -> Response {
    match done {
        Ok(households) => Response::Done(format!(
            "Restored. Households: {households}. Every screen takes a fresh snapshot."
        )),
        Err(error) => Response::Refused(error.to_string()),
    }
}

/// Executes a request on the store that this process holds.
pub async fn perform(ledger: &Ledger, request: Request) -> Response {
    match request {
        Request::Restore(file) => restored(restore::restore(&file, ledger.database()).await),
        Request::Password { email, new } => match ledger.set_password(&email, new.0).await {
            Ok(()) => {
                let email = email.trim();
                Response::Done(format!("{email} has a new password, and is signed out everywhere."))
            }
            Err(error) => Response::Refused(error.to_string()),
        },
        Request::Who => Response::Done(format!(
            "family-budget {}, process {}",
            env!("CARGO_PKG_VERSION"),
            std::process::id()
        )),
    }
}
