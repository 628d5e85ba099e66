//! The passwords that people have replaced a short while ago, as hashes in memory.
//!
//! A change of the password whose response was lost is sent again, with a password that is no longer the present one.
//! It is told from one with a mistyped password by the hash of the former one. After a restart, or in another process,
//! the repeat is refused as a wrong password.

use crate::db::accounts::Account;
use app::domain::AccountId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a former password is kept.
const KEPT: Duration = Duration::from_secs(10 * 60);

/// The hashes of former passwords, one for each account at most, and when they were replaced.
#[derive(Clone, Default)]
pub(super) struct ReplacedPasswords(Arc<Mutex<HashMap<AccountId, (String, Instant)>>>);

impl ReplacedPasswords {
    /// Those that are still kept.
    fn kept(&self) -> MutexGuard<'_, HashMap<AccountId, (String, Instant)>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, since)| since.elapsed() < KEPT);
        all
    }

    /// Keeps the password of an account that gets another one.
    pub fn keep(&self, account: Account) {
        self.kept().insert(account.id, (account.password_hash, Instant::now()));
    }

    /// The account as it was before its password was replaced.
    pub fn former(&self, account: &Account) -> Option<Account> {
        let password_hash = self.kept().get(&account.id)?.0.clone();
        Some(Account { password_hash, ..account.clone() })
    }
}
