//! A page, its outbox and the server, with a network between them that loses, doubles and reorders.

use super::{
    asking::{NEXT, command, id, version},
    device::{Device, by_hand, keeping},
    figures::grid,
    ledger::Ledger,
};
use crate::{
    command::Subject,
    domain::*,
    error::AppError,
    outbox::{
        inner::OutboxState, pending::Call, pending::Pending, pending::Seen, pending::State, row::RowId,
    },
    replica::{
        Arrival, Replica,
        apply::{Book, sort_centers},
        foreseen::Foreseen,
        tests::oracle::snapshot,
    },
    service::Written,
    wire::{Commit, Frame},
};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// A page, the server, and the calls and answers on their way between them.
pub struct World {
    pub ledger: Ledger,
    pub page: OutboxState,
    pub replica: Replica,
    pub made: u128,
    pub sent: Vec<(MutationId, Call)>,
    pub answers: Vec<(MutationId, u32, Result<Written<Subject>, AppError>)>,
    pub editing: Option<FactId>,
    /// Refused commands that the person has discarded.
    given_up: BTreeSet<MutationId>,
    device: Device,
}

/// What is done, and numbers that choose how.
pub type Step = (u8, u8, usize, i64, bool);

impl World {
    pub fn new() -> Self {
        let mut start = snapshot();
        let mut third = start.financial_centers[0].clone();
        (third.center.id, third.center.position) = (id(3), 1);
        start.financial_centers.push(third);
        sort_centers(&mut start.financial_centers);
        let other = Member { id: id(2), ..start.members[0].clone() };
        start.members.push(other);
        let replica = Replica::new(start.clone());
        let page = Self::page(&replica);
        let (sent, answers) = (Vec::new(), Vec::new());
        Self {
            ledger: Ledger::new(start),
            page,
            replica,
            made: NEXT,
            sent,
            answers,
            editing: None,
            given_up: BTreeSet::new(),
            device: Device::default(),
        }
    }

    /// A page whose only entry, of −5.00, was refused.
    pub fn with_a_refused_entry() -> Self {
        let mut world = Self::new();
        world.make((0, 0, -500));
        world.send();
        let (mutation, call) = world.sent.remove(0);
        world.hear((mutation, call.attempt, Err(AppError::Gone)));
        world
    }

    fn page(replica: &Replica) -> OutboxState {
        let epoch = Some(replica.position.get_untracked().epoch);
        OutboxState {
            epoch,
            replica: Some(replica.clone()),
            stored: Some(by_hand()),
            keeping: Some(keeping()),
            ..OutboxState::default()
        }
    }

    /// The page is killed, and another one starts. The responses on their way are lost, and so may be what was
    /// stored last.
    pub fn restart(&mut self, carried_out: usize) {
        self.answers.clear();
        self.editing = None;
        self.replica = Replica::new(self.ledger.at(self.ledger.head()));
        self.page = Self::page(&self.replica);
        self.page.take_over(&self.device.restart(carried_out));
    }

    /// The page is killed, and another one starts without a network: over the book that the device keeps.
    pub fn restart_offline(&mut self, carried_out: usize) {
        let records = self.device.restart(carried_out);
        let epoch = self.ledger.book.position().epoch;
        let Some(book) = self.device.book().filter(|book| book.snapshot.position.epoch == epoch) else {
            return self.restart(0);
        };
        self.answers.clear();
        self.editing = None;
        self.replica = book.replica();
        self.page = Self::page(&self.replica);
        self.page.take_over(&records);
        self.misses_nothing();
    }

    /// What this device has stored and the server has carried out is in the book of the page, or waits over it.
    fn misses_nothing(&self) {
        let here = self.replica.position.get_untracked().seq;
        let later = (here + 1..=self.ledger.head()).filter_map(|seq| self.ledger.frame(seq));
        for frame in later {
            let Frame::Commit(Commit { mutation_id: Some(mutation), seq, .. }) = frame else { continue };
            if self.device.has_had(mutation) && !self.given_up.contains(&mutation) {
                assert!(
                    self.page.queue.get(mutation).is_some(),
                    "change {seq} is hidden, the book is at {here}"
                );
            }
        }
    }

    /// The expected book of the page: a snapshot at its position, with the pending commands applied to it.
    pub fn folded(&self) -> Foreseen {
        let seq = self.replica.position.get_untracked().seq;
        let mut folded = Foreseen::new(Book::new(self.ledger.at(seq)));
        folded.foresee(&self.page.all_asked());
        folded
    }

    pub fn make(&mut self, numbers: (u8, usize, i64)) {
        self.made += NEXT;
        let book = self.folded();
        let Some(command) = command(&book, self.ledger.deleted(), self.made, numbers) else { return };
        let base = version(book.book(), &command);
        let mut pending = Pending::new(id(self.made), command, base);
        if let Some(RowId::Fact(row)) = pending.row() {
            pending.seen = Seen::from(book.book().facts.row(row));
        }
        let Ok(facts) = self.page.foresee(&pending) else { return };
        pending.foreseen = facts;
        self.page.queue.push(pending);
        self.page.fold();
    }

    /// Another member makes a change.
    pub fn theirs(&mut self, numbers: (u8, usize, i64)) {
        self.made += NEXT;
        let book = Foreseen::new(Book::new(self.ledger.book.snapshot()));
        let Some(command) = command(&book, self.ledger.deleted(), self.made, numbers) else { return };
        let own = Pending::new(id(self.made), command, None);
        self.ledger.book.shown.me = id(2);
        // A refused command has no effect.
        drop(self.ledger.serve(own.mutation, &own.call()));
        self.ledger.book.shown.me = id(1);
    }

    pub fn follow(&mut self, seq: i64) {
        let Some(frame) = self.ledger.frame(seq) else { return };
        let Frame::Commit(commit) = frame.clone() else { return };
        let fresh = seq == self.replica.position.get_untracked().seq + 1;
        self.replica.apply(frame);
        // The frame alone settles the command that it carries: at no moment does it count twice.
        self.check(Some(commit.mutation_id).filter(|_| fresh).flatten());
        if fresh {
            self.page.arrived(Arrival::Changes(commit.mutation_id, &commit.entries));
        }
    }

    pub fn read_anew(&mut self) {
        self.replica.replace(self.ledger.at(self.ledger.head()));
        self.page.arrived(Arrival::Reading);
    }

    pub fn hear(
        &mut self,
        (mutation, attempt, answer): (MutationId, u32, Result<Written<Subject>, AppError>),
    ) {
        match answer {
            Ok(written) => _ = self.page.carried_out(mutation, written),
            Err(error) => _ = self.page.queue.refused(mutation, attempt, error),
        }
        self.page.fold();
    }

    pub fn send(&mut self) {
        for mutation in self.page.queue.ready() {
            self.sent.extend(self.page.queue.start(mutation).map(|call| (mutation, call)));
        }
        self.page.fold();
    }

    pub fn step(&mut self, (what, kind, pick, minor, again): Step) {
        match what {
            0..=3 => self.make((kind, pick, minor)),
            4 | 5 => self.theirs((kind, pick, minor)),
            6 | 7 => self.send(),
            8..=10 if !self.sent.is_empty() => {
                let at = pick % self.sent.len();
                let (mutation, call) = if again { self.sent[at].clone() } else { self.sent.remove(at) };
                let refused = pick % 6 == 0;
                let answer = if refused { Err(AppError::Gone) } else { self.ledger.serve(mutation, &call) };
                self.answers.push((mutation, call.attempt, answer));
            }
            11 | 12 if !self.answers.is_empty() => {
                let at = pick % self.answers.len();
                let answer = if again { self.answers[at].clone() } else { self.answers.remove(at) };
                // A lost frame.
                if pick % 5 > 0 {
                    self.hear(answer);
                }
            }
            13 => {
                let sending = self.page.queue.all().iter().filter(|one| one.state == State::Sending);
                let sending: Vec<_> = sending.map(|one| (one.mutation, one.tries)).collect();
                for (mutation, attempt) in sending {
                    self.page.queue.failed(mutation, attempt);
                }
                self.page.fold();
            }
            14..=16 => {
                let here = self.replica.position.get_untracked().seq;
                self.follow(here + i64::from(what != 16));
            }
            17 if pick % 4 == 0 => self.read_anew(),
            17 if pick % 23 == 1 => {
                self.ledger.begin_epoch();
                self.read_anew();
            }
            18 if pick % 2 == 0 => {
                // The months of the plan page, read some changes after the book.
                let (here, head) = (self.replica.position.get_untracked().seq, self.ledger.head());
                let seq = here + i64::try_from(pick).expect("small") % (head - here + 1);
                assert!(self.replica.open_grid(grid(&self.ledger.at(seq))));
            }
            18 => {
                let refused =
                    self.page.queue.all().iter().find(|one| one.is_refused()).map(|one| one.mutation);
                if let Some(mutation) = refused {
                    self.given_up.insert(mutation);
                    self.page.queue.give_up_one(mutation);
                    self.page.fold();
                }
            }
            19 => match self.editing.take() {
                Some(row) => self.replica.stop_editing(row),
                None => {
                    let row = self.replica.rows.with_untracked(|rows| {
                        let ids: Vec<FactId> = rows.all().map(|row| row.id).collect();
                        ids.get(pick.checked_rem(ids.len())?).copied()
                    });
                    row.into_iter().for_each(|row| self.replica.edit(row));
                    self.editing = row;
                }
            },
            20 if pick % 3 == 0 => self.restart(pick % 5),
            21 if pick % 3 == 0 => self.restart_offline(pick % 5),
            _ => {}
        }
        let (page, replica) = (&mut self.page, &self.replica);
        let held = page.held(true);
        let stored = page.stored.as_mut().expect("it stores");
        stored.hold(held);
        self.device.store_with(stored, &page.queue, || replica.kept());
        self.check(None);
    }
}
