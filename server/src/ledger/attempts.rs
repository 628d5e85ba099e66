//! How often somebody may try to sign in.

use super::{fault::Fault, secrets::token_hash};
use app::error::AppError;
use governor::{Quota, RateLimiter, clock::Clock as _, clock::DefaultClock, state::keyed::DashMapStateStore};
use std::num::NonZeroU32;

/// What somebody typed may be long; its hash is not.
type Key = [u8; 32];
type Limiter = RateLimiter<Key, DashMapStateStore<Key>, DefaultClock>;

/// Limits on attempts, by email and by network address. A family behind one address shares the
/// latter, so it is wider.
pub struct Attempts {
    limits: Option<(Limiter, Limiter)>,
}

const ADDRESS_FACTOR: u32 = 10;

impl Attempts {
    /// `per_minute` for one email, ten times as many for one address; 0 switches both off.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        let limiter = |rate| NonZeroU32::new(rate).map(|rate| RateLimiter::keyed(Quota::per_minute(rate)));
        Self { limits: limiter(per_minute).zip(limiter(per_minute.saturating_mul(ADDRESS_FACTOR))) }
    }

    /// Counts an attempt.
    pub(super) fn check(&self, address: &str, email: &str) -> Result<(), Fault> {
        let Some((by_email, by_address)) = &self.limits else { return Ok(()) };
        let clock = DefaultClock::default();
        for (limiter, key) in [(by_address, address.to_owned()), (by_email, email.trim().to_lowercase())] {
            if key.is_empty() {
                continue;
            }
            if let Err(not_until) = limiter.check_key(&token_hash(&key)) {
                let seconds = not_until.wait_time_from(clock.now()).as_secs() + 1;
                let retry_after_seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
                return Err(AppError::TooManyRequests { retry_after_seconds }.into());
            }
            // Keys that have recovered would pile up for ever.
            if limiter.len() > 10_000 {
                limiter.retain_recent();
            }
        }
        Ok(())
    }
}
