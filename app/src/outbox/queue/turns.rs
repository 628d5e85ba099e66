//! Which commands wait for which.

use crate::{domain::MutationId, outbox::pending::Pending};
use std::cell::OnceCell;

/// The order of the commands of a queue as it is now. What holds for all of them is computed once, when it is first
/// asked for: ask the same one about every command.
pub struct Turns<'a> {
    all: &'a [Pending],
    /// Whether each command stays until the person decides, by its place.
    stuck: OnceCell<Vec<bool>>,
}

impl<'a> Turns<'a> {
    pub(super) fn of(all: &'a [Pending]) -> Self {
        Self { all, stuck: OnceCell::new() }
    }

    /// The command that this one waits for; `None` if it is its turn.
    #[must_use]
    pub fn held_by(&self, mutation: MutationId) -> Option<&'a Pending> {
        self.holder_of(self.all.iter().position(|pending| pending.mutation == mutation)?)
    }

    /// The command that the one at a place waits for.
    pub(super) fn holder_of(&self, at: usize) -> Option<&'a Pending> {
        self.needed_by(at).or_else(|| self.before(at))
    }

    /// The new transaction that is sent before the one at a place. It can be sent itself, or is on its way.
    fn before(&self, at: usize) -> Option<&'a Pending> {
        let (before, this) = (self.all.get(..at)?, self.all.get(at)?);
        let is_next =
            |(at, earlier): &(usize, &Pending)| earlier.goes_before(this) && self.needed_by(*at).is_none();
        before.iter().enumerate().rev().find(is_next).map(|(_, earlier)| earlier)
    }

    /// The command without whose response the one at a place cannot be sent.
    fn needed_by(&self, at: usize) -> Option<&'a Pending> {
        let (before, this) = (self.all.get(..at)?, self.all.get(at)?);
        let holds = |(at, earlier): &(usize, &Pending)| {
            earlier.holds_up(this) || (earlier.shares_balance(this) && !self.is_stuck(*at))
        };
        before.iter().enumerate().rev().find(holds).map(|(_, earlier)| earlier)
    }

    fn is_stuck(&self, at: usize) -> bool {
        self.stuck.get_or_init(|| stuck(self.all)).get(at).is_some_and(|is_stuck| *is_stuck)
    }
}

/// Whether each command stays here until the person decides about a refused one: itself, or one that it depends on.
fn stuck(all: &[Pending]) -> Vec<bool> {
    let (mut marks, mut stuck) = (Vec::with_capacity(all.len()), Vec::<&Pending>::new());
    for pending in all {
        let is_stuck = pending.is_refused() || stuck.iter().any(|earlier| earlier.holds_up(pending));
        if is_stuck {
            stuck.push(pending);
        }
        marks.push(is_stuck);
    }
    marks
}
