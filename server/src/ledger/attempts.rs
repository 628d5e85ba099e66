//! How often somebody may try to sign in. Counted in the store: whichever process is asked, and however
//! often it is restarted.

use super::{Ledger, fault::Fault, secrets::token_hash};
use crate::db::{self, attempts::Quota};
use app::error::AppError;

/// Limits on attempts, by email and by network address. A family behind one address shares the
/// latter, so it is wider.
#[derive(Clone, Copy, Debug)]
pub struct Attempts {
    /// With one email in a minute; 0 for no limit.
    per_minute: u32,
}

const ADDRESS_FACTOR: u32 = 10;
const MINUTE_MS: i64 = 60_000;

impl Attempts {
    /// `per_minute` for one email, ten times as many for one address; 0 switches both off.
    #[must_use]
    pub const fn new(per_minute: u32) -> Self {
        Self { per_minute }
    }

    fn quota(per_minute: u32) -> Quota {
        Quota { share: (MINUTE_MS / i64::from(per_minute.max(1))).max(1), window: MINUTE_MS }
    }
}

impl Ledger {
    /// Counts an attempt, or refuses it.
    pub(super) async fn count_attempt(&self, address: &str, email: &str) -> Result<(), Fault> {
        let per_minute = self.attempts.per_minute;
        if per_minute == 0 {
            return Ok(());
        }
        let (now, email) = (self.clock.now().millis(), email.trim().to_lowercase());
        let mut tx = self.database.begin().await?;
        // Always in this order, so that two attempts never wait for each other.
        let limits = [("address", address, ADDRESS_FACTOR), ("email", email.as_str(), 1)];
        for (kind, value, factor) in limits {
            if value.is_empty() {
                continue;
            }
            // What somebody typed may be long; its hash is not.
            let key = token_hash(&format!("{kind}:{value}"));
            let quota = Attempts::quota(per_minute.saturating_mul(factor));
            if let Some(next) = db::attempts::count(&mut tx, &key, now, quota).await? {
                // What was counted stays counted.
                tx.commit().await?;
                let seconds = (next - now).max(0) / 1000 + 1;
                let retry_after_seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
                return Err(AppError::TooManyRequests { retry_after_seconds }.into());
            }
        }
        Ok(tx.commit().await?)
    }
}
