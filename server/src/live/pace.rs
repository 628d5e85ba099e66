//! How often and how long.

use crate::ledger::cleaning::Rhythm;
use app::wire::HEARTBEAT_MS;
use std::time::Duration;

/// The times of a socket's life, and of what the program does by itself. Tests shorten them; nothing else changes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// A heartbeat and a ping at least so often.
    pub heartbeat: Duration,
    /// A heartbeat so soon after a burst shows a client that it lost the last message.
    pub after_burst: Duration,
    /// A ping that is not answered in this time ends the socket. With the heartbeat it stays under the
    /// 30 s after which nobody is shown as present who is not.
    pub pong: Duration,
    /// A client that takes longer to read what it is sent is too slow.
    pub flush: Duration,
    /// Sessions and memberships of all sockets are looked at so often, should a bell be lost.
    pub recheck: Duration,
    /// The changes of other processes on the same database are looked for so often.
    pub reconcile: Duration,
    /// A request whose head takes longer to arrive ends its connection.
    pub head: Duration,
    /// A request that takes longer to answer is given up.
    pub request: Duration,
    /// Recurring entries that are due are looked for so often.
    pub due: Duration,
    /// Whether a backup is due is looked at so often.
    pub backup: Duration,
    /// When what has ended is deleted.
    pub cleaning: Rhythm,
    /// On the program's end each thousand sockets are spread over so long.
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
