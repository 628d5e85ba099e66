//! The threads that sockets run on.
//!
//! Their own: a change for a thousand screens is a thousand small writes, and on the threads of the
//! requests the next change would wait behind them at each of its steps. Measured with a thousand
//! screens: 107 changes a second on shared threads, 480 on separate ones.

use std::{future::Future, io};
use tokio::runtime::{Builder, Runtime};

/// As many threads as there are cores, shared with nobody.
pub struct Crew(Option<Runtime>);

impl Crew {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system has none left.
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
        // Waiting for threads is not allowed where this is dropped; whoever drops it has waited already.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
