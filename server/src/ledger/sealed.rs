//! Commits writes that are in the log, and announces them.

use super::{Ledger, fault::Fault};
use crate::{db::Tx, hub::links::Links, journal::encoded::Encoded, meters};
use app::{
    domain::{HouseholdId, SessionId},
    trial::{self, Flaw},
    wire::Position,
};
use std::time::Duration;

/// A write that is in the log but not committed yet.
pub(super) struct Sealed {
    pub household: HouseholdId,
    pub position: Position,
    pub frame: Encoded,
    /// The sessions whose sockets close on commit, and the close code.
    pub ends: (Vec<SessionId>, u16),
    /// The links that change with it.
    pub links: LinkNews,
}

/// No socket closes.
pub(super) const NO_SESSIONS: (Vec<SessionId>, u16) = (Vec::new(), 0);

/// Links that change on commit, by household.
pub(super) type LinkNews = Vec<(HouseholdId, Links)>;

/// Commits the sealed writes in one transaction, and rings.
///
/// Runs as a task of its own: if the caller hangs up, the open screens still receive the commit.
pub(super) async fn commit_all(ledger: &Ledger, tx: Tx, writes: Vec<Sealed>) -> Result<(), Fault> {
    let bus = ledger.bus.clone();
    let finished = tokio::spawn(async move {
        if trial::has(Flaw::PublishBeforeCommit) {
            for write in &writes {
                bus.committed(write.household, write.position.seq, write.frame.clone());
            }
            // Long enough that a crash sometimes falls into it.
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        tx.commit().await?;
        trial::between_commit_and_bell();
        for (sessions, code) in writes.iter().map(|write| &write.ends) {
            for session in sessions {
                bus.ended(*session, *code);
            }
        }
        for write in writes {
            bus.committed(write.household, write.position.seq, write.frame);
            for (household, links) in write.links {
                bus.links_changed(household, links);
            }
            metrics::counter!(meters::COMMITS).increment(1);
        }
        Ok::<_, sqlx::Error>(())
    });
    Ok(finished.await.map_err(|error| Fault::Other(error.to_string()))??)
}
