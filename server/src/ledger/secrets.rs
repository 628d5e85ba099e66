//! Passwords and tokens.

use super::fault::Fault;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes passwords, on as many threads as there are cores and no more: each hash takes 19 MiB and
/// tens of milliseconds, and a flood of sign-ins must not starve everything else.
#[derive(Clone, Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    /// Compared with when there is no such account, so that the time of an answer tells nothing.
    decoy: Arc<str>,
}

impl Passwords {
    /// Ready to hash.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new() -> Result<Self, Fault> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { permits: Arc::new(Semaphore::new(cores)), decoy: hash("a password nobody has")?.into() })
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub async fn hash(&self, password: String) -> Result<String, Fault> {
        self.run(move || hash(&password)).await?
    }

    /// Whether the password is the account's; false when there is no account.
    ///
    /// # Errors
    /// When the work could not be done.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, Fault> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.to_string());
        let right = self
            .run(move || {
                PasswordHash::new(&hash)
                    .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(known && right)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let permit =
            self.permits.clone().acquire_owned().await.map_err(|error| Fault::Other(error.to_string()))?;
        // The work goes on when the caller hangs up, and holds its permit until it is done.
        let work = move || {
            let done = work();
            drop(permit);
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Other(error.to_string()))
    }
}

fn hash(password: &str) -> Result<String, Fault> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| Fault::Other(error.to_string()))?.to_string())
}

/// 256 random bits as text: a session's or an invitation's secret.
///
/// # Errors
/// When the system has no randomness.
pub fn token() -> Result<String, Fault> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random()?))
}

/// A token that the same key and salt make again.
#[must_use]
pub fn token_of(key: &[u8], salt: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(salt).chain_update(key).finalize())
}

/// 256 random bits.
///
/// # Errors
/// When the system has no randomness.
pub fn random() -> Result<[u8; 32], Fault> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Fault::Other(error.to_string()))?;
    Ok(bytes)
}

/// What is stored of a token.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
