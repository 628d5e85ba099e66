//! The store of the device. A page that starts continues with the commands that the store contains.

use super::{
    device::{Device, Page},
    foreseen::steps,
    world::World,
    *,
};
use crate::{outbox::DeviceChange, replica::pending::RowState};
use leptos::prelude::{GetUntracked, WithUntracked};

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
fn a_change_that_the_device_refuses_is_made_again() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(pending(1, revise(1)));
    page.read(&mut device);
    let call = page.queue.start(key(1)).expect("it is its turn");
    page.queue.refused(key(1), call.attempt, AppError::Gone);
    let refusal = page.stored.differences(&page.queue);
    assert!(matches!(refusal[..], [DeviceChange::Replace(..)]) && page.has_all());
    page.stored.saved(&[key(1)], false);
    assert!(!page.has_all());
    assert!(matches!(page.stored.differences(&page.queue)[..], [DeviceChange::Add(..)]));
    page.stored.saved(&[key(1)], true);
    page.queue.give_up(row(1));
    let deletion = [DeviceChange::Delete(key(1).to_string())];
    assert_eq!(page.stored.differences(&page.queue), deletion);
    page.stored.saved(&[key(1)], false);
    assert_eq!(page.stored.differences(&page.queue), deletion);
    page.stored.saved(&[key(1)], true);
    assert_eq!(page.stored.differences(&page.queue), []);
}

#[test]
fn records_of_another_shape_are_left_alone_and_counted_until_the_person_discards_them() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(pending(1, revise(1)));
    page.store(&mut device);
    let (key, text) = device.all().remove(0);
    let strange = [text.replace("\"shape\":1", "\"shape\":2"), "{}".into(), "a word".into(), String::new()];
    for record in strange {
        let mut page = Page::new();
        assert_eq!(page.take(&[(key.clone(), record.clone())]).unsettled, []);
        assert_eq!((page.stored.differences(&page.queue), page.queue.all()), (vec![], [].as_slice()));
        assert_eq!(page.stored.unreadable(), 1);
        page.stored.discard_unreadable();
        assert_eq!(page.stored.unreadable(), 0);
        assert_eq!(page.stored.differences(&page.queue), [DeviceChange::Delete(key.clone())]);
        page.take(&[]);
        assert_eq!(page.stored.unreadable(), 0);
    }
    let mut page = Page::new();
    assert_eq!(page.take(&[("no key".into(), text)]).unsettled, []);
}

#[test]
fn a_command_is_stored_only_once_the_device_says_so_and_tried_again_after_a_failure() {
    let mut page = Page::new();
    assert!(page.has_all(), "nothing is missing");
    page.queue.push(pending(1, revise(1)));
    let first = page.stored.differences(&page.queue);
    assert!(matches!(first[..], [DeviceChange::Add(..)]) && !page.has_all());
    assert_eq!(page.stored.differences(&page.queue), []);
    page.stored.saved(&[key(1)], false);
    assert!(!page.has_all());
    assert!(matches!(page.stored.differences(&page.queue)[..], [DeviceChange::Add(..)]));
    page.stored.saved(&[key(1)], true);
    assert!(page.has_all());
    page.queue.answered(key(1), &[(row(1), 2)]);
    assert_eq!(page.stored.differences(&page.queue), [DeviceChange::Delete(key(1).to_string())]);
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
