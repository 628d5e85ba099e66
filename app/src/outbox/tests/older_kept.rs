//! The older facts on the device: a page without a network shows what the last page has received.

use super::{
    device::{ByHand, keeping, owner},
    older::{listed, page, position},
};
use crate::{
    domain::{Fact, Instant},
    outbox::{BookKeeper, CommandStore, OlderTexts, Outbox, older::OlderFacts},
    replica::{
        Replica,
        kept::KeptBook,
        tests::oracle::{Oracle, id},
    },
    service::{Event, Read},
    wire::{Commit, Frame, Position},
};
use leptos::prelude::GetUntracked;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

/// The server: its book, and how often it was asked for older facts.
#[derive(Clone)]
struct Home(Arc<Mutex<Oracle>>, Arc<AtomicUsize>);

impl Home {
    fn of(facts: usize) -> Self {
        Self(Arc::new(Mutex::new(Oracle::new(facts))), Arc::default())
    }

    fn readings(&self) -> usize {
        self.1.load(Ordering::Relaxed)
    }

    fn keeper(&self) -> BookKeeper {
        let (home, log) = (self.clone(), self.clone());
        BookKeeper {
            later: Arc::new(|function| function()),
            older: Arc::new(move |after, hearer| {
                home.1.fetch_add(1, Ordering::Relaxed);
                let oracle = home.0.lock().expect("the book").clone();
                hearer(Some(page(&oracle, oracle.head(), after, 450)));
            }),
            log: Arc::new(move |since, hearer| hearer(Some(log.log(since, 200)))),
            ..keeping().keeper
        }
    }

    /// The log after a position, at most so many changes of it.
    fn log(&self, since: Position, most: usize) -> Read<Vec<Event>> {
        let oracle = self.0.lock().expect("the book");
        let event = |commit: &Commit| Event {
            seq: commit.seq,
            check: commit.check,
            at: Instant::from_millis(0),
            member_id: id(1),
            mutation_id: commit.mutation_id,
            changes: commit.entries.clone(),
        };
        let value = oracle.log.iter().filter(|commit| commit.seq > since.seq).take(most).map(event).collect();
        Read { value, position: position(&oracle, oracle.head()) }
    }

    /// A live page that was opened now.
    fn opened(&self) -> Replica {
        let oracle = self.0.lock().expect("the book");
        Replica::new(oracle.snapshot(oracle.head()))
    }

    /// A change that the page receives.
    fn write(&self, replica: &Replica, what: u8, day: u8, pick: usize) {
        let mut oracle = self.0.lock().expect("the book");
        let before = oracle.head();
        oracle.write(what, day, 300, pick);
        let commits: Vec<_> = oracle.log.iter().filter(|commit| commit.seq > before).cloned().collect();
        drop(oracle);
        for commit in commits {
            replica.apply(Frame::Commit(commit));
        }
    }

    fn facts(&self) -> Vec<Fact> {
        let oracle = self.0.lock().expect("the book");
        listed(&oracle, oracle.head())
    }
}

fn keeps(store: &Arc<ByHand>, replica: &Replica, keeper: BookKeeper) -> Outbox {
    let outbox = Outbox::default();
    outbox.begin(replica);
    outbox.store_in(store.clone(), owner());
    outbox.begin_to_keep(keeper);
    outbox
}

/// A page without a network over what the device has, on which somebody has scrolled to the end.
fn scrolled(store: &Arc<ByHand>) -> (Replica, usize) {
    let book = store.book(owner().household).expect("a copy of the book");
    let replica = KeptBook::read(&book.book).expect("a book of this build").replica();
    let nothing = BookKeeper { older: Arc::new(|_, hearer| hearer(None)), ..keeping().keeper };
    let outbox = keeps(store, &replica, nothing);
    let mut portions = 0;
    while let Some(boundary) = replica.boundary() {
        let before = replica.count_above(boundary);
        outbox.show_older();
        if replica.boundary() == Some(boundary) {
            break;
        }
        portions += 1;
        let more = replica.boundary().map_or(0, |place| replica.count_above(place) - before);
        assert!(more < 200, "{more} at once");
    }
    (replica, portions)
}

/// The facts of all rows, the newest first.
fn rows(replica: &Replica) -> Vec<Fact> {
    let all = replica.rows.get_untracked();
    all.all().map(|row| row.fact.get_untracked()).collect()
}

#[test]
fn a_page_without_a_network_lists_a_thousand_facts_as_they_were_received_last() {
    let (home, store) = (Home::of(1_600), Arc::new(ByHand::default()));
    let replica = home.opened();
    let outbox = keeps(&store, &replica, home.keeper());
    outbox.read_older_soon();
    assert_eq!(home.readings(), 2, "200 of the page and twice 450");
    for n in 0..90_usize {
        let what = [0, 4, 5, 6][n % 4];
        home.write(&replica, what, u8::try_from(n % 80).expect("small"), n * 17);
    }
    outbox.keep_now();
    let (away, portions) = scrolled(&store);
    let (shown, all) = (rows(&away), home.facts());
    assert!(shown.len() >= 950, "{}", shown.len());
    assert_eq!(shown, all[..shown.len()]);
    assert!(portions > 4);
    // The figures contain them from the beginning.
    assert_eq!(away.month.get_untracked(), replica.month.get_untracked());
    assert_eq!(away.centers.get_untracked(), replica.centers.get_untracked());
}

#[test]
fn a_book_with_fewer_facts_than_are_kept_is_listed_to_its_first_day() {
    let (home, store) = (Home::of(430), Arc::new(ByHand::default()));
    let replica = home.opened();
    let outbox = keeps(&store, &replica, home.keeper());
    outbox.read_older_soon();
    assert_eq!(home.readings(), 1);
    // What a live page shows as well.
    outbox.show_older();
    outbox.show_older();
    outbox.show_older();
    assert_eq!(replica.boundary(), None);
    assert_eq!(rows(&replica), home.facts());
    home.write(&replica, 0, 3, 77);
    outbox.keep_now();
    let (away, _) = scrolled(&store);
    assert_eq!((rows(&away), away.boundary()), (home.facts(), None));
    let book = store.book(owner().household).and_then(|book| KeptBook::read(&book.book)).expect("a book");
    assert!(book.snapshot.facts.len() <= 201, "what was shown of them is stored with them, by day");
}

#[test]
fn a_page_of_the_same_book_reads_what_the_device_has_and_not_the_server() {
    let (home, store) = (Home::of(1_600), Arc::new(ByHand::default()));
    let outbox = keeps(&store, &home.opened(), home.keeper());
    outbox.read_older_soon();
    assert_eq!(home.readings(), 2);
    let again = keeps(&store, &home.opened(), home.keeper());
    again.read_older_soon();
    assert_eq!(home.readings(), 2);
    // So does one whose own facts begin elsewhere.
    let replica = home.opened();
    let third = keeps(&store, &replica, home.keeper());
    home.write(&replica, 0, 79, 5);
    third.keep_now();
    let fourth = keeps(&store, &home.opened(), home.keeper());
    fourth.read_older_soon();
    assert_eq!(home.readings(), 2);
    fourth.lost_book();
    fourth.keep_now();
    let (away, _) = scrolled(&store);
    assert_eq!(rows(&away), home.facts()[..rows(&away).len()]);
}

#[test]
fn what_others_have_changed_meanwhile_is_applied_to_what_the_device_has_and_much_is_read_again() {
    for (changes, readings) in [(1, 2), (199, 2), (201, 4)] {
        let (home, store) = (Home::of(1_600), Arc::new(ByHand::default()));
        keeps(&store, &home.opened(), home.keeper()).read_older_soon();
        let elsewhere = home.opened();
        for n in 0..changes {
            home.write(&elsewhere, [4, 6, 0, 5][n % 4], u8::try_from(n % 80).expect("small"), n * 29);
        }
        // The book moves on before what has changed is here.
        let (replica, asked) = (home.opened(), Arc::new(Mutex::new(Vec::new())));
        let waiting = asked.clone();
        let log = Arc::new(move |since, hearer| waiting.lock().expect("the calls").push((since, hearer)));
        let outbox = keeps(&store, &replica, BookKeeper { log, ..home.keeper() });
        outbox.read_older_soon();
        home.write(&replica, 6, 0, 7);
        assert_eq!(home.readings(), 2);
        let (since, hearer) = asked.lock().expect("the calls").pop().expect("it asks for the log");
        hearer(Some(home.log(since, 200)));
        outbox.read_older_soon();
        assert_eq!(home.readings(), readings, "{changes}");
        outbox.keep_now();
        let shown = rows(&scrolled(&store).0);
        assert!(shown.len() >= 990, "{}", shown.len());
        assert_eq!(shown, home.facts()[..shown.len()]);
    }
}

#[test]
fn a_book_that_was_read_anew_has_the_older_facts_of_before_no_longer() {
    let (home, store) = (Home::of(1_600), Arc::new(ByHand::default()));
    let replica = home.opened();
    let outbox = keeps(&store, &replica, home.keeper());
    outbox.read_older_soon();
    // While the page is away.
    let elsewhere = home.opened();
    for n in 0..40 {
        home.write(&elsewhere, 6, 0, n * 31);
    }
    let oracle = home.0.lock().expect("the book").clone();
    replica.replace(oracle.snapshot(oracle.head()));
    outbox.keep_now();
    let (away, _) = scrolled(&store);
    assert_eq!(rows(&away).len(), 200, "what it has does not belong to this book");
    outbox.read_older_soon();
    outbox.keep_now();
    let (away, _) = scrolled(&store);
    let shown = rows(&away);
    assert!(shown.len() >= 1_000);
    assert_eq!(shown, home.facts()[..shown.len()]);
}

#[test]
fn days_that_are_missing_or_of_another_state_of_the_book_are_not_shown() {
    let (home, store) = (Home::of(1_600), Arc::new(ByHand::default()));
    keeps(&store, &home.opened(), home.keeper()).read_older_soon();
    let heard = Arc::new(Mutex::new(None));
    let hearer = heard.clone();
    store.load_older(owner(), Box::new(move |texts| *hearer.lock().expect("the texts") = texts));
    let texts: OlderTexts = heard.lock().expect("the texts").take().expect("older facts");
    let oracle = home.0.lock().expect("the book").clone();
    let (here, upper) =
        (position(&oracle, oracle.head()), home.opened().boundary().expect("more than a snapshot"));
    let read = |texts: &OlderTexts| OlderFacts::read(texts, upper, here);
    assert!(read(&texts).is_some());
    let mut missing = texts.clone();
    missing.days.pop();
    assert_eq!(read(&missing), None);
    let mut later = here;
    later.seq += 1;
    let read_later = OlderFacts::read(&texts, upper, later).expect("it may be moved on");
    assert_eq!(read_later.clone().moved(&home.log(here, 200), later), None, "the log does not reach there");
    assert_eq!(read_later.position(), here);
    let mut earlier = here;
    earlier.seq -= 1;
    assert_eq!(OlderFacts::read(&texts, upper, earlier), None);
    let other_log = Position { epoch: uuid::Uuid::from_u128(9), ..later };
    assert_eq!(OlderFacts::read(&texts, upper, other_log), None);
    let other = OlderTexts { head: texts.head.replace("\"shape\":1", "\"shape\":2"), ..texts.clone() };
    assert_eq!(read(&other), None);
    let no_book = OlderTexts { book: "{}".into(), ..texts };
    assert_eq!(read(&no_book), None);
}
