//! The law of the outbox: whatever is lost, doubled, late or refused, every command ends with one response or
//! one refusal, none is sent twice at the same time, and commands on one row are carried out in order, each
//! on the result of the previous one.

mod asking;
mod figures;
mod foreseen;
mod ledger;
mod listed;
mod merging;
mod pauses;
mod plans;
mod stored;
mod waiting;
mod world;

use super::{
    pending::{Call, Pending, State},
    queue::Queue,
    row::RowId,
    stored::Stored,
};
use crate::{
    command::Command,
    domain::{FactForm, FactId, MutationId},
    error::AppError,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use stored::{Device, by_hand};
use uuid::Uuid;

fn fact(n: u128) -> FactId {
    FactId::from(Uuid::from_u128(n))
}

fn row(n: u128) -> RowId {
    RowId::Fact(fact(n))
}

fn key(n: u128) -> MutationId {
    MutationId::from(Uuid::from_u128(n))
}

fn pending(mutation: u128, command: Command) -> Pending {
    Pending::new(key(mutation), command, Some(1))
}

fn record(n: u128) -> Command {
    Command::RecordFact(FactForm { id: Some(fact(n).to_string()), ..FactForm::default() })
}

fn revise(n: u128) -> Command {
    Command::ReviseFact { id: fact(n), form: FactForm::default() }
}

fn delete(n: u128) -> Command {
    Command::DeleteFact { id: fact(n) }
}

fn start(queue: &mut Queue) -> Call {
    let ready = queue.ready();
    assert_eq!(ready.len(), 1);
    queue.start(ready[0]).expect("it is its turn")
}

/// A server that carries out each command once, and an unreliable network.
#[derive(Default)]
struct World {
    queue: Queue,
    made: u128,
    /// Attempts on the way to the server.
    sent: Vec<(RowId, MutationId, Call)>,
    /// Responses on the way back.
    answers: Vec<(MutationId, u32, Result<i64, AppError>)>,
    /// The commands that the server has carried out, and the version of the row after each.
    done: BTreeMap<MutationId, i64>,
    versions: BTreeMap<RowId, i64>,
    /// How often the queue removed each command after a response.
    answered: BTreeMap<MutationId, u32>,
    given_up: Vec<MutationId>,
    device: Device,
    /// Whether a page was killed before it had stored everything: the next one may not know a row's version.
    forgot: bool,
    stored: Option<Stored>,
}

impl World {
    fn serve(&mut self, (row, mutation, call): (RowId, MutationId, Call), refuse: bool) {
        let version = if let Some(version) = self.done.get(&mutation) {
            Ok(*version)
        } else if refuse {
            Err(AppError::NotFound)
        } else {
            let version = self.versions.entry(row).or_insert(1);
            if call.terms.base_version == Some(*version) {
                *version += 1;
                self.done.insert(mutation, *version);
                Ok(*version)
            } else {
                // Only a late attempt of a discarded command comes between the commands of one screen.
                let between = self.given_up.iter().any(|it| *it == mutation || self.done.contains_key(it));
                assert!(between || self.forgot, "made on what the one before it came to");
                Err(AppError::Stale { current: String::new() })
            }
        };
        self.answers.push((mutation, call.attempt, version));
    }

    fn hear(&mut self, (mutation, attempt, answer): (MutationId, u32, Result<i64, AppError>)) {
        let row = self.queue.get(mutation).and_then(Pending::row);
        match answer {
            Ok(version) => {
                let versions: Vec<(RowId, i64)> = row.into_iter().map(|row| (row, version)).collect();
                if self.queue.answered(mutation, &versions).is_some() {
                    *self.answered.entry(mutation).or_default() += 1;
                }
            }
            Err(error) => _ = self.queue.refused(mutation, attempt, error),
        }
    }

    fn step(&mut self, (kind, pick, lose): (u8, usize, bool)) {
        match kind {
            0 | 1 => {
                self.made += 1;
                let row_number = u128::try_from(pick % 3).expect("small") + 1;
                let seen = self.versions.get(&row(row_number)).copied().unwrap_or(1);
                let made = Pending::new(key(100 + self.made), revise(row_number), Some(seen));
                self.queue.push(made);
            }
            2..=4 => {
                for mutation in self.queue.ready() {
                    let Some(call) = self.queue.start(mutation) else { continue };
                    assert_eq!(self.queue.start(mutation), None, "nothing is sent twice at once");
                    let row = self.queue.get(mutation).and_then(Pending::row).expect("it is there");
                    self.sent.push((row, mutation, call));
                }
            }
            // An attempt arrives at the server, perhaps after its time limit, perhaps twice.
            5 | 6 if !self.sent.is_empty() => {
                let at = pick % self.sent.len();
                let try_ = if lose { self.sent[at].clone() } else { self.sent.remove(at) };
                self.serve(try_, pick % 5 == 0);
            }
            // A response arrives, perhaps twice.
            7 | 8 if !self.answers.is_empty() => {
                let at = pick % self.answers.len();
                let answer = if lose { self.answers[at].clone() } else { self.answers.remove(at) };
                self.hear(answer);
            }
            // The time limit of an attempt is reached.
            9 => {
                let sending = self.queue.all().iter().filter(|it| it.state == State::Sending);
                let sending: Vec<_> = sending.map(|it| (it.mutation, it.tries)).collect();
                if let Some((mutation, attempt)) = sending.get(pick.checked_rem(sending.len()).unwrap_or(0)) {
                    self.queue.failed(*mutation, *attempt);
                }
            }
            // The page is killed, and another one starts. The responses on their way to it are lost, and so may be
            // what it stored last.
            12 => {
                let before: Vec<MutationId> = self.queue.all().iter().map(|it| it.mutation).collect();
                self.answers.clear();
                self.queue = Queue::default();
                let mut stored = by_hand();
                self.forgot |= self.device.forgets(pick % 4);
                stored.take_over(&self.device.restart(pick % 4), &mut self.queue);
                self.stored = Some(stored);
                let is_back = |mutation: &MutationId| self.queue.get(*mutation).is_some();
                self.given_up.extend(before.into_iter().filter(|mutation| !is_back(mutation)));
                // What had ended, and was not deleted in time, ends once more.
                self.answered.retain(|mutation, _| !is_back(mutation));
                self.given_up.retain(|mutation| !is_back(mutation));
            }
            10 => self.queue.try_again(row(u128::try_from(pick % 3).expect("small") + 1), None),
            11 => self.give_up(row(u128::try_from(pick % 3).expect("small") + 1)),
            _ => {}
        }
        self.device.store(self.stored.get_or_insert_with(by_hand), &self.queue);
        for number in 1..=3 {
            let sending = self.queue.of(row(number)).filter(|it| it.state == State::Sending).count();
            assert!(sending <= 1, "one at a time on a row");
        }
    }

    fn give_up(&mut self, row: RowId) {
        self.given_up.extend(self.queue.give_up(row).iter().map(|it| it.mutation));
    }

    /// The network works again.
    fn settle(mut self) {
        for _ in 0..=self.made * 2 {
            for try_ in std::mem::take(&mut self.sent) {
                self.serve(try_, false);
            }
            for answer in std::mem::take(&mut self.answers) {
                self.hear(answer);
            }
            for row in (1..=3).map(row) {
                let stale = |it: &Pending| matches!(it.state, State::Refused(AppError::Stale { .. }));
                if self.queue.refused_of(row).is_some_and(stale) {
                    self.give_up(row);
                }
                self.queue.try_again(row, None);
            }
            for pending in self.queue.all().to_vec() {
                self.queue.failed(pending.mutation, pending.tries);
            }
            self.step((2, 0, false));
        }
        assert_eq!(self.queue, Queue::default(), "everything ends");
        let made = (1..=self.made).map(|n| key(100 + n));
        for mutation in made {
            let answered = self.answered.get(&mutation).copied().unwrap_or_default();
            let given_up = self.given_up.iter().filter(|it| **it == mutation).count();
            assert_eq!(usize::try_from(answered).expect("small") + given_up, 1, "once, and nothing is lost");
            assert!(answered == 0 || self.done.contains_key(&mutation), "what is answered is carried out");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn every_command_ends_once_and_those_on_a_row_keep_their_order_whatever_network_and_page_do(
        steps in prop::collection::vec((0..13_u8, 0..1000_usize, any::<bool>()), 0..120),
    ) {
        let mut world = World::default();
        for step in steps {
            world.step(step);
        }
        world.settle();
    }
}

#[test]
fn a_correction_of_a_sent_command_waits_for_it_and_is_made_on_its_result() {
    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    let first = start(&mut queue);
    queue.push(pending(2, revise(1)));
    assert_eq!(queue.ready(), [], "it is not known yet what the row has become");
    assert!(queue.failed(key(1), first.attempt));
    let again = start(&mut queue);
    assert_eq!(
        (again.attempt, &again.command, again.terms),
        (2, &first.command, first.terms),
        "the same again"
    );
    queue.answered(key(1), &[(row(1), 4)]);
    assert_eq!(start(&mut queue).terms.base_version, Some(4));
}

#[test]
fn a_refusal_of_an_earlier_try_does_not_end_a_later_one() {
    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    let mutation = key(1);
    let first = start(&mut queue);
    queue.failed(mutation, first.attempt);
    let second = start(&mut queue);
    assert!(!queue.refused(mutation, first.attempt, AppError::NotFound));
    assert!(queue.refused(mutation, second.attempt, AppError::NotFound));
    assert_eq!(queue.ready(), [], "it waits for the person");
}

#[test]
fn a_deletion_after_a_refused_command_is_sent_or_dropped() {
    let mutation = key(1);
    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    let first = start(&mut queue);
    queue.push(pending(2, delete(1)));
    queue.refused(mutation, first.attempt, AppError::NotFound);
    assert_eq!(queue, Queue::default(), "it never came to be");

    queue.push(pending(1, revise(1)));
    let first = start(&mut queue);
    queue.push(pending(2, delete(1)));
    queue.refused(mutation, first.attempt, AppError::NotFound);
    let deletion = start(&mut queue);
    assert_eq!((deletion.command, deletion.terms.base_version), (delete(1), Some(1)), "as it was seen");

    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    let first = start(&mut queue);
    queue.push(pending(2, delete(1)));
    queue.push(pending(3, Command::RestoreFact { id: fact(1) }));
    queue.refused(mutation, first.attempt, AppError::NotFound);
    assert_eq!(queue.all().len(), 3, "an entry that was taken back from deletion is not lost");
}

#[test]
fn a_deletion_that_is_taken_back_before_it_is_refused_never_was() {
    let mut queue = Queue::default();
    queue.push(pending(1, delete(1)));
    let first = start(&mut queue);
    queue.push(pending(2, Command::RestoreFact { id: fact(1) }));
    queue.push(pending(3, revise(1)));
    queue.refused(key(1), first.attempt, AppError::Stale { current: "{}".into() });
    let revision = start(&mut queue);
    assert_eq!((revision.command, revision.terms.base_version), (revise(1), Some(1)), "as it was seen");
    assert_eq!(queue.all().len(), 1);
}

#[test]
fn a_revision_continues_from_a_newer_version_only() {
    let mutation = key(1);
    let mut queue = Queue::default();
    queue.push(pending(1, revise(1)));
    let first = start(&mut queue);
    assert!(!queue.rebased(mutation, first.attempt, 1), "else it would go round and round");
    assert!(queue.rebased(mutation, first.attempt, 3));
    assert_eq!(start(&mut queue).terms.base_version, Some(3));
}

#[test]
fn discarding_a_command_discards_those_that_follow_it_on_its_row_and_no_others() {
    let mut queue = Queue::default();
    queue.push(pending(1, record(1)));
    queue.push(pending(2, revise(1)));
    queue.push(pending(3, revise(2)));
    assert_eq!(queue.give_up(row(1)), [], "nothing was refused");
    let call = queue.start(key(1)).expect("it is its turn");
    queue.refused(key(1), call.attempt, AppError::NotFound);
    assert_eq!(queue.give_up(row(1)).len(), 2);
    assert_eq!(queue.ready(), [key(3)]);
}
