//! Passwords and tokens.

use super::fault::Fault;
use app::error::AppError;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many hashes may wait for each one in progress: about a second of work, at tens of milliseconds each.
const WAITING_EACH: usize = 16;

/// Hashes passwords: one fewer at a time than there are cores, but at least one. Each hash takes 19 MiB and
/// tens of milliseconds, so a flood of sign-ins must not starve everything else. The queue is bounded: if it
/// is full, a request is told to retry.
#[derive(Clone, Debug)]
pub struct Passwords {
    /// Held while a hash is in progress.
    at_work: Arc<Semaphore>,
    /// Held from the arrival of a request on.
    in_queue: Arc<Semaphore>,
    /// The hash that a password is compared with if there is no such account, so that the response time does not
    /// reveal that.
    decoy: Arc<str>,
}

impl Passwords {
    /// A hasher for this machine.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn new() -> Result<Self, Fault> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::at_once(cores.saturating_sub(1).max(1))
    }

    /// A hasher that computes this many hashes at a time.
    fn at_once(count: usize) -> Result<Self, Fault> {
        Ok(Self {
            at_work: Arc::new(Semaphore::new(count)),
            in_queue: Arc::new(Semaphore::new(count * (1 + WAITING_EACH))),
            decoy: hash("a password nobody has")?.into(),
        })
    }

    /// The PHC string of a password.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub async fn hash(&self, password: String) -> Result<String, Fault> {
        self.run(move || hash(&password)).await?
    }

    /// Whether the password is the account's; false if there is no account.
    ///
    /// # Errors
    /// If the work could not be done.
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
        let place = self.in_queue.clone().try_acquire_owned().map_err(|_| AppError::Busy)?;
        let permit =
            self.at_work.clone().acquire_owned().await.map_err(|error| Fault::Other(error.to_string()))?;
        // The work continues if the caller hangs up, and holds its permits until it is done.
        let work = move || {
            let done = work();
            drop((permit, place));
            done
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Other(error.to_string()))
    }
}

fn hash(password: &str) -> Result<String, Fault> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| Fault::Other(error.to_string()))?.to_string())
}

/// A token for a session or a link: 256 random bits as text.
///
/// # Errors
/// If the system has no randomness.
pub fn token() -> Result<String, Fault> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random()?))
}

/// A token that is derived from a key and a salt: the same ones give the same token.
#[must_use]
pub fn token_of(key: &[u8], salt: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(salt).chain_update(key).finalize())
}

/// 256 random bits.
///
/// # Errors
/// If the system has no randomness.
pub fn random() -> Result<[u8; 32], Fault> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Fault::Other(error.to_string()))?;
    Ok(bytes)
}

/// The hash of a token, which is stored in its place.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::poll;
    use std::{task::Poll, time::Duration};

    #[tokio::test]
    async fn a_request_that_finds_the_queue_full_is_told_to_retry_and_all_others_are_served() {
        let passwords = Passwords::at_once(1).expect("randomness");
        let ask = || passwords.run(|| ());
        let held = passwords.at_work.clone().acquire_owned().await.expect("nobody else holds it");
        let mut waiting = Vec::new();
        for _ in 0..=WAITING_EACH {
            let mut asked = Box::pin(ask());
            assert!(poll!(asked.as_mut()).is_pending());
            waiting.push(asked);
        }
        let Poll::Ready(refused) = poll!(Box::pin(ask())) else { panic!("it waits in a full queue") };
        assert_eq!(refused.map_err(Fault::answer), Err(AppError::Busy));
        // A caller that hangs up frees its place.
        drop(waiting.pop());
        let mut asked = Box::pin(ask());
        assert!(poll!(asked.as_mut()).is_pending(), "it waits, and is not refused");
        waiting.push(asked);
        drop(held);
        for asked in waiting {
            asked.await.expect("it is done");
        }
        assert!(ask().await.is_ok());
    }

    #[tokio::test]
    async fn a_panic_gives_its_place_back() {
        let passwords = Passwords::at_once(1).expect("randomness");
        for _ in 0..=WAITING_EACH + 1 {
            let work = passwords.run(|| -> () { panic!("a panic that this test asked for") });
            // If a place were not freed, this would wait forever.
            let failed = tokio::time::timeout(Duration::from_secs(20), work).await.expect("there is a place");
            assert!(failed.is_err());
        }
        assert!(passwords.run(|| ()).await.is_ok());
    }
}
