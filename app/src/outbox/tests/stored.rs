//! The store of the device. A page that starts continues with the commands that the store contains.

use super::{foreseen::steps, world::World, *};
use crate::{
    outbox::{
        CommandStore, RECORDS, RecordsHearer, StoreChange, StoreHearer, StoreOwner,
        stored::{Stored, TakenOver},
    },
    replica::pending::RowState,
};
use leptos::prelude::{GetUntracked, WithUntracked};
use std::sync::Arc;

/// The records of a device, and the changes that it has not carried out yet.
#[derive(Default)]
pub struct Device {
    records: BTreeMap<String, String>,
    waiting: Vec<Vec<StoreChange>>,
}

impl Device {
    /// Carries out the first of the waiting changes.
    fn carry_out(&mut self, changes: usize) {
        for change in self.waiting.drain(..changes.min(self.waiting.len())).flatten() {
            match change {
                StoreChange::Add(key, text) => _ = self.records.insert(key, text),
                StoreChange::Replace(key, text) => {
                    self.records.entry(key).and_modify(|old| *old = text);
                }
                StoreChange::Delete(key) => _ = self.records.remove(&key),
            }
        }
    }

    /// Stores what has changed, sooner or later.
    pub fn store(&mut self, stored: &mut Stored, queue: &Queue) {
        let changes = stored.differences(queue);
        if !changes.is_empty() {
            self.waiting.push(changes);
        }
    }

    /// Whether so many changes are not all.
    pub const fn forgets(&self, carried_out: usize) -> bool {
        carried_out < self.waiting.len()
    }

    /// Loses the changes that were not carried out; returns the records.
    pub fn restart(&mut self, carried_out: usize) -> Vec<(String, String)> {
        self.carry_out(carried_out);
        self.waiting.clear();
        self.records.clone().into_iter().collect()
    }

    fn all(&mut self) -> Vec<(String, String)> {
        self.carry_out(usize::MAX);
        self.records.clone().into_iter().collect()
    }
}

/// The same records, stored ten seconds earlier.
fn aged(records: Vec<(String, String)>) -> Vec<(String, String)> {
    let older = |(key, text): (String, String)| {
        let mut record: serde_json::Value = serde_json::from_str(&text).expect("a record");
        let place: Uuid = record["place"].as_str().and_then(|text| text.parse().ok()).expect("a place");
        // The milliseconds of a UUIDv7 are its first 48 bits.
        record["place"] = serde_json::json!(Uuid::from_u128(place.as_u128() - (10_000 << 80)));
        (key, record.to_string())
    };
    records.into_iter().map(older).collect()
}

/// Instead of the store, whose changes and records the tests move by hand.
struct ByHand;

impl CommandStore for ByHand {
    fn save(&self, _: StoreOwner, _: Vec<StoreChange>, _: StoreHearer) {}
    fn load(&self, _: StoreOwner, _: RecordsHearer) {}
    fn follow(&self, _: StoreOwner, _: Box<dyn Fn() + Send + Sync>) {}
}

pub fn by_hand() -> Stored {
    let owner = StoreOwner { account: Uuid::from_u128(1).into(), household: Uuid::from_u128(2).into() };
    Stored::new(Arc::new(ByHand), owner, RECORDS)
}

/// A page with its queue.
struct Page {
    queue: Queue,
    stored: Stored,
}

impl Page {
    fn new() -> Self {
        Self { queue: Queue::default(), stored: by_hand() }
    }

    fn store(&mut self, device: &mut Device) {
        device.store(&mut self.stored, &self.queue);
    }

    /// Reads the records after everything was stored and confirmed.
    fn read(&mut self, device: &mut Device) -> TakenOver {
        self.store(device);
        let all: Vec<MutationId> = self.queue.all().iter().map(|pending| pending.mutation).collect();
        self.stored.saved(&all, true);
        self.stored.take_over(&device.all(), &mut self.queue)
    }

    fn keys(&self) -> Vec<MutationId> {
        self.queue.all().iter().map(|pending| pending.mutation).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_page_that_starts_anew_shows_the_book_and_what_was_stored_and_everything_ends_once(
        steps in steps(24, 90),
    ) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.settle();
    }
}

#[test]
fn commands_come_back_in_their_order_with_their_versions_and_refusals() {
    let (mut device, mut page) = (Device::default(), Page::new());
    for command in [record(1), revise(1), revise(2), revise(3)] {
        let mutation = 9 - u128::try_from(page.queue.all().len()).expect("small");
        page.queue.push(pending(mutation, command));
    }
    let call = page.queue.start(key(7)).expect("it is its turn");
    page.queue.refused(key(7), call.attempt, AppError::NotFound);
    page.store(&mut device);
    let mut again = Page::new();
    let taken = again.read(&mut device);
    assert_eq!((taken.unsettled.len(), taken.gone), (4, vec![]));
    assert_eq!(again.keys(), page.keys(), "not in the order of their keys");
    let rows = |page: &Page| page.queue.all().iter().map(|one| one.rows.clone()).collect::<Vec<_>>();
    assert_eq!(rows(&again), rows(&page));
    assert_eq!(again.queue.refused_of(row(2)).map(|refused| refused.mutation), Some(key(7)));
    assert_eq!(
        again.queue.ready(),
        [key(9), key(6)],
        "the second waits for the first, the third for a decision"
    );
}

#[test]
fn a_command_that_was_put_before_another_stays_there() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(pending(1, revise(1)));
    let call = page.queue.start(key(1)).expect("it is its turn");
    page.queue.refused(key(1), call.attempt, AppError::Gone);
    page.store(&mut device);
    page.queue.restore_before(row(1), pending(2, Command::RestoreFact { id: fact(1) }), key(3));
    page.store(&mut device);
    let mut again = Page::new();
    again.read(&mut device);
    assert_eq!(again.keys(), [key(2), key(3)]);
    assert_eq!(again.queue.ready(), [key(2)]);
}

#[test]
fn what_another_tab_discards_ends_here_and_what_it_makes_appears() {
    let (mut device, mut one, mut two) = (Device::default(), Page::new(), Page::new());
    for number in 1..=2 {
        one.queue.push(pending(number, revise(number)));
    }
    one.read(&mut device);
    assert_eq!(two.read(&mut device).unsettled.len(), 2);
    let call = one.queue.start(key(1)).expect("it is its turn");
    one.queue.refused(key(1), call.attempt, AppError::Gone);
    one.read(&mut device);
    two.read(&mut device);
    assert!(two.queue.refused_of(row(1)).is_some(), "what was refused there waits for a decision here too");
    let of_second = device.all().into_iter().find(|(key, _)| *key == self::key(2).to_string());
    one.queue.give_up(row(1));
    one.queue.answered(key(2), &[(row(2), 2)]);
    one.queue.push(pending(3, revise(3)));
    one.read(&mut device);
    two.queue.start(key(2)).expect("it is its turn");
    assert_eq!(two.stored.take_over(&aged(device.all()), &mut two.queue).gone, [key(1)]);
    // The third was stored before the second, by the clock of this test.
    assert_eq!(two.keys(), [key(3), key(2)], "a call on its way gets its own response");
    // Not even where the device could not delete it.
    two.queue.answered(key(2), &[(row(2), 2)]);
    two.store(&mut device);
    let records: Vec<_> = device.all().into_iter().chain(of_second).collect();
    assert_eq!(records.len(), 2);
    assert_eq!(two.stored.take_over(&records, &mut two.queue).unsettled, []);
    assert_eq!(two.keys(), [key(3)]);
}

#[test]
fn what_was_made_on_a_command_that_another_tab_discards_is_made_on_the_version_before_it() {
    let (mut device, mut one, mut two) = (Device::default(), Page::new(), Page::new());
    one.queue.push(pending(1, revise(1)));
    let call = one.queue.start(key(1)).expect("it is its turn");
    one.queue.refused(key(1), call.attempt, AppError::NotFound);
    one.read(&mut device);
    two.read(&mut device);
    two.queue.push(pending(2, revise(1)));
    one.queue.give_up(row(1));
    one.read(&mut device);
    assert_eq!(two.stored.take_over(&device.all(), &mut two.queue).gone, [key(1)]);
    assert_eq!(
        two.queue.start(key(2)).expect("it is its turn").terms.base_version,
        Some(1),
        "never any version"
    );
}

#[test]
fn a_change_that_the_device_refuses_is_made_again() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(pending(1, revise(1)));
    page.read(&mut device);
    let call = page.queue.start(key(1)).expect("it is its turn");
    page.queue.refused(key(1), call.attempt, AppError::Gone);
    let refusal = page.stored.differences(&page.queue);
    assert!(matches!(refusal[..], [StoreChange::Replace(..)]) && page.stored.has_all(&page.queue));
    page.stored.saved(&[key(1)], false);
    assert!(!page.stored.has_all(&page.queue));
    assert!(matches!(page.stored.differences(&page.queue)[..], [StoreChange::Add(..)]));
    page.stored.saved(&[key(1)], true);
    page.queue.give_up(row(1));
    let deletion = [StoreChange::Delete(key(1).to_string())];
    assert_eq!(page.stored.differences(&page.queue), deletion);
    page.stored.saved(&[key(1)], false);
    assert_eq!(page.stored.differences(&page.queue), deletion);
    page.stored.saved(&[key(1)], true);
    assert_eq!(page.stored.differences(&page.queue), []);
}

#[test]
fn commands_whose_records_have_disappeared_are_sent_and_stored_again() {
    let (mut device, mut page) = (Device::default(), Page::new());
    for number in 1..=2 {
        page.queue.push(pending(number, revise(number)));
    }
    page.read(&mut device);
    let taken = page.stored.take_over(&[], &mut page.queue);
    assert_eq!((taken.gone, taken.unsettled.len()), (vec![], 2));
    assert_eq!(page.queue.ready(), [key(1), key(2)], "nothing is lost");
    assert!(!page.stored.has_all(&page.queue));
    let again = page.stored.differences(&page.queue);
    assert!(matches!(again[..], [StoreChange::Add(..), StoreChange::Add(..)]), "{again:?}");
}

#[test]
fn another_tab_is_given_five_seconds_to_send_what_it_has_made() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(pending(1, revise(1)));
    page.store(&mut device);
    let [(_, rest)] = Page::new().read(&mut device).unsettled[..] else { panic!("one") };
    assert!(rest.as_secs_f64() > 0.0 && rest.as_secs_f64() <= 5.0, "{rest:?}");
    let taken = by_hand().take_over(&aged(device.all()), &mut Queue::default());
    assert!(taken.unsettled[0].1.is_zero());
    // A page that has begun does not show it before.
    let mut begun = Page::new();
    begun.stored.take_over(&[], &mut begun.queue);
    let taken = begun.stored.take_over(&device.all(), &mut begun.queue);
    assert!(taken.unsettled.is_empty() && begun.keys().is_empty() && !taken.again.is_zero());
    let taken = begun.stored.take_over(&aged(device.all()), &mut begun.queue);
    assert_eq!((taken.unsettled.len(), taken.again), (1, std::time::Duration::ZERO));
}

#[test]
fn records_of_another_shape_are_left_alone() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(pending(1, revise(1)));
    page.store(&mut device);
    let (key, text) = device.all().remove(0);
    let strange = [text.replace("\"shape\":1", "\"shape\":2"), "{}".into(), "a word".into(), String::new()];
    for record in strange {
        let mut page = Page::new();
        assert_eq!(page.stored.take_over(&[(key.clone(), record)], &mut page.queue).unsettled, []);
        assert_eq!((page.stored.differences(&page.queue), page.queue.all()), (vec![], [].as_slice()));
    }
    let mut page = Page::new();
    assert_eq!(page.stored.take_over(&[("no key".into(), text)], &mut page.queue).unsettled, []);
}

#[test]
fn a_command_is_stored_only_once_the_device_says_so_and_tried_again_after_a_failure() {
    let mut page = Page::new();
    assert!(page.stored.has_all(&page.queue), "nothing is missing");
    page.queue.push(pending(1, revise(1)));
    let first = page.stored.differences(&page.queue);
    assert!(matches!(first[..], [StoreChange::Add(..)]) && !page.stored.has_all(&page.queue));
    assert_eq!(page.stored.differences(&page.queue), []);
    page.stored.saved(&[key(1)], false);
    assert!(!page.stored.has_all(&page.queue));
    assert!(matches!(page.stored.differences(&page.queue)[..], [StoreChange::Add(..)]));
    page.stored.saved(&[key(1)], true);
    assert!(page.stored.has_all(&page.queue));
    page.queue.answered(key(1), &[(row(1), 2)]);
    assert_eq!(page.stored.differences(&page.queue), [StoreChange::Delete(key(1).to_string())]);
}

#[test]
fn a_refused_entry_is_shown_by_the_next_page_too() {
    let mut world = World::with_a_refused_entry();
    // A step that does nothing stores what is queued.
    world.step((20, 0, 1, 0, false));
    world.restart(usize::MAX);
    let shown =
        world.replica.rows.with_untracked(|rows| rows.all().map(|row| row.state.get_untracked()).next());
    assert_eq!(shown, Some(RowState::Refused(AppError::Gone)));
}
