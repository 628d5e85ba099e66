//! What can happen to the connection, and what can be done about it.

use app::wire::{Seq, close};

/// When an event happens.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Unix milliseconds.
    pub now_ms: f64,
    /// Between 0 and 1.
    pub chance: f64,
}

/// What a frame says about the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The first one: where the log ends, and how often a heartbeat comes.
    Welcome {
        /// The last change of the log.
        head: Seq,
        /// The interval of heartbeats.
        heartbeat_ms: u64,
    },
    /// A sign of life, with the end of the log.
    Heartbeat {
        /// The last change of the log.
        head: Seq,
    },
    /// The server is going to close, and asks to come back after a time between these.
    Bye {
        /// In milliseconds.
        retry_ms: [u64; 2],
    },
    /// Anything else.
    Other,
}

/// What a frame did to the follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameTo {
    /// It was the next change.
    Moved,
    /// Nothing.
    Nothing,
    /// The log is further than the follower.
    Behind,
    /// Changes before it are missing.
    Gap,
    /// The log cannot help, or the frame cannot be read.
    Unusable,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A frame arrived. `seq` is the follower's position after it.
    Frame {
        /// What it says.
        said: Said,
        /// What it did.
        came_to: CameTo,
        /// Where the follower is now.
        seq: Seq,
    },
    /// The server closed the socket with this code.
    Closed(u16),
    /// The socket ended without a code, or did not open.
    Failed,
    /// The follower has read everything again, or could not.
    Reread(bool),
    /// The browser has a network again.
    Online,
    /// The browser has lost its network.
    Offline,
    /// The page is looked at again.
    Shown,
    /// The deadline is reached.
    Elapsed,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open a socket from the follower's position.
    Open,
    /// Close the socket.
    Close,
    /// Read everything again.
    Reread,
    /// Tell the screens.
    Show(Sight),
}

/// How the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Every change arrives.
    Live,
    /// Lost just now.
    CatchingUp,
    /// Lost, and not yet back.
    Offline,
    /// Ended by the server; the client does not come back by itself.
    Ended(Ending),
}

/// Why the server has ended the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Signing in again helps.
    SignedOut,
    /// Not a member of this household any more.
    NotAMember,
    /// This person has too many windows open.
    Crowded,
    /// Any other reason, including those of a later version.
    Refused,
}

impl Ending {
    /// The reason behind a close code that does not reconnect.
    #[must_use]
    pub const fn of(code: u16) -> Option<Self> {
        if close::reconnects(code) {
            return None;
        }
        Some(match code {
            close::NOT_SIGNED_IN => Self::SignedOut,
            close::NOT_A_MEMBER => Self::NotAMember,
            close::TOO_MANY_SOCKETS => Self::Crowded,
            _ => Self::Refused,
        })
    }
}
