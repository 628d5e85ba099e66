//! When a call without a response is repeated.

use crate::error::AppError;
use std::time::Duration;
use uuid::Uuid;

/// The longest pause between two attempts.
const LONGEST_PAUSE_S: u32 = 30;
/// The longest pause of a call that gets no answer while the page receives changes: nobody expects a screen that is live to
/// wait for longer.
const LONGEST_LIVE_PAUSE_S: u32 = 5;

/// Whether a call is repeated automatically: it is unknown whether it was carried out, or waiting helps.
#[must_use]
pub const fn goes_again(error: &AppError) -> bool {
    error.is_undecided()
        || matches!(error, AppError::NotSignedIn | AppError::Busy | AppError::TooManyRequests { .. })
}

/// The pause after an attempt: at random between half and all of 1 s, 2 s, 4 s … 30 s, so that a thousand
/// browsers do not return at the same instant. It is not shorter than the server asks for. While the page is connected, a
/// call without an answer is repeated after five seconds at most.
pub(super) fn pause(tries: u32, error: &AppError, is_connected: bool, chance: f64) -> Duration {
    let is_lost = is_connected && *error == AppError::NoAnswer;
    let most = if is_lost { LONGEST_LIVE_PAUSE_S } else { LONGEST_PAUSE_S };
    let longest = 1_u32.checked_shl(tries.saturating_sub(1)).map_or(most, |s| s.clamp(1, most));
    let asked = match error {
        AppError::TooManyRequests { retry_after_seconds } => *retry_after_seconds,
        _ => 0,
    };
    let drawn = Duration::from_secs(longest.into()).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
    drawn.max(Duration::from_secs(asked.into()))
}

/// A random number between 0 and 1, from the last byte of a new id.
pub(super) fn chance() -> f64 {
    Uuid::now_v7().as_bytes().last().map_or(0.5, |byte| f64::from(*byte) / 255.0)
}
