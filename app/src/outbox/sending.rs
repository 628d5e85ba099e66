//! The calls of the outbox: started, answered, refused, sent again.

use super::{
    DEADLINE, Heard, Outbox,
    deadline::within,
    merging::goes_on_from,
    pauses::{chance, goes_again, pause},
    pending::Pending,
    row::{RowId, versions_in, versions_of},
};
use crate::{
    api::command::write,
    command::{Command, Subject},
    domain::MutationId,
    error::AppError,
    replica::Arrival,
    service::Written,
};
use leptos::{prelude::*, task::spawn_local};

impl Outbox {
    /// Starts every call whose turn it is.
    pub fn wake(&self) {
        let ready = self.lock().queue.ready();
        for mutation in ready {
            self.start(mutation);
        }
    }

    /// Starts every call that was never tried and whose turn it is by now.
    fn go_on(&self) {
        let ready: Vec<MutationId> = {
            let inner = self.lock();
            let ready = inner.queue.ready().into_iter();
            ready.filter(|it| inner.queue.get(*it).is_some_and(|it| it.tries == 0)).collect()
        };
        for mutation in ready {
            self.start(mutation);
        }
    }

    pub(super) fn start(&self, mutation: MutationId) {
        let Some(call) = self.lock().queue.start(mutation) else { return };
        let this = self.clone();
        spawn_local(async move {
            let answer = within(DEADLINE, Box::pin(write(call.command, call.terms, call.member))).await;
            this.heard(mutation, call.attempt, answer);
        });
    }

    fn heard(&self, mutation: MutationId, attempt: u32, answer: Result<Written<Subject>, AppError>) {
        match answer {
            Ok(written) => self.written(mutation, written),
            Err(error) if goes_again(&error) => {
                if self.lock().queue.failed(mutation, attempt) {
                    self.pause(mutation, attempt, &error);
                }
            }
            Err(error) => self.said_no(mutation, attempt, error),
        }
        self.list();
    }

    fn written(&self, mutation: MutationId, written: Written<Subject>) {
        let mut versions = versions_in(&written.value);
        let before = self.lock().queue.get(mutation).is_some_and(|pending| pending.was_done_before(&written));
        let facts = match written.value {
            Subject::Fact(fact) => vec![fact],
            Subject::Group(group) => group.facts,
            _ => Vec::new(),
        };
        let mut inner = self.lock();
        let Some(pending) = inner.queue.get(mutation) else { return };
        if matches!(pending.command, Command::SetPlans(_)) {
            // A plan that was never set and stays so has no row.
            let known = |row: &RowId| versions.iter().any(|(other, _)| other == row);
            let unset: Vec<RowId> =
                pending.rows.iter().map(|(row, _)| *row).filter(|row| !known(row)).collect();
            versions.extend(unset.into_iter().map(|row| (row, 0)));
        }
        let Some(done) = inner.answered(mutation, &versions) else { return };
        inner.written(&done, facts, written.position);
        inner.settles(done, written.position);
        drop(inner);
        self.done(mutation, if before { Heard::Already } else { Heard::Done });
    }

    /// A command is done: its form hears so, and what waited for it goes.
    fn done(&self, mutation: MutationId, heard: Heard) {
        self.tell(mutation, heard);
        self.go_on();
    }

    /// The call goes again after a while, unless something else has made it go before.
    fn pause(&self, mutation: MutationId, attempt: u32, error: &AppError) {
        let rows: Vec<RowId> = {
            let inner = self.lock();
            let Some(pending) = inner.queue.get(mutation) else { return };
            let rows = pending.rows.iter().map(|(row, _)| *row).collect();
            pending.row().into_iter().for_each(|row| inner.show(row));
            rows
        };
        self.late(&rows);
        let this = self.clone();
        let again = move || {
            let waits = this.lock().queue.get(mutation).is_some_and(|it| it.tries == attempt);
            if waits {
                this.start(mutation);
                this.list();
            }
        };
        set_timeout(again, pause(attempt, error, chance()));
    }

    fn said_no(&self, mutation: MutationId, attempt: u32, error: AppError) {
        let mut inner = self.lock();
        let Some(pending) = inner.queue.get(mutation).cloned() else { return };
        let version = inner.replica.as_ref().and_then(|replica| goes_on_from(&pending, &error, replica));
        if let Some(version) = version
            && inner.queue.rebased(mutation, attempt, version)
        {
            drop(inner);
            return self.start(mutation);
        }
        if !inner.queue.refused(mutation, attempt, error.clone()) {
            return;
        }
        if inner.queue.get(mutation).is_none() {
            // A deletion that waited behind it settles the row.
            pending.row().into_iter().for_each(|row| inner.forget(row));
            drop(inner);
            return self.done(mutation, Heard::Done);
        }
        drop(inner);
        if self.tell(mutation, Heard::Refused(error)) {
            self.give_up(|queue| queue.give_up_one(mutation));
        } else {
            let inner = self.lock();
            pending.row().into_iter().for_each(|row| inner.show(row));
        }
        self.go_on();
    }

    /// A change arrived in the book, or another reading of it.
    pub(super) fn arrived(&self, arrival: Arrival<'_>) {
        let mut inner = self.lock();
        let done = match arrival {
            Arrival::Changes(Some(mutation), entries) => {
                let mut versions = versions_of(entries);
                // All parts of a transfer or split have one version.
                let fact = versions
                    .iter()
                    .find(|(row, _)| matches!(row, RowId::Fact(_)))
                    .map(|(_, version)| *version);
                let row = inner.queue.get(mutation).and_then(Pending::row);
                let missing = row.filter(|row| versions.iter().all(|(other, _)| other != row));
                if let (Some(row @ RowId::Fact(_)), Some(version)) = (missing, fact) {
                    versions.push((row, version));
                }
                inner.answered(mutation, &versions)
            }
            Arrival::Changes(None, _) | Arrival::Reading => None,
        };
        inner.settle();
        if let Some(row) = done.as_ref().and_then(Pending::row) {
            inner.forget(row);
        }
        // What the book brought is not what was asked for last.
        inner.show_all();
        drop(inner);
        if let Some(done) = done {
            self.done(done.mutation, Heard::Done);
        }
        self.list();
    }

    /// The forms of these rows need not wait any longer.
    pub(super) fn late(&self, rows: &[RowId]) {
        let mutations: Vec<MutationId> = {
            let inner = self.lock();
            let of_rows = |pending: &&Pending| rows.iter().any(|row| pending.changes(*row));
            inner.queue.all().iter().filter(of_rows).map(|pending| pending.mutation).collect()
        };
        for mutation in mutations {
            self.tell(mutation, Heard::Late);
        }
    }

    fn tell(&self, mutation: MutationId, heard: Heard) -> bool {
        let form = {
            let forms = &mut self.lock().forms;
            let at = forms.iter().position(|(form, _)| *form == mutation);
            at.map(|at| forms.swap_remove(at).1)
        };
        form.is_some_and(|form| form(heard))
    }

    /// Brings what the screens see up to date.
    pub(super) fn list(&self) {
        let (listed, states) = {
            let inner = self.lock();
            (inner.listed(), inner.states())
        };
        if self.listed.with_untracked(|old| *old != listed) {
            self.listed.set(listed);
        }
        if self.states.with_untracked(|old| *old != states) {
            self.states.set(states);
        }
    }
}
