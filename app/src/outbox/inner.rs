//! What the outbox holds, and how it shows in the book of the page.

use super::{
    Hearer,
    pending::{Pending, State},
    queue::Queue,
    row::{RowId, plan_row},
};
use crate::{
    command::{Command, Decision, Fate, RowChange},
    domain::{Fact, FieldError, MutationId, PlanForm},
    error::AppError,
    replica::{Replica, pending::RowState},
    service::Terms,
    wire::Position,
};
use leptos::prelude::GetUntracked;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What the outbox holds.
#[derive(Default)]
pub(super) struct Inner {
    pub queue: Queue,
    /// Commands that are carried out, until the log of this page has reached them.
    pub settling: Vec<(Pending, Position)>,
    /// The version that the last own command left a row in.
    pub own: BTreeMap<RowId, i64>,
    /// The log to which these versions belong.
    pub epoch: Option<Uuid>,
    /// The facts of every row that was deleted here, as the person saw them.
    pub deleted: BTreeMap<RowId, Vec<Fact>>,
    /// The book that foresees. Set once it is loaded.
    pub replica: Option<Replica>,
    /// The forms that have heard nothing yet.
    pub forms: Vec<(MutationId, Hearer)>,
}

impl Inner {
    /// The facts that a command leads to; none of a row that goes, or where that is unknown.
    pub fn foresee(&self, row: Option<RowId>, command: &Command) -> Result<Vec<Fact>, Vec<FieldError>> {
        let Some(replica) = &self.replica else { return Ok(Vec::new()) };
        if !matches!(row, Some(RowId::Fact(_))) {
            // The book shows no others as pending, so a command may name a row that it does not know yet.
            return Ok(Vec::new());
        }
        if let Some(RowId::Fact(id)) = row.filter(|row| self.queue.refused_of(*row).is_some()) {
            // It is corrected by this command, and foreseen without it.
            replica.forget(id);
        }
        // Whether the row is there and has that version is the server's to say, whose book is newer.
        match replica.decide(Terms::default(), command) {
            Decision::Changes(changes) => {
                let facts = changes.iter().filter_map(RowChange::fact);
                let stay = facts.filter(|change| change.fate != Fate::Deleted);
                Ok(stay.map(|change| change.after.clone()).collect())
            }
            Decision::Refused(AppError::Invalid { errors }) => {
                row.into_iter().for_each(|row| self.show(row));
                Err(errors)
            }
            Decision::Refused(_) | Decision::Already | Decision::Unknown => Ok(Vec::new()),
        }
    }

    /// How far a row is. The first try does not warrant a word.
    pub fn state(&self, row: RowId) -> RowState {
        let mut state = RowState::Saving;
        for pending in self.queue.of(row) {
            match &pending.state {
                State::Refused(error) => return RowState::Refused(error.clone()),
                State::Waiting if pending.tries > 0 => state = RowState::Waiting,
                State::Sending if pending.tries > 1 => state = RowState::Waiting,
                State::Waiting if self.queue.held_by(pending.mutation).is_some_and(Pending::is_refused) => {
                    state = RowState::Waiting;
                }
                _ => {}
            }
        }
        state
    }

    /// Shows a row of facts as what is pending on it leaves it.
    pub fn show(&self, row: RowId) {
        let RowId::Fact(id) = row else { return };
        let (Some(last), Some(replica)) = (self.queue.of(row).last(), &self.replica) else { return };
        let state = self.state(row);
        if last.deletes() && !matches!(state, RowState::Refused(_)) {
            replica.hide(id, None);
        } else if !last.shown().is_empty() {
            replica.pend(last.shown().to_vec(), state);
        }
    }

    /// Shows every row of facts that something is pending on.
    pub fn show_all(&self) {
        let mut rows: Vec<RowId> = self.queue.all().iter().filter_map(Pending::row).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter().for_each(|row| self.show(row));
    }

    /// A row of facts is as the book has it where nothing is pending on it any more.
    pub fn forget(&self, row: RowId) {
        if let (RowId::Fact(id), Some(replica)) = (row, &self.replica)
            && self.queue.of(row).next().is_none()
        {
            replica.forget(id);
        }
    }

    /// A command is carried out, and leaves its rows in these versions.
    pub fn answered(&mut self, mutation: MutationId, versions: &[(RowId, i64)]) -> Option<Pending> {
        let done = self.queue.answered(mutation, versions)?;
        let own = versions.iter().filter(|(row, _)| done.changes(*row));
        self.own.extend(own.copied());
        Some(done)
    }

    /// An answer says what became of a row of facts.
    pub fn written(&self, done: &Pending, facts: Vec<Fact>, position: Position) {
        let Some(replica) = &self.replica else { return };
        let Some(row) = facts.first().map(|fact| RowId::Fact(fact.row_id())).or_else(|| done.row()) else {
            return;
        };
        // Never gone in between where more is pending: a row that comes back at once would be another one to the list.
        if self.queue.of(row).next().is_some() {
            return self.show(row);
        }
        match row {
            RowId::Fact(id) if facts.is_empty() => replica.hide(id, Some(position.seq)),
            RowId::Fact(_) => replica.written(facts, position.seq),
            _ => {}
        }
    }

    /// A command is carried out by the change of this position.
    pub fn settles(&mut self, done: Pending, position: Position) {
        let reached = self.replica.as_ref().is_none_or(|replica| reaches(replica, position));
        if !reached {
            self.settling.push((done, position));
        }
    }

    /// Drops what the book of the page has by now. Versions of another log say nothing of this one.
    pub fn settle(&mut self) {
        if let Some(replica) = &self.replica {
            let epoch = Some(replica.position.get_untracked().epoch);
            if self.epoch != epoch {
                self.own.clear();
                self.epoch = epoch;
            }
            self.settling.retain(|(_, position)| !reaches(replica, *position));
        }
    }

    /// The plans that were set and are not in the book of the page, the oldest first.
    pub fn all_planned(&self) -> impl DoubleEndedIterator<Item = &PlanForm> {
        fn forms(pending: &Pending) -> Option<&[PlanForm]> {
            match &pending.command {
                Command::SetPlans(forms) => Some(forms),
                _ => None,
            }
        }
        let settling = self.settling.iter().map(|(pending, _)| pending);
        let waiting = self.queue.all().iter().filter(|pending| !pending.is_refused());
        settling.chain(waiting).filter_map(forms).flatten()
    }

    /// What a plan was set to last and is not in the book of the page.
    pub fn planned(&self, row: RowId) -> Option<&PlanForm> {
        self.all_planned().rev().find(|form| plan_row(form) == Some(row))
    }
}

/// Whether the book of the page has this change. After another log began nobody can tell, and the book decides.
fn reaches(replica: &Replica, position: Position) -> bool {
    let here = replica.position.get_untracked();
    here.epoch != position.epoch || here.seq >= position.seq
}
