//! The server of these tests: it carries out each command once, by the rule that server and page share, and
//! keeps the book after every change.

use crate::{
    command::{Command, Decision, RowChange, Subject, decide},
    domain::{Day, Fact, FactGroup, FactId, MutationId, RecurringId},
    error::AppError,
    outbox::pending::Call,
    replica::{apply::Book, apply::Outcome, known::OnPage},
    service::{Snapshot, Written},
    wire::{Change, Commit, Entry, Frame, Position},
};
use std::collections::BTreeMap;
use uuid::Uuid;

pub struct Ledger {
    pub book: Book,
    /// The book before the first change of this epoch.
    first: Snapshot,
    /// The log of this epoch, each change with the book after it.
    log: Vec<(Commit, Snapshot)>,
    deleted: Vec<Fact>,
    done: BTreeMap<MutationId, (Position, Subject)>,
    /// The transactions of confirmed days.
    confirmed: BTreeMap<(RecurringId, Day), FactId>,
}

impl Ledger {
    pub fn new(start: Snapshot) -> Self {
        let (log, deleted) = (Vec::new(), Vec::new());
        let first = start.clone();
        Self {
            book: Book::new(start),
            first,
            log,
            deleted,
            done: BTreeMap::new(),
            confirmed: BTreeMap::new(),
        }
    }

    /// The book at a position of this epoch.
    pub fn at(&self, seq: i64) -> Snapshot {
        let then = self.log.iter().find(|(commit, _)| commit.seq == seq);
        then.map_or(&self.first, |(_, book)| book).clone()
    }

    pub fn head(&self) -> i64 {
        self.book.position().seq
    }

    pub fn frame(&self, seq: i64) -> Option<Frame> {
        let found = self.log.iter().find(|(commit, _)| commit.seq == seq);
        found.map(|(commit, _)| Frame::Commit(commit.clone()))
    }

    /// Restores a backup: the same book, with a new log.
    pub fn begin_epoch(&mut self) {
        self.log.clear();
        self.book.shown.position.epoch = Uuid::now_v7();
        self.first = self.book.snapshot();
    }

    pub fn deleted(&self) -> &[Fact] {
        &self.deleted
    }

    pub fn serve(&mut self, mutation: MutationId, call: &Call) -> Result<Written<Subject>, AppError> {
        if let Some((position, value)) = self.done.get(&mutation).cloned() {
            return Ok(Written { value, position, repeated: true, already: false });
        }
        let place = match &call.command {
            Command::ConfirmOccurrence { id, form } => {
                form.day.as_ref().and_then(|day| day.parse().ok()).map(|day| (*id, day))
            }
            _ => None,
        };
        if let Some(fact) = place.and_then(|place| self.confirmed.get(&place))
            && let Some(fact) = self.book.facts.get(*fact)
        {
            let value = Subject::Fact(fact.clone());
            return Ok(Written { value, position: self.book.position(), repeated: false, already: false });
        }
        let page = OnPage { deleted: &self.deleted, ..OnPage::new(&self.book) };
        let changes = match decide(&page, call.terms, &call.command) {
            Decision::Changes(changes) => changes,
            Decision::Refused(error) => return Err(error),
            Decision::Unknown => return Err(AppError::NotFound),
            Decision::Already => {
                let value = self.subject(&call.command, &[]);
                let position = self.book.position();
                return Ok(Written { value, position, repeated: true, already: true });
            }
        };
        self.commit(mutation, &changes);
        let value = self.subject(&call.command, &changes);
        if let (Some(place), Subject::Fact(fact)) = (place, &value) {
            self.confirmed.insert(place, fact.id);
        }
        self.done.insert(mutation, (self.book.position(), value.clone()));
        Ok(Written { value, position: self.book.position(), repeated: false, already: false })
    }

    fn commit(&mut self, mutation: MutationId, changes: &[RowChange]) {
        let seq = self.head() + 1;
        let mut entries: Vec<Entry> = changes.iter().filter_map(RowChange::entry).collect();
        for entry in &mut entries {
            match &mut entry.change {
                Change::FactCreated(fact) if fact.created_seq == i64::MAX => fact.created_seq = seq,
                Change::FactDeleted(gone) => {
                    let fact = self.book.facts.get(gone.id).cloned();
                    self.deleted.extend(fact.map(|fact| Fact { version: gone.version, ..fact }));
                }
                _ => {}
            }
        }
        let commit = Commit { seq, check: None, mutation_id: Some(mutation), entries };
        let outcome = self.book.apply(Frame::Commit(commit.clone()));
        assert!(matches!(outcome, Outcome::Applied(_)));
        let me = self.first.me;
        self.log.push((commit, Snapshot { me, ..self.book.snapshot() }));
    }

    /// The row that a command was about, as it is after it.
    fn subject(&self, command: &Command, changes: &[RowChange]) -> Subject {
        let shown = &self.book.shown;
        let changed = changes.iter().find_map(|change| match change {
            RowChange::Fact(row) => {
                let fact = self.book.facts.get(row.after.id)?;
                Some(match fact.group {
                    None => Subject::Fact(fact.clone()),
                    Some(group) => {
                        let facts = self.book.facts.row(fact.row_id());
                        Subject::Group(FactGroup {
                            id: group.id,
                            kind: group.kind,
                            version: fact.version,
                            facts,
                        })
                    }
                })
            }
            RowChange::Article(row) => Some(Subject::Article(row.after.clone())),
            RowChange::FinancialCenter(row) => Some(Subject::FinancialCenter(row.after.clone())),
            RowChange::Recurring(row) => Some(Subject::Recurring(row.after.clone())),
            RowChange::Household(row) => Some(Subject::Household(row.after.clone())),
            RowChange::Member(row) => Some(Subject::Member(row.after.clone())),
            RowChange::Plan(_) | RowChange::Occurrence(_) => None,
        });
        let stands = || match command {
            Command::RestoreFact { id } => self.book.facts.get(*id).cloned().map(Subject::Fact),
            Command::RestoreGroup { kind, id } => {
                let facts = self.book.facts.row(id.uuid().into());
                let version = facts.first()?.version;
                Some(Subject::Group(FactGroup { id: *id, kind: *kind, version, facts }))
            }
            Command::SetPlans(forms) => {
                let is = |form: &crate::domain::PlanForm, plan: &crate::domain::Plan| {
                    form.article_id.as_deref() == Some(&plan.article_id.to_string())
                        && form.month.as_deref() == Some(&plan.month.to_string())
                };
                let rows = shown.plans.iter().filter(|plan| forms.iter().any(|form| is(form, plan)));
                Some(Subject::Plans(rows.cloned().collect()))
            }
            Command::SkipOccurrence { id, .. } => {
                shown.recurring.iter().find(|row| row.id == *id).cloned().map(Subject::Recurring)
            }
            _ => None,
        };
        changed.or_else(stands).unwrap_or(Subject::Deleted(()))
    }
}
