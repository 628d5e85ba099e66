//! What several tabs make of the same records.

use super::{
    device::{Device, Page, later},
    plans::{plan, set},
    *,
};
use crate::outbox::DeviceChange;
use std::time::Duration;

/// Every tab has had its time to send by then.
fn in_ten_seconds() -> Uuid {
    Uuid::from_u128(Uuid::now_v7().as_u128() + (10_000 << 80))
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
    assert_eq!(two.take_at(&device.all(), in_ten_seconds()).gone, [key(1)]);
    assert_eq!(two.keys(), [key(2), key(3)], "a call on its way gets its own response");
    // Not even where the device could not delete it.
    two.queue.answered(key(2), &[(row(2), 2)]);
    two.store(&mut device);
    let records: Vec<_> = device.all().into_iter().chain(of_second).collect();
    assert_eq!(records.len(), 2);
    assert_eq!(two.take(&records).unsettled, []);
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
    assert_eq!(two.take(&device.all()).gone, [key(1)]);
    assert_eq!(
        two.queue.start(key(2)).expect("it is its turn").terms.base_version,
        Some(1),
        "never any version"
    );
}

#[test]
fn commands_whose_records_have_disappeared_are_sent_and_stored_again() {
    let (mut device, mut page) = (Device::default(), Page::new());
    for number in 1..=2 {
        page.queue.push(pending(number, revise(number)));
    }
    page.read(&mut device);
    let taken = page.take(&[]);
    assert_eq!((taken.gone, taken.unsettled.len()), (vec![], 2));
    assert_eq!(page.queue.ready(), [key(1), key(2)], "nothing is lost");
    assert!(!page.has_all());
    let again = page.stored.differences(&page.queue);
    assert!(matches!(again[..], [DeviceChange::Add(..), DeviceChange::Add(..)]), "{again:?}");
}

#[test]
fn another_tab_is_given_five_seconds_to_send_what_it_has_made() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(pending(1, revise(1)));
    page.store(&mut device);
    let records = device.all();
    let after = |seconds: u64| later(&records[0].1, seconds);
    let [(_, rest)] = Page::new().take_at(&records, after(1)).unsettled[..] else { panic!("one") };
    assert_eq!(rest, Duration::from_secs(4));
    let [(_, rest)] = Page::new().take_at(&records, after(5)).unsettled[..] else { panic!("one") };
    assert!(rest.is_zero());
    // A page that has begun does not show it before.
    let mut begun = Page::new();
    begun.take(&[]);
    let taken = begun.take_at(&records, after(2));
    assert_eq!((taken.unsettled, begun.keys(), taken.again), (vec![], vec![], Duration::from_secs(3)));
    let taken = begun.take_at(&records, after(6));
    assert_eq!((taken.unsettled.len(), taken.again), (1, Duration::ZERO));
}

#[test]
fn a_command_that_was_refused_in_another_tab_is_reported_so_that_its_form_does_not_wait() {
    let (mut device, mut one, mut two) = (Device::default(), Page::new(), Page::new());
    one.queue.push(pending(1, revise(1)));
    one.queue.push(pending(2, revise(1)));
    one.read(&mut device);
    // The first is on its way, the second waits for it.
    one.queue.start(key(1)).expect("it is its turn");
    two.read(&mut device);
    for number in 1..=2 {
        let call = two.queue.start(key(number)).expect("it is its turn");
        match number {
            1 => _ = two.queue.answered(key(1), &[(row(1), 2)]),
            _ => _ = two.queue.refused(key(2), call.attempt, AppError::Gone),
        }
    }
    two.read(&mut device);
    assert_eq!(one.take(&device.all()).refused, [(key(2), AppError::Gone)]);
}

#[test]
fn what_was_discarded_in_another_tab_is_neither_sent_nor_stored_any_more() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(pending(1, revise(1)));
    page.read(&mut device);
    let records = device.all();
    // The other tab deletes all records before this change arrives.
    page.queue.push(pending(2, revise(2)));
    page.store(&mut device);
    page.stored.discarded(&[key(1), key(2)]);
    for number in 1..=2 {
        page.queue.forget(key(number));
    }
    page.store(&mut device);
    assert_eq!(device.all(), [], "the next page of the account finds none");
    // Not even if the deletion comes late.
    assert_eq!(page.take_at(&records, in_ten_seconds()).unsettled, []);
    assert_eq!(page.keys(), []);
}

#[test]
fn what_was_refused_because_another_person_had_signed_in_is_sent_by_the_next_page_of_its_own() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(pending(1, record(1)));
    let first = page.queue.start(key(1)).expect("it is its turn");
    page.queue.failed(key(1), first.attempt);
    page.queue.push(pending(2, delete(1)));
    let again = page.queue.start(key(1)).expect("it is its turn");
    page.queue.refused(key(1), again.attempt, AppError::OtherMember);
    assert_eq!(page.keys(), [key(1), key(2)], "the first attempt may have added the row");
    page.read(&mut device);
    let mut next = Page::new();
    let unsettled = next.take_at(&device.all(), in_ten_seconds()).unsettled;
    assert_eq!(unsettled.len(), 2);
    next.queue.start(key(1)).expect("it is sent without a question");
}

#[test]
fn an_amount_that_takes_the_place_of_a_stored_one_is_not_called_stored_before_it_is() {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.push(set(1, &[plan(1, "10", 0)]));
    page.read(&mut device);
    assert!(page.has_all());
    page.queue.push(set(2, &[plan(1, "20", 0)]));
    page.store(&mut device);
    assert!(!page.has_all());
    page.stored.saved(&page.keys(), true);
    assert!(page.has_all());
}

#[test]
fn records_that_the_browser_has_taken_away_are_stored_again_refused_ones_too() {
    let (mut device, mut page) = (Device::default(), Page::new());
    for number in 1..=2 {
        page.queue.push(pending(number, revise(number)));
    }
    let call = page.queue.start(key(1)).expect("it is its turn");
    page.queue.refused(key(1), call.attempt, AppError::Gone);
    page.read(&mut device);
    page.stored.lost();
    assert!(!page.has_all());
    let taken = page.take(&[]);
    assert_eq!((taken.gone, page.keys()), (vec![], vec![key(1), key(2)]));
    let again = page.stored.differences(&page.queue);
    assert!(matches!(again[..], [DeviceChange::Add(..), DeviceChange::Add(..)]), "{again:?}");
    page.stored.saved(&page.keys(), true);
    assert!(page.has_all());
}
