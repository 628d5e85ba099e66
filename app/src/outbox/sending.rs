//! The calls of the outbox: starting, responses, refusals, repeats.

use super::{
    Heard, Outbox,
    merging::goes_on_from,
    pauses::{chance, goes_again, pause},
    pending::Pending,
    row::RowId,
    show,
    surroundings::CallResponse,
};
use crate::{command::Subject, domain::MutationId, error::AppError, replica::Arrival, service::Written};
use leptos::prelude::*;

impl Outbox {
    /// Starts every call whose turn it is: there is a connection.
    pub fn wake(&self) {
        {
            let mut inner = self.lock();
            inner.queue.connected_anew();
            // Those tabs may be gone. One that is not connects as well, and sends the same, which harms nothing.
            inner.of_other_tabs.clear();
        }
        self.start_waiting();
        self.elsewhere.with_untracked(|others| others.iter().flatten().for_each(Self::wake));
    }

    /// Starts every call whose turn it is, however long its pause is: the person asks for it.
    pub fn send_now(&self) {
        self.start_waiting();
        self.list();
        self.elsewhere.with_untracked(|others| others.iter().flatten().for_each(Self::send_now));
    }

    /// Handles that the connection is lost.
    pub fn disconnected(&self) {
        self.lock().queue.disconnected();
        self.elsewhere.with_untracked(|others| others.iter().flatten().for_each(Self::disconnected));
    }

    /// Starts every call whose turn it is, and the others once it is theirs.
    pub(super) fn start_waiting(&self) {
        let waiting: Vec<MutationId> = {
            let inner = self.lock();
            let waiting = inner.queue.waiting().into_iter();
            waiting.filter(|mutation| !inner.of_other_tabs.contains(mutation)).collect()
        };
        for mutation in waiting {
            self.start(mutation);
        }
    }

    /// Starts every call whose turn it is now, and that was never attempted or was held when its turn had come.
    pub(super) fn go_on(&self) {
        let ready: Vec<MutationId> = {
            let inner = self.lock();
            let ready = inner.queue.ready().into_iter();
            let is_due =
                |it: &MutationId| inner.queue.get(*it).is_some_and(|it| it.tries == 0 || it.is_in_line);
            ready.filter(|it| is_due(it) && !inner.of_other_tabs.contains(it)).collect()
        };
        for mutation in ready {
            self.start(mutation);
        }
    }

    pub(super) fn start(&self, mutation: MutationId) {
        let Some(call) = self.lock().queue.start(mutation) else { return };
        let (this, attempt) = (self.clone(), call.attempt);
        self.page.call(call, Box::new(move |response| this.heard(mutation, attempt, response)));
    }

    fn heard(&self, mutation: MutationId, attempt: u32, answer: CallResponse) {
        match answer {
            Ok(written) => {
                if !self.written(mutation, written) {
                    // Its change has arrived before, and is shown.
                    return;
                }
            }
            Err(error) if goes_again(&error) => {
                if error == AppError::NotSignedIn {
                    self.signed_out.notify();
                }
                if self.lock().queue.failed(mutation, attempt) {
                    self.pause(mutation, attempt, &error);
                    self.go_on();
                }
            }
            Err(error) => self.said_no(mutation, attempt, error),
        }
        self.list();
    }

    /// Returns false if it is known already that the command was carried out.
    fn written(&self, mutation: MutationId, written: Written<Subject>) -> bool {
        let before = self.lock().queue.get(mutation).is_some_and(|pending| pending.was_done_before(&written));
        let is_new = self.lock().carried_out(mutation, written);
        if is_new {
            self.done(mutation, if before { Heard::Already } else { Heard::Done });
        }
        is_new
    }

    /// Reports the result of a command to its form, and starts the commands that waited for it.
    fn done(&self, mutation: MutationId, heard: Heard) {
        self.tell(mutation, heard);
        self.go_on();
    }

    /// Repeats the call after a pause, unless something else has repeated it before.
    fn pause(&self, mutation: MutationId, attempt: u32, error: &AppError) {
        let (rows, is_connected) = {
            let inner = self.lock();
            let Some(pending) = inner.queue.get(mutation) else { return };
            let rows: Vec<RowId> = pending.rows.iter().map(|(row, _)| *row).collect();
            (rows, inner.queue.is_connected())
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
        self.page.later(Box::new(again), pause(attempt, error, is_connected, chance()));
    }

    fn said_no(&self, mutation: MutationId, attempt: u32, error: AppError) {
        let mut inner = self.lock();
        let Some(pending) = inner.queue.get(mutation).cloned() else { return };
        if pending.command.deletes() && matches!(error, AppError::Gone | AppError::NotFound) {
            // Another member has deleted it already, or the book was restored from a backup without it: it is not
            // there, which is what was wanted.
            inner.answered(mutation, &[]);
            drop(inner);
            return self.done(mutation, Heard::Already);
        }
        if inner.replica.is_none() && matches!(error, AppError::Stale { .. }) {
            // Only a page of its household can tell whether it conflicts.
            inner.queue.failed(mutation, attempt);
            inner.undecided.insert(mutation);
            return;
        }
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
        // A deletion that waited behind it settles the row, or an undone deletion.
        let moot = inner.forms.iter().map(|(form, _)| *form).filter(|it| inner.queue.get(*it).is_none());
        let moot: Vec<MutationId> = moot.collect();
        drop(inner);
        for settled in moot {
            self.tell(settled, Heard::Done);
        }
        if self.tell(mutation, Heard::Refused(error)) {
            self.give_up(|queue| queue.give_up_one(mutation));
        }
        self.go_on();
    }

    /// Handles a change or a new snapshot of the book.
    pub(super) fn arrived(&self, arrival: Arrival<'_>) {
        let is_reading = matches!(arrival, Arrival::Reading);
        self.moves_on(&arrival);
        let done = self.lock().arrived(arrival);
        if let Some(done) = done {
            self.done(done, Heard::Done);
        }
        self.list();
        if is_reading {
            self.keep_soon();
        }
    }

    /// Releases the forms of these rows: they need not wait any longer.
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

    pub(super) fn tell(&self, mutation: MutationId, heard: Heard) -> bool {
        let form = {
            let forms = &mut self.lock().forms;
            let at = forms.iter().position(|(form, _)| *form == mutation);
            at.map(|at| forms.swap_remove(at).1)
        };
        form.is_some_and(|form| form(heard))
    }

    /// Updates what the screens show.
    pub(super) fn list(&self) {
        let (listed, states, uncounted) = {
            let inner = self.lock();
            inner.fold();
            (inner.listed(), inner.states(), inner.uncounted())
        };
        show(&self.listed, listed);
        show(&self.states, states);
        show(&self.uncounted, uncounted);
        self.keep_up();
    }
}
