//! The state of the outbox, and how it is applied to the book of the page.

use super::{
    Hearer,
    device_book::Keeping,
    pending::{Call, Pending, State},
    queue::{Queue, Turns},
    row::{RowId, plan_row, versions_in, versions_of},
    storage::DeviceStorage,
    stored::{Stored, TakenOver},
};
use crate::{
    command::{Command, Decision, Fate, RowChange, Subject},
    domain::{Fact, FieldError, MutationId, PlanForm},
    error::AppError,
    replica::{
        Arrival, Replica,
        pending::{Asked, RowState},
    },
    service::{Terms, Written},
    wire::Position,
};
use leptos::prelude::GetUntracked;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The state of the outbox.
#[derive(Default)]
pub(super) struct OutboxState {
    pub queue: Queue,
    /// Commands that the server has carried out but the page's log has not reached, in the order of the log.
    pub settling: Vec<Settling>,
    /// Carried-out commands whose records the device may still have.
    pub carried_out: BTreeSet<MutationId>,
    /// The version of each row after this page's last command on it.
    pub own: BTreeMap<RowId, i64>,
    /// The epoch of these versions.
    pub epoch: Option<Uuid>,
    /// The facts of every row that was deleted on this page, as the person saw them.
    pub deleted: BTreeMap<RowId, Vec<Fact>>,
    /// The book to which pending commands are applied. Set once it is loaded.
    pub replica: Option<Replica>,
    /// The forms that wait for the result of their command.
    pub forms: Vec<(MutationId, Hearer)>,
    /// The part of the queue that is stored; `None` without a store.
    pub stored: Option<Stored>,
    /// How the device is reached; `None` until the code for it is loaded.
    pub storage: Option<DeviceStorage>,
    /// How the book is kept on the device; `None` if it is not.
    pub keeping: Option<Keeping>,
    /// The last change that was carried out from here in a household whose book this page does not have.
    pub ahead: Option<Position>,
    /// Commands of other tabs, which those tabs are given a moment to send, unless this page connects before.
    pub of_other_tabs: BTreeSet<MutationId>,
    /// Commands on rows that another member has changed, of a household whose book this page does not have: only a page
    /// of that household can decide about them. Some may be gone by now.
    pub undecided: BTreeSet<MutationId>,
}

/// A command that the server has carried out but the page's log has not reached.
#[derive(Clone, Debug)]
pub(super) struct Settling {
    pub pending: Pending,
    /// Its position in the log.
    pub position: Position,
    /// Its facts there; empty for other rows.
    pub facts: Vec<Fact>,
}

impl OutboxState {
    /// The facts that a command will result in; empty for a deleted row, or if unknown.
    ///
    /// # Errors
    /// The fields for which it is foreseen to be refused.
    pub fn foresee(&self, pending: &Pending) -> Result<Vec<Fact>, Vec<FieldError>> {
        let (Some(replica), Some(row)) = (&self.replica, pending.row()) else { return Ok(Vec::new()) };
        let corrected = match row {
            RowId::Fact(id) => self.queue.refused_of(row).map(|_| id),
            RowId::Article(_) | RowId::FinancialCenter(_) | RowId::Recurring(_) => None,
            // The screens of these show a refusal where the row is.
            RowId::Occurrence(..) | RowId::Plan(..) | RowId::Household | RowId::Member(_) => {
                return Ok(Vec::new());
            }
        };
        // Whether the row exists and has this version is checked by the server, whose book is newer.
        let terms =
            Terms { mutation_id: Some(pending.mutation), base_version: None, typed_in: pending.typed_in };
        match replica.decide(terms, &pending.command, corrected) {
            Decision::Changes(changes) => {
                let facts = changes.iter().filter_map(RowChange::fact);
                let stay = facts.filter(|change| change.fate != Fate::Deleted);
                Ok(stay.map(|change| change.after.clone()).collect())
            }
            Decision::Refused(AppError::Invalid { errors }) => Err(errors),
            Decision::Refused(_) | Decision::Already | Decision::Unknown => Ok(Vec::new()),
        }
    }

    /// Takes over the records of the store: see [`Stored::take_over`].
    pub fn take_over(&mut self, records: &[(String, String)]) -> TakenOver {
        let Some(stored) = &mut self.stored else { return TakenOver::default() };
        let taken = stored.take_over(records, &mut self.queue, Uuid::now_v7());
        for (mutation, _) in &taken.unsettled {
            let Some(pending) = self.queue.get(*mutation).filter(|pending| pending.command.deletes()) else {
                continue;
            };
            if let Some(row) = pending.row() {
                self.deleted.insert(row, pending.seen.facts().to_vec());
            }
        }
        self.of_other_tabs.extend(taken.unsettled.iter().map(|(mutation, _)| *mutation));
        self.fold();
        taken
    }

    /// Applies the commands to the book of the page: first the carried-out ones, in the order of the log.
    pub fn fold(&self) {
        if let Some(replica) = &self.replica {
            replica.foresee(self.all_asked());
        }
    }

    /// The commands in the order in which they are applied.
    pub(super) fn all_asked(&self) -> Vec<Asked> {
        let settling = self.settling.iter().map(|one| {
            let answer = (one.position, one.facts.clone());
            Asked { answer: Some(answer), ..self.asked(&one.pending, RowState::Settled) }
        });
        let turns = self.queue.turns();
        let waiting = self.queue.all().iter().map(|pending| {
            let state = pending.row().map_or(RowState::Saving, |row| self.state(&turns, row));
            self.asked(pending, state)
        });
        settling.chain(waiting).collect()
    }

    fn asked(&self, pending: &Pending, state: RowState) -> Asked {
        let row = match pending.row() {
            Some(RowId::Fact(id)) => Some(id),
            _ => None,
        };
        let refused = matches!(state, RowState::Refused(_));
        let alone = matches!(pending.command, Command::SetPlans(_));
        let shown = pending.shown();
        let hidden = pending.command.deletes() && !refused;
        let Call { command, .. } = pending.call();
        Asked {
            mutation: pending.mutation,
            command,
            typed_in: pending.typed_in,
            row,
            shown: if hidden {
                Some(Vec::new())
            } else {
                Some(shown.to_vec()).filter(|facts| !facts.is_empty())
            },
            stands: if alone { !pending.is_refused() } else { !refused },
            state,
            uncertain: pending.uncertain,
            answer: None,
        }
    }

    /// The state of a row; `turns` are those of the queue. The first attempt is not shown.
    pub fn state(&self, turns: &Turns<'_>, row: RowId) -> RowState {
        let mut state = RowState::Saving;
        for pending in self.queue.of(row) {
            if let State::Refused(error) = &pending.state {
                return RowState::Refused(error.clone());
            }
            if pending.is_held_up() || turns.held_by(pending.mutation).is_some_and(Pending::is_held_up) {
                state = RowState::Waiting;
            }
        }
        state
    }

    /// Records that a command was carried out, and the versions of its rows after it.
    pub fn answered(&mut self, mutation: MutationId, versions: &[(RowId, i64)]) -> Option<Pending> {
        let done = self.queue.answered(mutation, versions)?;
        let own = versions.iter().filter(|(row, _)| done.changes(*row));
        self.own.extend(own.copied());
        self.carried_out.insert(mutation);
        Some(done)
    }

    /// Records the response to a command; returns false if it is known already. Until the page's log has
    /// reached the command, the response stands for it.
    pub fn carried_out(&mut self, mutation: MutationId, written: Written<Subject>) -> bool {
        let Written { value: subject, position, .. } = written;
        let mut versions = versions_in(&subject);
        let Some(pending) = self.queue.get(mutation) else { return false };
        if matches!(pending.command, Command::SetPlans(_)) {
            // A plan that was never set and stays unset has no row.
            let known = |row: &RowId| versions.iter().any(|(other, _)| other == row);
            let unset: Vec<RowId> =
                pending.rows.iter().map(|(row, _)| *row).filter(|row| !known(row)).collect();
            versions.extend(unset.into_iter().map(|row| (row, 0)));
        }
        let Some(pending) = self.answered(mutation, &versions) else { return false };
        let facts = match subject {
            Subject::Fact(fact) => vec![fact],
            Subject::Group(group) => group.facts,
            _ => Vec::new(),
        };
        self.settles(pending, position, facts);
        self.fold();
        true
    }

    /// Records that the change at this position has carried out a command.
    pub fn settles(&mut self, pending: Pending, position: Position, facts: Vec<Fact>) {
        let Some(replica) = &self.replica else {
            let is_later = |before: Position| before.epoch != position.epoch || before.seq < position.seq;
            if self.ahead.is_none_or(is_later) {
                self.ahead = Some(position);
            }
            return;
        };
        if !reaches(replica, position) {
            let at = self.settling.partition_point(|one| one.position.seq < position.seq);
            self.settling.insert(at, Settling { pending, position, facts });
        }
    }

    /// Handles a change or a new snapshot; returns the command that it settles.
    pub fn arrived(&mut self, arrival: Arrival<'_>) -> Option<MutationId> {
        let done = match arrival {
            Arrival::Changes(Some(mutation), entries) => {
                let mut versions = versions_of(entries);
                // All parts of a transfer or split have the same version.
                let fact = versions
                    .iter()
                    .find(|(row, _)| matches!(row, RowId::Fact(_)))
                    .map(|(_, version)| *version);
                let row = self.queue.get(mutation).and_then(Pending::row);
                let missing = row.filter(|row| versions.iter().all(|(other, _)| other != row));
                if let (Some(row @ RowId::Fact(_)), Some(version)) = (missing, fact) {
                    versions.push((row, version));
                }
                self.answered(mutation, &versions)
            }
            Arrival::Changes(None, _) => None,
            Arrival::Reading => {
                self.queue.read_anew();
                None
            }
        };
        self.settle();
        self.fold();
        done.map(|done| done.mutation)
    }

    /// Removes what the book of the page contains by now. Versions of another epoch are meaningless.
    pub fn settle(&mut self) {
        if let Some(replica) = &self.replica {
            let epoch = Some(replica.position.get_untracked().epoch);
            if self.epoch != epoch {
                self.own.clear();
                self.epoch = epoch;
            }
            self.settling.retain(|one| !reaches(replica, one.position));
        }
    }

    /// The last command on a row that is not in the book of the page.
    pub fn last_on(&self, row: RowId) -> Option<&Pending> {
        let settling = || self.settling.iter().rev().map(|one| &one.pending);
        self.queue.of(row).last().or_else(|| settling().find(|pending| pending.changes(row)))
    }

    /// The entered plans that are not in the book of the page, the oldest first.
    pub fn all_planned(&self) -> impl DoubleEndedIterator<Item = &PlanForm> {
        fn forms(pending: &Pending) -> Option<&[PlanForm]> {
            match &pending.command {
                Command::SetPlans(forms) => Some(forms),
                _ => None,
            }
        }
        let settling = self.settling.iter().map(|one| &one.pending);
        let waiting = self.queue.all().iter().filter(|pending| !pending.is_refused());
        settling.chain(waiting).filter_map(forms).flatten()
    }

    /// The plan that was entered last for a row and is not in the book of the page.
    pub fn planned(&self, row: RowId) -> Option<&PlanForm> {
        self.all_planned().rev().find(|form| plan_row(form) == Some(row))
    }
}

/// Whether the book of the page contains this change. After a change of epoch that is unknown, and the
/// snapshot decides.
fn reaches(replica: &Replica, position: Position) -> bool {
    let here = replica.position.get_untracked();
    here.epoch != position.epoch || here.seq >= position.seq
}
