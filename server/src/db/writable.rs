//! Whether the store accepts writes: learned from the writes themselves, or from a probe if there were none.
//!
//! A disk may have room for a small write and not for a change. So a write that the disk refuses marks the
//! store as read-only at once, whichever statement fails; after that only a probe about as large as a change
//! marks it as writable again, not the next small write that still fits.

use super::{Database, Tx, on_engine, refusal, statements};
use app::error::AppError;
use sha2::{Digest, Sha256};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

statements! {
    // Rows that are already expired: if they are left over, they are deleted with other expired counters.
    PROBE = "insert into attempts (key, free_at) values ($1, 0) on conflict (key) do update set free_at = 0";
    UNDO = "delete from attempts where key = $1";
}

/// How long a success is trusted. Not shorter: a probe writes as much as a change, and a supervisor may ask
/// every few seconds.
const WORKED: Duration = Duration::from_secs(60);
/// How long a failure is trusted: recovery should be noticed soon.
const FAILED: Duration = Duration::from_secs(1);
/// How long a caller waits for the one writing connection.
const PATIENCE: Duration = Duration::from_secs(1);
/// The rows of a probe and the length of their keys: 16 pages of SQLite in all, where recording a transaction
/// takes 11 with its log entry and all indexes. PostgreSQL does not index much longer keys.
const ROWS: u8 = 6;
const KEY_BYTES: usize = 2000;

/// What is known about writes, shared between clones.
#[derive(Clone, Debug, Default)]
pub struct Writable(Arc<Mutex<Known>>);

#[derive(Clone, Debug, Default)]
struct Known {
    /// Why writes do not work; `None` if they do.
    refusal: Option<AppError>,
    /// When that was seen; `None` if it is in doubt.
    seen: Option<Instant>,
}

impl Writable {
    /// Records that writes work, or why they do not.
    fn saw(&self, failure: Option<&sqlx::Error>) {
        let refusal = failure.map(|error| refusal::answer(error).unwrap_or(AppError::Internal));
        let now = Known { refusal, seen: Some(Instant::now()) };
        let before = std::mem::replace(&mut *self.known(), now);
        match (before.refusal, failure) {
            (None, Some(error)) => {
                let error = refusal::told(error);
                tracing::error!(%error, "the store takes no writes; reading goes on");
            }
            (Some(_), None) => tracing::info!("the store takes writes again"),
            _ => {}
        }
    }

    /// Records a commit. After a failure it may have been smaller than the write that failed.
    pub fn committed(&self) {
        let mut known = self.known();
        known.seen = known.refusal.is_none().then(Instant::now);
    }

    /// Records that a write failed: if the disk is the cause, the store accepts no writes, whatever a smaller
    /// one would do.
    pub fn failed(&self, error: &sqlx::Error) {
        if refusal::is_of_the_disk(error) {
            self.saw(Some(error));
        }
    }

    /// Records that a write ended without a commit: refused by a rule, cancelled, or failed. An earlier
    /// failure still counts.
    pub fn doubt(&self) {
        let mut known = self.known();
        if known.refusal.is_none() {
            known.seen = None;
        }
    }

    /// What was seen last, and whether it is still trusted.
    fn last(&self) -> (Option<AppError>, bool) {
        let Known { refusal, seen } = self.known().clone();
        let limit = if refusal.is_none() { WORKED } else { FAILED };
        let is_trusted = seen.is_some_and(|seen| seen.elapsed() < limit);
        (refusal, is_trusted)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Database {
    /// Whether the store accepts writes. If that is in doubt, runs a probe.
    pub async fn takes_writes(&self) -> bool {
        self.refusal_of_writes().await.is_none()
    }

    /// Why the store accepts no writes; `None` if it accepts them. If that is in doubt, runs a probe.
    pub async fn refusal_of_writes(&self) -> Option<AppError> {
        if let Err(error) = self.check_whole() {
            return Some(refusal::answer(&error).unwrap_or(AppError::Internal));
        }
        let (refusal, certain) = self.writable().last();
        if certain {
            return refusal;
        }
        match tokio::time::timeout(PATIENCE, self.probe()).await {
            Ok(Ok(())) => {
                self.writable().saw(None);
                None
            }
            Ok(Err(error)) => {
                tracing::warn!(error = %refusal::told(&error), "a write was tried and failed");
                self.writable().saw(Some(&error));
                Some(refusal::answer(&error).unwrap_or(AppError::Internal))
            }
            // Others are writing, or nobody can: nothing new is known.
            Err(_) => refusal,
        }
    }

    /// Writes placeholder rows and deletes them, so that the store stays as it was. Uses two transactions,
    /// because pages that are free again at the commit are not written.
    async fn probe(&self) -> sqlx::Result<()> {
        for statement in [PROBE, UNDO] {
            let mut tx = self.begin().await?;
            for row in 0..ROWS {
                run(&mut tx, statement, &key(row)).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

async fn run(tx: &mut Tx, statement: &'static str, key: &[u8]) -> sqlx::Result<()> {
    on_engine!(tx, |conn| sqlx::query(statement).bind(key).execute(conn).await.map(|_| ()))
}

/// The key of a probe row, incompressible; those of attempts are 32 bytes long.
fn key(row: u8) -> Vec<u8> {
    let block =
        |at: usize| Sha256::new().chain_update(b"probe").chain_update([row]).chain_update(at.to_be_bytes());
    (0..KEY_BYTES.div_ceil(32)).flat_map(|at| block(at).finalize()).take(KEY_BYTES).collect()
}
