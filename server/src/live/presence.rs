//! Who has a screen of a household open, and what they edit.
//!
//! A list is made at most once a second. Somebody who goes is missed only after a moment: a page that
//! loads anew goes and comes back. Pure but for the clock that is handed in.

use super::encoded::Encoded;
use app::{
    domain::{FactId, MemberId},
    wire::{self, Frame, Present},
};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;
use uuid::Uuid;

/// Two lists are at least so far apart.
const SPACING: Duration = Duration::from_secs(1);
/// Somebody who left is on the list for so long.
const GRACE: Duration = Duration::from_secs(3);
/// A process that has not said for so long who is at it is gone, and they with it. It says so every ten
/// seconds, and nobody is shown as present for more than 30 s who is not.
const SILENCE: Duration = Duration::from_secs(25);

/// A socket and whose it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Here {
    pub socket: u64,
    pub member: MemberId,
    pub editing: Option<FactId>,
}

/// Who is here now, and who the screens were told of.
#[derive(Debug, Default)]
pub(super) struct Presence {
    here: Vec<Here>,
    /// Who is at other processes, and when each said so.
    elsewhere: HashMap<Uuid, (Vec<Present>, Instant)>,
    told: Vec<Present>,
    told_at: Option<Instant>,
    /// When the next list is to be made, if something changed.
    due: Option<Instant>,
}

impl Presence {
    /// The instant at which to publish, when that is not arranged yet.
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

    /// Another process says who is at it. The instant at which to publish, when that is not arranged yet,
    /// and whether this process was heard for the first time.
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

    /// Forgets the processes that say nothing any more.
    pub fn forget_silent(&mut self, now: Instant) -> Option<Instant> {
        self.elsewhere.retain(|_, (_, at)| now.duration_since(*at) < SILENCE);
        self.changed(now)
    }

    /// Who is at this process.
    pub fn own(&self) -> Vec<Present> {
        condensed(self.here.iter().map(Here::present).collect())
    }

    /// Something may have changed and is to be told at `when`, if the last list is old enough by then.
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

    /// Makes the list that was due; false when another one has been made or nothing changed after all.
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

    /// The list that was made last.
    pub fn frame(&self) -> Encoded {
        let frame = Frame::Presence(wire::Presence { members: self.told.clone() });
        // Ids are always JSON.
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

/// A person once, or once for each thing they edit.
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
    fn lists_are_a_second_apart_and_say_who_edits_what() {
        let (start, anna, ben, fact) = (Instant::now(), MemberId::new(), MemberId::new(), FactId::new());
        let mut presence = Presence::default();
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
    fn a_page_that_loads_anew_is_never_missed() {
        let (start, anna, ben) = (Instant::now(), MemberId::new(), MemberId::new());
        let mut presence = Presence::default();
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
    fn people_at_other_processes_are_here_too_until_these_fall_silent() {
        let (start, anna, ben) = (Instant::now(), MemberId::new(), MemberId::new());
        let (one, two, row) =
            (Uuid::new_v4(), Uuid::new_v4(), |member_id| Present { member_id, editing: None });
        let mut presence = Presence::default();
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
        // He went from the first process, and is still at the second.
        assert_eq!(presence.elsewhere(one, vec![], start + ms(9_000)), (None, false));
        assert_eq!(presence.forget_silent(start + ms(32_000)), None);
        assert_eq!(presence.forget_silent(start + ms(33_000)), Some(start + ms(33_000)));
        assert!(presence.publish(start + ms(33_000)));
        assert_eq!(presence.told, [row(anna)]);
        assert_eq!(presence.own(), [row(anna)]);
    }

    #[test]
    fn somebody_who_moves_to_another_process_is_never_missed() {
        let (start, ben) = (Instant::now(), MemberId::new());
        let (one, two, row) = (Uuid::new_v4(), Uuid::new_v4(), Present { member_id: ben, editing: None });
        let mut presence = Presence::default();
        presence.elsewhere(one, vec![row], start);
        assert!(presence.publish(start));
        let gone = presence.elsewhere(one, vec![], start + ms(5_000)).0.expect("it is to be told");
        assert_eq!(gone, start + ms(5_000) + GRACE);
        assert_eq!(presence.elsewhere(two, vec![row], start + ms(6_000)), (None, true), "back in time");
        assert!(!presence.publish(gone));
    }
}
