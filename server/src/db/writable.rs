//! Whether the store takes writes: known from the writes themselves, and from a probe when there were none.
//!
//! A disk may have room for a little and not for a change. So a write that the disk refuses says so at once, by
//! whichever statement it fails; and once it has said so, only a probe of about a change's size takes it back, not
//! the next small write that still fits.

use super::{Database, Tx, on_engine, refusal, statements};
use sha2::{Digest, Sha256};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

statements! {
    // Placeholder rows, already expired: should they stay, they are deleted with what else is over.
    PROBE = "insert into attempts (key, free_at) values ($1, 0) on conflict (key) do update set free_at = 0";
    UNDO = "delete from attempts where key = $1";
}

/// A success is believed for so long. Not less: a probe writes as much as a change, and whoever looks after the
/// program may ask every few seconds.
const WORKED: Duration = Duration::from_secs(60);
/// A failure is believed for so long: when there is room again, that shall be seen soon.
const FAILED: Duration = Duration::from_secs(1);
/// Whoever asks does not wait longer for the one connection that writes.
const PATIENCE: Duration = Duration::from_secs(1);
/// A probe writes so many rows with keys of so many bytes, which is 16 pages of SQLite's; recording a transaction is
/// 11, with its entry in the log and all indexes. PostgreSQL takes no keys that are much longer.
const ROWS: u8 = 6;
const KEY_BYTES: usize = 2000;

/// What is known of writes; its clones share it.
#[derive(Clone, Debug, Default)]
pub struct Writable(Arc<Mutex<Known>>);

#[derive(Clone, Copy, Debug)]
struct Known {
    works: bool,
    /// When that was seen; none when it is in doubt.
    seen: Option<Instant>,
}

impl Default for Known {
    fn default() -> Self {
        Self { works: true, seen: None }
    }
}

impl Writable {
    /// Notes whether writes work.
    fn saw(&self, works: bool) {
        let before = std::mem::replace(&mut *self.known(), Known { works, seen: Some(Instant::now()) });
        if before.works && !works {
            tracing::error!("the store takes no writes; reading goes on");
        }
        if !before.works && works {
            tracing::info!("the store takes writes again");
        }
    }

    /// Notes that something was committed. After a failure it may have been less than what failed.
    pub fn committed(&self) {
        let mut known = self.known();
        known.seen = known.works.then(Instant::now);
    }

    /// Notes that a write failed: the store takes none if the disk is why, whatever a smaller one would do.
    pub fn failed(&self, error: &sqlx::Error) {
        if refusal::is_of_the_disk(error) {
            self.saw(false);
        }
    }

    /// Notes that a write ended without a commit: refused by a rule, given up, or failed. A failure that was seen
    /// counts on.
    pub fn doubt(&self) {
        let mut known = self.known();
        if known.works {
            known.seen = None;
        }
    }

    /// What was seen last, and whether that still counts.
    fn last(&self) -> (bool, bool) {
        let Known { works, seen } = *self.known();
        let limit = if works { WORKED } else { FAILED };
        (works, seen.is_some_and(|seen| seen.elapsed() < limit))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Database {
    /// Whether the store takes writes. Where that is in doubt, it writes something.
    pub async fn takes_writes(&self) -> bool {
        let (works, certain) = self.writable().last();
        if certain {
            return works;
        }
        match tokio::time::timeout(PATIENCE, self.probe()).await {
            Ok(Ok(())) => {
                self.writable().saw(true);
                true
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, "a write was tried and failed");
                self.writable().saw(false);
                false
            }
            // Others are writing, or nobody can; that is no news.
            Err(_) => works,
        }
    }

    /// Writes rows that mean nothing, and deletes them: the store stays as empty as it was. In two transactions,
    /// because pages that are free again when they are committed are not written.
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

/// The key of a row of the probe, which nothing can compress; those of attempts are 32 bytes long.
fn key(row: u8) -> Vec<u8> {
    let block =
        |at: usize| Sha256::new().chain_update(b"probe").chain_update([row]).chain_update(at.to_be_bytes());
    (0..KEY_BYTES.div_ceil(32)).flat_map(|at| block(at).finalize()).take(KEY_BYTES).collect()
}
