//! What other processes on the same database committed.
//!
//! A commit rings in its own process only. Every process therefore asks the database now and then which
//! households changed lately: an event that was told by nobody, because its process died between commit
//! and bell or because what carries hints is away, costs a moment and is never lost. One process with
//! SQLite has nobody else and needs none of it.

use super::Live;
use app::{
    domain::Instant,
    trial::{self, Flaw},
};
use std::time::Duration;

/// Clocks of processes differ, and a transaction is younger than the change that it commits: what changed
/// so long before the last look is looked at again.
const OVERLAP: Duration = Duration::from_secs(30);

impl Live {
    /// Rings for the commits of others, until the program ends.
    pub async fn reconcile(&self) {
        if !self.ledger.is_shared() {
            return;
        }
        let overlap = i64::try_from(OVERLAP.as_millis()).unwrap_or(i64::MAX);
        let mut looked = self.clock.now();
        let mut answered = true;
        let mut again = self.look.subscribe();
        loop {
            // Not all processes at the same moment.
            let pause = self.pace.reconcile.mul_f64(0.75 + fastrand::f64() / 2.0);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = again.changed() => {}
                () = self.shutdown.cancelled() => return,
            }
            let now = self.clock.now();
            // From the last look that was answered: while the database was away others may have reached it.
            let after = Instant::from_millis(looked.millis().saturating_sub(overlap));
            match self.ledger.changed(after).await {
                Ok(_) if trial::has(Flaw::NoReconcile) => {}
                Ok(households) => {
                    (looked, answered) = (now, true);
                    for household in households {
                        self.hub.set_zone(household.id, household.seq, &household.time_zone);
                        self.hub.heard(household.id, household.seq);
                    }
                }
                Err(error) => {
                    // Once is enough; it goes on asking.
                    if std::mem::replace(&mut answered, false) {
                        tracing::warn!(%error, "cannot look for the changes of other processes");
                    }
                }
            }
        }
    }
}
