//! Conditions of a write.

use crate::domain::MutationId;
use serde::{Deserialize, Serialize};

/// The conditions of a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The idempotency key, which makes a repeat harmless.
    pub mutation_id: Option<MutationId>,
    /// Writes only if the row still has this version.
    pub base_version: Option<i64>,
}
