//! The events of the connection, and the actions on it.

use app::wire::{Seq, close};

/// The time and randomness of an event.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The current time in Unix milliseconds.
    pub now_ms: f64,
    /// A random number between 0 and 1.
    pub chance: f64,
}

/// What a frame means for the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The first frame: the end of the log and the heartbeat interval.
    Welcome {
        /// The last change of the log.
        head: Seq,
        /// The heartbeat interval in milliseconds.
        heartbeat_ms: u64,
    },
    /// A heartbeat, with the end of the log.
    Heartbeat {
        /// The last change of the log.
        head: Seq,
    },
    /// The server is about to close, and asks the client to reconnect after a delay in this range.
    Bye {
        /// The range in milliseconds.
        retry_ms: [u64; 2],
    },
    /// Any other frame.
    Other,
}

/// What applying a frame did to the follower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameTo {
    /// The frame was the next change, and was applied.
    Moved,
    /// Nothing changed.
    Nothing,
    /// The log is ahead of the follower.
    Behind,
    /// Changes before the frame are missing.
    Gap,
    /// The log cannot help, or the frame cannot be parsed.
    Unusable,
}

/// An event of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifecycleEvent {
    /// A frame arrived.
    Frame {
        /// What it means.
        said: Said,
        /// What applying it did.
        came_to: CameTo,
        /// The follower's position after it.
        seq: Seq,
    },
    /// The server closed the socket with this code.
    Closed(u16),
    /// The socket ended without a close code, or could not be opened.
    Failed,
    /// The follower has read everything again, or failed to.
    Reread(bool),
    /// The browser has a network again.
    Online,
    /// The browser has lost its network.
    Offline,
    /// The page is visible again.
    Shown,
    /// Another page of this browser has signed out, whether or not the server knows it.
    SignedOut,
    /// The deadline was reached.
    Elapsed,
}

/// An action on the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open a socket that resumes at the follower's position.
    Open,
    /// Close the socket.
    Close,
    /// Read everything again.
    Reread,
    /// Show a state on the screens.
    Show(Sight),
}

/// The state of the connection, for the screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Up to date: every change arrives.
    Live,
    /// Just lost.
    CatchingUp,
    /// Lost and not reconnected.
    Offline,
    /// Ended by the server; the client does not reconnect on its own.
    Ended(Ending),
}

/// Why the server ended the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Signing in again helps.
    SignedOut,
    /// No longer a member of this household.
    NotAMember,
    /// This person has too many open windows.
    Crowded,
    /// Any other reason, including those of a later version.
    Refused,
}

impl Ending {
    /// The reason for a close code after which the client does not reconnect.
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
