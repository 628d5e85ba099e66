//! The copy of the book on the device, and whose it is.

use super::{
    device::{by_hand, keeping},
    *,
};
use crate::{
    domain::{AccountId, Language},
    outbox::{
        BookKeeper, CommandStore, DeviceBook, DeviceChange, DeviceHearer, DeviceNews, DeviceOwner,
        HouseholdsHearer, KeptReader, OlderHearer, Outbox, RecordsHearer, inner::OutboxState,
    },
    replica::{Replica, tests::oracle::snapshot},
    wire::Position,
};
use leptos::prelude::GetUntracked;
use std::sync::{Arc, Mutex};

fn reader(epoch: u128, seq: i64) -> KeptReader {
    let position = Position { epoch: Uuid::from_u128(epoch), seq, check: None };
    let used: Uuid = "0193572a-5c00-7000-8000-000000000001".parse().expect("an id");
    let new = KeptReader::new(Uuid::from_u128(4).into(), "anna@example.org".into(), position, used);
    KeptReader { language: Language::Ru, day: Some(20_420), ..new }
}

/// What earlier builds have stored is read, or else dropped: a change of this text needs another shape.
const GOLDEN: &str = r#"{"shape":1,"member":"00000000-0000-0000-0000-000000000004","email":"anna@example.org","language":"ru","day":20420,"position":{"epoch":"00000000-0000-0000-0000-000000000001","seq":7},"used":"0193572a-5c00-7000-8000-000000000001"}"#;

#[test]
fn a_reader_is_written_as_always_and_read_back_and_one_of_another_shape_is_not() {
    assert_eq!(reader(1, 7).write().as_deref(), Some(GOLDEN));
    assert_eq!(KeptReader::read(GOLDEN), Some(reader(1, 7)));
    for strange in [GOLDEN.replace("\"shape\":1", "\"shape\":2"), "{}".into(), String::new()] {
        assert_eq!(KeptReader::read(&strange), None, "{strange}");
    }
}

#[test]
fn a_tab_that_is_behind_does_not_replace_a_later_book() {
    let position = reader(1, 7).position;
    let book = DeviceBook { reader: String::new(), book: String::new(), older: None, position, read: None };
    let stored = |epoch, seq| reader(epoch, seq).write().expect("JSON");
    assert!(book.is_behind(&stored(1, 8)));
    assert!(!book.is_behind(&stored(1, 7)) && !book.is_behind(&stored(1, 6)));
    assert!(!book.is_behind(&stored(2, 8)), "numbers of another log say nothing");
    assert!(!book.is_behind("of another build"));
}

#[test]
fn a_book_that_was_read_from_the_server_replaces_what_was_stored_before_although_that_is_further() {
    let (stored, used) = (reader(1, 8), reader(1, 8).used.as_u128());
    let text = stored.write().expect("JSON");
    let book = |read| DeviceBook {
        reader: String::new(),
        book: String::new(),
        older: None,
        position: reader(1, 7).position,
        read: Some(Uuid::from_u128(read)),
    };
    assert!(!book(used + 1).is_behind(&text), "the log was put back");
    assert!(book(used - 1).is_behind(&text), "another tab has stored it since");
}

/// A store that remembers the books that it was given.
#[derive(Default)]
struct Shelf(Mutex<Vec<DeviceBook>>);

impl Shelf {
    fn books(&self) -> usize {
        self.0.lock().expect("the books").len()
    }
}

impl CommandStore for Shelf {
    fn save(&self, _: DeviceOwner, _: Vec<DeviceChange>, hearer: DeviceHearer) {
        hearer(true);
    }

    fn save_with_book(&self, _: DeviceOwner, _: Vec<DeviceChange>, book: DeviceBook, hearer: DeviceHearer) {
        self.0.lock().expect("the books").push(book);
        hearer(true);
    }

    fn load(&self, _: DeviceOwner, hearer: RecordsHearer) {
        hearer(Some(Vec::new()));
    }

    fn load_older(&self, _: DeviceOwner, hearer: OlderHearer) {
        hearer(None);
    }

    fn households(&self, _: AccountId, hearer: HouseholdsHearer) {
        hearer(Vec::new());
    }

    fn follow(&self, _: DeviceOwner, _: Box<dyn Fn(DeviceNews) + Send + Sync>) {}
}

#[test]
fn a_book_is_given_to_the_store_once_and_again_after_it_was_read_at_the_same_position() {
    let (replica, shelf, outbox) = (Replica::new(snapshot()), Arc::new(Shelf::default()), Outbox::default());
    outbox.begin(&replica);
    let owner = DeviceOwner { account: Uuid::from_u128(1).into(), household: Uuid::from_u128(2).into() };
    outbox.store_in(shelf.clone(), owner);
    let at_once = Arc::new(|function: Box<dyn FnOnce()>| function());
    outbox.begin_to_keep(BookKeeper { later: at_once, ..keeping().keeper });
    assert_eq!(shelf.books(), 1);
    outbox.keep_soon();
    outbox.keep_now();
    assert_eq!(shelf.books(), 1, "it has it");
    // As a month begins while the page is live.
    replica.replace(snapshot());
    assert_eq!(shelf.books(), 2);
    outbox.keep_now();
    assert_eq!(shelf.books(), 2);
}

/// A page that keeps the book, with a command that the server has carried out beyond the book.
fn settling() -> OutboxState {
    let replica = Replica::new(snapshot());
    let here = replica.position.get_untracked();
    let mut page = OutboxState {
        epoch: Some(here.epoch),
        replica: Some(replica),
        stored: Some(by_hand()),
        keeping: Some(keeping()),
        ..OutboxState::default()
    };
    page.settles(pending(1, record(1)), Position { seq: here.seq + 1, check: None, ..here }, Vec::new());
    page
}

#[test]
fn a_book_without_what_was_carried_out_is_not_stored_while_records_are_deleted_at_once() {
    let mut page = settling();
    assert_eq!(page.held(true).into_iter().collect::<Vec<_>>(), [key(1)]);
    assert!(page.book_to_keep().is_some(), "its record stays beside the book");
    let mut leaving = settling();
    leaving.keeping.as_mut().expect("it keeps").is_ending = true;
    assert!(leaving.held(true).is_empty());
    assert_eq!(leaving.book_to_keep(), None);
}

#[test]
fn a_book_that_the_store_was_given_already_is_not_written_again() {
    let mut page = settling();
    assert!(page.book_to_keep().is_some());
    assert_eq!(page.book_to_keep(), None);
}
