//! Limits how often a password may be tried. The attempts are counted in the database, so the limits hold
//! across processes and restarts.

use super::{Ledger, fault::Fault, secrets::token_hash};
use crate::{
    db::{self, attempts::Quota},
    network,
};
use app::{domain::AccountId, error::AppError};

/// Limits on attempts: for one network, and for one email from one network. A family shares one address, so
/// the former is higher. An email alone is not limited, because that would let anybody lock its owner out.
#[derive(Clone, Copy, Debug)]
pub struct Attempts {
    /// Attempts with one email from one network in a minute; 0 for no limit.
    per_minute: u32,
}

const NETWORK_FACTOR: u32 = 10;
const MINUTE_MS: i64 = 60_000;
/// How far the clocks of two attempts may differ from the order in which they are counted: each is read before
/// its counter is locked, and by any process.
const SKEW_MS: i64 = 1000;

impl Attempts {
    /// `per_minute` for one email from one network, ten times as many for one network; 0 disables both.
    #[must_use]
    pub const fn new(per_minute: u32) -> Self {
        Self { per_minute }
    }

    fn quota(per_minute: u32) -> Quota {
        let share = (MINUTE_MS / i64::from(per_minute.max(1))).max(1);
        // Less than a share, so that not one attempt more fits into the window.
        Quota { share, window: MINUTE_MS + SKEW_MS.min(share / 2) }
    }
}

impl Ledger {
    /// Counts an attempt to sign in, or refuses it. Without an email, only the limit of the network applies.
    pub(super) async fn count_attempt(&self, address: &str, email: &str) -> Result<(), Fault> {
        let (network, email) = (network::name(address), email.trim().to_lowercase());
        let mut limits = Vec::with_capacity(2);
        if !network.is_empty() {
            limits.push((format!("network:{network}"), NETWORK_FACTOR));
        }
        if !email.is_empty() {
            limits.push((format!("email:{email} network:{network}"), 1));
        }
        self.count(&limits).await
    }

    /// Counts an attempt to change the password of an account, or refuses it. Only people who are signed in
    /// to the account use up these attempts.
    pub(super) async fn count_change(&self, account: AccountId) -> Result<(), Fault> {
        self.count(&[(format!("password:{account}"), 1)]).await
    }

    /// Counts against each key; the number is a factor of the limit.
    async fn count(&self, limits: &[(String, u32)]) -> Result<(), Fault> {
        let per_minute = self.attempts.per_minute;
        if per_minute == 0 {
            return Ok(());
        }
        let now = self.clock.now().millis();
        for (key, factor) in limits {
            // One transaction for each key: it holds one lock only, so attempts and the deletion of old
            // counters never deadlock. Attempts that were counted stay counted if a later key is refused.
            let mut tx = self.database.begin().await?;
            // An email may be of any length; its hash is not.
            let key = token_hash(key);
            let quota = Attempts::quota(per_minute.saturating_mul(*factor));
            let refused = db::attempts::count(&mut tx, &key, now, quota).await?;
            tx.commit().await?;
            if let Some(next) = refused {
                let seconds = (next - now).max(0) / 1000 + 1;
                let retry_after_seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
                return Err(AppError::TooManyRequests { retry_after_seconds }.into());
            }
        }
        Ok(())
    }
}
