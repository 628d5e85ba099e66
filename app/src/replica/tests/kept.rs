//! The copy of the book on the device, and the days that begin without the server.

use super::oracle::{Oracle, day, id};
use crate::{
    command::{Command, TypedIn},
    domain::{Day, FactForm, MemberId},
    replica::{
        Replica,
        apply::{Book, Outcome},
        kept::KeptBook,
        pending::{Asked, RowState},
    },
    wire::{Frame, Heartbeat, Welcome},
};
use leptos::prelude::*;

/// The book of a page: the snapshot after `read` changes, and the changes since.
fn followed(oracle: &Oracle, read: i64) -> Replica {
    let replica = Replica::new(oracle.snapshot(read));
    for commit in oracle.log.iter().filter(|commit| commit.seq > read) {
        assert!(matches!(replica.apply(Frame::Commit(commit.clone())), Outcome::Applied(_)));
    }
    replica
}

fn book(replica: &Replica) -> Book {
    let book = replica.kept().expect("a book");
    KeptBook::read(&book.write().expect("JSON")).expect("a book of this build").book()
}

#[test]
fn a_kept_book_is_the_confirmed_book_and_goes_on_from_its_position() {
    let mut oracle = Oracle::new(260);
    // So many are deleted that fewer are loaded than were read.
    for n in 0..30 {
        oracle.write(6, 0, 0, 200 + n);
    }
    let boundary = oracle.snapshot(260).boundary();
    let replica = followed(&oracle, 260);
    let mut kept = book(&replica);
    oracle.check(&kept, boundary);
    assert_eq!(kept.older_than(), boundary.map(|boundary| boundary.date));
    for n in 0..40 {
        oracle.write(u8::try_from(n % 8).expect("small"), 3, 70, n);
    }
    let here = kept.position().seq;
    for commit in oracle.log.iter().filter(|commit| commit.seq > here) {
        assert!(matches!(kept.apply(Frame::Commit(commit.clone())), Outcome::Applied(_)));
    }
    oracle.check(&kept, boundary);
}

#[test]
fn a_kept_book_contains_nothing_that_is_pending_and_keeping_it_changes_nothing_on_the_screen() {
    let oracle = Oracle::new(3);
    let replica = followed(&oracle, 3);
    let before = book(&replica);
    let form = FactForm {
        id: Some(id::<crate::domain::FactId>(77).to_string()),
        amount: Some("-1".into()),
        article_id: Some(id::<crate::domain::ArticleId>(1).to_string()),
        financial_center_id: Some(id::<crate::domain::FinancialCenterId>(1).to_string()),
        ..FactForm::default()
    };
    replica.foresee(vec![Asked {
        mutation: id(77),
        command: Command::RecordFact(form),
        typed_in: TypedIn::default(),
        row: Some(id(77)),
        shown: None,
        state: RowState::Waiting,
        stands: true,
        uncertain: false,
        answer: None,
    }]);
    let shown = replica.month.get_untracked();
    assert_eq!(book(&replica), before);
    assert_eq!(replica.facts_of(id(77)).len(), 1);
    assert_eq!(replica.month.get_untracked(), shown);
}

#[test]
fn a_book_of_another_shape_is_not_read() {
    assert!(KeptBook::read(GOLDEN).is_some());
    assert_eq!(KeptBook::read(&GOLDEN.replace("\"shape\": 1", "\"shape\": 2")), None);
    for strange in ["{}", ""] {
        assert_eq!(KeptBook::read(strange), None, "{strange}");
    }
    // What has another name is not taken for nothing.
    let fields = ["household", "me", "members", "articles", "merged", "financial_centers", "month", "plans"];
    let others = ["recurring", "facts", "boundary", "merged_before", "counts"];
    for field in fields.into_iter().chain(others) {
        let (before, after) = (format!("  \"{field}\": "), format!("  \"{field}_2\": "));
        assert_eq!(GOLDEN.matches(&before).count(), 1, "{field}");
        assert_eq!(KeptBook::read(&GOLDEN.replace(&before, &after)), None, "{field}");
    }
}

/// What earlier builds have kept is read, or else dropped: a change of this text needs another shape.
const GOLDEN: &str = include_str!("kept.json");

#[test]
fn a_book_is_written_as_always_and_read_back() {
    let kept = KeptBook::read(GOLDEN).expect("a book of this build");
    let again = kept.replica().kept().and_then(|kept| kept.write()).expect("a text");
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    assert_eq!(value(&again), value(GOLDEN));
}

#[test]
fn a_day_that_begins_without_the_server_changes_only_the_day_and_a_month_begins_with_what_is_loaded() {
    let owner = Owner::new();
    owner.set();
    let mut oracle = Oracle::new(0);
    // One in the month that is today's, two in the next one.
    for (day, minor) in [(30, -500), (60, -700), (61, -200)] {
        oracle.write(0, day, minor, 0);
    }
    let replica = followed(&oracle, 3);
    let (told, month) = (replica.today.get_untracked(), replica.month.get_untracked());
    let later = day(41);
    assert!(later > told);
    replica.begin_day(later);
    assert_eq!((replica.today.get_untracked(), replica.month.get_untracked()), (later, month.clone()));
    let kept = replica.kept().expect("a book");
    assert_eq!(kept.snapshot.today, told, "the device counts from the day that the server has told");
    replica.begin_day(day(40));
    assert_eq!(replica.today.get_untracked(), later, "a clock that goes back changes nothing");
    let next: Day = "2026-12-01".parse().expect("a day");
    replica.begin_day(next);
    assert_eq!(replica.today.get_untracked(), next);
    let sums: Vec<i64> =
        replica.month.with_untracked(|month| month.articles.iter().map(|row| row.sum.minor()).collect());
    assert_eq!((replica.month.get_untracked().month, sums), (next.month(), vec![-900]));
    assert_eq!(replica.kept(), None, "some of its plans may be missing");
    // The server knows the rest.
    let heartbeat = Frame::Heartbeat(Heartbeat { seq: 3, check: None, today: next });
    assert_eq!(replica.apply(heartbeat), Outcome::Resync);
}

#[test]
fn a_day_that_the_server_tells_replaces_the_one_that_the_page_has_begun() {
    let oracle = Oracle::new(3);
    let replica = followed(&oracle, 3);
    let told = replica.today.get_untracked();
    replica.begin_day(day(41));
    assert!(replica.today.get_untracked() > told);
    let heartbeat = |today| Frame::Heartbeat(Heartbeat { seq: 3, check: None, today });
    assert_eq!(replica.apply(heartbeat(told)), Outcome::Noted { behind: false });
    assert_eq!(replica.today.get_untracked(), told);
    replica.begin_day(day(41));
    assert_eq!(replica.apply(heartbeat(day(41))), Outcome::Noted { behind: false });
    assert_eq!(replica.kept().map(|kept| kept.snapshot.today), Some(day(41)));
}

#[test]
fn the_book_of_a_person_does_not_go_on_for_another_one_who_has_signed_in() {
    let oracle = Oracle::new(3);
    let replica = followed(&oracle, 3);
    let before = book(&replica);
    let welcome = |member| {
        let epoch = before.position().epoch;
        let (today, build) = (day(41), String::new());
        Frame::Welcome(Welcome {
            epoch,
            seq: 3,
            check: None,
            head: 3,
            today,
            build,
            protocol: 1,
            heartbeat_ms: 20_000,
            member,
        })
    };
    let other: MemberId = id(99);
    assert_ne!(replica.me, other);
    assert_eq!(replica.apply(welcome(Some(other))), Outcome::Resync);
    assert_eq!(book(&replica), before);
    for same in [Some(replica.me), None] {
        assert_eq!(replica.apply(welcome(same)), Outcome::Noted { behind: false }, "{same:?}");
    }
}
