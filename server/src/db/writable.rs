//! Whether the store takes writes: known from the writes themselves, and from a probe when there were none.

use super::{Database, Tx, on_engine, statements};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

statements! {
    // A placeholder row, already expired, that is deleted in the same transaction.
    PROBE = "insert into attempts (key, free_at) values ($1, 0) on conflict (key) do update set free_at = 0";
    UNDO = "delete from attempts where key = $1";
}

/// A success is believed for so long.
const WORKED: Duration = Duration::from_secs(10);
/// A failure is believed for so long: when there is room again, that shall be seen soon.
const FAILED: Duration = Duration::from_secs(1);
/// Whoever asks does not wait longer for the one connection that writes.
const PATIENCE: Duration = Duration::from_secs(1);

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
    /// Notes how a write ended.
    pub fn saw(&self, works: bool) {
        let before = std::mem::replace(&mut *self.known(), Known { works, seen: Some(Instant::now()) });
        if before.works && !works {
            tracing::error!("the store takes no writes; reading goes on");
        }
        if !before.works && works {
            tracing::info!("the store takes writes again");
        }
    }

    /// Notes that a write ended without a commit: refused by a rule, given up, or failed.
    pub fn doubt(&self) {
        self.known().seen = None;
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
            // Whoever commits notes it as well.
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a write was tried and failed");
                self.writable().saw(false);
                false
            }
            // Others are writing, or nobody can; that is no news.
            Err(_) => works,
        }
    }

    async fn probe(&self) -> sqlx::Result<()> {
        let mut tx = self.begin().await?;
        probe(&mut tx).await?;
        tx.commit().await
    }
}

/// Writes a row that means nothing and deletes it: the store stays as empty as it was.
///
/// # Errors
/// When the store refuses.
async fn probe(tx: &mut Tx) -> sqlx::Result<()> {
    for statement in [PROBE, UNDO] {
        on_engine!(&mut *tx, |conn| {
            sqlx::query(statement).bind(b"probe".as_slice()).execute(conn).await.map(|_| ())
        })?;
    }
    Ok(())
}
