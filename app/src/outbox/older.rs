//! The facts that are older than those of the page's book: a device keeps them for a page without a network, by day, and
//! moves them on with the log. Pure.

use crate::{
    domain::{Day, Fact, FactId, FactKey},
    replica::kept::KeptBook,
    service::{Event, FactPage, Read},
    wire::{Change, Entry, Position, Seq},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// The number of facts that a device keeps at least, those of the book included; it also keeps the whole running month.
const LEAST_KEPT: usize = 1_000;
/// The number of facts that are read at most, however many the running month has.
const MOST_KEPT: usize = 5_000;
/// Once there are this many more than the least, the oldest are dropped.
const SPARE: usize = 400;
/// The number of facts that are shown at once as somebody scrolls, completed to a whole day.
const PORTION: usize = 100;

/// The shape of what is kept of them by this program.
const SHAPE: u8 = 1;

/// Facts below a place of the list, without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OlderFacts {
    /// The last change that they contain.
    position: Position,
    /// They are below this place: the book has what is above.
    upper: FactKey,
    /// Facts below this place are not kept; `None` if there are none.
    lower: Option<FactKey>,
    /// The facts of each day in ascending order. A day that has changed is another allocation than the one that was given
    /// to the store.
    days: BTreeMap<Day, Arc<Vec<Fact>>>,
    day_of: HashMap<FactId, Day>,
}

/// What is stored of them beside the days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OlderHead {
    shape: u8,
    position: Position,
    upper: FactKey,
    lower: Option<FactKey>,
    /// The number of the facts: a day that is missing is not taken for one without facts.
    facts: usize,
}

/// The older facts as they are given to the store of the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OlderCopy {
    /// What is stored beside the days.
    pub head: String,
    days: BTreeMap<Day, Arc<Vec<Fact>>>,
}

/// What the store of the device has of the older facts, and the book with which it was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OlderTexts {
    /// A [`KeptBook`].
    pub book: String,
    /// What was stored beside the days.
    pub head: String,
    /// The days, in any order.
    pub days: Vec<String>,
}

impl OlderCopy {
    /// The texts of the days that differ from an earlier copy, by their names, and the days that it has beyond this one.
    #[must_use]
    pub fn since(&self, before: &Self) -> (Vec<(String, String)>, Vec<String>) {
        let is_same = |day: &Day, facts: &Arc<Vec<Fact>>| {
            before.days.get(day).is_some_and(|before| Arc::ptr_eq(before, facts))
        };
        let changed = self.days.iter().filter(|(day, facts)| !is_same(day, facts));
        let gone = before.days.keys().filter(|day| !self.days.contains_key(day));
        (changed.filter_map(text_of).collect(), gone.map(ToString::to_string).collect())
    }

    /// The texts of all days, by their names.
    #[must_use]
    pub fn all(&self) -> Vec<(String, String)> {
        self.days.iter().filter_map(text_of).collect()
    }
}

fn text_of((day, facts): (&Day, &Arc<Vec<Fact>>)) -> Option<(String, String)> {
    Some((day.to_string(), serde_json::to_string(facts.as_slice()).ok()?))
}

impl OlderFacts {
    /// None yet, below a place of a book.
    pub fn below(upper: FactKey, position: Position) -> Self {
        let (days, day_of) = (BTreeMap::new(), HashMap::new());
        Self { position, upper, lower: Some(upper), days, day_of }
    }

    /// Those that a device has stored, for a book at `position` whose facts end at `upper`. They may be of an earlier position
    /// of the same log. `None` if the device has another state of the book, or if another build has stored it in another
    /// shape.
    pub fn read(texts: &OlderTexts, upper: FactKey, position: Position) -> Option<Self> {
        let head: OlderHead = serde_json::from_str(&texts.head).ok()?;
        let at = head.position;
        let is_earlier = at.epoch == position.epoch && at.seq < position.seq;
        if head.shape != SHAPE || !(is_earlier || at == position) {
            return None;
        }
        let (place, above) = KeptBook::read(&texts.book)?.facts_from(at)?;
        let is_next = place == head.upper && head.lower.is_none_or(|lower| lower <= upper);
        let days: Vec<Vec<Fact>> =
            texts.days.iter().map(|day| serde_json::from_str(day).ok()).collect::<Option<_>>()?;
        if !is_next || days.iter().map(Vec::len).sum::<usize>() != head.facts {
            return None;
        }
        let mut read = Self { lower: head.lower, ..Self::below(upper, at) };
        for fact in days.into_iter().flatten().chain(above) {
            read.put(fact);
        }
        Some(read)
    }

    /// As they are at a later position; `None` if the log does not reach there.
    pub fn moved(mut self, log: &Read<Vec<Event>>, position: Position) -> Option<Self> {
        let Read { value, position: end } = log;
        let missing = self.position.seq + 1..=position.seq;
        let is_whole = end.epoch == position.epoch && end.seq >= position.seq;
        for (seq, event) in missing.zip(value.iter().map(Some).chain(std::iter::repeat(None))) {
            let event = event.filter(|event| is_whole && event.seq == seq)?;
            self.change(&event.changes);
        }
        self.position = position;
        Some(self)
    }

    /// As they are to be stored; `None` if there are none yet.
    pub fn copy(&self) -> Option<OlderCopy> {
        let Self { position, upper, lower, .. } = *self;
        if lower == Some(upper) {
            return None;
        }
        let head = OlderHead { shape: SHAPE, position, upper, lower, facts: self.len() };
        Some(OlderCopy { head: serde_json::to_string(&head).ok()?, days: self.days.clone() })
    }

    /// The last change that they contain.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// They are below this place.
    pub const fn upper(&self) -> FactKey {
        self.upper
    }

    /// Facts below this place are not kept; `None` if there are none.
    #[cfg(test)]
    pub const fn lower(&self) -> Option<FactKey> {
        self.lower
    }

    /// All of them, the newest first.
    #[cfg(test)]
    pub fn all(&self) -> Vec<Fact> {
        self.days.values().rev().flat_map(|facts| facts.iter().rev().cloned()).collect()
    }

    fn len(&self) -> usize {
        self.days.values().map(|facts| facts.len()).sum()
    }

    /// The facts below a place that are shown next, the newest first, and the place of the last one; `None` for that if
    /// there are no facts below.
    pub fn portion(&self, below: FactKey) -> (Vec<Fact>, Option<FactKey>) {
        let mut facts: Vec<Fact> = Vec::new();
        for day in self.days.range(..=below.date).rev().map(|(_, facts)| facts) {
            if facts.len() >= PORTION {
                let last = facts.last().map(Fact::key);
                return (facts, last);
            }
            facts.extend(day.iter().rev().filter(|fact| fact.key() < below).cloned());
        }
        (facts, self.lower)
    }

    fn has_place(&self, key: FactKey) -> bool {
        key < self.upper && self.lower.is_none_or(|lower| key >= lower)
    }

    fn put(&mut self, fact: Fact) {
        self.remove(fact.id);
        if !self.has_place(fact.key()) {
            return;
        }
        self.day_of.insert(fact.id, fact.date);
        let facts = Arc::make_mut(self.days.entry(fact.date).or_default());
        facts.insert(facts.partition_point(|other| other.key() < fact.key()), fact);
    }

    fn remove(&mut self, id: FactId) {
        let Some(day) = self.day_of.remove(&id) else { return };
        let Some(facts) = self.days.get_mut(&day) else { return };
        let facts = Arc::make_mut(facts);
        facts.retain(|fact| fact.id != id);
        if facts.is_empty() {
            self.days.remove(&day);
        }
    }

    fn change(&mut self, entries: &[Entry]) {
        for entry in entries {
            match &entry.change {
                Change::FactCreated(fact) | Change::FactUpdated(fact) => self.put(fact.clone()),
                Change::FactDeleted(gone) => self.remove(gone.id),
                _ => {}
            }
        }
    }

    /// Whether there are as many as are to be kept with `above` facts of the book. `month` is the first day of the running
    /// month.
    fn is_enough(&self, above: usize, month: Day) -> bool {
        let count = above + self.len();
        let is_whole = self.lower.is_none_or(|lower| lower.date < month);
        (count >= LEAST_KEPT && is_whole) || count >= MOST_KEPT
    }

    /// Drops the oldest days that need not be kept, once there are many of them.
    fn trim(&mut self, above: usize, month: Day) {
        let mut count = above + self.len();
        if count < LEAST_KEPT + SPARE {
            return;
        }
        // What begins before the month is known to have all of it.
        while let Some(first) = self.first_of(0)
            && let Some(next) = self.first_of(1).filter(|next| next.date < month)
        {
            let facts = self.days.get(&first.date).map_or(0, |facts| facts.len());
            if count - facts < LEAST_KEPT {
                return;
            }
            count -= facts;
            for gone in self.days.remove(&first.date).iter().flat_map(|facts| facts.iter()) {
                self.day_of.remove(&gone.id);
            }
            self.lower = Some(next);
        }
    }

    /// The oldest fact of one of the oldest days.
    fn first_of(&self, day: usize) -> Option<FactKey> {
        self.days.values().nth(day).and_then(|facts| facts.first()).map(Fact::key)
    }
}

/// The older facts while the rest of them is read from the server.
pub(super) struct OlderReading {
    pub facts: OlderFacts,
    /// The changes since a page was asked for; `None` if none is.
    since: Option<Vec<(Seq, Vec<Entry>)>>,
    /// A page that is ahead of the facts.
    ahead: Option<Read<FactPage>>,
}

impl OlderReading {
    pub const fn new(facts: OlderFacts) -> Self {
        Self { facts, since: None, ahead: None }
    }

    /// The place below which a page is to be read from the server; `None` if one is on its way, or if there are enough.
    /// The oldest are dropped if there are many more.
    pub fn ask(&mut self, above: usize, month: Day) -> Option<FactKey> {
        self.facts.trim(above, month);
        let after = self.facts.lower?;
        if self.since.is_some() || self.facts.is_enough(above, month) {
            return None;
        }
        self.since = Some(Vec::new());
        Some(after)
    }

    /// Applies a change of the log. Returns whether a page that was ahead is taken over with it.
    pub fn arrived(&mut self, position: Position, entries: &[Entry]) -> bool {
        self.facts.change(entries);
        self.facts.position = position;
        if let Some(since) = &mut self.since {
            since.push((position.seq, entries.to_vec()));
        }
        let page = self.ahead.take();
        page.is_some() && self.received(page)
    }

    /// Takes over the page that was asked for; `None` if it did not come. Returns false if it is not usable, or not yet: it
    /// may be of a later state of the book.
    pub fn received(&mut self, page: Option<Read<FactPage>>) -> bool {
        let Some(Read { value, position }) =
            page.filter(|page| page.position.epoch == self.facts.position.epoch)
        else {
            self.since = None;
            return false;
        };
        if position.seq > self.facts.position.seq {
            self.ahead = Some(Read { value, position });
            return false;
        }
        let FactPage { items, next } = value;
        self.facts.lower = next;
        for fact in items {
            self.facts.put(fact);
        }
        // They may have moved facts from one side of the place to the other. Once more they change nothing else.
        for (seq, entries) in self.since.take().into_iter().flatten() {
            if seq > position.seq {
                self.facts.change(&entries);
            }
        }
        true
    }
}
