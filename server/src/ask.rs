//! Asks for a password: without echo on a terminal, otherwise from the first line of standard input.

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::{
    io::{self, BufRead, IsTerminal, Write, stderr, stdin},
    thread,
};
use tokio::sync::oneshot;

/// Longer than any password.
const LINE_BYTES: u64 = 4096;

/// Why no password was read. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The two passwords differ.
    #[error("the two passwords differ; nothing was changed")]
    Differ,
    /// Reading the terminal or standard input failed.
    #[error("cannot read a password: {0}")]
    Io(#[from] io::Error),
}

/// Reads a new password. On a terminal it is typed twice. Dropping the future restores the terminal's
/// settings.
///
/// # Errors
/// See [`AskError`].
pub async fn new_password(of: &str) -> Result<String, AskError> {
    if !stdin().is_terminal() {
        return Ok(line().await?);
    }
    let first = hidden(&format!("New password for {of}: ")).await?;
    if first != hidden("The same again: ").await? {
        return Err(AskError::Differ);
    }
    Ok(first)
}

/// The terminal's original settings, restored on drop.
struct Echo(Termios);

impl Echo {
    /// Turns echo off.
    fn off() -> io::Result<Self> {
        let before = Self(tcgetattr(stdin())?);
        let mut silent = before.0.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdin(), OptionalActions::Drain, &silent)?;
        Ok(before)
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        let back = tcsetattr(stdin(), OptionalActions::Drain, &self.0);
        // The newline that ended the line was not echoed either.
        let said = if back.is_ok() {
            "\n"
        } else {
            "\nthe terminal does not show what is typed; `reset` does that\n"
        };
        // The terminal itself may be gone.
        drop(stderr().write_all(said.as_bytes()));
    }
}

async fn hidden(prompt: &str) -> io::Result<String> {
    let _echo = Echo::off()?;
    stderr().write_all(prompt.as_bytes())?;
    line().await
}

/// Reads a line of standard input on a thread of its own: a blocking read that nobody waits for any more ends
/// only with the process.
async fn line() -> io::Result<String> {
    let (send, read) = oneshot::channel();
    thread::Builder::new().spawn(move || send.send(read_line()))?;
    read.await.map_err(|_| io::Error::other("the reading thread is gone"))?
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::Read::take(stdin().lock(), LINE_BYTES).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
