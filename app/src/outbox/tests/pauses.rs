//! How long a call without a response waits before it is repeated.

use crate::{error::AppError, outbox::pauses::pause};
use proptest::prelude::*;
use std::time::Duration;

proptest! {
    #[test]
    fn a_pause_doubles_up_to_half_a_minute_and_is_spread_over_its_second_half(
        tries in 1..60_u32,
        chance in 0.0..=1.0_f64,
    ) {
        let longest = Duration::from_secs([1, 2, 4, 8, 16].get(tries as usize - 1).copied().unwrap_or(30));
        let pause = pause(tries, &AppError::NoAnswer, false, chance);
        prop_assert!(pause <= longest && pause >= longest / 2, "{pause:?} after {tries}");
    }

    #[test]
    fn while_the_page_is_connected_a_lost_call_is_repeated_within_five_seconds_and_never_later_than_without(
        tries in 1..60_u32,
        chance in 0.0..=1.0_f64,
    ) {
        let [live, usual] = [true, false].map(|is_connected| pause(tries, &AppError::NoAnswer, is_connected, chance));
        prop_assert!(live <= Duration::from_secs(5) && live <= usual, "{live:?} after {tries}");
    }

    #[test]
    fn a_pause_is_no_shorter_than_the_server_asks_for(
        tries in 1..60_u32,
        chance in 0.0..=1.0_f64,
        retry_after_seconds in 0..600_u32,
    ) {
        let asked = pause(tries, &AppError::TooManyRequests { retry_after_seconds }, true, chance);
        let usual = pause(tries, &AppError::NoAnswer, false, chance);
        prop_assert_eq!(asked, usual.max(Duration::from_secs(retry_after_seconds.into())));
    }
}
