//! What links that work once have in common: invitations ([`super::invites`]) and links for a new password
//! ([`super::password_links`]).

use app::domain::Instant;

/// How a repeated request finds the link that it has made, and its token.
pub struct Key {
    /// The hash of the request's key.
    pub hash: [u8; 32],
    /// With the key it makes the token.
    pub salt: [u8; 32],
}

/// A link that was asked for under a key.
pub struct Keyed<T> {
    /// The link.
    pub link: T,
    /// With the key it makes the token.
    pub salt: Vec<u8>,
    /// Until when it works.
    pub expires_at: Instant,
    /// Used, withdrawn or void.
    pub ended: bool,
}
