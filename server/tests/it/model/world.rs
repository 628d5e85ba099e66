//! The state of the model test: a log, a hub, pending bells, and screens.

use app::{
    domain::*,
    replica::apply::{Book as Replica, Outcome},
    service::Snapshot,
    wire::{Change, Commit, DeletedFact, Entry, Frame, Position, ResyncReason, Seq},
};
use server::{
    hub::{
        Hub,
        feed::{Feed, Tail},
    },
    journal::{LogEntry, encoded::Encoded, frames},
    live::resume::resume,
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

pub(super) const CLIENTS: usize = 3;
/// Like the program's, but small enough to be exceeded.
const REPLAY_LIMIT: Seq = 300;
const LOG_BATCH: usize = 64;
/// Fewer than a snapshot carries, so that it is the whole book.
const FACTS: usize = 120;

pub(super) struct Socket {
    pub(super) feed: Arc<Feed>,
    pub(super) cursor: Seq,
}

pub(super) struct Client {
    pub(super) replica: Replica,
    pub(super) socket: Option<Socket>,
}

pub(super) struct World {
    pub(super) start: Snapshot,
    pub(super) home: HouseholdId,
    /// The log by epoch; the last one is current.
    pub(super) logs: HashMap<Uuid, Vec<Commit>>,
    pub(super) epoch: Uuid,
    pub(super) hub: Hub,
    pub(super) bells: Vec<(Seq, Encoded)>,
    pub(super) clients: Vec<Client>,
    pub(super) made: u128,
}

pub(super) fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

pub(super) fn start() -> Snapshot {
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
        updated_by: None,
    };
    Snapshot {
        position: Position { epoch: Uuid::from_u128(1), seq: 0, check: None },
        today: today(),
        household: Household {
            id: id(7),
            name: name("Home"),
            currency,
            time_zone: "UTC".into(),
            erase_on: None,
            version: 1,
        },
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
        merged: Vec::new(),
        financial_centers: vec![Balance { balance: center.opening_balance, center }],
        month: MonthTotals::empty(today().month()),
        plans: Vec::new(),
        recurring: Vec::new(),
        facts: Vec::new(),
    }
}

/// Encodes a frame as the program does.
pub(super) fn encoded(commit: &Commit) -> Encoded {
    let logged = |entry: &Entry| LogEntry {
        change: entry.change.clone(),
        before: entry.before.map(|before| serde_json::value::to_raw_value(&before).expect("JSON")),
    };
    let entries = commit.entries.iter().map(logged).collect();
    frames::of_commit(commit.seq, commit.check, commit.mutation_id, entries).expect("JSON")
}

pub(super) fn today() -> Day {
    "2026-11-22".parse().expect("a day")
}

impl World {
    pub(super) fn log(&self) -> &[Commit] {
        &self.logs[&self.epoch]
    }

    pub(super) fn head(&self) -> Position {
        Position { epoch: self.epoch, seq: Seq::try_from(self.log().len()).expect("small"), check: None }
    }

    /// The book after the first `seq` changes of a log, folded one by one.
    pub(super) fn fold(&self, at: Position) -> Replica {
        let mut start = self.start.clone();
        start.position.epoch = at.epoch;
        let mut book = Replica::new(start);
        for commit in self.logs[&at.epoch].iter().take(usize::try_from(at.seq).expect("small")) {
            assert!(matches!(book.apply(Frame::Commit(commit.clone())), Outcome::Applied(_)));
        }
        book
    }

    pub(super) fn entry(&mut self, facts: &[Fact], what: u8, pick: usize) -> Entry {
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

    /// Appends to the log; the bell is pending.
    pub(super) fn commit(&mut self, truth: &mut Replica, what: u8, pick: usize) {
        let mut entries = Vec::new();
        let mut facts: Vec<Fact> = truth.facts.all().cloned().collect();
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
        let commit = Commit { seq: self.head().seq + 1, check: None, mutation_id: None, entries };
        let frame = encoded(&commit);
        self.bells.push((commit.seq, frame));
        truth.apply(Frame::Commit(commit.clone()));
        self.logs.get_mut(&self.epoch).expect("a log").push(commit);
    }

    /// What the connection sends on a bell: from the ring, or else from the log.
    pub(super) fn outgoing(&self, client: usize) -> Option<(Vec<Encoded>, Seq)> {
        let socket = self.clients[client].socket.as_ref()?;
        match socket.feed.after(socket.cursor) {
            Tail::Frames(frames, last) => Some((frames, last)),
            Tail::Missing => {
                if let Some(held) = socket.feed.held(socket.cursor) {
                    return Some(held);
                }
                let skip = usize::try_from(socket.cursor).expect("small");
                let read: Vec<(Seq, Encoded)> = self
                    .log()
                    .iter()
                    .skip(skip)
                    .take(LOG_BATCH)
                    .map(|commit| (commit.seq, encoded(commit)))
                    .collect();
                socket.feed.keep(&read);
                // As if other sockets were open.
                let _listener = socket.feed.bell();
                let _another = socket.feed.bell();
                socket.feed.hold(socket.cursor, &read);
                let last = read.last().map_or(socket.cursor, |(seq, _)| *seq);
                Some((read.into_iter().map(|(_, frame)| frame).collect(), last))
            }
        }
    }

    /// Sends everything; only the first `arrive` frames get through.
    pub(super) fn deliver(&mut self, client: usize, mut arrive: usize) {
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

    pub(super) fn disconnect(&mut self, client: usize) {
        if self.clients[client].socket.take().is_some() {
            self.hub.leave(self.home);
        }
    }

    /// Opens a socket as the program does, until the stream begins.
    pub(super) fn connect(&mut self, client: usize) {
        self.disconnect(client);
        let feed = self.hub.open(self.home);
        let head = self.head();
        feed.heard(head.seq);
        let position = self.clients[client].replica.position();
        match resume(head, Some(position), None, REPLAY_LIMIT) {
            Ok(cursor) => {
                assert_eq!(cursor, position.seq);
                self.clients[client].socket = Some(Socket { feed, cursor });
            }
            Err(reason) => {
                self.hub.leave(self.home);
                match reason {
                    ResyncReason::Epoch => assert_ne!(position.epoch, head.epoch),
                    ResyncReason::TooFar => assert!(head.seq - position.seq > REPLAY_LIMIT),
                    ResyncReason::Ahead => panic!("nobody is ahead of a log that loses nothing"),
                }
                self.clients[client].replica = Replica::new(self.fold(head).snapshot());
            }
        }
    }

    pub(super) fn crash(&mut self) {
        for client in 0..CLIENTS {
            self.disconnect(client);
        }
        self.bells.clear();
        self.hub = Hub::default();
    }

    pub(super) fn bell(&self, pick: usize) -> Option<usize> {
        pick.checked_rem(self.bells.len())
    }

    pub(super) fn check(&self) {
        for client in &self.clients {
            let (at, shown) = (client.replica.position(), &client.replica.shown);
            assert!(
                at.epoch != self.epoch || at.seq <= self.head().seq,
                "nobody sees what was not committed"
            );
            let (facts, balance, month) = self.plain(at);
            assert_eq!(client.replica.snapshot().facts, facts, "a screen equals the log up to its number");
            assert_eq!(shown.financial_centers[0].balance.minor(), balance, "and so do its balances");
            let shown: i64 = shown.month.articles.iter().map(|row| row.sum.minor()).sum();
            assert_eq!(shown, month, "and the sums of the month");
        }
    }

    /// The rows, the balance and the month's sum after the first changes, computed as simply as possible.
    pub(super) fn plain(&self, at: Position) -> (Vec<Fact>, i64, i64) {
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
