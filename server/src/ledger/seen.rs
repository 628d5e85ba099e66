//! When each session was last used: kept in memory and written in batches.
//!
//! No request waits for the write or fails because of it: people can read while the disk is full. Code that
//! depends on the last use reads the waiting entries together with the stored ones. Entries that another
//! process has not written yet are unknown here, so a time may be off by a minute, which is also the
//! precision of the stored times.

use super::{Ledger, accounts::SESSION_LIFE_MS, fault::Fault};
use crate::db::{self, Database, sessions::LastSeen};
use app::{
    domain::{AccountId, HouseholdId, Instant, Session, SessionId},
    error::AppError,
    service::Actor,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The precision of `last_seen_at`: a session is noted at most once a minute.
const EXACT_MS: i64 = 60_000;
/// The most entries in one transaction, so that writers do not wait for all of them.
const AT_ONCE: usize = 500;
/// The pause between two rounds of writing.
const REST: Duration = Duration::from_secs(5);
/// The pause after a round that failed.
const LONG_REST: Duration = Duration::from_secs(60);

/// A use of a session that is not stored yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Noted {
    /// The account of the session.
    account: AccountId,
    /// The household of the session.
    household: HouseholdId,
    /// The time in Unix milliseconds.
    at: i64,
}

impl Noted {
    /// What the store will say: a session is never shortened, see [`db::sessions::touch`].
    fn over(self, stored: LastSeen) -> LastSeen {
        LastSeen { at: self.at, expires_at: stored.expires_at.max(self.at + SESSION_LIFE_MS) }
    }
}

/// Uses of sessions that are not stored yet. There is at most one entry for each session.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenSessions {
    waiting: Arc<Mutex<HashMap<SessionId, Noted>>>,
    bell: Arc<Notify>,
}

impl SeenSessions {
    fn waiting(&self) -> MutexGuard<'_, HashMap<SessionId, Noted>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a session is in use. If the stored time is in the future, the clock was wrong, and it is
    /// replaced.
    fn note(&self, actor: Actor, before: i64, now: i64) {
        if (now - before).abs() >= EXACT_MS {
            self.waiting()
                .insert(actor.session, Noted { account: actor.account, household: actor.household, at: now });
            self.bell.notify_one();
        }
    }

    /// When a session was last used; `stored` if no newer use is waiting.
    fn of(&self, id: SessionId, stored: LastSeen) -> LastSeen {
        self.waiting().get(&id).map_or(stored, |noted| noted.over(stored))
    }

    /// The waiting entries of some accounts. An entry is removed only after it was stored: a caller that
    /// takes these first and then reads the database misses nothing.
    fn taken(&self, whose: impl Fn(AccountId) -> bool) -> HashMap<SessionId, Noted> {
        let waiting = self.waiting();
        let some = waiting.iter().filter(|(_, noted)| whose(noted.account));
        some.map(|(id, noted)| (*id, *noted)).collect()
    }

    /// The last use of each household among the waiting entries. To be taken before the database is read, as
    /// above.
    pub fn in_households(&self) -> HashMap<HouseholdId, i64> {
        let mut latest = HashMap::new();
        for noted in self.waiting().values() {
            let at = latest.entry(noted.household).or_insert(noted.at);
            *at = noted.at.max(*at);
        }
        latest
    }

    /// Some of the waiting entries, ordered by session, so that processes that write the same ones do not
    /// deadlock.
    fn some(&self) -> Vec<(SessionId, i64)> {
        let mut some: Vec<_> =
            self.waiting().iter().take(AT_ONCE).map(|(id, noted)| (*id, noted.at)).collect();
        some.sort_unstable();
        some
    }

    /// Removes entries that are stored, unless the session was used again meanwhile.
    fn stored(&self, some: &[(SessionId, i64)]) {
        let mut waiting = self.waiting();
        for (id, at) in some {
            if waiting.get(id).is_some_and(|noted| noted.at == *at) {
                waiting.remove(id);
            }
        }
    }
}

impl Ledger {
    /// Returns what `read` finds if its session has not expired, and notes that the session is in use.
    pub(super) async fn unless_expired<T, F: Future<Output = Result<Option<T>, Fault>>>(
        &self,
        read: impl Fn() -> F,
        of: impl Fn(&T) -> (Actor, LastSeen),
    ) -> Result<T, Fault> {
        let now = self.clock.now().millis();
        // Twice: between the reading and the look into memory, an entry that prolongs the session may have
        // been stored and removed.
        for _ in 0..2 {
            let Some(found) = read().await? else { break };
            let (actor, stored) = of(&found);
            let seen = self.seen.of(actor.session, stored);
            if seen.expires_at > now {
                self.seen.note(actor, seen.at, now);
                return Ok(found);
            }
        }
        Err(AppError::NotSignedIn.into())
    }

    /// The sessions of an account that have not expired, the last used one first. `tx` must see what is
    /// committed by now: it has no snapshot yet, or takes one for each statement.
    pub(super) async fn lasting_sessions(
        &self,
        tx: &mut db::Tx,
        account: AccountId,
    ) -> Result<Vec<Session>, Fault> {
        let (now, waiting) = (self.clock.now().millis(), self.seen.taken(|whose| whose == account));
        let mut sessions = Vec::new();
        for (session, stored) in db::sessions::list(tx, account).await? {
            let seen = waiting.get(&session.id).map_or(stored, |noted| noted.over(stored));
            if seen.expires_at > now {
                sessions.push(Session { last_seen_at: Instant::from_millis(seen.at), ..session });
            }
        }
        sessions.sort_by_key(|session| {
            (std::cmp::Reverse((session.last_seen_at, session.created_at)), session.id)
        });
        Ok(sessions)
    }

    /// The sessions among these that have not expired, each with its household.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn lasting(&self, sessions: &[SessionId]) -> Result<Vec<(SessionId, HouseholdId)>, AppError> {
        let read = async {
            let now = self.clock.now().millis();
            let waiting = self.seen.taken(|_| true);
            let mut tx = self.database.read().await?;
            let mut found = db::actors::lasting(&mut tx, sessions).await?;
            found.retain(|(id, _, stored)| {
                waiting.get(id).map_or(*stored, |noted| noted.over(*stored)).expires_at > now
            });
            Ok::<_, Fault>(found.into_iter().map(|(id, household, _)| (id, household)).collect())
        };
        read.await.map_err(Fault::answer)
    }

    /// Writes the waiting entries until `shutdown`, and once more then.
    pub async fn write_seen(self, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = self.seen.bell.notified() => {}
                () = shutdown.cancelled() => {}
            }
            let rest = match self.write_all_seen().await {
                Ok(()) => REST,
                Err(error) => {
                    // It is retried in the next round; no request waits for it.
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

    async fn write_all_seen(&self) -> Result<(), Fault> {
        loop {
            let some = self.seen.some();
            if some.is_empty() {
                return Ok(());
            }
            write(&self.database, &some).await?;
            self.seen.stored(&some);
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
        let (seen, anna) = (SeenSessions::default(), somebody());
        seen.note(anna, 1_000_000, 1_000_000 + EXACT_MS - 1);
        assert!(seen.some().is_empty());
        seen.note(anna, 1_000_000, 1_000_000 + EXACT_MS);
        assert_eq!(seen.some(), [(anna.session, 1_000_000 + EXACT_MS)]);
        seen.note(anna, 9_000_000, 1_000_000);
        assert_eq!(seen.some(), [(anna.session, 1_000_000)], "the clock was ahead");
    }

    #[test]
    fn an_unstored_time_is_known_until_it_is_stored_and_a_later_one_stays_pending() {
        let (seen, anna, ben) = (SeenSessions::default(), somebody(), somebody());
        let stored = LastSeen { at: 0, expires_at: SESSION_LIFE_MS };
        seen.note(anna, 0, 100_000);
        seen.note(ben, 0, 100_000);
        let written = seen.some();
        assert_eq!(seen.of(ben.session, stored).at, 100_000, "while it is being written");
        seen.note(anna, 100_000, 200_000);
        seen.stored(&written);
        assert_eq!(seen.of(ben.session, stored), stored, "the store knows it by now");
        assert_eq!(seen.some(), [(anna.session, 200_000)]);
        assert_eq!(seen.of(anna.session, stored).expires_at, 200_000 + SESSION_LIFE_MS);
    }

    #[test]
    fn ten_thousand_returning_people_are_twenty_transactions() {
        let seen = SeenSessions::default();
        for _ in 0..10_000 {
            seen.note(somebody(), 0, 100_000);
        }
        let round = || {
            let some = seen.some();
            seen.stored(&some);
            Some(some.len()).filter(|count| *count > 0)
        };
        assert_eq!(std::iter::from_fn(round).collect::<Vec<_>>(), vec![AT_ONCE; 20]);
    }
}
