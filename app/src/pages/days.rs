//! The days that begin while the server cannot tell it.
//!
//! The clock of the device may be wrong. So only the days are counted that have begun on it since the server told the
//! last one.

use crate::{
    domain::Day,
    live_link::{Connection, LiveLink},
    state::opened::{KeptStart, Opened},
};
use leptos::prelude::*;
use std::time::Duration;

/// How often a page without a connection looks whether another day has begun.
const LOOK: Duration = Duration::from_secs(20);

/// The last day that the server has told, and the number of the device's day at that time.
#[derive(Clone, Copy)]
pub(super) struct ToldDay(StoredValue<Option<(i64, Day)>>);

impl ToldDay {
    /// The number of the device's day when this day began.
    pub fn number_of(self, day: Day) -> Option<i64> {
        let (number, told) = self.0.get_value()?;
        Some(number + day.days_since(told))
    }

    /// The day that it is when the device's day has this number.
    fn day_of(self, number: i64) -> Option<Day> {
        let (then, told) = self.0.get_value()?;
        told.plus_days(number - then)
    }
}

/// Begins the days in the book while there is no connection.
pub(super) fn follow_days(link: &LiveLink, opened: Opened) -> ToldDay {
    let kept = use_context::<KeptStart>();
    let kept = kept.and_then(|kept| Some((kept.day?, kept.replica.today.get_untracked())));
    let told = ToldDay(StoredValue::new(kept));
    let (connection, browser) = (link.connection.clone(), link.browser.clone());
    let number = move || {
        let zone = opened.followed.get_untracked()?.household.with_untracked(|row| row.time_zone.clone());
        browser.day_number(&zone)
    };
    let (is_offline, now) = (connection.clone(), number.clone());
    let is_offline = move || matches!(is_offline.get_untracked(), Connection::Offline { .. });
    let look = move || {
        if is_offline()
            && let Some(replica) = opened.followed.get_untracked()
            && let Some(today) = now().and_then(|number| told.day_of(number))
        {
            replica.begin_day(today);
        }
    };
    let tells = connection.clone();
    Effect::new(move || {
        let Some(replica) = opened.followed.get() else { return };
        let today = replica.today.get();
        // Otherwise it was begun here.
        if !matches!(tells.get_untracked(), Connection::Offline { .. }) {
            told.0.set_value(number().map(|number| (number, today)));
        }
    });
    let at_once = look.clone();
    Effect::new(move || {
        connection.track();
        opened.followed.track();
        at_once();
    });
    Effect::new(move || set_interval(look.clone(), LOOK));
    told
}
