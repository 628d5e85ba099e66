//! Writers wait for each other before they take a connection.
//!
//! A write locks the row of its household first, so the writes of one household run one after another anyway. One
//! that waits at the row holds a connection meanwhile, and a few of them would be the whole pool: nobody else could
//! read. So inside a process they wait for a [`Turn`], without a connection. Writes of other processes still meet at
//! the row, one of each process.
//!
//! All writers together hold at most half of the pool, so that however many households write, readers find a
//! connection, also a writer that reads beside its transaction.
//!
//! Nobody deadlocks: a write asks for all its households at once and in their order, then for its place, then for a
//! connection; what holds a connection asks for none of these.

use super::{damage::Damage, server_watch::ServerWatch, writable::Writable};
use app::domain::HouseholdId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

/// The most writes of one household that run or wait in a process. A further one is refused at once; it would hardly
/// have its turn in time.
const MOST_WAITING: usize = 128;

/// What the writes of a process share, and what it knows about its store.
#[derive(Clone, Debug)]
pub struct Writers {
    /// Whether the server is there.
    pub(super) server: ServerWatch,
    /// Whether writes work.
    pub(super) writable: Writable,
    /// Whether a statement has found damage.
    pub(super) damage: Damage,
    queues: TurnQueues,
    /// One for each connection that writers may hold at once.
    places: Arc<Semaphore>,
}

/// Writers that share one connection.
impl Default for Writers {
    fn default() -> Self {
        Self::of_pool(1)
    }
}

impl Writers {
    /// The writers of a pool with this many connections.
    #[must_use]
    pub fn of_pool(connections: u32) -> Self {
        let most = usize::try_from(connections / 2).unwrap_or(Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)));
        let (server, writable, damage) = (ServerWatch::default(), Writable::default(), Damage::default());
        Self { server, writable, damage, queues: TurnQueues::default(), places }
    }

    /// Waits until it is the turn of a write to these households, in the order of asking.
    ///
    /// # Errors
    /// As for a connection that is not free in time; also at once if too many wait for one of the households.
    pub(super) async fn turn(&self, households: &[HouseholdId], deadline: Instant) -> sqlx::Result<Turn> {
        let mut households = households.to_vec();
        households.sort_unstable();
        households.dedup();
        let taken = async {
            let mut heads = Vec::with_capacity(households.len());
            for household in households {
                heads.push(self.queues.head(household).await?);
            }
            let place = self.places.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
            Ok::<_, sqlx::Error>(Turn { _place: place, heads })
        };
        timeout_at(deadline, taken).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }
}

/// The right to write to some households; the next writer has it once this is dropped.
#[derive(Debug)]
pub struct Turn {
    _place: OwnedSemaphorePermit,
    heads: Vec<Head>,
}

impl Turn {
    /// Whether it is a turn of this household.
    pub(super) fn is_of(&self, household: HouseholdId) -> bool {
        self.heads.iter().any(|head| head.waiting.household == household)
    }
}

/// The queues of the households that somebody writes to.
#[derive(Clone, Debug, Default)]
struct TurnQueues(Arc<Mutex<HashMap<HouseholdId, TurnQueue>>>);

#[derive(Debug)]
struct TurnQueue {
    /// One permit, given in the order of asking.
    gate: Arc<Semaphore>,
    /// The writes that run or wait.
    writes: usize,
}

impl TurnQueues {
    fn all(&self) -> MutexGuard<'_, HashMap<HouseholdId, TurnQueue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until all earlier writes of a household have ended.
    async fn head(&self, household: HouseholdId) -> sqlx::Result<Head> {
        let (gate, waiting) = self.join(household)?;
        let pass = gate.acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        Ok(Head { _pass: pass, waiting })
    }

    fn join(&self, household: HouseholdId) -> sqlx::Result<(Arc<Semaphore>, Waiting)> {
        let mut all = self.all();
        let empty = || TurnQueue { gate: Arc::new(Semaphore::new(1)), writes: 0 };
        let queue = all.entry(household).or_insert_with(empty);
        if queue.writes >= MOST_WAITING {
            return Err(sqlx::Error::PoolTimedOut);
        }
        queue.writes += 1;
        Ok((queue.gate.clone(), Waiting { household, queues: self.clone() }))
    }
}

/// The head of a household's queue. The pass is returned before the queue is left: the last to leave removes it.
#[derive(Debug)]
struct Head {
    _pass: OwnedSemaphorePermit,
    waiting: Waiting,
}

/// A write in the queue of its household, which it leaves also if its caller gives up.
#[derive(Debug)]
struct Waiting {
    household: HouseholdId,
    queues: TurnQueues,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut all = self.queues.all();
        if let Some(queue) = all.get_mut(&self.household) {
            queue.writes -= 1;
            if queue.writes == 0 {
                all.remove(&self.household);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::ready, pin::pin, time::Duration};

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(3600)
    }

    /// Polls a future once; returns what it is ready with.
    async fn at_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        tokio::select! {
            biased;
            output = future => Some(output),
            () = ready(()) => None,
        }
    }

    #[tokio::test]
    async fn writes_of_a_household_take_turns_in_their_order_and_leave_nothing_behind() {
        let (writers, ours) = (Writers::of_pool(16), [HouseholdId::new()]);
        let first = writers.turn(&ours, later()).await.expect("nobody writes");
        let (mut second, mut third) =
            (pin!(writers.turn(&ours, later())), pin!(writers.turn(&ours, later())));
        assert!(at_once(&mut second).await.is_none());
        assert!(at_once(&mut third).await.is_none());
        let other = writers.turn(&[HouseholdId::new()], later()).await.expect("another household");
        drop((first, other));
        assert!(at_once(&mut third).await.is_none(), "the second was earlier");
        let second = at_once(&mut second).await.expect("its turn").expect("a turn");
        drop(second);
        drop(at_once(&mut third).await.expect("its turn").expect("a turn"));
        assert!(writers.queues.all().is_empty());
    }

    #[tokio::test]
    async fn who_gives_up_or_waits_too_long_leaves_the_queue() {
        let (writers, ours) = (Writers::of_pool(16), [HouseholdId::new()]);
        let first = writers.turn(&ours, later()).await.expect("nobody writes");
        {
            let mut gone = pin!(writers.turn(&ours, later()));
            assert!(at_once(&mut gone).await.is_none());
        }
        let late = writers.turn(&ours, Instant::now()).await;
        assert!(matches!(late, Err(sqlx::Error::PoolTimedOut)));
        assert_eq!(writers.queues.all().get(&ours[0]).map(|queue| queue.writes), Some(1));
        drop(first);
        assert!(writers.queues.all().is_empty());
    }

    #[tokio::test]
    async fn a_queue_has_an_end() {
        let (writers, ours) = (Writers::of_pool(16), HouseholdId::new());
        let full: Vec<_> = (0..MOST_WAITING).map(|_| writers.queues.join(ours).expect("room")).collect();
        assert!(matches!(writers.turn(&[ours], later()).await, Err(sqlx::Error::PoolTimedOut)));
        drop(full);
        assert!(writers.turn(&[ours], later()).await.is_ok());
        assert!(writers.queues.all().is_empty());
    }

    #[tokio::test]
    async fn writers_of_many_households_leave_half_of_the_pool_to_readers() {
        let writers = Writers::of_pool(4);
        let turn = || writers.turn(&[], later());
        let (one, two) = (turn().await.expect("a place"), turn().await.expect("a place"));
        let mut third = pin!(turn());
        assert!(at_once(&mut third).await.is_none());
        drop(one);
        drop(at_once(&mut third).await.expect("a place is free").expect("a turn"));
        drop(two);
    }

    #[tokio::test]
    async fn writes_to_the_same_households_named_in_another_order_do_not_deadlock() {
        let (writers, anna, ben) = (Writers::of_pool(16), HouseholdId::new(), HouseholdId::new());
        let both = writers.turn(&[anna, ben, anna], later()).await.expect("nobody writes");
        assert!(both.is_of(anna) && both.is_of(ben) && !both.is_of(HouseholdId::new()));
        let named = [ben, anna];
        let mut reversed = pin!(writers.turn(&named, later()));
        assert!(at_once(&mut reversed).await.is_none());
        drop(both);
        assert!(at_once(&mut reversed).await.is_some());
    }
}
