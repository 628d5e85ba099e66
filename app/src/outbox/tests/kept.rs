//! The copy of the book on the device, and whose it is.

use super::*;
use crate::{
    domain::Language,
    outbox::{DeviceBook, KeptReader},
    wire::Position,
};

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
    let book = DeviceBook { reader: String::new(), book: String::new(), position };
    let stored = |epoch, seq| reader(epoch, seq).write().expect("JSON");
    assert!(book.is_behind(&stored(1, 8)));
    assert!(!book.is_behind(&stored(1, 7)) && !book.is_behind(&stored(1, 6)));
    assert!(!book.is_behind(&stored(2, 8)), "numbers of another log say nothing");
    assert!(!book.is_behind("of another build"));
}
