//! The outbox of a page and the store of its device: what fails is tried again, and what another page does is followed.

use super::{
    device::{ByHand, keeping, owner},
    *,
};
use crate::{
    command::Subject,
    domain::HouseholdId,
    outbox::{
        BookKeeper, DeviceNews, DeviceOwner, Heard, Hearer, Outbox, OutboxCounts, Seen,
        storing::STORE_RETRY,
        surroundings::{CallResponse, Surroundings},
    },
    replica::{Replica, kept::KeptBook, tests::oracle::snapshot},
    service::{Snapshot, Written},
    wire::Position,
};
use leptos::prelude::{GetUntracked, WithUntracked};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

type Timer = (Duration, Box<dyn FnOnce() + Send>);
type Sent = (Call, Box<dyn FnOnce(CallResponse) + Send>);

/// The timers and calls of a page.
#[derive(Default)]
pub(super) struct Hands {
    timers: Mutex<Vec<Timer>>,
    calls: Mutex<VecDeque<Sent>>,
}

impl Surroundings for Hands {
    fn later(&self, run: Box<dyn FnOnce() + Send>, after: Duration) {
        self.timers.lock().expect("the timers").push((after, run));
    }

    fn call(&self, call: Call, hearer: Box<dyn FnOnce(CallResponse) + Send>) {
        self.calls.lock().expect("the calls").push_back((call, hearer));
    }
}

impl Hands {
    /// How long each timer runs.
    fn timers(&self) -> Vec<Duration> {
        self.timers.lock().expect("the timers").iter().map(|(after, _)| *after).collect()
    }

    /// Lets all timers ring that are set by now.
    fn ring(&self) {
        let timers = std::mem::take(&mut *self.timers.lock().expect("the timers"));
        for (_, run) in timers {
            run();
        }
    }

    /// The commands on their way.
    fn sent(&self) -> Vec<Command> {
        self.calls.lock().expect("the calls").iter().map(|(call, _)| call.command.clone()).collect()
    }

    /// The oldest call gets this response.
    fn answer(&self, response: CallResponse) {
        let (_, hearer) = self.calls.lock().expect("the calls").pop_front().expect("a call");
        hearer(response);
    }
}

/// A page over the store of a device.
fn page(store: &Arc<ByHand>, owner: DeviceOwner) -> (Outbox, Arc<Hands>) {
    let hands = Arc::new(Hands::default());
    let outbox = Outbox::on(hands.clone());
    outbox.store_in(store.clone(), owner);
    (outbox, hands)
}

/// Another household of the same account.
fn other() -> DeviceOwner {
    DeviceOwner { household: HouseholdId::from(Uuid::from_u128(3)), ..owner() }
}

fn send(outbox: &Outbox, command: Command) -> MutationId {
    outbox.enqueue(command, Some(1), Seen::Nothing, None).expect("it is not refused")
}

fn listed(outbox: &Outbox) -> Vec<MutationId> {
    let mut listed: Vec<_> =
        outbox.listed.with_untracked(|rows| rows.iter().map(|row| row.mutation).collect());
    listed.reverse();
    listed
}

#[test]
fn what_could_not_be_stored_is_stored_after_a_while_however_often_it_failed() {
    let store = Arc::new(ByHand::default());
    store.is_broken(true);
    let (outbox, hands) = page(&store, owner());
    for number in 1..=3 {
        send(&outbox, revise(number));
    }
    assert!(!outbox.has_stored_all());
    assert_eq!(hands.timers(), [STORE_RETRY], "one timer for all failures");
    hands.ring();
    assert_eq!(hands.timers(), [STORE_RETRY], "it fails still");
    store.is_broken(false);
    hands.ring();
    assert!(outbox.has_stored_all());
    assert_eq!((store.keys(owner().household).len(), hands.timers()), (3, vec![]));
}

#[test]
fn a_deletion_that_failed_is_made_again() {
    let store = Arc::new(ByHand::default());
    let (outbox, hands) = page(&store, owner());
    send(&outbox, revise(1));
    store.is_broken(true);
    hands.answer(Err(AppError::NotFound));
    outbox.discard(row(1));
    assert_eq!((listed(&outbox), store.keys(owner().household).len()), (vec![], 1));
    store.is_broken(false);
    hands.ring();
    assert_eq!(store.keys(owner().household), [""; 0]);
}

#[test]
fn a_copy_of_the_book_that_could_not_be_stored_is_stored_with_what_changes_next() {
    let store = Arc::new(ByHand::default());
    let (outbox, hands) = page(&store, owner());
    let replica = Replica::new(snapshot());
    outbox.begin(&replica);
    store.is_broken(true);
    outbox.begin_to_keep(keeping().keeper);
    assert_eq!((store.book(owner().household), hands.timers()), (None, vec![STORE_RETRY]));
    store.is_broken(false);
    outbox.keep_now();
    let book = store.book(owner().household).expect("a copy of the book");
    let position = KeptBook::read(&book.book).map(|kept| kept.snapshot.position);
    assert_eq!(position, Some(replica.position.get_untracked()));
    assert_eq!(store.book(other().household), None);
}

#[test]
fn records_that_cannot_be_read_at_first_are_read_later_and_sent() {
    let store = Arc::new(ByHand::default());
    let made = send(&page(&store, owner()).0, revise(1));
    store.is_broken(true);
    let (next, hands) = page(&store, owner());
    assert_eq!(listed(&next), []);
    store.is_broken(false);
    hands.ring();
    assert_eq!(listed(&next), [made]);
    // The page that made it is given its time.
    assert_eq!(hands.sent(), []);
    hands.ring();
    assert_eq!(hands.sent(), [revise(1)]);
}

#[test]
fn a_connection_sends_at_once_what_an_earlier_page_has_stored_and_the_rest_in_its_order() {
    let store = Arc::new(ByHand::default());
    let first = page(&store, owner()).0;
    for number in 1..=3 {
        send(&first, record(number));
    }
    let (opened_before, hands) = page(&store, owner());
    assert_eq!(hands.sent(), [], "the page that made them is given its time");
    opened_before.wake();
    assert_eq!(hands.sent(), [record(1)]);
    hands.ring();
    assert_eq!(hands.sent(), [record(1)], "its time is over, but it is sent already");
    let opened_after = Outbox::on(hands.clone());
    hands.calls.lock().expect("the calls").clear();
    opened_after.wake();
    opened_after.store_in(store, owner());
    assert_eq!(hands.sent(), [record(1)]);
    for (number, next) in [(1, record(2)), (2, record(3))] {
        let value = Subject::Deleted(());
        let position = snapshot().position;
        hands.answer(Ok(Written { value, position, repeated: true, already: false }));
        assert_eq!(hands.sent(), [next], "after {number}");
    }
}

#[test]
fn the_book_is_stored_once_for_all_that_was_on_its_way_and_at_once_if_the_page_is_left() {
    for is_left in [false, true] {
        let store = Arc::new(ByHand::default());
        let (outbox, hands) = page(&store, owner());
        outbox.begin(&Replica::new(snapshot()));
        outbox.begin_to_keep(keeping().keeper);
        for number in 1..=3 {
            send(&outbox, revise(number));
        }
        let stored = || store.keys(owner().household).len();
        let answer = || {
            let value = Subject::Deleted(());
            let position = snapshot().position;
            hands.answer(Ok(Written { value, position, repeated: false, already: false }));
        };
        answer();
        answer();
        assert_eq!(stored(), 3, "the last one is on its way");
        if is_left {
            outbox.lost_book();
            outbox.keep_now();
            assert_eq!(stored(), 1);
        }
        answer();
        assert_eq!(stored(), 0);
    }
}

#[test]
fn transactions_of_earlier_pages_are_sent_one_after_the_other_and_none_waits_for_what_fails() {
    let store = Arc::new(ByHand::default());
    let first = page(&store, owner()).0;
    for number in 1..=4 {
        send(&first, record(number));
    }
    let (next, hands) = page(&store, owner());
    next.wake();
    // The page that made them is given its time.
    hands.ring();
    assert_eq!(hands.sent(), [record(1)]);
    hands.answer(Err(AppError::NoAnswer));
    assert_eq!(hands.sent(), [record(2)]);
    hands.answer(Err(AppError::NotFound));
    assert_eq!(hands.sent(), [record(3)]);
    // The first one is tried again.
    hands.ring();
    assert_eq!(hands.sent(), [record(3), record(1)]);
    next.wake();
    assert_eq!(hands.sent(), [record(3), record(1), record(4)], "those may never be answered");
}

#[test]
fn what_the_person_discards_in_another_tab_ends_here_and_what_was_entered_since_stays() {
    let store = Arc::new(ByHand::default());
    let (outbox, hands) = page(&store, owner());
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = heard.clone();
    let form: Hearer = Box::new(move |heard| {
        told.lock().expect("what it heard").push(heard);
        false
    });
    let discarded = outbox.enqueue(revise(1), Some(1), Seen::Nothing, Some(form)).expect("it is not refused");
    let follows = send(&outbox, revise(1));
    let since = send(&outbox, revise(2));
    store.tell(owner().household, &DeviceNews::Discarded(vec![discarded.to_string()]));
    assert_eq!(*heard.lock().expect("what it heard"), [Heard::Late]);
    assert_eq!(listed(&outbox), [follows, since]);
    let mut kept = [follows, since].map(|mutation| mutation.to_string());
    kept.sort();
    assert_eq!(store.keys(owner().household), kept);
    assert_eq!(hands.sent(), [revise(1), revise(2), revise(1)], "what waited for it goes on");
    // A response that was on its way changes nothing.
    hands.answer(Err(AppError::Gone));
    assert_eq!(listed(&outbox), [follows, since]);
}

#[test]
fn a_change_of_another_household_that_was_overtaken_waits_for_a_page_of_it_and_is_counted_so() {
    let store = Arc::new(ByHand::default());
    for number in 1..=2 {
        send(&page(&store, other()).0, revise(number));
    }
    let (here, hands) = page(&store, owner());
    assert_eq!(here.counts_elsewhere(), OutboxCounts { waiting: 2, ..OutboxCounts::default() });
    hands.ring();
    hands.answer(Err(AppError::Stale { current: "{}".into() }));
    hands.answer(Err(AppError::NotFound));
    assert_eq!(here.counts_elsewhere(), OutboxCounts { waiting: 0, refused: 1, undecided: 1 });
    assert_eq!((here.counts(), here.held_up_elsewhere()), (OutboxCounts::default(), 2));
    assert_eq!(hands.timers(), [], "it is not asked for again and again");
}

/// The book of a page of this household is kept; it is at the position of the replica.
fn kept_by_a_page(store: &Arc<ByHand>, owner: DeviceOwner, replica: &Replica) -> Outbox {
    let (outbox, _) = page(store, owner);
    outbox.begin(replica);
    outbox.begin_to_keep(keeping().keeper);
    assert!(store.book(owner.household).is_some());
    outbox
}

#[test]
fn a_change_that_is_sent_from_another_household_is_never_hidden_by_the_copy_of_its_own_one() {
    for (is_ahead, is_dropped) in [(1, true), (0, false)] {
        let (store, replica) = (Arc::new(ByHand::default()), Replica::new(snapshot()));
        kept_by_a_page(&store, other(), &replica);
        send(&page(&store, other()).0, delete(1));
        let (_, hands) = page(&store, owner());
        hands.ring();
        let here = replica.position.get_untracked();
        let position = Position { seq: here.seq + is_ahead, ..here };
        let value = Subject::Deleted(());
        hands.answer(Ok(Written { value, position, repeated: false, already: false }));
        assert_eq!(store.keys(other().household), [""; 0]);
        assert_eq!(store.book(other().household).is_none(), is_dropped);
    }
}

#[test]
fn a_book_that_was_read_again_replaces_a_later_one_of_a_log_that_was_put_back() {
    let later = snapshot();
    let earlier =
        Snapshot { position: Position { seq: later.position.seq - 1, ..later.position }, ..later.clone() };
    let kept = |store: &ByHand| {
        let book = store.book(owner().household).expect("a copy of the book");
        KeptBook::read(&book.book).map(|kept| kept.snapshot.position)
    };
    let (store, replica) = (Arc::new(ByHand::default()), Replica::new(later.clone()));
    let outbox = kept_by_a_page(&store, owner(), &replica);
    // Another tab that is late.
    kept_by_a_page(&store, owner(), &Replica::new(earlier.clone()));
    assert_eq!(kept(&store), Some(later.position));
    replica.replace(earlier.clone());
    outbox.keep_now();
    assert_eq!(kept(&store), Some(earlier.position));
}

#[test]
fn a_book_that_the_server_has_rendered_replaces_what_was_kept_before_it_was_asked_for() {
    let later = snapshot();
    let earlier =
        Snapshot { position: Position { seq: later.position.seq - 1, ..later.position }, ..later.clone() };
    let now = Uuid::now_v7().get_timestamp().map(|time| time.to_unix().0 * 1_000).expect("a time");
    for (read, is_replaced) in [(Some(now + 60_000), true), (Some(now - 60_000), false), (None, false)] {
        let store = Arc::new(ByHand::default());
        kept_by_a_page(&store, owner(), &Replica::new(later.clone()));
        let (outbox, _) = page(&store, owner());
        outbox.begin(&Replica::new(earlier.clone()));
        outbox.begin_to_keep(BookKeeper { read, ..keeping().keeper });
        let book = store.book(owner().household).expect("a copy of the book");
        let position = KeptBook::read(&book.book).map(|kept| kept.snapshot.position);
        let expected = if is_replaced { earlier.position } else { later.position };
        assert_eq!(position, Some(expected), "{read:?}");
    }
}

#[test]
fn what_cannot_be_read_of_another_household_is_said_and_can_be_discarded() {
    let store = Arc::new(ByHand::default());
    store.put(other().household, key(1), "{}");
    let (here, _) = page(&store, owner());
    assert!(here.has_any());
    assert_eq!(here.all_unreadable(), 1);
    here.discard_unreadable();
    assert_eq!((here.has_any(), store.keys(other().household)), (false, vec![]));
}
