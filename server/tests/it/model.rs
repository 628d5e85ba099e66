//! The live path as a model: the real hub, the real frames and the real reducer, driven through every
//! order of commits, bells, cuts, crashes and restores. Whatever happens, each screen equals the log up to
//! its own number, and a calm brings all of them to its end.

use app::{
    domain::*,
    replica::apply::{Book as Replica, Outcome},
    service::Snapshot,
    wire::{Change, Commit, DeletedFact, Entry, Frame, Heartbeat, Position, ResyncReason, Seq},
};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use server::{
    ledger::LogEntry,
    live::{
        book::{Book, Tail},
        encoded::Encoded,
        frames,
        hub::Hub,
        resume::resume,
    },
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

const CLIENTS: usize = 3;
/// As the program's, but soon enough reached.
const REPLAY_LIMIT: Seq = 300;
const LOG_BATCH: usize = 64;
/// Fewer than a snapshot carries, so that it is the whole book.
const FACTS: usize = 120;

#[derive(Clone, Debug)]
enum Step {
    /// A transaction: 0 to 3 record, 4 and 5 revise, 6 deletes, 7 does several at once. Its bell is on its way.
    Commit(u8, usize),
    /// Many of them; the ring does not hold them all.
    Burst(usize),
    /// A transaction that took a number and came to nothing.
    Rollback,
    /// One of the bells on their way arrives, in any order.
    Ring(usize),
    /// The same, and it will come again.
    RingTwice(usize),
    /// It never arrives.
    Lose(usize),
    Connect(usize),
    /// The line is cut after so many frames of what the server sends.
    Cut(usize, usize),
    /// The socket sends what there is to send.
    Deliver(usize),
    /// The same, but something between server and screen swallows the first message.
    Swallow(usize),
    Beat(usize),
    /// The process dies; the store stays.
    Crash,
    /// The store is restored from a backup that is so many changes old: another log begins.
    Restore(usize),
}

/// Every step is possible at any time, so there is nothing to know.
struct Anything;

impl ReferenceStateMachine for Anything {
    type State = ();
    type Transition = Step;

    fn init_state() -> BoxedStrategy<()> {
        Just(()).boxed()
    }

    fn transitions((): &()) -> BoxedStrategy<Step> {
        let client = 0..CLIENTS;
        prop_oneof![
            8 => (0..8_u8, any::<usize>()).prop_map(|(what, pick)| Step::Commit(what, pick)),
            1 => (100..400_usize).prop_map(Step::Burst),
            1 => Just(Step::Rollback),
            6 => any::<usize>().prop_map(Step::Ring),
            2 => any::<usize>().prop_map(Step::RingTwice),
            2 => any::<usize>().prop_map(Step::Lose),
            5 => client.clone().prop_map(Step::Connect),
            2 => (client.clone(), 0..6_usize).prop_map(|(client, frames)| Step::Cut(client, frames)),
            8 => client.clone().prop_map(Step::Deliver),
            1 => client.clone().prop_map(Step::Swallow),
            3 => client.prop_map(Step::Beat),
            1 => Just(Step::Crash),
            1 => (0..20_usize).prop_map(Step::Restore),
        ]
        .boxed()
    }

    fn apply((): (), _: &Step) {}
}

struct Socket {
    book: Arc<Book>,
    cursor: Seq,
}

struct Client {
    replica: Replica,
    socket: Option<Socket>,
}

struct World {
    start: Snapshot,
    home: HouseholdId,
    /// The log by epoch; the last one is in force.
    logs: HashMap<Uuid, Vec<Commit>>,
    epoch: Uuid,
    hub: Hub,
    bells: Vec<(Seq, Encoded)>,
    clients: Vec<Client>,
    made: u128,
}

fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

fn start() -> Snapshot {
    let name = |text: &str| text.parse::<Name>().expect("a name");
    let currency = Currency::EUR;
    let center = FinancialCenter {
        id: id(3),
        name: name("Card"),
        currency,
        opening_balance: Money::zero(currency),
        archived: false,
        position: 0,
        version: 1,
    };
    Snapshot {
        position: Position { epoch: Uuid::from_u128(1), seq: 0 },
        today: today(),
        household: Household { id: id(7), name: name("Home"), currency, time_zone: "UTC".into(), version: 1 },
        me: id(4),
        members: vec![Member {
            id: id(4),
            name: name("Anna"),
            role: Role::Owner,
            colour: 0,
            removed: false,
            version: 1,
        }],
        articles: Vec::new(),
        financial_centers: vec![Balance { balance: center.opening_balance, center }],
        month: MonthTotals::empty(today().month()),
        facts: Vec::new(),
    }
}

/// As the program itself does it.
fn encoded(commit: &Commit) -> Encoded {
    let logged = |entry: &Entry| LogEntry {
        change: entry.change.clone(),
        before: entry.before.map(|before| serde_json::to_value(before).expect("JSON")),
    };
    let entries = commit.entries.iter().map(logged).collect();
    frames::of_commit(commit.seq, commit.mutation_id, entries).expect("JSON")
}

fn today() -> Day {
    "2026-11-22".parse().expect("a day")
}

impl World {
    fn log(&self) -> &[Commit] {
        &self.logs[&self.epoch]
    }

    fn head(&self) -> Position {
        Position { epoch: self.epoch, seq: Seq::try_from(self.log().len()).expect("small") }
    }

    /// The book after the first `seq` changes of a log, folded one by one.
    fn fold(&self, at: Position) -> Replica {
        let mut start = self.start.clone();
        start.position.epoch = at.epoch;
        let mut book = Replica::new(start);
        for commit in self.logs[&at.epoch].iter().take(usize::try_from(at.seq).expect("small")) {
            assert!(matches!(book.apply(Frame::Commit(commit.clone())), Outcome::Applied(_)));
        }
        book
    }

    fn entry(&mut self, facts: &[Fact], what: u8, pick: usize) -> Entry {
        self.made += 1;
        let seq = self.head().seq + 1;
        let fresh = Fact {
            id: id(1_000 + self.made),
            amount: Money::from_minor(i64::try_from(pick % 1_000).expect("small") - 1_000, Currency::EUR),
            article_id: id(2),
            financial_center_id: id(3),
            date: if pick.is_multiple_of(3) { "2026-10-05".parse().expect("a day") } else { today() },
            comment: "x".repeat(pick % 300).parse().expect("a comment"),
            group: None,
            version: 1,
            created_seq: seq,
            created_by: id(4),
            updated_by: id(4),
            created_at: Instant::from_millis(0),
            updated_at: Instant::from_millis(0),
        };
        let old = facts.get(pick.checked_rem(facts.len()).unwrap_or(0));
        match old {
            Some(old) if what == 6 || facts.len() >= FACTS => Entry {
                change: Change::FactDeleted(DeletedFact {
                    id: old.id,
                    version: old.version + 1,
                    deleted_by: id(4),
                }),
                before: Some(old.before()),
            },
            Some(old) if what >= 4 => {
                let new =
                    Fact { id: old.id, created_seq: old.created_seq, version: old.version + 1, ..fresh };
                Entry { change: Change::FactUpdated(new), before: Some(old.before()) }
            }
            _ => Entry { change: Change::FactCreated(fresh), before: None },
        }
    }

    /// Appends to the log; the bell is on its way.
    fn commit(&mut self, truth: &mut Replica, what: u8, pick: usize) {
        let mut entries = Vec::new();
        let mut facts = truth.shown.facts.clone();
        for (n, what) in (if what == 7 { vec![0, 4, 6] } else { vec![what] }).into_iter().enumerate() {
            let entry = self.entry(&facts, what, pick.wrapping_add(n));
            match &entry.change {
                Change::FactDeleted(gone) => facts.retain(|fact| fact.id != gone.id),
                Change::FactUpdated(new) => {
                    facts.iter_mut().filter(|fact| fact.id == new.id).for_each(|fact| *fact = new.clone());
                }
                _ => {}
            }
            entries.push(entry);
        }
        let commit = Commit { seq: self.head().seq + 1, mutation_id: None, entries };
        let frame = encoded(&commit);
        self.bells.push((commit.seq, frame));
        truth.apply(Frame::Commit(commit.clone()));
        self.logs.get_mut(&self.epoch).expect("a log").push(commit);
    }

    /// What the connection does on the bell: from the ring, else from the log.
    fn outgoing(&self, client: usize) -> Option<(Vec<Encoded>, Seq)> {
        let socket = self.clients[client].socket.as_ref()?;
        match socket.book.after(socket.cursor) {
            Tail::Frames(frames, last) => Some((frames, last)),
            Tail::Missing => {
                let skip = usize::try_from(socket.cursor).expect("small");
                let read: Vec<(Seq, Encoded)> = self
                    .log()
                    .iter()
                    .skip(skip)
                    .take(LOG_BATCH)
                    .map(|commit| (commit.seq, encoded(commit)))
                    .collect();
                socket.book.keep(&read);
                let last = read.last().map_or(socket.cursor, |(seq, _)| *seq);
                Some((read.into_iter().map(|(_, frame)| frame).collect(), last))
            }
        }
    }

    /// Sends everything; only the first `arrive` frames get through.
    fn deliver(&mut self, client: usize, mut arrive: usize) {
        while let Some((frames, last)) = self.outgoing(client).filter(|(frames, _)| !frames.is_empty()) {
            for frame in frames {
                if arrive == 0 {
                    return;
                }
                arrive -= 1;
                let frame = Frame::parse(frame.text()).expect("a frame");
                let outcome = self.clients[client].replica.apply(frame);
                assert!(
                    matches!(outcome, Outcome::Applied(_)),
                    "a socket neither repeats nor skips: {outcome:?}"
                );
            }
            if let Some(socket) = &mut self.clients[client].socket {
                socket.cursor = last;
            }
        }
    }

    fn disconnect(&mut self, client: usize) {
        if self.clients[client].socket.take().is_some() {
            self.hub.leave(self.home);
        }
    }

    /// What happens between a client and the door, until it has a stream.
    fn connect(&mut self, client: usize) {
        self.disconnect(client);
        let book = self.hub.open(self.home);
        let head = self.head();
        book.heard(head.seq);
        let position = self.clients[client].replica.position();
        match resume(head, Some(position), REPLAY_LIMIT) {
            Ok(cursor) => {
                assert_eq!(cursor, position.seq);
                self.clients[client].socket = Some(Socket { book, cursor });
            }
            Err(reason) => {
                self.hub.leave(self.home);
                match reason {
                    ResyncReason::Epoch => assert_ne!(position.epoch, head.epoch),
                    ResyncReason::TooFar => assert!(head.seq - position.seq > REPLAY_LIMIT),
                    ResyncReason::Ahead => panic!("nobody is ahead of a log that loses nothing"),
                }
                self.clients[client].replica = Replica::new(self.fold(head).shown);
            }
        }
    }

    fn crash(&mut self) {
        for client in 0..CLIENTS {
            self.disconnect(client);
        }
        self.bells.clear();
        self.hub = Hub::default();
    }

    fn bell(&self, pick: usize) -> Option<usize> {
        pick.checked_rem(self.bells.len())
    }

    fn check(&self) {
        for client in &self.clients {
            let (at, shown) = (client.replica.position(), &client.replica.shown);
            assert!(
                at.epoch != self.epoch || at.seq <= self.head().seq,
                "nobody sees what was not committed"
            );
            let (facts, balance, month) = self.plain(at);
            assert_eq!(shown.facts, facts, "a screen equals the log up to its number");
            assert_eq!(shown.financial_centers[0].balance.minor(), balance, "and so do its balances");
            let shown: i64 = shown.month.articles.iter().map(|row| row.sum.minor()).sum();
            assert_eq!(shown, month, "and the sums of the month");
        }
    }

    /// The rows, the balance and the month's sum after the first changes, counted as plainly as possible.
    fn plain(&self, at: Position) -> (Vec<Fact>, i64, i64) {
        let mut facts = HashMap::new();
        let commits = self.logs[&at.epoch].iter().take(usize::try_from(at.seq).expect("small"));
        for entry in commits.flat_map(|commit| &commit.entries) {
            match &entry.change {
                Change::FactCreated(fact) | Change::FactUpdated(fact) => {
                    facts.insert(fact.id, fact.clone());
                }
                Change::FactDeleted(gone) => {
                    facts.remove(&gone.id);
                }
                _ => {}
            }
        }
        let mut facts: Vec<Fact> = facts.into_values().collect();
        facts.sort_unstable_by_key(|fact| std::cmp::Reverse(fact.key()));
        let sum = |facts: &mut dyn Iterator<Item = &Fact>| facts.map(|fact| fact.amount.minor()).sum();
        let balance = sum(&mut facts.iter());
        let month = sum(&mut facts.iter().filter(|fact| fact.date.month() == today().month()));
        (facts, balance, month)
    }
}

struct LivePath;

impl StateMachineTest for LivePath {
    type SystemUnderTest = World;
    type Reference = Anything;

    fn init_test((): &()) -> World {
        let start = start();
        let client = || Client { replica: Replica::new(start.clone()), socket: None };
        World {
            home: HouseholdId::new(),
            logs: HashMap::from([(start.position.epoch, Vec::new())]),
            epoch: start.position.epoch,
            hub: Hub::default(),
            bells: Vec::new(),
            clients: (0..CLIENTS).map(|_| client()).collect(),
            made: 0,
            start,
        }
    }

    fn apply(mut world: World, (): &(), step: Step) -> World {
        match step {
            Step::Commit(what, pick) => {
                let mut truth = world.fold(world.head());
                world.commit(&mut truth, what, pick);
            }
            Step::Burst(count) => {
                let mut truth = world.fold(world.head());
                for n in 0..count {
                    world.commit(&mut truth, u8::try_from(n % 8).expect("small"), n * 7);
                    // In their order, as one process rings them.
                    if let Some((seq, frame)) = world.bells.pop() {
                        world.hub.ring(world.home, seq, frame);
                    }
                }
            }
            Step::Rollback => {}
            Step::Ring(pick) => {
                if let Some(at) = world.bell(pick) {
                    let (seq, frame) = world.bells.remove(at);
                    world.hub.ring(world.home, seq, frame);
                }
            }
            Step::RingTwice(pick) => {
                if let Some(at) = world.bell(pick) {
                    let (seq, frame) = world.bells[at].clone();
                    world.hub.ring(world.home, seq, frame);
                }
            }
            Step::Lose(pick) => {
                if let Some(at) = world.bell(pick) {
                    world.bells.remove(at);
                }
            }
            Step::Connect(client) => world.connect(client),
            Step::Cut(client, frames) => {
                world.deliver(client, frames);
                world.disconnect(client);
            }
            Step::Deliver(client) => world.deliver(client, usize::MAX),
            Step::Swallow(client) => {
                if let Some((frames, _)) = world.outgoing(client)
                    && let Some(second) = frames.get(1)
                {
                    let frame = Frame::parse(second.text()).expect("a frame");
                    let outcome = world.clients[client].replica.apply(frame);
                    assert_eq!(outcome, Outcome::Gap, "a change is never applied without the one before it");
                    world.connect(client);
                }
            }
            Step::Beat(client) => {
                if let Some(socket) = &world.clients[client].socket {
                    let seq = socket.book.now().head.max(socket.cursor);
                    let beat = Frame::Heartbeat(Heartbeat { seq, today: today() });
                    let outcome = world.clients[client].replica.apply(beat);
                    let behind = world.clients[client].replica.position().seq < seq;
                    assert_eq!(outcome, Outcome::Noted { behind });
                    if behind {
                        world.connect(client);
                    }
                }
            }
            Step::Crash => world.crash(),
            Step::Restore(lost) => {
                world.crash();
                let kept = world.log().len().saturating_sub(lost);
                let log = world.log()[..kept].to_vec();
                world.epoch = Uuid::new_v4();
                world.logs.insert(world.epoch, log);
            }
        }
        world.check();
        world
    }

    fn teardown(mut world: World, (): ()) {
        for client in 0..CLIENTS {
            // The first attempt may be told to take a snapshot.
            for _ in 0..2 {
                world.connect(client);
                world.deliver(client, usize::MAX);
            }
            assert_eq!(
                world.clients[client].replica.position(),
                world.head(),
                "a calm brings everybody to the head"
            );
        }
        world.check();
        for client in 0..CLIENTS {
            world.disconnect(client);
        }
        assert_eq!(world.hub.size(), (0, 0), "nothing is left behind");
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_screen_equals_the_log_up_to_its_number_whatever_happens(sequential 1..60 => LivePath);
}
