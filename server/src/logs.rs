//! What the program logs, and where to.

use crate::config::LogFormat;
use std::io::{self, Write};
use tracing_subscriber::{EnvFilter, fmt};

/// What is logged unless `RUST_LOG` says otherwise. A notice of PostgreSQL, such as that a table exists already, is
/// for whoever looks for a fault.
const LOGGED: &str = "info,tower_http=warn,sqlx::postgres::notice=warn";

/// What a command says beside its result, unless `RUST_LOG` says otherwise.
const SAID: &str = "off,server=warn";

/// There is a logger already.
#[derive(Debug, thiserror::Error)]
#[error("a logger is installed already")]
pub struct LoggerInstalled;

fn filter(usual: &str) -> EnvFilter {
    EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual))
}

/// Logs to standard output, as a process that serves does.
///
/// # Errors
/// [`LoggerInstalled`].
pub fn of_a_service(format: LogFormat) -> Result<(), LoggerInstalled> {
    // A line that cannot be written is lost. Reporting that on a closed standard error or a full disk would
    // panic in the middle of a request.
    let lines = fmt().with_env_filter(filter(LOGGED)).log_internal_errors(false);
    let result = match format {
        LogFormat::Pretty => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    result.map_err(|_| LoggerInstalled)
}

/// Writes the warnings of a command, such as that it waits for the database, to standard error, where its errors go
/// as well. Standard output is for its result.
///
/// # Errors
/// [`LoggerInstalled`].
pub fn of_a_command() -> Result<(), LoggerInstalled> {
    let lines = fmt().with_env_filter(filter(SAID)).log_internal_errors(false);
    let lines = lines.with_ansi(false).with_target(false).with_level(false).without_time();
    let beginning = || {
        let mut output = io::stderr().lock();
        drop(write!(output, "family-budget: "));
        output
    };
    lines.with_writer(beginning).try_init().map_err(|_| LoggerInstalled)
}
