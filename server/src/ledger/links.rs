//! Links that work once and for a limited time, such as invitations. Their tokens are random and stored
//! hashed; a request that is repeated under its key gets the same link again.

use super::{
    fault::Fault,
    secrets::{random, token, token_hash, token_of},
};
use crate::db::links::{Keyed, LinkKey, latest_made};
use app::service::Terms;
use sha2::{Digest, Sha256};

/// The idempotency key of a request for a link.
pub(super) struct RequestKey([u8; 16]);

impl RequestKey {
    /// The key of these terms, if they have one.
    pub fn of(terms: Terms) -> Option<Self> {
        terms.mutation_id.map(|id| Self(id.uuid().into_bytes()))
    }

    /// The hash that is stored.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// The token of the link that was made under this key; `None` if that link does not work any more.
    pub fn token_again<T>(&self, before: &Keyed<T>, now: i64) -> Option<String> {
        // One that was made while the clock was ahead has a wrong expiry.
        let is_ahead = before.created_at.millis() > latest_made(now);
        let works = !before.ended && !is_ahead && before.expires_at.millis() > now;
        works.then(|| token_of(&self.0, &before.salt))
    }
}

/// The parts of a new link.
pub(super) struct NewLink {
    /// The token. It is only in the link itself.
    pub token: String,
    /// The hash of the token, which is stored.
    pub hash: [u8; 32],
    /// The stored key by which the same request finds the link again.
    pub key: Option<LinkKey>,
}

impl NewLink {
    /// Makes a new token.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn new(key: Option<&RequestKey>) -> Result<Self, Fault> {
        let (token, key) = match key {
            Some(key) => {
                let salt = random()?;
                (token_of(&key.0, &salt), Some(LinkKey { hash: key.hash(), salt }))
            }
            None => (token()?, None),
        };
        Ok(Self { hash: token_hash(&token), token, key })
    }
}
