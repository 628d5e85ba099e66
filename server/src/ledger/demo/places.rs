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

/// Which household is erased for a new one from `network`: `None` if there is room. Refuses if none is idle.
fn giving_way(places: &[DemoPlace], network: &[u8], now: i64) -> Result<Option<HouseholdId>, AppError> {
    let is_own = |place: &&DemoPlace| place.network.as_deref() == Some(network);
    let own = places.iter().filter(is_own).count();
    let longest_idle = |among: &mut dyn Iterator<Item = &DemoPlace>| {
        let longest = among.min_by_key(|place| (place.used_at, place.household));
        let idle = longest.filter(|place| place.used_at <= now - IDLE_MS);
        // The least recently used one is the next to become idle.
        let wait = longest.map_or(IDLE_MS, |place| place.used_at + IDLE_MS - now).clamp(0, IDLE_MS);
        let retry_after_seconds = u32::try_from(wait / 1000 + 1).unwrap_or(u32::MAX);
        idle.map(|place| Some(place.household)).ok_or(AppError::DemoFull { retry_after_seconds })
    };
    if own >= MOST_OF_NETWORK {
        return longest_idle(&mut places.iter().filter(is_own));
    }
    if places.len() >= MOST {
        return longest_idle(&mut places.iter());
    }
    Ok(None)
}

impl Ledger {
    /// Makes room for one more demo household, or refuses it.
    pub(super) async fn make_room(&self, network: &[u8]) -> Result<(), Fault> {
        let now = self.clock.now().millis();
        let mut tx = self.database.read().await?;
        let places = self.demo_places(&mut tx, now).await?;
        drop(tx);
        if let Some(household) = giving_way(&places, network, now)? {
            self.erase_demo(household, Idle { now, for_ms: IDLE_MS }).await?;
        }
        Ok(())
    }

    /// All demo households. Uses that are not stored yet count.
    async fn demo_places(&self, tx: &mut Tx, now: i64) -> Result<Vec<DemoPlace>, Fault> {
        let seen = self.seen.in_households();
        let mut places = db::demos::places(tx, now).await?;
        for place in &mut places {
            if let Some(at) = seen.get(&place.household).filter(|at| !is_ahead(**at, now)) {
                place.used_at = place.used_at.max(*at);
            }
        }
        Ok(places)
    }

    /// Refuses a demo household if another one has taken its place since room was made. Until the transaction
    /// ends no other one takes a place.
    pub(super) async fn check_room(&self, tx: &mut Tx, network: &[u8]) -> Result<(), Fault> {
        db::demos::lock_places(tx).await?;
        // In a statement of its own: it sees a place that was taken while this one waited for the lock.
        let now = self.clock.now().millis();
        let places = self.demo_places(tx, now).await?;
        match giving_way(&places, network, now)? {
            None => Ok(()),
            // The next attempt makes room again.
            Some(_) => Err(AppError::DemoFull { retry_after_seconds: 1 }.into()),
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

    #[test]
    fn a_network_replaces_only_its_own_demo_that_was_idle_for_longest() {
        let mut all = places(MOST_OF_NETWORK - 1, b"a", NOW);
        assert_eq!(giving_way(&all, b"a", NOW), Ok(None));
        all.extend(places(1, b"a", NOW - IDLE_MS + 60_000));
        let refused = Err(AppError::DemoFull { retry_after_seconds: 61 });
        assert_eq!(giving_way(&all, b"a", NOW), refused, "all of them are in use");
        all.extend(places(1, b"c", NOW - 3 * IDLE_MS));
        assert_eq!(giving_way(&all, b"a", NOW), refused, "that of another network does not give way");
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
        assert!(matches!(giving_way(&all, b"new", NOW), Err(AppError::DemoFull { .. })));
        all[7].used_at = NOW - 2 * IDLE_MS;
        all[8].used_at = NOW - 3 * IDLE_MS;
        assert_eq!(giving_way(&all, b"new", NOW), Ok(Some(all[8].household)));
        all.truncate(MOST - 1);
        assert_eq!(giving_way(&all, b"new", NOW), Ok(None));
    }
}
