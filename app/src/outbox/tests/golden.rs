//! The records of the device, byte by byte. Entries that wait on somebody's phone are in this format: a build that
//! cannot read them any more has lost them.
//!
//! `golden.jsonl` has the records as this build writes them. Where a build is to write them differently, the lines that
//! change are appended to `earlier.jsonl` first, from which nothing is ever removed: some phone may have such a record.

mod commands;

use super::{
    device::{Device, Page},
    *,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// The records of `commands::all`, one a line.
const GOLDEN: &str = include_str!("golden/golden.jsonl");
/// The records of earlier builds, one a line.
const EARLIER: &str = include_str!("golden/earlier.jsonl");

fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

/// The record of a command, with its place in the order as it is in these tests.
fn record_of(pending: Pending) -> String {
    let (mut device, mut page) = (Device::default(), Page::new());
    page.queue.add(pending);
    page.store(&mut device);
    let (_, text) = device.all().remove(0);
    let record: Value = serde_json::from_str(&text).expect("a record");
    let place = record["place"].as_str().expect("a place");
    text.replace(place, "0193572a-5c00-7000-8000-000000000001")
}

/// The command of a record.
fn read(record: &str) -> Pending {
    let mut page = Page::new();
    let taken = page.take(&[(key(1).to_string(), record.to_owned())]);
    assert_eq!(
        taken.unsettled.iter().map(|(mutation, _)| *mutation).collect::<Vec<_>>(),
        [key(1)],
        "{record}"
    );
    page.queue.get(key(1)).expect("it was read").clone()
}

/// Whether everything that one record says is in another one. A field that is absent by now was null.
fn says(record: &Value, what: &Value) -> bool {
    match (record, what) {
        (Value::Object(record), Value::Object(what)) => {
            what.iter().all(|(name, what)| says(record.get(name).unwrap_or(&Value::Null), what))
        }
        (Value::Array(record), Value::Array(what)) => {
            record.len() == what.len() && record.iter().zip(what).all(|(record, what)| says(record, what))
        }
        _ => record == what,
    }
}

#[test]
fn what_the_device_stores_is_written_as_it_always_was() {
    let written: Vec<String> = commands::all().into_iter().map(record_of).collect();
    assert_eq!(written, GOLDEN.lines().collect::<Vec<_>>());
}

#[test]
fn what_this_build_has_stored_is_read() {
    for (pending, golden) in commands::all().into_iter().zip(GOLDEN.lines()) {
        assert_eq!(read(golden), Pending { is_taken_over: true, uncertain: true, ..pending });
    }
}

#[test]
fn every_kind_of_command_has_a_record() {
    let unknown =
        serde_json::from_str::<Command>(r#"{"command":"?","with":null}"#).expect_err("no such kind");
    let unknown = unknown.to_string();
    let (_, kinds) = unknown.split_once("expected one of ").expect("all kinds by name");
    let kinds: BTreeSet<&str> = kinds.split('`').skip(1).step_by(2).collect();
    let has: BTreeSet<&str> = commands::all().iter().map(|pending| pending.command.name()).collect();
    assert_eq!(has, kinds);
}

#[test]
fn what_earlier_builds_have_stored_is_read_whole() {
    assert!(EARLIER.lines().count() >= 9, "nothing is removed");
    for earlier in EARLIER.lines() {
        let now: Value = serde_json::from_str(&record_of(read(earlier))).expect("a record");
        let then: Value = serde_json::from_str(earlier).expect("a record");
        assert!(says(&now, &then), "{earlier}\nis by now\n{now}");
    }
}
