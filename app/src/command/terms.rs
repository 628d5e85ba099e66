//! Conditions of a write.

use super::typed_in::TypedIn;
use crate::domain::MutationId;
use serde::{Deserialize, Serialize};

/// The conditions of a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The idempotency key: a repeat under the same key changes nothing.
    pub mutation_id: Option<MutationId>,
    /// The version that the row must still have.
    pub base_version: Option<i64>,
    /// The currencies that its amounts must still be in.
    #[serde(default, skip_serializing_if = "TypedIn::is_absent")]
    pub typed_in: TypedIn,
}

impl Terms {
    /// No condition but this idempotency key.
    #[must_use]
    pub fn keyed(mutation_id: Option<MutationId>) -> Self {
        Self { mutation_id, ..Self::default() }
    }
}
