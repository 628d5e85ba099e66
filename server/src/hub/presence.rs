//! Who has a screen of a household open, and what they edit.
//!
//! A list is made at most once a second. Somebody who leaves stays on the list for a moment, since a page
//! that reloads closes its socket and opens another. Pure: the caller passes the time.

use crate::journal::encoded::Encoded;
use app::{
    domain::{FactId, MemberId},
    wire::{self, Frame, Present},
};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;
use uuid::Uuid;

/// The shortest interval between two lists.
const SPACING: Duration = Duration::from_secs(1);
/// How long somebody who left stays on the list.
const GRACE: Duration = Duration::from_secs(3);
/// A process that has not published its list for this long is considered gone, with its people. It publishes
/// every ten seconds, and nobody absent may be shown for more than 30 s.
const SILENCE: Duration = Duration::from_secs(25);

/// A socket and its member.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here {
    pub socket: u64,
    pub member: MemberId,
    pub editing: Option<FactId>,
}

/// Who is present now, and the list that screens have.
#[derive(Debug, Default)]
pub(super) struct PresenceTracker {
    here: Vec<Here>,
    /// Who is present in other processes, and when each last published it.
    elsewhere: HashMap<Uuid, (Vec<Present>, Instant)>,
    told: Vec<Present>,
    told_at: Option<Instant>,
    /// When the next list is due, if something changed.
    due: Option<Instant>,
}

impl PresenceTracker {
    /// Adds a socket. Returns the instant at which to publish, unless one is already scheduled.
    pub fn arrive(&mut self, here: Here, now: Instant) -> Option<Instant> {
        self.here.push(here);
        self.changed(now)
    }

    pub fn edit(&mut self, socket: u64, fact: Option<FactId>, now: Instant) -> Option<Instant> {
        let here = self.here.iter_mut().find(|here| here.socket == socket)?;
        here.editing = fact;
        self.changed(now)
    }

    pub fn depart(&mut self, socket: u64, now: Instant) -> Option<Instant> {
        self.here.retain(|here| here.socket != socket);
        self.changed(now + GRACE)
    }

    /// Takes over the list of another process. Returns the instant at which to publish, unless one is already
    /// scheduled, and whether the process is new.
    pub fn elsewhere(
        &mut self,
        process: Uuid,
        people: Vec<Present>,
        now: Instant,
    ) -> (Option<Instant>, bool) {
        let before = if people.is_empty() {
            self.elsewhere.remove(&process)
        } else {
            self.elsewhere.insert(process, (people.clone(), now))
        };
        let is_new = before.is_none() && !people.is_empty();
        let member = |row: &Present| row.member_id;
        let left = before.is_some_and(|(list, _)| {
            list.iter().any(|row| !people.iter().map(member).any(|id| id == row.member_id))
        });
        (self.changed(if left { now + GRACE } else { now }), is_new)
    }

    /// Removes the processes that no longer publish.
    pub fn forget_silent(&mut self, now: Instant) -> Option<Instant> {
        self.elsewhere.retain(|_, (_, at)| now.duration_since(*at) < SILENCE);
        self.changed(now)
    }

    /// Who is present in this process.
    pub fn own(&self) -> Vec<Present> {
        condensed(self.here.iter().map(Here::present).collect())
    }

    /// Schedules a list for `when` or later, if it would differ from the last one.
    fn changed(&mut self, when: Instant) -> Option<Instant> {
        if self.list() == self.told {
            return None;
        }
        let due = self.told_at.map_or(when, |at| when.max(at + SPACING));
        if self.due.is_some_and(|arranged| arranged <= due) {
            return None;
        }
        self.due = Some(due);
        self.due
    }

    /// Makes the list that is due; returns false if another one was made or nothing changed after all.
    pub fn publish(&mut self, due: Instant) -> bool {
        if self.due != Some(due) {
            return false;
        }
        (self.due, self.told_at) = (None, Some(due));
        let list = self.list();
        let news = list != self.told;
        self.told = list;
        news
    }

    /// The frame with the last list.
    pub fn frame(&self) -> Encoded {
        let frame = Frame::Presence(wire::Presence { members: self.told.clone() });
        // Ids always serialize.
        Encoded::of(&frame).unwrap_or_default()
    }

    fn list(&self) -> Vec<Present> {
        let others = self.elsewhere.values().flat_map(|(people, _)| people.iter().copied());
        condensed(self.here.iter().map(Here::present).chain(others).collect())
    }
}

impl Here {
    const fn present(&self) -> Present {
        Present { member_id: self.member, editing: self.editing }
    }
}

/// Lists each person once, or once for each fact they edit.
fn condensed(mut list: Vec<Present>) -> Vec<Present> {
    list.sort_unstable();
    list.dedup();
    let editors: Vec<MemberId> =
        list.iter().filter(|row| row.editing.is_some()).map(|row| row.member_id).collect();
    list.retain(|row| row.editing.is_some() || !editors.contains(&row.member_id));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn lists_are_a_second_apart_and_name_who_edits_what() {
        let (start, anna, ben, fact) = (Instant::now(), MemberId::new(), MemberId::new(), FactId::new());
        let mut presence = PresenceTracker::default();
        let here = |socket, member| Here { socket, member, editing: None };
        assert_eq!(presence.arrive(here(1, anna), start), Some(start), "the first is told at once");
        assert!(presence.publish(start));
        let next = start + SPACING;
        assert_eq!(presence.arrive(here(2, ben), start + ms(10)), Some(next));
        assert_eq!(presence.arrive(here(3, ben), start + ms(20)), None, "it is arranged");
        assert_eq!(presence.edit(3, Some(fact), start + ms(30)), None);
        assert!(presence.publish(next));
        let mut expected =
            vec![Present { member_id: anna, editing: None }, Present { member_id: ben, editing: Some(fact) }];
        expected.sort_unstable();
        assert_eq!(presence.told, expected, "a person once, whatever the number of tabs");
        assert_eq!(presence.depart(2, next + ms(5)), None, "the other tab is still there");
        assert!(!presence.publish(next + ms(5)), "nothing was due");
    }

    #[test]
    fn somebody_whose_page_reloads_stays_on_the_list() {
        let (start, anna, ben) = (Instant::now(), MemberId::new(), MemberId::new());
        let mut presence = PresenceTracker::default();
        let here = |socket, member| Here { socket, member, editing: None };
        presence.arrive(here(1, anna), start);
        presence.arrive(here(2, ben), start);
        assert!(presence.publish(start));
        let gone = presence.depart(2, start + ms(5_000)).expect("it is to be told");
        assert_eq!(gone, start + ms(5_000) + GRACE);
        assert_eq!(presence.arrive(here(3, ben), start + ms(5_200)), None, "back before anybody was told");
        assert!(!presence.publish(gone), "and nothing changed");
        assert!(presence.depart(3, start + ms(9_000)).is_some());
    }

    #[test]
    fn people_of_other_processes_are_listed_until_those_fall_silent() {
        let (start, anna, ben) = (Instant::now(), MemberId::new(), MemberId::new());
        let (one, two, row) =
            (Uuid::new_v4(), Uuid::new_v4(), |member_id| Present { member_id, editing: None });
        let mut presence = PresenceTracker::default();
        presence.arrive(Here { socket: 1, member: anna, editing: None }, start);
        assert!(presence.publish(start));
        let (due, new) = presence.elsewhere(one, vec![row(ben), row(anna)], start + ms(1_500));
        assert_eq!((due, new), (Some(start + ms(1_500)), true));
        assert!(presence.publish(start + ms(1_500)));
        assert_eq!(presence.told.len(), 2, "Anna once, wherever she is");
        assert_eq!(presence.elsewhere(two, vec![row(ben)], start + ms(4_000)), (None, true));
        assert_eq!(
            presence.elsewhere(two, vec![row(ben)], start + ms(8_000)),
            (None, false),
            "it said so before"
        );
        // He left the first process, and is still present in the second.
        assert_eq!(presence.elsewhere(one, vec![], start + ms(9_000)), (None, false));
        assert_eq!(presence.forget_silent(start + ms(32_000)), None);
        assert_eq!(presence.forget_silent(start + ms(33_000)), Some(start + ms(33_000)));
        assert!(presence.publish(start + ms(33_000)));
        assert_eq!(presence.told, [row(anna)]);
        assert_eq!(presence.own(), [row(anna)]);
    }

    #[test]
    fn somebody_who_moves_to_another_process_stays_on_the_list() {
        let (start, ben) = (Instant::now(), MemberId::new());
        let (one, two, row) = (Uuid::new_v4(), Uuid::new_v4(), Present { member_id: ben, editing: None });
        let mut presence = PresenceTracker::default();
        presence.elsewhere(one, vec![row], start);
        assert!(presence.publish(start));
        let gone = presence.elsewhere(one, vec![], start + ms(5_000)).0.expect("it is to be told");
        assert_eq!(gone, start + ms(5_000) + GRACE);
        assert_eq!(presence.elsewhere(two, vec![row], start + ms(6_000)), (None, true), "back in time");
        assert!(!presence.publish(gone));
    }
}
