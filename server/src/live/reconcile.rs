//! Finds what other processes committed.
//!
//! A commit rings the bell of its own process only. Every process therefore periodically asks the database
//! for the ends of the logs of households with an open screen. A commit without a hint, because its process
//! died before sending it or because Redis is away, is found a moment later and never lost. Numbers are
//! compared, not times, so a commit that took minutes, or one by a process with a slow clock, is found as
//! well. A single process with SQLite needs none of this.

use super::Live;
use crate::db::households::IDS_AT_ONCE;
use app::{
    error::AppError,
    trial::{self, Flaw},
};

impl Live {
    /// Rings for the commits of other processes, until the program ends.
    pub async fn reconcile(&self) {
        if !self.ledger.is_shared() {
            return;
        }
        let mut answered = true;
        let mut again = self.hub.looks();
        loop {
            // Jitter, so that processes do not ask at the same moment.
            let pause = self.pace.reconcile.mul_f64(0.75 + fastrand::f64() / 2.0);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = again.changed() => {}
                () = self.shutdown.cancelled() => return,
            }
            match self.look_for_commits().await {
                Ok(()) => answered = true,
                Err(error) => {
                    // Log it once; it keeps asking.
                    if std::mem::replace(&mut answered, false) {
                        tracing::warn!(%error, "cannot look for the changes of other processes");
                    }
                }
            }
        }
    }

    /// Takes a connection for one statement at a time, so that requests get their turn in between.
    async fn look_for_commits(&self) -> Result<(), AppError> {
        for households in self.hub.households().chunks(IDS_AT_ONCE) {
            for end in self.ledger.log_ends(households).await? {
                if trial::has(Flaw::NoReconcile) {
                    continue;
                }
                self.hub.set_zone(end.id, end.seq, &end.time_zone);
                self.hub.heard(end.id, end.seq);
            }
        }
        Ok(())
    }
}
