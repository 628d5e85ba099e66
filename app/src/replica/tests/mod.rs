//! The law of the reducer: a replica equals the log up to its number, whatever arrives in whatever order.

mod cost;
mod days;
mod kept;
mod merged;
pub mod oracle;

use super::apply::{Book, Outcome};
use crate::wire::{Check, Frame, Heartbeat};
use oracle::{Oracle, day, writes};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Frames arrive in any order, repeated or not at all. After a gap the client resumes from its position,
    /// as the browser does. `old` facts are in the book before the screen opens, so that rows which were
    /// never loaded change too.
    #[test]
    fn a_replica_equals_the_log_for_any_interleaving(
        old in prop_oneof![Just(0_usize), Just(5), Just(260)],
        before in writes(20),
        after in writes(40),
        arrivals in prop::collection::vec((0..48_i64, any::<bool>()), 0..120),
        months_later in 0..12_i64,
    ) {
        let mut oracle = Oracle::new(old);
        for (what, day, minor, pick) in before {
            oracle.write(what, day, minor, pick);
        }
        let start = oracle.snapshot(oracle.head());
        let first = start.position.seq;
        let boundary = start.boundary();
        let mut book = Book::new(start);
        for (what, day, minor, pick) in after {
            oracle.write(what, day, minor, pick);
        }
        // The months of the plan page are read some changes later than the book.
        let read = (first + months_later).min(oracle.head());
        prop_assert!(book.open_grid(oracle.grid(read)));
        for (offset, through_json) in arrivals {
            // Some are older than the snapshot: the response to an own write, a repeat.
            let seq = first - 4 + offset;
            let Some(commit) = oracle.log.iter().find(|commit| commit.seq == seq) else { continue };
            let mine = book.position().seq;
            let mut frame = Frame::Commit(commit.clone());
            if through_json {
                frame = Frame::parse(&frame.encode().expect("a frame is JSON")).expect("and reads back");
            }
            let outcome = book.apply(frame);
            match seq {
                seq if seq <= mine => prop_assert_eq!(outcome, Outcome::Duplicate),
                seq if seq == mine + 1 => prop_assert_eq!(outcome, Outcome::Applied(commit.entries.clone())),
                _ => {
                    prop_assert_eq!(outcome, Outcome::Gap);
                    prop_assert_eq!(book.position().seq, mine, "a gap moves nothing");
                }
            }
            oracle.check(&book, boundary);
            let months = book.grid.as_ref().map(|grid| grid.position.seq);
            prop_assert_eq!(months, Some(read.max(book.position().seq)));
        }
        // The client reconnects from its position and receives the rest.
        let rest: Vec<_> = oracle.log.iter().filter(|commit| commit.seq > book.position().seq).cloned().collect();
        for commit in rest {
            prop_assert!(matches!(book.apply(Frame::Commit(commit)), Outcome::Applied(_)));
        }
        prop_assert_eq!(book.position().seq, oracle.head());
        oracle.check(&book, boundary);
        prop_assert_eq!(book.open_grid(oracle.grid(read)), read == oracle.head(), "older months are read again");
    }

    #[test]
    fn every_frame_reads_back_as_it_was_written(all in writes(30)) {
        let mut oracle = Oracle::new(0);
        for (what, day, minor, pick) in all {
            oracle.write(what, day, minor, pick);
        }
        for commit in oracle.log {
            let frame = Frame::Commit(commit);
            let text = frame.encode().expect("a frame is JSON");
            prop_assert_eq!(Frame::parse(&text).expect("and reads back"), frame);
        }
    }

    #[test]
    fn no_text_panics_the_parser(text in "\\PC{0,80}") {
        let _ = Frame::parse(&text);
    }
}

#[test]
fn a_heartbeat_ahead_of_us_shows_that_a_message_was_lost() {
    let oracle = Oracle::new(3);
    let mut book = Book::new(oracle.snapshot(3));
    let heartbeat = |seq, today| Frame::Heartbeat(Heartbeat { seq, check: None, today });
    assert_eq!(book.apply(heartbeat(3, day(40))), Outcome::Noted { behind: false });
    assert_eq!(book.apply(heartbeat(4, day(41))), Outcome::Noted { behind: true });
    assert_eq!(book.shown.today, day(41), "the day rolls over with the heartbeat");
}

#[test]
fn a_heartbeat_with_another_check_of_the_same_change_needs_a_snapshot() {
    let oracle = Oracle::new(3);
    let mut shown = oracle.snapshot(3);
    let (mine, other) = (Check::new([1; 4]), Check::new([2; 4]));
    let beat = |seq, check| Frame::Heartbeat(Heartbeat { seq, check, today: day(40) });
    // A book without a check trusts the number.
    shown.position.check = None;
    let mut book = Book::new(shown.clone());
    assert_eq!(book.apply(beat(3, Some(other))), Outcome::Noted { behind: false });
    shown.position.check = Some(mine);
    let mut book = Book::new(shown);
    for (seq, check, behind) in [(3, Some(mine), false), (3, None, false), (4, Some(other), true)] {
        assert_eq!(book.apply(beat(seq, check)), Outcome::Noted { behind }, "{check:?} of {seq}");
    }
    assert_eq!(book.apply(beat(3, Some(other))), Outcome::Resync);
}

#[test]
fn a_new_month_or_another_log_needs_a_snapshot() {
    let oracle = Oracle::new(3);
    let mut book = Book::new(oracle.snapshot(3));
    assert_eq!(
        book.apply(Frame::Heartbeat(Heartbeat { seq: 3, check: None, today: day(60) })),
        Outcome::Resync
    );
    let text = r#"{"event":"receipt_attached","data":{},"seq":4}"#;
    assert_eq!(
        book.apply(Frame::parse(text).expect("a frame")),
        Outcome::Resync,
        "an event of a later version"
    );
    let text = r#"{"event":"weather","data":{}}"#;
    assert_eq!(book.apply(Frame::parse(text).expect("a frame")), Outcome::Noted { behind: false });
}

#[test]
fn an_event_of_a_later_version_costs_one_snapshot_wherever_it_stands() {
    let oracle = Oracle::new(6);
    let known = serde_json::to_string(&oracle.log[4].entries[0]).expect("JSON");
    for text in [
        r#"{"event":"receipt_attached","data":{"id":1},"seq":5}"#.to_owned(),
        r#"{"event":"receipt_attached","seq":5}"#.to_owned(),
        r#"{"event":"changes","data":[{"event":"receipt_attached","data":{}}],"seq":5}"#.to_owned(),
        format!(
            r#"{{"event":"changes","data":[{known},{{"event":"receipt_attached","data":{{}}}}],"seq":5}}"#
        ),
    ] {
        let mut book = Book::new(oracle.snapshot(4));
        let frame = Frame::parse(&text).expect("a frame");
        assert_eq!(frame, Frame::Unknown { seq: Some(5) }, "{text}");
        assert_eq!(book.apply(frame.clone()), Outcome::Resync, "{text}");
        assert_eq!(book.position().seq, 4, "it is not in");
        // The snapshot contains it, and a repeat is ignored.
        book = Book::new(oracle.snapshot(5));
        assert_eq!(book.apply(frame), Outcome::Duplicate);
        let next = Frame::Commit(oracle.log[5].clone());
        assert!(matches!(book.apply(next), Outcome::Applied(_)), "and it goes on");
    }
}
