//! How often somebody may try a password. Counted in the store: whichever process is asked, and however
//! often it is restarted.

use super::{Ledger, fault::Fault, secrets::token_hash};
use crate::{
    db::{self, attempts::Quota},
    network,
};
use app::{domain::AccountId, error::AppError};

/// Limits on attempts: from one network, and from one network with one email. A family behind one address
/// shares the former, so it is wider. An email alone is not limited, or anybody could keep its owner out.
#[derive(Clone, Copy, Debug)]
pub struct Attempts {
    /// With one email from one network in a minute; 0 for no limit.
    per_minute: u32,
}

const NETWORK_FACTOR: u32 = 10;
const MINUTE_MS: i64 = 60_000;

impl Attempts {
    /// `per_minute` for one email from one network, ten times as many for one network; 0 switches both off.
    #[must_use]
    pub const fn new(per_minute: u32) -> Self {
        Self { per_minute }
    }

    fn quota(per_minute: u32) -> Quota {
        Quota { share: (MINUTE_MS / i64::from(per_minute.max(1))).max(1), window: MINUTE_MS }
    }
}

impl Ledger {
    /// Counts an attempt to sign in, or refuses it. Without an email it is limited by its network alone.
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

    /// Counts an attempt to change the password of an account, or refuses it. Whoever is signed in as its
    /// owner has these attempts for themselves.
    pub(super) async fn count_change(&self, account: AccountId) -> Result<(), Fault> {
        self.count(&[(format!("password:{account}"), 1)]).await
    }

    /// Counts against each of these keys, with so many times the limit.
    async fn count(&self, limits: &[(String, u32)]) -> Result<(), Fault> {
        let per_minute = self.attempts.per_minute;
        if per_minute == 0 {
            return Ok(());
        }
        let now = self.clock.now().millis();
        for (key, factor) in limits {
            // A transaction a key: whoever holds one waits for no other, so neither two attempts nor an attempt and
            // the cleaning of old ones wait for each other. What was counted stays counted.
            let mut tx = self.database.begin().await?;
            // What somebody typed may be long; its hash is not.
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
