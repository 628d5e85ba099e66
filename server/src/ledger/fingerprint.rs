//! The fingerprint of a request. A repeat has the same one; another request with the same idempotency key has not.

use super::fault::Fault;
use app::domain::MutationId;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The idempotency key of a person who is not a member yet.
#[derive(Clone, Copy)]
pub(super) struct IdempotencyKey {
    pub id: MutationId,
    pub hash: [u8; 32],
}

/// The fingerprint of a request, 32 bytes: the name of the call and its content.
pub(super) fn fingerprint(call: &str, content: &impl Serialize) -> Result<[u8; 32], Fault> {
    Ok(hash(call, &serde_json::to_vec(content)?))
}

/// The fingerprint of a call by its name and its content as bytes.
pub(super) fn hash(call: &str, content: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(call.as_bytes());
    hash.update([0]);
    hash.update(content);
    hash.finalize().into()
}
