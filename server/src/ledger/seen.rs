//! When each session was seen last, kept in memory and written many at a time.
//!
//! No request waits for that, and none fails because of it: people read while the disk is full. Whatever depends on
//! when a session was seen reads what waits here together with what is stored. What another process has not
//! written yet is not known here; it is off by a minute at most, as everything that is stored.

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

/// How exactly `last_seen_at` is kept: a session is noted once a minute at most.
const EXACT_MS: i64 = 60_000;
/// So many in one transaction: writers do not wait for all of them.
const AT_ONCE: usize = 500;
/// Between two rounds of writing.
const REST: Duration = Duration::from_secs(5);
/// After a round that failed.
const LONG_REST: Duration = Duration::from_secs(60);

/// A session that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Noted {
    /// Whose it is.
    account: AccountId,
    /// The household that it looked at.
    household: HouseholdId,
    /// When, in Unix milliseconds.
    at: i64,
}

impl Noted {
    const fn last_seen(self) -> LastSeen {
        LastSeen { at: self.at, expires_at: self.at + SESSION_LIFE_MS }
    }
}

/// Sessions that were seen and for which that is not written yet. As many entries as there are sessions, at most.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    waiting: Arc<Mutex<HashMap<SessionId, Noted>>>,
    bell: Arc<Notify>,
}

impl Seen {
    fn waiting(&self) -> MutexGuard<'_, HashMap<SessionId, Noted>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a session is in use. A time that lies ahead comes from a clock that was wrong.
    fn note(&self, actor: Actor, before: i64, now: i64) {
        if (now - before).abs() >= EXACT_MS {
            self.waiting()
                .insert(actor.session, Noted { account: actor.account, household: actor.household, at: now });
            self.bell.notify_one();
        }
    }

    /// When a session was seen last, where the store says `stored`.
    fn of(&self, id: SessionId, stored: LastSeen) -> LastSeen {
        self.waiting().get(&id).map_or(stored, |noted| noted.last_seen())
    }

    /// What waits of some sessions. It leaves memory only after it is stored: whoever takes this first and reads the
    /// store then misses nothing.
    fn taken(&self, whose: impl Fn(AccountId) -> bool) -> HashMap<SessionId, LastSeen> {
        let waiting = self.waiting();
        let some = waiting.iter().filter(|(_, noted)| whose(noted.account));
        some.map(|(id, noted)| (*id, noted.last_seen())).collect()
    }

    /// When anybody was seen last in a household, where that waits. To be taken before the store is read, as above.
    pub fn in_households(&self) -> HashMap<HouseholdId, i64> {
        let mut latest = HashMap::new();
        for noted in self.waiting().values() {
            let at = latest.entry(noted.household).or_insert(noted.at);
            *at = noted.at.max(*at);
        }
        latest
    }

    /// Some of what waits, in the order of the sessions: processes that write the same ones at once wait for
    /// one another and do not deadlock.
    fn some(&self) -> Vec<(SessionId, i64)> {
        let mut some: Vec<_> =
            self.waiting().iter().take(AT_ONCE).map(|(id, noted)| (*id, noted.at)).collect();
        some.sort_unstable();
        some
    }

    /// What is stored by now waits no longer, unless the session was seen again meanwhile.
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
    /// What `read` finds of a session that has not expired, and notes that it was seen.
    pub(super) async fn unless_expired<T, F: Future<Output = Result<Option<T>, Fault>>>(
        &self,
        read: impl Fn() -> F,
        of: impl Fn(&T) -> (Actor, LastSeen),
    ) -> Result<T, Fault> {
        let now = self.clock.now().millis();
        // Twice: what prolonged the session may have been stored after it was read, and be gone from memory now.
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

    /// The sessions of an account that last, the one first that was seen last. The statements of `tx` have to see
    /// what is committed by now, so that it has not read anything yet or takes a moment for each statement.
    pub(super) async fn lasting_sessions(
        &self,
        tx: &mut db::Tx,
        account: AccountId,
    ) -> Result<Vec<Session>, Fault> {
        let (now, waiting) = (self.clock.now().millis(), self.seen.taken(|whose| whose == account));
        let mut sessions = Vec::new();
        for (session, stored) in db::sessions::list(tx, account).await? {
            let seen = waiting.get(&session.id).copied().unwrap_or(stored);
            if seen.expires_at > now {
                sessions.push(Session { last_seen_at: Instant::from_millis(seen.at), ..session });
            }
        }
        sessions.sort_by_key(|session| {
            (std::cmp::Reverse((session.last_seen_at, session.created_at)), session.id)
        });
        Ok(sessions)
    }

    /// Of these sessions those that still last, each with the household it looks at.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn lasting(&self, sessions: &[SessionId]) -> Result<Vec<(SessionId, HouseholdId)>, AppError> {
        let read = async {
            let now = self.clock.now().millis();
            let waiting = self.seen.taken(|_| true);
            let mut tx = self.database.read().await?;
            let mut found = db::sessions::lasting(&mut tx, sessions).await?;
            found.retain(|(id, _, stored)| waiting.get(id).unwrap_or(stored).expires_at > now);
            Ok::<_, Fault>(found.into_iter().map(|(id, household, _)| (id, household)).collect())
        };
        read.await.map_err(Fault::answer)
    }

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
        let (seen, anna) = (Seen::default(), somebody());
        seen.note(anna, 1_000_000, 1_000_000 + EXACT_MS - 1);
        assert!(seen.some().is_empty());
        seen.note(anna, 1_000_000, 1_000_000 + EXACT_MS);
        assert_eq!(seen.some(), [(anna.session, 1_000_000 + EXACT_MS)]);
        seen.note(anna, 9_000_000, 1_000_000);
        assert_eq!(seen.some(), [(anna.session, 1_000_000)], "the clock was ahead");
    }

    #[test]
    fn what_waits_is_known_until_it_is_stored_and_what_came_meanwhile_waits_on() {
        let (seen, anna, ben) = (Seen::default(), somebody(), somebody());
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
        let seen = Seen::default();
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
