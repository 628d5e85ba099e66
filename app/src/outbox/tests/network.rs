//! The queue over an unreliable network, with pages that are killed.

use super::{
    device::{Device, by_hand},
    *,
};
use crate::outbox::stored::Stored;
use std::collections::BTreeSet;

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
    /// The row of each command.
    rows: BTreeMap<MutationId, RowId>,
    /// The rows of which a page was killed before it had stored everything: the next one may not know their version.
    forgot: BTreeSet<RowId>,
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
                assert!(between || self.forgot.contains(&row), "made on what the one before it came to");
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
                self.rows.insert(made.mutation, row(row_number));
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
                let lost = self.device.lost(pick % 4).into_iter();
                self.forgot.extend(lost.filter_map(|mutation| self.rows.get(&mutation)));
                stored.take_over(&self.device.restart(pick % 4), &mut self.queue, Uuid::now_v7());
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
