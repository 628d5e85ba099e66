//! Links that work once and until a certain time, like an invitation: their tokens are random and stored hashed, and
//! a request that is repeated under its key gets the same link again.

use super::{
    fault::Fault,
    secrets::{random, token, token_hash, token_of},
};
use crate::db::links::{Key, Keyed};
use app::service::Terms;
use sha2::{Digest, Sha256};

/// The key of a request for a link.
pub(super) struct RequestKey([u8; 16]);

impl RequestKey {
    /// The one that these terms have, if any.
    pub fn of(terms: Terms) -> Option<Self> {
        terms.mutation_id.map(|id| Self(id.uuid().into_bytes()))
    }

    /// What is stored of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// The token of the link that was made under this key; none when that link does not work any more.
    pub fn token_again<T>(&self, before: &Keyed<T>, now: i64) -> Option<String> {
        let works = !before.ended && before.expires_at.millis() > now;
        works.then(|| token_of(&self.0, &before.salt))
    }
}

/// What a new link is made of.
pub(super) struct Secret {
    /// It stands in the link, and nowhere else.
    pub token: String,
    /// What is stored of it.
    pub hash: [u8; 32],
    /// How the same request finds it again.
    pub key: Option<Key>,
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(key: Option<&RequestKey>) -> Result<Self, Fault> {
        let (token, key) = match key {
            Some(key) => {
                let salt = random()?;
                (token_of(&key.0, &salt), Some(Key { hash: key.hash(), salt }))
            }
            None => (token()?, None),
        };
        Ok(Self { hash: token_hash(&token), token, key })
    }
}
