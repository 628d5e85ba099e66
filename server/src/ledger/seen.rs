//! When each session was seen last, kept in memory and written many at a time.
//!
//! No request waits for it, and none fails because of it: people read while the disk is full.

use super::{Ledger, accounts::SESSION_LIFE_MS, fault::Fault};
use crate::db::{self, Database};
use app::{domain::SessionId, service::Actor};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, OwnedMutexGuard};
use tokio_util::sync::CancellationToken;

/// How exactly `last_seen_at` is kept: a session is noted once a minute at most.
const EXACT_MS: i64 = 60_000;
/// So many in one transaction: writers do not wait for all of them.
const AT_ONCE: usize = 500;
/// Between two rounds of writing.
const REST: Duration = Duration::from_secs(5);
/// After a round that failed.
const LONG_REST: Duration = Duration::from_secs(60);
/// A request waits no longer for a round.
const PATIENCE: Duration = Duration::from_secs(1);

/// Sessions that were seen and for which that is not written yet, with when in Unix milliseconds. As many
/// entries as there are sessions, at most.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    waiting: Arc<Mutex<HashMap<SessionId, i64>>>,
    /// Held while some are written.
    writing: Arc<tokio::sync::Mutex<()>>,
    bell: Arc<Notify>,
}

impl Seen {
    fn waiting(&self) -> MutexGuard<'_, HashMap<SessionId, i64>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a session is in use. A time that lies ahead comes from a clock that was wrong.
    pub fn note(&self, actor: Actor, before: i64, now: i64) {
        if (now - before).abs() >= EXACT_MS {
            self.waiting().insert(actor.session, now);
            self.bell.notify_one();
        }
    }

    /// Some of what waits, in the order of the sessions: processes that write the same ones at once wait for
    /// one another and do not deadlock.
    fn take(&self) -> Vec<(SessionId, i64)> {
        let mut waiting = self.waiting();
        let mut some: Vec<_> = waiting.iter().take(AT_ONCE).map(|(id, at)| (*id, *at)).collect();
        for (id, _) in &some {
            waiting.remove(id);
        }
        some.sort_unstable();
        some
    }

    /// What could not be written waits on, unless the session was seen again meanwhile.
    fn put_back(&self, some: Vec<(SessionId, i64)>) {
        let mut waiting = self.waiting();
        for (id, at) in some {
            waiting.entry(id).or_insert(at);
        }
    }
}

impl Ledger {
    /// Writes down who was seen, until `shutdown` and a last time then.
    pub async fn write_seen(self, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = self.seen.bell.notified() => {}
                () = shutdown.cancelled() => {}
            }
            let rest = match self.write_all_seen().await {
                Ok(()) => REST,
                Err(error) => {
                    // The next round may go better; nobody has waited for it.
                    tracing::warn!(%error, "cannot write when sessions were seen");
                    self.seen.bell.notify_one();
                    LONG_REST
                }
            };
            if shutdown.is_cancelled() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = shutdown.cancelled() => {}
            }
        }
    }

    /// Has what waits written; false when that failed or takes too long. Whoever finds a session over asks for
    /// it, since the session may have been seen without that being written yet; so does whoever ends those that
    /// were not seen for longest.
    pub(super) async fn catch_up_seen(&self) -> bool {
        let round = async {
            let writing = self.seen.writing.clone().lock_owned().await;
            // A task of its own, so that a caller who hangs up does not take along what was to be written.
            let ledger = self.clone();
            tokio::spawn(async move { ledger.write_waiting(writing).await }).await
        };
        matches!(tokio::time::timeout(PATIENCE, round).await, Ok(Ok(Ok(()))))
    }

    async fn write_all_seen(&self) -> Result<(), Fault> {
        let writing = self.seen.writing.clone().lock_owned().await;
        self.write_waiting(writing).await
    }

    async fn write_waiting(&self, _writing: OwnedMutexGuard<()>) -> Result<(), Fault> {
        loop {
            let some = self.seen.take();
            if some.is_empty() {
                return Ok(());
            }
            if let Err(error) = write(&self.database, &some).await {
                self.seen.put_back(some);
                return Err(error);
            }
        }
    }
}

async fn write(database: &Database, some: &[(SessionId, i64)]) -> Result<(), Fault> {
    let mut tx = database.begin().await?;
    for (session, at) in some {
        db::sessions::touch(&mut tx, *session, *at, at + SESSION_LIFE_MS).await?;
    }
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::domain::{AccountId, HouseholdId, Language, MemberId};
    use uuid::Uuid;

    fn somebody() -> Actor {
        Actor {
            account: AccountId::from(Uuid::nil()),
            household: HouseholdId::from(Uuid::nil()),
            member: MemberId::from(Uuid::nil()),
            session: SessionId::from(Uuid::now_v7()),
            language: Language::En,
        }
    }

    #[test]
    fn a_session_is_noted_once_a_minute_and_when_its_time_lies_ahead() {
        let (seen, anna) = (Seen::default(), somebody());
        seen.note(anna, 1_000_000, 1_000_000 + EXACT_MS - 1);
        assert!(seen.take().is_empty());
        seen.note(anna, 1_000_000, 1_000_000 + EXACT_MS);
        assert_eq!(seen.take(), [(anna.session, 1_000_000 + EXACT_MS)]);
        seen.note(anna, 9_000_000, 1_000_000);
        assert_eq!(seen.take(), [(anna.session, 1_000_000)], "the clock was ahead");
    }

    #[test]
    fn what_could_not_be_written_is_kept_and_what_came_meanwhile_counts() {
        let (seen, anna, ben) = (Seen::default(), somebody(), somebody());
        seen.note(anna, 0, 100_000);
        seen.note(ben, 0, 100_000);
        let mut failed = seen.take();
        failed.sort_unstable();
        seen.note(anna, 0, 200_000);
        seen.put_back(failed);
        let mut kept = seen.take();
        kept.sort_unstable_by_key(|(_, at)| *at);
        assert_eq!(kept, [(ben.session, 100_000), (anna.session, 200_000)]);
    }

    #[test]
    fn ten_thousand_returning_people_are_twenty_transactions() {
        let seen = Seen::default();
        for _ in 0..10_000 {
            seen.note(somebody(), 0, 100_000);
        }
        let rounds = std::iter::from_fn(|| Some(seen.take().len()).filter(|count| *count > 0));
        assert_eq!(rounds.collect::<Vec<_>>(), vec![AT_ONCE; 20]);
    }
}
