//! When a call without an answer goes again.

use crate::error::AppError;
use std::time::Duration;
use uuid::Uuid;

/// No pause between two tries is longer.
const LONGEST_PAUSE_S: u32 = 30;

/// Whether it may be unknown if a call was carried out, or waiting helps, so that it goes again by itself.
#[must_use]
pub const fn goes_again(error: &AppError) -> bool {
    error.is_undecided()
        || matches!(error, AppError::NotSignedIn | AppError::Busy | AppError::TooManyRequests { .. })
}

/// How long to wait after a try: 1 s, 2 s, 4 s … 30 s, of which at least a half, so that a thousand browsers do not
/// come back in one instant; and no shorter than the server asks for.
pub(super) fn pause(tries: u32, error: &AppError, chance: f64) -> Duration {
    let longest =
        1_u32.checked_shl(tries.saturating_sub(1)).map_or(LONGEST_PAUSE_S, |s| s.clamp(1, LONGEST_PAUSE_S));
    let asked = match error {
        AppError::TooManyRequests { retry_after_seconds } => *retry_after_seconds,
        _ => 0,
    };
    let drawn = Duration::from_secs(longest.into()).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
    drawn.max(Duration::from_secs(asked.into()))
}

/// Between 0 and 1. A fresh id ends in random bits.
pub(super) fn chance() -> f64 {
    Uuid::now_v7().as_bytes().last().map_or(0.5, |byte| f64::from(*byte) / 255.0)
}
