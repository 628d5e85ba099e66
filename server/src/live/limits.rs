//! Limits on sockets: in total, per member, per network, and how many open per second.

use crate::{hub::feed::lock, meters, network};
use app::{domain::MemberId, error::AppError};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

/// The limits; 0 means no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sockets of this process.
    pub sockets: usize,
    /// Sockets of one member.
    pub per_member: usize,
    /// Sockets from one network: an IPv4 address or an IPv6 /64.
    pub per_address: usize,
    /// Sockets that open in one second.
    pub handshakes_per_second: u32,
}

impl Default for Limits {
    /// A person with fifty tabs, and as many screens as one process was measured with.
    fn default() -> Self {
        Self { sockets: 10_000, per_member: 50, per_address: 0, handshakes_per_second: 5_000 }
    }
}

/// The labels of the limits in the metrics.
const ALL: &str = "sockets";
const OF_A_MEMBER: &str = "sockets_per_member";
const OF_AN_ADDRESS: &str = "sockets_per_address";
const HANDSHAKES: &str = "handshakes_per_second";

/// Counts open sockets and enforces the limits.
pub struct Door {
    limits: Limits,
    open: AtomicUsize,
    members: Mutex<HashMap<MemberId, usize>>,
    networks: Mutex<HashMap<IpAddr, usize>>,
    handshakes: Option<DefaultDirectRateLimiter>,
}

/// A socket that was admitted; dropping it decrements the counts.
pub struct Guest {
    door: Arc<Door>,
    member: Option<MemberId>,
    network: Option<IpAddr>,
}

impl Door {
    /// A door with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Arc<Self> {
        let rate = NonZeroU32::new(limits.handshakes_per_second);
        for (limit, count) in [
            (ALL, limits.sockets),
            (OF_A_MEMBER, limits.per_member),
            (OF_AN_ADDRESS, limits.per_address),
            (HANDSHAKES, usize::try_from(limits.handshakes_per_second).unwrap_or(usize::MAX)),
        ] {
            #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 sockets")]
            metrics::gauge!(meters::LIMITS, "limit" => limit).set(count as f64);
        }
        Arc::new(Self {
            limits,
            open: AtomicUsize::new(0),
            members: Mutex::default(),
            networks: Mutex::default(),
            handshakes: rate.map(|rate| RateLimiter::direct(Quota::per_second(rate))),
        })
    }

    /// The number of open sockets.
    #[must_use]
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Admits a socket, before anything is read for it.
    ///
    /// # Errors
    /// [`AppError::Unavailable`] if the process has too many, [`AppError::TooManyRequests`] if its network
    /// has.
    pub fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Guest, AppError> {
        if self.handshakes.as_ref().is_some_and(|limiter| limiter.check().is_err()) {
            return Err(refused(HANDSHAKES, AppError::Unavailable));
        }
        // Counted from here on: dropping the guest undoes it, whatever happens next.
        let mut guest = Guest { door: self.clone(), member: None, network: None };
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!(meters::SOCKETS).increment(1);
        if self.limits.sockets > 0 && before >= self.limits.sockets {
            return Err(refused(ALL, AppError::Unavailable));
        }
        if let Some(network) = address.filter(|_| self.limits.per_address > 0).map(network::of) {
            if !take(&self.networks, network, self.limits.per_address) {
                return Err(refused(OF_AN_ADDRESS, AppError::TooManyRequests { retry_after_seconds: 60 }));
            }
            guest.network = Some(network);
        }
        Ok(guest)
    }
}

impl Guest {
    /// Counts the socket for its member, once known; returns false if the member has too many.
    pub fn belongs_to(&mut self, member: MemberId) -> bool {
        let limit = self.door.limits.per_member;
        if limit == 0 {
            return true;
        }
        let taken = take(&self.door.members, member, limit);
        if taken {
            self.member = Some(member);
        } else {
            refused(OF_A_MEMBER, ());
        }
        taken
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.door.open.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!(meters::SOCKETS).decrement(1);
        if let Some(member) = self.member {
            give_back(&self.door.members, &member);
        }
        if let Some(network) = self.network {
            give_back(&self.door.networks, &network);
        }
    }
}

/// Counts a refusal, and returns the error for it.
fn refused<T>(limit: &'static str, answer: T) -> T {
    metrics::counter!(meters::REFUSALS, "limit" => limit).increment(1);
    answer
}

fn take<K: Eq + Hash>(counts: &Mutex<HashMap<K, usize>>, key: K, limit: usize) -> bool {
    let mut counts = lock(counts);
    let count = counts.entry(key).or_default();
    if *count < limit {
        *count += 1;
        return true;
    }
    false
}

fn give_back<K: Eq + Hash>(counts: &Mutex<HashMap<K, usize>>, key: &K) {
    let mut counts = lock(counts);
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_is_given_back() {
        let door = Door::new(Limits { sockets: 3, per_member: 2, per_address: 2, handshakes_per_second: 0 });
        let (anna, ben) = (MemberId::new(), MemberId::new());
        let here = Some(IpAddr::from([10, 0, 0, 1]));
        for _ in 0..3 {
            let mut one = door.enter(here).expect("there is room");
            let mut two = door.enter(here).expect("there is room");
            assert!(matches!(door.enter(here), Err(AppError::TooManyRequests { .. })));
            let mut three = door.enter(None).expect("another address");
            assert_eq!(door.enter(None).err(), Some(AppError::Unavailable));
            assert!(one.belongs_to(anna) && two.belongs_to(anna));
            assert!(!three.belongs_to(anna) && three.belongs_to(ben));
            assert_eq!(door.open(), 3);
        }
        assert_eq!(door.open(), 0);
        assert!(lock(&door.members).is_empty() && lock(&door.networks).is_empty());
    }

    #[test]
    fn addresses_of_one_network_share_one_count() {
        let door = Door::new(Limits { per_address: 2, handshakes_per_second: 0, ..Limits::default() });
        let enter = |address: &str| door.enter(Some(address.parse().expect("an address")));
        let _two =
            [enter("2001:db8:1:2::1"), enter("2001:db8:1:2:3:4:5:6")].map(|one| one.expect("there is room"));
        assert!(matches!(enter("2001:db8:1:2::9").err(), Some(AppError::TooManyRequests { .. })));
        assert!(enter("2001:db8:1:3::1").is_ok(), "another network");
        let _four =
            [enter("203.0.113.9"), enter("::ffff:203.0.113.9")].map(|one| one.expect("there is room"));
        assert!(enter("203.0.113.9").is_err());
        assert!(enter("203.0.113.10").is_ok(), "of IPv4 each address is a network");
    }

    #[test]
    fn without_limits_nobody_is_refused() {
        let off = Limits { sockets: 0, per_member: 0, per_address: 0, handshakes_per_second: 0 };
        let door = Door::new(off);
        let anna = MemberId::new();
        let mut guests: Vec<_> = (0..200).map(|_| door.enter(None).expect("no limit")).collect();
        assert!(guests.iter_mut().all(|guest| guest.belongs_to(anna)));
    }

    #[test]
    fn handshakes_beyond_the_rate_are_refused() {
        let door = Door::new(Limits { handshakes_per_second: 3, ..Limits::default() });
        let refused = (0..10).filter(|_| door.enter(None).is_err()).count();
        assert!((6..=7).contains(&refused), "{refused}");
    }
}
