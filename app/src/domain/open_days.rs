//! The open days of a recurring entry: those neither recorded nor skipped.
//!
//! A row counts its days from `open_from`, which only moves forward while the rhythm stays the same. Open
//! days before it, or outside of the rhythm, are listed in `reopened`. So reopening a day opens no other one,
//! whatever the current rhythm.
//!
//! A day that was due when it was reopened is also listed in `by_hand`: a person undid what was recorded or
//! skipped, so a person decides about it, and it is not recorded automatically.

use super::{Day, Recurring, Target};

/// How far back missed days are recorded automatically.
const CATCH_UP_DAYS: i64 = 62;

/// Whether a day is too far in the past to be recorded automatically.
fn is_passed(day: Day, today: Day) -> bool {
    today.plus_days(-CATCH_UP_DAYS).is_some_and(|first| day < first)
}

impl Recurring {
    /// The open days, in order; possibly infinite.
    pub fn open_days(&self) -> impl Iterator<Item = Day> {
        let (mut extra, mut scheduled) =
            (self.reopened.iter().copied().peekable(), self.scheduled().peekable());
        std::iter::from_fn(move || match (extra.peek().copied(), scheduled.peek().copied()) {
            (Some(one), Some(other)) if one > other => scheduled.next(),
            (Some(one), Some(other)) => {
                scheduled.next_if(|_| one == other);
                extra.next()
            }
            (Some(_), None) => extra.next(),
            (None, _) => scheduled.next(),
        })
    }

    /// The open days of the rhythm.
    fn scheduled(&self) -> impl Iterator<Item = Day> {
        let days = self.schedule().days().skip_while(|day| *day < self.open_from);
        days.filter(|day| !self.settled.contains(day))
    }

    /// Whether a day is open.
    #[must_use]
    pub fn is_open(&self, day: Day) -> bool {
        self.open_days().take_while(|open| *open <= day).any(|open| open == day)
    }

    /// The open days that are due: up to today, and for plans up to the end of the next month.
    pub fn due_days(&self, today: Day) -> impl Iterator<Item = Day> {
        let target = self.target;
        self.open_days().take_while(move |day| target.is_due(*day, today))
    }

    /// The due days that are recorded automatically. Days in `by_hand` wait for people to confirm them, and so
    /// do earlier ones: the program was off for long, or its clock was wrong.
    pub fn automatic_days(&self, today: Day) -> impl Iterator<Item = Day> {
        self.due_days(today).filter(move |day| !self.waits_for_people(*day, today))
    }

    /// Whether an open day is recorded automatically once it is due.
    #[must_use]
    pub fn records_automatically(&self, day: Day, today: Day) -> bool {
        self.automatic && !self.waits_for_people(day, today)
    }

    fn waits_for_people(&self, day: Day, today: Day) -> bool {
        is_passed(day, today) || self.by_hand.contains(&day)
    }

    /// The first open day that does not wait for people, whether due or not.
    #[must_use]
    pub fn next_automatic_day(&self, today: Day) -> Option<Day> {
        self.open_days().find(|day| !self.waits_for_people(*day, today))
    }

    /// The entry with one more day settled.
    #[must_use]
    pub fn with_settled(mut self, day: Day) -> Self {
        self.reopened.retain(|open| *open != day);
        self.by_hand.retain(|open| *open != day);
        if day >= self.open_from {
            self.settled.push(day);
            self.settled.sort_unstable();
        }
        let next = self.scheduled().next();
        // After the very last day there is no gap any more.
        let open_from = next.or_else(|| self.settled.last().and_then(|day| day.plus_days(1)));
        self.open_from = open_from.map_or(self.open_from, |day| day.max(self.open_from));
        self.settled.retain(|day| *day >= self.open_from);
        self
    }

    /// The entry with a settled day reopened, and no other one. If it is due today, it waits for people.
    #[must_use]
    pub fn with_reopened(mut self, day: Day, today: Day) -> Self {
        self.settled.retain(|settled| *settled != day);
        if !self.is_open(day) {
            self.reopened.push(day);
            self.reopened.sort_unstable();
        }
        if self.target.is_due(day, today) {
            self.by_hand.push(day);
            self.by_hand.sort_unstable();
        }
        self
    }

    /// The day before which settled days count for a new rhythm; a day that was skipped far ahead does not.
    #[must_use]
    pub fn counts_before(&self, today: Day) -> Day {
        today.plus_days(1).map_or(self.open_from, |tomorrow| tomorrow.max(self.open_from))
    }

    /// Whether it has the same rhythm as another entry, wherever their days end.
    #[must_use]
    pub fn has_rhythm_of(&self, other: &Self) -> bool {
        let rhythm = |row: &Self| (row.starts_on, row.every, row.unit, row.from_month_end);
        rhythm(self) == rhythm(other)
    }

    /// The revision of `old` with its open days. `latest` is the last settled day of `old` that
    /// [counts](Self::counts_before).
    ///
    /// A new rhythm continues from its first day after `latest`, or from today if that is earlier. Days that
    /// were open before stay open, and no others open there. Days before a new first day, or after a new last
    /// one, are removed.
    #[must_use]
    pub fn revising(mut self, old: &Self, latest: Option<Day>, today: Day) -> Self {
        self.open_from = old.open_from;
        self.settled.clone_from(&old.settled);
        self.reopened.clone_from(&old.reopened);
        if !self.has_rhythm_of(old) {
            let next = old.scheduled().find(|day| latest.is_none_or(|latest| *day > latest));
            let nearest = latest.and_then(|day| day.plus_days(1)).map_or(today, |day| day.max(today));
            self.open_from = next.map_or(nearest, |next| next.min(nearest));
            self.keep_open(old.scheduled());
            self.settled.retain(|day| *day >= self.open_from);
        }
        let (starts_on, ends_on) = (self.starts_on, self.ends_on);
        if old.starts_on != starts_on {
            self.reopened.retain(|day| *day >= starts_on);
        }
        if old.ends_on != ends_on {
            self.reopened.retain(|day| ends_on.is_none_or(|last| *day <= last));
        }
        self.by_hand = old.by_hand.iter().copied().filter(|day| self.is_open(*day)).collect();
        self
    }

    /// The entry as it is restored today: days that came due while it was deleted have passed.
    #[must_use]
    pub fn restored(mut self, deleted_on: Day, today: Day) -> Self {
        let old = self.clone();
        // The plan of a month can be raised until the month is over.
        let from = if self.target == Target::Plan { today.month().days().0 } else { today };
        self.open_from = self.open_from.max(from);
        self.settled.retain(|day| *day >= self.open_from);
        self.reopened.retain(|day| *day >= from || old.target.is_due(*day, deleted_on));
        self.keep_open(old.scheduled().take_while(|day| old.target.is_due(*day, deleted_on)));
        self.by_hand = old.by_hand.iter().copied().filter(|day| self.is_open(*day)).collect();
        self
    }

    /// Keeps these days open that are before `open_from`.
    fn keep_open(&mut self, days: impl Iterator<Item = Day>) {
        self.reopened.extend(days.take_while(|day| *day < self.open_from));
        self.reopened.sort_unstable();
        self.reopened.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Unit, recurring::tests::rent};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    fn open(row: &Recurring, count: usize) -> String {
        row.open_days().take(count).map(|day| day.to_string()).collect::<Vec<_>>().join(" ")
    }

    proptest! {
        #[test]
        fn open_days_are_those_not_settled_in_whatever_order_they_are_settled(
            order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(), so_many in 0..=12_usize,
            again in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let mut row = rent();
            let all: Vec<Day> = row.schedule().days().collect();
            let mut settled = BTreeSet::new();
            let check = |row: &Recurring, settled: &BTreeSet<Day>| {
                let open: Vec<Day> = all.iter().copied().filter(|day| !settled.contains(day)).collect();
                prop_assert_eq!(row.open_days().collect::<Vec<_>>(), open);
                prop_assert!(row.settled.iter().all(|day| *day > row.open_from), "only what lies behind a gap is kept");
                Ok(())
            };
            for n in &order[..so_many] {
                prop_assert!(row.is_open(all[*n]));
                row = row.with_settled(all[*n]);
                settled.insert(all[*n]);
                prop_assert!(!row.is_open(all[*n]));
                check(&row, &settled)?;
            }
            for n in again {
                if settled.remove(&all[n]) {
                    row = row.with_reopened(all[n], all[5]);
                    check(&row, &settled)?;
                }
            }
        }
    }

    #[test]
    fn a_transaction_is_due_on_its_day_and_a_plan_when_its_month_is_the_next() {
        let due = |row: &Recurring, today: &str| row.due_days(day(today)).count();
        let fact = rent();
        assert_eq!((due(&fact, "2026-10-30"), due(&fact, "2026-10-31"), due(&fact, "2026-12-01")), (0, 1, 2));
        let plan = Recurring { target: Target::Plan, ..rent() };
        assert_eq!((due(&plan, "2026-08-31"), due(&plan, "2026-09-01"), due(&plan, "2026-10-01")), (0, 1, 2));
    }

    #[test]
    fn reopening_a_day_before_a_change_of_rhythm_opens_no_other() {
        let (october, november) = (day("2026-10-31"), day("2026-11-30"));
        let old = rent().with_settled(october).with_settled(november);
        let weekly = Recurring { unit: Unit::Week, ..old.clone() };
        let row = weekly.revising(&old, Some(november), day("2026-12-10"));
        assert_eq!(open(&row, 2), "2026-12-12 2026-12-19", "from today on");
        let today = day("2026-12-10");
        let row = row.with_reopened(october, today).with_reopened(november, today);
        assert_eq!(open(&row, 3), "2026-10-31 2026-11-30 2026-12-12");
        // It also survives another change, until the first day is moved past it.
        let monthly = Recurring { unit: Unit::Month, ..row.clone() };
        let row = monthly.revising(&row, None, day("2026-12-10"));
        assert_eq!(open(&row, 3), "2026-10-31 2026-11-30 2026-12-31");
        let later = Recurring { starts_on: day("2026-11-15"), ..row.clone() };
        assert_eq!(open(&later.revising(&row, None, day("2026-12-10")), 2), "2026-11-30 2026-12-15");
        let ended = Recurring { ends_on: Some(day("2026-11-01")), ..row.clone() };
        assert_eq!(open(&ended.revising(&row, None, day("2026-12-10")), 9), "2026-10-31");
    }

    #[test]
    fn a_new_rhythm_does_not_wait_for_a_day_that_was_skipped_far_ahead() {
        let today = day("2026-11-26");
        let old = rent().with_settled(day("2026-10-31")).with_settled(day("2027-03-31"));
        assert_eq!(old.counts_before(today), day("2026-11-30"));
        let quarterly = Recurring { every: 2, ..old.clone() };
        let row = quarterly.revising(&old, Some(day("2026-10-31")), today);
        assert_eq!(open(&row, 3), "2026-12-31 2027-02-28 2027-04-30");
        let same_day = Recurring { every: 5, ..old.clone() }.revising(&old, Some(day("2026-10-31")), today);
        assert_eq!(open(&same_day, 2), "2027-08-31 2028-01-31", "what was skipped stays so");
    }

    #[test]
    fn days_that_came_due_while_it_was_deleted_have_passed() {
        let row = rent().with_settled(day("2026-11-30"));
        let back = |deleted: &str, today: &str| open(&row.clone().restored(day(deleted), day(today)), 3);
        assert_eq!(
            back("2026-11-15", "2026-11-15"),
            "2026-10-31 2026-12-31 2027-01-31",
            "taken back at once"
        );
        assert_eq!(back("2026-11-15", "2027-02-01"), "2026-10-31 2027-02-28 2027-03-31");
        assert_eq!(
            back("2026-11-15", "2027-01-31"),
            "2026-10-31 2027-01-31 2027-02-28",
            "today has not passed"
        );
        assert_eq!(back("2026-12-31", "2027-02-01"), "2026-10-31 2026-12-31 2027-02-28");
        assert_eq!(
            back("2026-12-31", "2026-12-01"),
            "2026-10-31 2026-12-31 2027-01-31",
            "a clock that went back"
        );
        let plan = Recurring { target: Target::Plan, ..row.clone() };
        let row = plan.restored(day("2026-11-15"), day("2027-02-20"));
        assert_eq!(
            open(&row, 4),
            "2026-10-31 2026-12-31 2027-02-28 2027-03-31",
            "December was due in November"
        );
    }

    #[test]
    fn a_reopened_due_day_waits_for_people_through_every_change_of_the_row() {
        let (october, november) = (day("2026-10-31"), day("2026-11-30"));
        let today = day("2026-12-01");
        let automatic =
            |row: &Recurring| row.automatic_days(today).map(|day| day.to_string()).collect::<Vec<_>>();
        let row = rent().with_settled(october).with_settled(november);
        assert_eq!(automatic(&row), [""; 0]);
        let row = row.with_reopened(november, today);
        assert_eq!((automatic(&row), row.is_open(november)), (vec![], true));
        assert_eq!(row.next_automatic_day(today), Some(day("2026-12-31")));
        let weekly = Recurring { unit: Unit::Week, ..row.clone() }.revising(&row, Some(october), today);
        assert!(weekly.is_open(november) && !automatic(&weekly).contains(&november.to_string()));
        let back = row.clone().restored(today, today);
        assert_eq!((automatic(&back), back.is_open(november)), (vec![], true));
        // Settled by a person and reopened before it was due: then it is recorded automatically.
        let row = row.with_settled(november).with_reopened(november, day("2026-11-29"));
        assert_eq!(automatic(&row), [november.to_string()]);
    }
}
