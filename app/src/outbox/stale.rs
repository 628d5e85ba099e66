//! What a refusal says of the row that another member has changed.

use crate::{domain::MemberId, error::AppError};
use serde::Deserialize;

/// The version of the row in a refusal.
#[derive(Deserialize)]
struct Versioned {
    version: i64,
}

/// The current version of the row, if a command was refused as stale.
#[must_use]
pub fn version_now(error: &AppError) -> Option<i64> {
    let AppError::Stale { current } = error else { return None };
    serde_json::from_str(current).ok().map(|Versioned { version }| version)
}

/// Who made the version of the row in a refusal.
#[derive(Deserialize)]
struct Changed {
    updated_by: Option<MemberId>,
    /// The parts of a transfer or split.
    #[serde(default)]
    facts: Vec<Self>,
}

/// The member who changed the row, if a command was refused as stale; `None` if the row does not say.
#[must_use]
pub fn changed_by(error: &AppError) -> Option<MemberId> {
    let AppError::Stale { current } = error else { return None };
    let changed: Changed = serde_json::from_str(current).ok()?;
    changed.updated_by.or_else(|| changed.facts.first()?.updated_by)
}
