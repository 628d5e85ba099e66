//! What other processes committed.
//!
//! A commit rings in its own process only. Every process therefore asks the database now and then how far
//! the logs of those households go that have an open screen here: an event that was told by nobody, because
//! its process died between commit and bell or because what carries hints is away, costs a moment and is
//! never lost. Numbers are compared, not times: a commit that took minutes, or one by a process whose clock
//! is slow, has its number all the same. One process with SQLite has nobody else and needs none of it.

use super::Live;
use crate::db::households::IDS_AT_ONCE;
use app::{
    error::AppError,
    trial::{self, Flaw},
};

impl Live {
    /// Rings for the commits of others, until the program ends.
    pub async fn reconcile(&self) {
        if !self.ledger.is_shared() {
            return;
        }
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
            match self.look_for_commits().await {
                Ok(()) => answered = true,
                Err(error) => {
                    // Once is enough; it goes on asking.
                    if std::mem::replace(&mut answered, false) {
                        tracing::warn!(%error, "cannot look for the changes of other processes");
                    }
                }
            }
        }
    }

    /// A connection is taken for one statement at a time, so that requests have their turn in between.
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
