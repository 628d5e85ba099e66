//! What sockets read: whose they are, where the log ends, and the entries that they missed.

use super::{Ledger, fault::Fault, secrets::token_hash};
use crate::{
    db::{
        self, Database,
        actors::Stand,
        change_log::{Logged, Portion},
        households::LogEnd,
    },
    journal::{LogEntry, encoded::Encoded, frames},
};
use app::{domain::HouseholdId, error::AppError, wire::Seq};

/// The most that a socket reads from the log at once. Little, because ten thousand sockets may be behind,
/// each of another household.
const PORTION: Portion = Portion { entries: 256, bytes: 256 * 1024 };

impl Ledger {
    /// The actor of a token, the end of that household's log, and the check of the entry with the number
    /// `seq`, by default the last one. All are read in one snapshot.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`] for an unknown token; other errors if the database does not answer.
    pub async fn stand(&self, token: &str, seq: Option<Seq>) -> Result<Stand, AppError> {
        let hash = token_hash(token);
        let read = || async {
            let mut tx = self.database.glance().await?;
            Ok(db::actors::stand(&mut tx, &hash, seq).await?)
        };
        self.unless_expired(read, |stand| (stand.actor, stand.seen)).await.map_err(Fault::answer)
    }

    /// The ends of the logs of these households, including the writes of other processes. At most
    /// [`IDS_AT_ONCE`](db::households::IDS_AT_ONCE) households.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn log_ends(&self, households: &[HouseholdId]) -> Result<Vec<LogEnd>, AppError> {
        let read = async {
            let mut tx = self.database.glance().await?;
            Ok::<_, Fault>(db::households::log_ends(&mut tx, households).await?)
        };
        read.await.map_err(Fault::answer)
    }

    /// Whether other processes may write to the same database.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        matches!(self.database, Database::Postgres(..))
    }

    /// The number of entries in all logs.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn log_entries(&self) -> Result<i64, AppError> {
        let read = async {
            let mut tx = self.database.glance().await?;
            Ok::<_, Fault>(db::households::log_entries(&mut tx).await?)
        };
        read.await.map_err(Fault::answer)
    }

    /// The frames after a number, as many as a socket reads at once, up to the first change that this program
    /// cannot parse because a later version wrote it.
    ///
    /// # Errors
    /// [`AppError::PositionLost`] if that is the very next change; other errors if the database does not
    /// answer.
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

/// Converts entries of the log, up to the first that this program cannot parse. While processes are replaced
/// one after the other, a later version may write to the same log.
///
/// # Errors
/// [`AppError::PositionLost`] if that is the first entry: the log cannot be continued, but a snapshot can be
/// read.
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
