//! The book with the pending commands applied.
//!
//! Each command is decided on the book as the commands before it leave it. Its entries go through the
//! reducer, like a frame. Before a frame is applied they are undone, the last one first, so that the server's
//! changes are only ever applied to the confirmed book. This costs what is pending, however much is loaded.
//!
//! Nothing counts twice: a command may be in the book already, if its response was lost. It is then decided
//! on the rows that it made, and results in the same rows or in a refusal. Pure, like the reducer.

use super::{
    apply::Book,
    inverse::{Inverse, deletion, inverse},
    known::{Mark, OnPage},
    loaded::in_order,
    pending::Asked,
    settlements::Settlements,
};
use crate::{
    command::{Command, Decision, Fate, RowChange, TypedIn, decide},
    domain::{Fact, FactId, MutationId},
    error::AppError,
    service::Terms,
    wire::{Change, Entry, Position},
};

/// The book of a page with the pending commands applied.
#[derive(Clone, Debug)]
pub struct Foreseen {
    book: Book,
    undo: Vec<Inverse>,
    /// The tombstones of facts that the commands delete.
    deleted: Vec<Fact>,
    /// How days are settled, by the commands too.
    settlements: Settlements,
    /// At most one for each row; there are as few as pending commands.
    marks: Vec<Mark>,
    /// The commands that the book does not include because they would be refused by now.
    refusals: Vec<(MutationId, AppError)>,
}

impl Foreseen {
    /// A book without pending commands.
    #[must_use]
    pub fn new(book: Book) -> Self {
        let settlements = book.settlements.clone();
        let (undo, deleted) = (Vec::new(), Vec::new());
        Self { book, undo, deleted, settlements, marks: Vec::new(), refusals: Vec::new() }
    }

    /// The book with the pending commands applied.
    #[must_use]
    pub const fn book(&self) -> &Book {
        &self.book
    }

    /// The rows of facts that are not settled, or differ from the book.
    #[must_use]
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// The commands that the book does not include because they would be refused by now, with the reasons.
    #[must_use]
    pub fn refusals(&self) -> &[(MutationId, AppError)] {
        &self.refusals
    }

    /// How a row differs; `None` if it does not.
    #[must_use]
    pub fn mark_of(&self, row: FactId) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.row == row)
    }

    /// Undoes the pending commands and returns the confirmed book.
    pub fn confirmed(&mut self) -> &mut Book {
        let ahead = self.months_ahead();
        while let Some(undo) = self.undo.pop() {
            match undo {
                Inverse::Entry(entry) => self.book.entry(&entry),
                Inverse::Plan(article, month) => self.book.unset_plan(article, month),
            }
        }
        self.book.grid = self.book.grid.take().or(ahead);
        self.deleted.clear();
        self.marks.clear();
        &mut self.book
    }

    /// Applies these commands, in order, in place of the earlier ones.
    pub fn foresee(&mut self, asked: &[Asked]) {
        let here = self.confirmed().position();
        self.settlements.clone_from(&self.book.settlements);
        self.refusals.clear();
        let ahead = self.months_ahead();
        for one in asked.iter().filter(|one| !one.is_in(here)) {
            let entries = if one.stands { self.entries(one) } else { Vec::new() };
            self.mark(one, &entries);
            self.settlements.see(&entries, &self.book.shown.recurring);
            for entry in entries {
                self.carry_out(entry);
            }
        }
        self.book.grid = self.book.grid.take().or(ahead);
    }

    /// Decides a command on the foreseen book. Rows that are shown differently from the book are decided as
    /// they are shown, except that of `corrected`, whose command was refused and is replaced.
    #[must_use]
    pub fn decide(&self, terms: Terms, command: &Command, corrected: Option<FactId>) -> Decision {
        decide(&self.shown_page(corrected), terms, command)
    }

    /// The currencies in which the amounts of a command are typed: those that its accounts have on the screen.
    #[must_use]
    pub fn typed_in(&self, command: &Command) -> TypedIn {
        TypedIn::of(&self.shown_page(None), command)
    }

    fn shown_page(&self, corrected: Option<FactId>) -> OnPage<'_> {
        let shown = self.marks.iter().filter(|mark| !mark.counts && Some(mark.row) != corrected).collect();
        OnPage { book: &self.book, deleted: &self.deleted, settlements: &self.settlements, shown }
    }

    /// Months that were read after the book may contain pending commands, so nothing is applied to them.
    fn months_ahead(&mut self) -> Option<crate::service::Grid> {
        let seq = self.book.position().seq;
        self.book.grid.take_if(|grid| grid.position.seq > seq)
    }

    fn entries(&mut self, one: &Asked) -> Vec<Entry> {
        // On the row as it is now: a revision applies its own fields to what other members have changed since. The
        // server decides whether that is a conflict.
        let terms = Terms { mutation_id: Some(one.mutation), base_version: None, typed_in: one.typed_in };
        let page = OnPage {
            book: &self.book,
            deleted: &self.deleted,
            settlements: &self.settlements,
            shown: Vec::new(),
        };
        let changes = match decide(&page, terms, &one.command) {
            Decision::Changes(changes) => changes,
            Decision::Refused(error) => {
                // One that was sent may be in the book already, and be refused for that.
                if !one.uncertain && one.answer.is_none() {
                    self.refusals.push((one.mutation, error));
                }
                Vec::new()
            }
            Decision::Already | Decision::Unknown => Vec::new(),
        };
        let mut entries: Vec<Entry> = changes.iter().filter_map(RowChange::entry).collect();
        if let Some((_, facts)) = &one.answer {
            if !facts.is_empty() {
                self.answered(&mut entries, one, facts);
            }
        } else if one.uncertain && entries.iter().any(|entry| self.may_be_below(entry)) {
            return Vec::new();
        }
        let tombstones = changes.iter().filter_map(RowChange::fact).filter(|row| row.fate == Fate::Deleted);
        self.deleted.extend(tombstones.map(|row| row.after.clone()));
        entries
    }

    /// Whether this is a new fact that the book may contain among the rows that are not loaded.
    fn may_be_below(&self, entry: &Entry) -> bool {
        let Change::FactCreated(fact) = &entry.change else { return false };
        self.book.older_than().is_some_and(|last| fact.date <= last)
    }

    /// Replaces the foreseen facts by those of the server's response.
    fn answered(&self, entries: &mut Vec<Entry>, one: &Asked, rows: &[Fact]) {
        entries.retain(|entry| !is_of_facts(entry));
        let comes_back = matches!(one.command, Command::RestoreFact { .. } | Command::RestoreGroup { .. });
        let seq = self.book.position().seq;
        let group = rows.first().filter(|fact| fact.group.is_some());
        let parts = group.map(|fact| self.book.facts.row(fact.row_id())).unwrap_or_default();
        for fact in rows {
            let change = match self.book.fact(fact.id) {
                Some(old) => (Change::FactUpdated(fact.clone()), Some(old.before())),
                // The figures include an old version of a fact that is neither loaded nor new. That version
                // is unknown, so the fact is left out.
                None if comes_back || fact.created_seq > seq || !parts.is_empty() => {
                    (Change::FactCreated(fact.clone()), None)
                }
                None => continue,
            };
            entries.push(Entry { change: change.0, before: change.1 });
        }
        let gone = parts.iter().filter(|part| rows.iter().all(|fact| fact.id != part.id));
        entries.extend(gone.map(deletion));
    }

    /// Records the state of the rows of facts that a command affects.
    fn mark(&mut self, one: &Asked, entries: &[Entry]) {
        let mut moved: Vec<Mark> = Vec::new();
        for entry in entries {
            let (row, fact) = match &entry.change {
                Change::FactCreated(fact) | Change::FactUpdated(fact) => (fact.row_id(), Some(fact.clone())),
                Change::FactDeleted(gone) => (self.book.fact(gone.id).map_or(gone.id, Fact::row_id), None),
                _ => continue,
            };
            let at = moved.iter().position(|mark| mark.row == row).unwrap_or(moved.len());
            if at == moved.len() {
                moved.push(Mark { row, state: one.state.clone(), facts: Vec::new(), counts: true });
            }
            moved[at].facts.extend(fact);
        }
        if moved.is_empty()
            && let Some((row, shown)) = one.row.zip(one.shown.clone())
        {
            let version = |facts: &[Fact]| facts.first().map(|fact| fact.version);
            let there = self.book.facts.row(row);
            // What was refused, or waits and would be refused by now, is not in the figures. So the row shows what is; after
            // a refused deletion, unless the refusal contains a newer version. The dialog of a transfer or split takes
            // what waits from its row.
            let stays = !(shown.is_empty() || there.is_empty())
                && match (one.stands, one.command.deletes()) {
                    (false, true) => version(&there) >= version(&shown),
                    (false, false) => true,
                    (true, _) => one.answer.is_none() && there.iter().any(|fact| fact.group.is_none()),
                };
            let facts = if stays { there } else { shown };
            moved.push(Mark { row, state: one.state.clone(), facts, counts: stays });
        }
        for mark in moved {
            self.marks.retain(|old| old.row != mark.row);
            self.marks.push(Mark { facts: in_order(mark.facts), ..mark });
        }
    }

    fn carry_out(&mut self, entry: Entry) {
        self.undo.extend(inverse(&self.book, &entry.change));
        self.book.entry(&entry);
    }
}

impl Asked {
    /// Whether the log up to this position contains the command. After a change of epoch that is unknown, and
    /// the snapshot decides.
    fn is_in(&self, here: Position) -> bool {
        self.answer
            .as_ref()
            .is_some_and(|(position, _)| position.epoch != here.epoch || position.seq <= here.seq)
    }
}

const fn is_of_facts(entry: &Entry) -> bool {
    matches!(entry.change, Change::FactCreated(_) | Change::FactUpdated(_) | Change::FactDeleted(_))
}
