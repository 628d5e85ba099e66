//! What sockets read: who they belong to, where the log ends, and what they missed.

use super::{Ledger, fault::Fault, secrets::token_hash, write::LogEntry};
use crate::{
    db::{
        self, Database,
        change_log::{Logged, Portion},
        households::LogEnd,
        sessions::Stand,
    },
    live::{encoded::Encoded, frames},
};
use app::{domain::HouseholdId, error::AppError, wire::Seq};

/// What a socket that is behind is sent at once. Ten thousand of them may be behind, each of another
/// household, so it is little.
const PORTION: Portion = Portion { entries: 256, bytes: 256 * 1024 };

impl Ledger {
    /// Who a token belongs to now, where that household's log ends, and the check of an entry, the last one
    /// when no number is given; read in one moment.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`] for a token that is nobody's, or when the store does not answer.
    pub async fn stand(&self, token: &str, seq: Option<Seq>) -> Result<Stand, AppError> {
        let hash = token_hash(token);
        let read = || async {
            let mut tx = self.database.glance().await?;
            Ok(db::sessions::stand(&mut tx, &hash, seq).await?)
        };
        self.unless_expired(read, |stand| (stand.actor, stand.seen)).await.map_err(Fault::answer)
    }

    /// How far the logs of these households go, whichever process wrote to them. As many as
    /// [`IDS_AT_ONCE`](db::households::IDS_AT_ONCE) at most.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn log_ends(&self, households: &[HouseholdId]) -> Result<Vec<LogEnd>, AppError> {
        let read = async {
            let mut tx = self.database.glance().await?;
            Ok::<_, Fault>(db::households::log_ends(&mut tx, households).await?)
        };
        read.await.map_err(Fault::answer)
    }

    /// Whether other processes may write the same book.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        matches!(self.database, Database::Postgres(..))
    }

    /// How many entries all logs have.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn log_entries(&self) -> Result<i64, AppError> {
        let read = async {
            let mut tx = self.database.glance().await?;
            Ok::<_, Fault>(db::households::log_entries(&mut tx).await?)
        };
        read.await.map_err(Fault::answer)
    }

    /// The frames after a number, as many as one socket is sent at once, up to a change that this program
    /// cannot read: it was written by a later version.
    ///
    /// # Errors
    /// [`AppError::PositionLost`] when the very next change cannot be read, or when the store does not answer.
    pub async fn frames_after(
        &self,
        household: HouseholdId,
        since: Seq,
    ) -> Result<Vec<(Seq, Encoded)>, AppError> {
        let read = async {
            let mut tx = self.database.glance().await?;
            let logged = db::change_log::after(&mut tx, household, since, PORTION).await?;
            readable(logged, |entry| Ok((entry.seq, frame(entry)?)))
        };
        read.await.map_err(Fault::answer)
    }
}

/// Entries of the log in the form that is wanted, up to one that this program cannot read. A later version may
/// write to the same log while processes are replaced one after the other.
///
/// # Errors
/// [`AppError::PositionLost`] when that is the first one: the log cannot be continued, a snapshot can.
pub(super) fn readable<T>(
    logged: Vec<Logged>,
    read: impl Fn(Logged) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut all = Vec::with_capacity(logged.len());
    for entry in logged {
        let seq = entry.seq;
        match read(entry) {
            Ok(entry) => all.push(entry),
            Err(_) if !all.is_empty() => break,
            Err(error) => {
                tracing::warn!(%error, seq, "a change that this version cannot read: screens take a snapshot");
                return Err(AppError::PositionLost.into());
            }
        }
    }
    Ok(all)
}

fn frame(logged: Logged) -> Result<Encoded, Fault> {
    let entries: Vec<LogEntry> = serde_json::from_str(&logged.changes)?;
    Ok(frames::of_commit(logged.seq, Some(logged.check()), logged.mutation_id, entries)?)
}
