//! The loaded facts, by day, so that a change costs what its day holds and not what is loaded.

use crate::domain::{Day, Fact, FactId};
use std::collections::HashMap;

/// The loaded facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadedFacts {
    /// The days in ascending order, and the facts of each: new facts are mostly at the end.
    days: Vec<(Day, Vec<Fact>)>,
    /// The day of each fact by its id, and of each transfer or split by its own.
    day_of: HashMap<FactId, Day>,
}

impl LoadedFacts {
    /// An index of these facts.
    #[must_use]
    pub fn new(facts: Vec<Fact>) -> Self {
        let mut loaded = Self::default();
        facts.into_iter().rev().for_each(|fact| loaded.put(fact));
        loaded
    }

    /// All facts in the order of the list, the newest first.
    pub fn all(&self) -> impl Iterator<Item = &Fact> {
        self.days.iter().rev().flat_map(|(_, facts)| facts.iter().rev())
    }

    /// The oldest fact.
    #[must_use]
    pub fn last(&self) -> Option<&Fact> {
        self.days.first()?.1.first()
    }

    /// The fact with this id.
    #[must_use]
    pub fn get(&self, id: FactId) -> Option<&Fact> {
        self.with(id).iter().find(|fact| fact.id == id)
    }

    /// A fact, or the parts of a transfer or split, in the order of their ids.
    #[must_use]
    pub fn row(&self, id: FactId) -> Vec<Fact> {
        // They were created in one change, within which facts are ordered by id.
        self.with(id).iter().filter(|fact| fact.row_id() == id).cloned().collect()
    }

    /// The facts of the same day as this one.
    fn with(&self, id: FactId) -> &[Fact] {
        let at = self.day_of.get(&id).and_then(|day| self.at(*day).ok());
        at.map_or(&[], |at| &self.days[at].1)
    }

    fn at(&self, day: Day) -> Result<usize, usize> {
        self.days.binary_search_by_key(&day, |(day, _)| *day)
    }

    /// Inserts a fact, and removes the old one with its id.
    pub fn put(&mut self, fact: Fact) {
        self.remove(fact.id);
        let at = self.at(fact.date).unwrap_or_else(|at| {
            self.days.insert(at, (fact.date, Vec::new()));
            at
        });
        self.day_of.insert(fact.id, fact.date);
        self.day_of.insert(fact.row_id(), fact.date);
        let facts = &mut self.days[at].1;
        let at = facts.partition_point(|other| other.key() < fact.key());
        facts.insert(at, fact);
    }

    /// Removes a fact.
    pub fn remove(&mut self, id: FactId) -> Option<Fact> {
        let day = self.day_of.get(&id).copied()?;
        let at = self.at(day).ok()?;
        let facts = &mut self.days[at].1;
        let fact = facts.remove(facts.iter().position(|fact| fact.id == id)?);
        let row = fact.row_id();
        self.day_of.remove(&id);
        // The other parts of a transfer or split may have moved to another day.
        if facts.iter().all(|other| other.row_id() != row) && self.day_of.get(&row) == Some(&day) {
            self.day_of.remove(&row);
        }
        if facts.is_empty() {
            self.days.remove(at);
        }
        Some(fact)
    }
}

/// Sorts the parts of a transfer or split by id. There are only a few, so the browser downloads no further
/// instance of the standard sort for them.
pub(super) fn in_order(parts: Vec<Fact>) -> Vec<Fact> {
    let mut sorted: Vec<Fact> = Vec::with_capacity(parts.len());
    for part in parts {
        sorted.insert(sorted.partition_point(|other| other.id < part.id), part);
    }
    sorted
}
