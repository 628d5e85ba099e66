//! Delays between reconnection attempts, with full jitter, so that a thousand browsers that lost one server
//! do not reconnect at one instant. Pure: the caller passes time and randomness.

/// The upper bound of the first delay; each further bound is twice as long.
const FIRST_MS: f64 = 200.0;
/// The upper bound in the first minute of an outage.
const EARLY_MAX_MS: f64 = 5_000.0;
/// The upper bound afterwards.
const LATE_MAX_MS: f64 = 20_000.0;
const EARLY_MS: f64 = 60_000.0;
/// A connection that lasts this long ends the outage.
const HEALTHY_MS: f64 = 10_000.0;

/// The delays of one outage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backoff {
    attempt: i32,
    /// When the outage began.
    since: Option<f64>,
    /// When the last connection was established.
    connected: Option<f64>,
    /// The range that a planned close asked for.
    asked: Option<[f64; 2]>,
}

impl Backoff {
    /// Records that a connection was established.
    pub fn connected(&mut self, now_ms: f64) {
        self.connected = Some(now_ms);
    }

    /// Records the range of delays that the server asks for.
    pub fn asked(&mut self, [min, max]: [u64; 2]) {
        // Limited, whatever the server sends: nobody waits longer than in an outage.
        let clamp = |ms: u64| (f64::from(u32::try_from(ms).unwrap_or(u32::MAX))).min(LATE_MAX_MS);
        self.asked = Some([clamp(min), clamp(max.max(min))]);
    }

    /// The next delay, in milliseconds; `chance` is between 0 and 1.
    pub fn delay(&mut self, now_ms: f64, chance: f64) -> u32 {
        if self.connected.take().is_some_and(|at| now_ms - at >= HEALTHY_MS) {
            (self.attempt, self.since) = (0, None);
        }
        let since = *self.since.get_or_insert(now_ms);
        let chance = chance.clamp(0.0, 1.0);
        let delay = match self.asked.take() {
            Some([min, max]) => min + chance * (max - min),
            None => {
                let max = if now_ms - since < EARLY_MS { EARLY_MAX_MS } else { LATE_MAX_MS };
                let ceiling = (FIRST_MS * 2_f64.powi(self.attempt.min(16))).min(max);
                self.attempt += 1;
                chance * ceiling
            }
        };
        milliseconds(delay)
    }
}

/// A delay is at most 20 s, so it always fits.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 20,000")]
fn milliseconds(delay: f64) -> u32 {
    delay.clamp(0.0, LATE_MAX_MS) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_delay_exceeds_its_bound(chances in prop::collection::vec(0.0..=1.0_f64, 1..60)) {
            let (mut backoff, mut now) = (Backoff::default(), 0.0);
            for chance in chances {
                let delay = f64::from(backoff.delay(now, chance));
                let max = if now < EARLY_MS { EARLY_MAX_MS } else { LATE_MAX_MS };
                prop_assert!(delay <= max);
                now += delay;
            }
        }

        #[test]
        fn the_delay_spreads_over_the_whole_range(chance in 0.0..=1.0_f64) {
            let mut backoff = Backoff::default();
            prop_assert!((f64::from(backoff.delay(0.0, chance)) - chance * 200.0).abs() <= 1.0);
            prop_assert!((f64::from(backoff.delay(0.0, chance)) - chance * 400.0).abs() <= 1.0);
        }
    }

    /// The number of clients in the busiest tenth of a second, if all are told to wait at one instant.
    fn busiest(delay: impl Fn(f64) -> u32) -> usize {
        const CLIENTS: u32 = 10_000;
        // Multiples of the golden ratio are as evenly distributed as random numbers are on average.
        let delays = (0..CLIENTS).map(|n| delay((f64::from(n) * 0.618_033_988_75).fract()));
        let mut tenths = [0; 210];
        delays.for_each(|delay| tenths[delay as usize / 100] += 1);
        tenths.into_iter().max().unwrap_or_default()
    }

    #[test]
    fn ten_thousand_clients_that_lose_their_server_reconnect_spread_out() {
        let told = |chance: f64| {
            let mut backoff = Backoff::default();
            backoff.asked([100, 5_000]);
            backoff.delay(0.0, chance)
        };
        assert!(busiest(told) <= 250, "over the time that the goodbye named: {}", busiest(told));
        let failed_four_times = |chance: f64| {
            let mut backoff = Backoff::default();
            for _ in 0..4 {
                backoff.delay(0.0, 0.5);
            }
            backoff.delay(0.0, chance)
        };
        assert!(busiest(failed_four_times) <= 330, "and without one: {}", busiest(failed_four_times));
    }

    #[test]
    fn a_long_connection_ends_an_outage_and_a_short_one_does_not() {
        let mut backoff = Backoff::default();
        for _ in 0..6 {
            backoff.delay(0.0, 1.0);
        }
        backoff.connected(1_000.0);
        assert_eq!(backoff.delay(2_000.0, 1.0), 5_000, "it lasted a second only");
        backoff.connected(10_000.0);
        assert_eq!(backoff.delay(30_000.0, 1.0), 200);
    }

    #[test]
    fn a_planned_close_decides_the_first_delay_only() {
        let mut backoff = Backoff::default();
        backoff.asked([100, 2_000]);
        assert_eq!(backoff.delay(0.0, 0.0), 100);
        assert_eq!(backoff.delay(0.0, 1.0), 200);
        backoff.asked([u64::MAX, 0]);
        assert_eq!(backoff.delay(0.0, 1.0), 20_000);
    }
}
