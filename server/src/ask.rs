//! Asking for a password: without echo on a terminal, else the first line of the standard input.

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{self, BufRead, IsTerminal, Write, stderr, stdin};

/// More than any password has.
const LINE_BYTES: u64 = 4096;

/// Why there is no password. Each is one line for whoever gave the command.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Two different ones were typed.
    #[error("the two passwords differ; nothing was changed")]
    Differ,
    /// The terminal, or what was piped in.
    #[error("cannot read a password: {0}")]
    Io(#[from] io::Error),
}

/// A new password. On a terminal it is typed twice.
///
/// # Errors
/// See [`AskError`].
pub fn new_password(of: &str) -> Result<String, AskError> {
    if !stdin().is_terminal() {
        return Ok(line()?);
    }
    let first = hidden(&format!("New password for {of}: "))?;
    if first != hidden("The same again: ")? {
        return Err(AskError::Differ);
    }
    Ok(first)
}

/// The terminal as it was; put back when this goes.
struct Echo(Termios);

impl Drop for Echo {
    fn drop(&mut self) {
        if tcsetattr(stdin(), OptionalActions::Drain, &self.0).is_err() {
            eprintln!("the terminal does not show what is typed; `reset` brings that back");
        }
    }
}

fn hidden(prompt: &str) -> io::Result<String> {
    eprint!("{prompt}");
    stderr().flush()?;
    let before = Echo(tcgetattr(stdin())?);
    let mut silent = before.0.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    tcsetattr(stdin(), OptionalActions::Drain, &silent)?;
    let typed = line();
    drop(before);
    eprintln!();
    typed
}

fn line() -> io::Result<String> {
    let mut line = String::new();
    io::Read::take(stdin().lock(), LINE_BYTES).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
