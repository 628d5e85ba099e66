//! Intervals and time limits.

use crate::ledger::cleaning::Rhythm;
use app::wire::HEARTBEAT_MS;
use std::time::Duration;

/// The intervals and time limits of sockets and background tasks. Only tests change them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The longest interval between heartbeats and between pings.
    pub heartbeat: Duration,
    /// How soon after a burst a heartbeat follows, so that a client notices a lost last message.
    pub after_burst: Duration,
    /// How long a pong may take before the socket is closed. The sum with `heartbeat` is under 30 s, the time
    /// within which an absent person must disappear from the presence list.
    pub pong: Duration,
    /// How long a client may take to receive what it is sent.
    pub flush: Duration,
    /// The interval at which sessions and memberships of all sockets are rechecked, in case a hint was lost.
    pub recheck: Duration,
    /// The interval at which changes of other processes on the same database are looked for.
    pub reconcile: Duration,
    /// How long the head of a request may take to arrive.
    pub head: Duration,
    /// How long a request may take to answer.
    pub request: Duration,
    /// The interval at which recurring entries that are due are looked for.
    pub due: Duration,
    /// The interval at which it is checked whether a backup is due.
    pub backup: Duration,
    /// When expired rows are deleted.
    pub cleaning: Rhythm,
    /// The time over which closing each thousand sockets is spread at shutdown.
    pub farewell: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_millis(HEARTBEAT_MS),
            after_burst: Duration::from_secs(1),
            pong: Duration::from_secs(8),
            flush: Duration::from_secs(10),
            recheck: Duration::from_secs(60),
            reconcile: Duration::from_secs(1),
            head: Duration::from_secs(10),
            request: Duration::from_secs(60),
            due: Duration::from_secs(60),
            backup: Duration::from_secs(60),
            cleaning: Rhythm { every: Duration::from_secs(5 * 60), steady: Duration::from_secs(60 * 60) },
            farewell: Duration::from_millis(500),
        }
    }
}
