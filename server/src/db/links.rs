//! What one-time links have in common: invitations ([`super::invites`]) and links for a new password
//! ([`super::password_links`]).

use app::domain::Instant;

/// How far ahead of the clock a link may have been made. One that was made later has a wrong clock's expiry, and does
/// not work for what may be years.
const AHEAD_MS: i64 = 60 * 60 * 1000;

/// The latest instant at which a link that works can have been made.
#[must_use]
pub const fn latest_made(now: i64) -> i64 {
    now.saturating_add(AHEAD_MS)
}

/// By which a repeated request finds the link that it made, and derives its token.
pub struct LinkKey {
    /// The hash of the request's key.
    pub hash: [u8; 32],
    /// The salt that yields the token together with the key.
    pub salt: [u8; 32],
}

/// A link that was requested under a key.
pub struct Keyed<T> {
    /// The link.
    pub link: T,
    /// The salt that yields the token together with the key.
    pub salt: Vec<u8>,
    /// When it was made.
    pub created_at: Instant,
    /// When it expires.
    pub expires_at: Instant,
    /// Whether it was used, revoked or replaced.
    pub ended: bool,
}
