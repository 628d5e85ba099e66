//! The number of demo households is limited. This decides which one is erased for a new one.

use super::Ledger;
use crate::{
    db::{
        self, Tx,
        demos::{DemoPlace, Idle, is_ahead},
    },
    ledger::fault::Fault,
};
use app::{domain::HouseholdId, error::AppError};

/// The most demo households: each takes some megabytes.
const MOST: usize = 500;
/// The most of one network, so that no network takes all places.
const MOST_OF_NETWORK: usize = 20;
/// A demo household that was not used for this long may be erased for a new one.
const IDLE_MS: i64 = 15 * 60 * 1000;

/// All demo households, as a new one needs room among them.
struct Places {
    all: Vec<DemoPlace>,
    /// Whether whoever finds no room may create a household without an invitation.
    may_register: bool,
}

impl Places {
    /// Whether a network has all the places that it may have.
    fn has_its_share(&self, network: &[u8]) -> bool {
        self.all.iter().filter(|place| place.network.as_deref() == Some(network)).count() >= MOST_OF_NETWORK
    }

    /// Which household is erased for a new one from `network`: `None` if there is room. Refuses if none is idle.
    fn giving_way(&self, network: &[u8], now: i64) -> Result<Option<HouseholdId>, AppError> {
        let is_own = |place: &&DemoPlace| place.network.as_deref() == Some(network);
        let of_network = self.has_its_share(network);
        if !of_network && self.all.len() < MOST {
            return Ok(None);
        }
        let among = self.all.iter().filter(|place| !of_network || is_own(place));
        let longest = among.min_by_key(|place| (place.used_at, place.household));
        let idle = longest.filter(|place| place.used_at <= now - IDLE_MS);
        // The least recently used one is the next to become idle.
        let wait = longest.map_or(IDLE_MS, |place| place.used_at + IDLE_MS - now).clamp(0, IDLE_MS);
        idle.map(|place| Some(place.household)).ok_or_else(|| self.full(of_network, wait))
    }

    fn full(&self, of_network: bool, wait: i64) -> AppError {
        let retry_after_seconds = u32::try_from(wait / 1000 + 1).unwrap_or(u32::MAX);
        AppError::DemoFull { of_network, may_register: self.may_register, retry_after_seconds }
    }
}

impl Ledger {
    /// Makes room for one more demo household, or refuses it.
    pub(super) async fn make_room(&self, network: &[u8]) -> Result<(), Fault> {
        let now = self.clock.now().millis();
        let mut tx = self.database.read().await?;
        let places = self.demo_places(&mut tx, now).await?;
        drop(tx);
        if let Some(household) = places.giving_way(network, now)? {
            self.erase_demo(household, Idle { now, for_ms: IDLE_MS }).await?;
        }
        Ok(())
    }

    /// All demo households. Uses that are not stored yet count.
    async fn demo_places(&self, tx: &mut Tx, now: i64) -> Result<Places, Fault> {
        let seen = self.seen.in_households();
        let mut all = db::demos::places(tx, now).await?;
        for place in &mut all {
            if let Some(at) = seen.get(&place.household).filter(|at| !is_ahead(**at, now)) {
                place.used_at = place.used_at.max(*at);
            }
        }
        Ok(Places { all, may_register: self.open })
    }

    /// Refuses a demo household if another one has taken its place since room was made. Until the transaction
    /// ends no other one takes a place.
    pub(super) async fn check_room(&self, tx: &mut Tx, network: &[u8]) -> Result<(), Fault> {
        db::demos::lock_places(tx).await?;
        // In a statement of its own: it sees a place that was taken while this one waited for the lock.
        let now = self.clock.now().millis();
        let places = self.demo_places(tx, now).await?;
        match places.giving_way(network, now)? {
            None => Ok(()),
            // The next attempt makes room again.
            Some(_) => Err(places.full(places.has_its_share(network), 0).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000 * IDLE_MS;

    fn places(count: usize, network: &[u8], used_at: i64) -> Vec<DemoPlace> {
        let place = |_| DemoPlace { household: HouseholdId::new(), network: Some(network.to_vec()), used_at };
        (0..count).map(place).collect()
    }

    fn giving_way(all: &[DemoPlace], network: &[u8], now: i64) -> Result<Option<HouseholdId>, AppError> {
        Places { all: all.to_vec(), may_register: true }.giving_way(network, now)
    }

    fn full(of_network: bool, retry_after_seconds: u32) -> Result<Option<HouseholdId>, AppError> {
        Err(AppError::DemoFull { of_network, may_register: true, retry_after_seconds })
    }

    #[test]
    fn a_network_replaces_only_its_own_demo_that_was_idle_for_longest() {
        let mut all = places(MOST_OF_NETWORK - 1, b"a", NOW);
        assert_eq!(giving_way(&all, b"a", NOW), Ok(None));
        all.extend(places(1, b"a", NOW - IDLE_MS + 60_000));
        assert_eq!(giving_way(&all, b"a", NOW), full(true, 61), "all of them are in use");
        all.extend(places(1, b"c", NOW - 3 * IDLE_MS));
        assert_eq!(giving_way(&all, b"a", NOW), full(true, 61), "that of another network does not give way");
        assert_eq!(giving_way(&all, b"b", NOW), Ok(None), "others have room");
        let idle = all[MOST_OF_NETWORK - 1].household;
        assert_eq!(giving_way(&all, b"a", NOW + 60_000), Ok(Some(idle)));
    }

    #[test]
    fn if_all_places_are_taken_the_demo_that_was_idle_for_longest_is_replaced() {
        let mut all = Vec::new();
        for n in 0..MOST / 10 {
            all.extend(places(10, &n.to_be_bytes(), NOW));
        }
        assert_eq!(giving_way(&all, b"new", NOW), full(false, 901));
        all[7].used_at = NOW - 2 * IDLE_MS;
        all[8].used_at = NOW - 3 * IDLE_MS;
        assert_eq!(giving_way(&all, b"new", NOW), Ok(Some(all[8].household)));
        all.truncate(MOST - 1);
        assert_eq!(giving_way(&all, b"new", NOW), Ok(None));
    }
}
