//! Asking for a password: without echo on a terminal, else the first line of the standard input.

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::{
    io::{self, BufRead, IsTerminal, Write, stderr, stdin},
    thread,
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};

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

/// The signals that end a program, among them that of Ctrl-C. Once somebody waits for them they kill no more, so that
/// what was begun can be dropped: the terminal shows again what is typed.
pub struct Interrupts {
    interrupt: Signal,
    quit: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Interrupts {
    /// From now on they are waited for.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    /// The first of them.
    pub async fn any(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.quit.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

/// A new password. On a terminal it is typed twice. Dropped, it leaves the terminal as it was.
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

/// The terminal as it was; put back when this goes.
struct Echo(Termios);

impl Echo {
    /// What is typed is not shown any more.
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
        // Nor was the end of the line shown.
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

/// A line of the standard input, read by a thread of its own: nothing else ends a read that nobody waits for any more
/// than the end of the process.
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
