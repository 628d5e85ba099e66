//! What one-time links have in common: invitations ([`super::invites`]) and links for a new password
//! ([`super::password_links`]).

use app::domain::Instant;

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
