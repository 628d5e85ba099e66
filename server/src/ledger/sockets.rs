//! What sockets read: who they belong to, where the log ends, and what they missed.

use super::{Ledger, fault::Fault, secrets::token_hash, write::LogEntry};
use crate::{
    db::{self, Database, change_log::Logged, households::Changed, sessions::Stand},
    live::{encoded::Encoded, frames},
};
use app::{
    domain::{HouseholdId, Instant, SessionId},
    error::AppError,
    wire::Seq,
};

impl Ledger {
    /// Who a token belongs to now, where that household's log ends, and the check of an entry, the last one
    /// when no number is given; read in one moment.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`] for a token that is nobody's, or when the store does not answer.
    pub async fn stand(&self, token: &str, seq: Option<Seq>) -> Result<Stand, AppError> {
        let read = async {
            let mut tx = self.database.glance().await?;
            let now = self.clock.now().millis();
            let found = db::sessions::stand(&mut tx, &token_hash(token), now, seq).await?;
            drop(tx);
            let stand = found.ok_or(AppError::NotSignedIn)?;
            self.prolong(stand.actor, stand.seen, now).await?;
            Ok::<_, Fault>(stand)
        };
        read.await.map_err(Fault::answer)
    }

    /// Of these sessions those that still last, each with the household it looks at.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn lasting(&self, sessions: &[SessionId]) -> Result<Vec<(SessionId, HouseholdId)>, AppError> {
        let read = async {
            let mut tx = self.database.read().await?;
            let now = self.clock.now().millis();
            Ok::<_, Fault>(db::sessions::lasting(&mut tx, sessions, now).await?)
        };
        read.await.map_err(Fault::answer)
    }

    /// The households that anybody changed after an instant, whichever process it was.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn changed(&self, after: Instant) -> Result<Vec<Changed>, AppError> {
        let read = async {
            let mut tx = self.database.glance().await?;
            Ok::<_, Fault>(db::households::changed(&mut tx, after.millis()).await?)
        };
        read.await.map_err(Fault::answer)
    }

    /// Whether other processes may write the same book.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        matches!(self.database, Database::Postgres(_))
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

    /// The frames after a number, at most `limit`.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn frames_after(
        &self,
        household: HouseholdId,
        since: Seq,
        limit: i64,
    ) -> Result<Vec<(Seq, Encoded)>, AppError> {
        let read = async {
            let mut tx = self.database.glance().await?;
            let logged = db::change_log::after(&mut tx, household, since, limit).await?;
            logged.into_iter().map(|entry| Ok((entry.seq, frame(entry)?))).collect::<Result<Vec<_>, Fault>>()
        };
        read.await.map_err(Fault::answer)
    }
}

fn frame(logged: Logged) -> Result<Encoded, Fault> {
    let entries: Vec<LogEntry> = serde_json::from_str(&logged.changes)?;
    Ok(frames::of_commit(logged.seq, Some(logged.check()), logged.mutation_id, entries)?)
}
