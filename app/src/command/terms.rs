//! Conditions of a write.

use crate::domain::MutationId;
use serde::{Deserialize, Serialize};

/// The conditions of a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The idempotency key: a repeat under the same key changes nothing.
    pub mutation_id: Option<MutationId>,
    /// The version that the row must still have.
    pub base_version: Option<i64>,
}
