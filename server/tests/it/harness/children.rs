//! Processes that a test starts, and the signals that it sends to them.

use super::{PATIENCE, pause};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    ffi::OsStr,
    ops::{Deref, DerefMut},
    process::{Child, Command, ExitStatus},
};
use tokio::time::timeout;

/// A command on which every signal has its usual effect. Under `nohup`, and in the background of a script, some are
/// ignored, and a process that is started ignores them too.
pub fn with_usual_signals(program: impl AsRef<OsStr>) -> Command {
    // It becomes the program: the process stays the same one.
    let mut command = Command::new("/usr/bin/env");
    command.arg("--default-signal=HUP,INT,QUIT,TERM").arg(program);
    command
}

/// Sends a signal to a process that a test has started.
pub fn send(id: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(id).expect("a process")).expect("a process");
    kill_process(pid, signal).expect("it is there");
}

/// A process that is killed if the test ends first.
pub struct Kept(pub Child);

impl Kept {
    /// Waits until it ends.
    pub async fn over(&mut self) -> ExitStatus {
        let over = async {
            loop {
                if let Some(status) = self.0.try_wait().expect("it can be asked") {
                    break status;
                }
                pause().await;
            }
        };
        timeout(PATIENCE, over).await.expect("it ends in time")
    }
}

impl Deref for Kept {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Kept {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
