//! Refused commands: what becomes of them, and of those that were made on their result.

use super::Queue;
use crate::{
    command::Command,
    domain::{Fact, FactGroup, MutationId},
    error::AppError,
    outbox::{
        pending::{Base, Pending, Seen, State},
        row::RowId,
    },
};

impl Queue {
    /// Records a refusal; returns false if the attempt is over already, since a later one may have succeeded.
    ///
    /// If a later command deletes the row, the refusal does not matter: a row that was never added needs no
    /// deletion, and an unchanged one is deleted as the person saw it. The same applies if the deletion
    /// itself was refused and undone already. From then on the person sees what the row shows in place of the
    /// deleted one.
    pub fn refused(&mut self, mutation: MutationId, attempt: u32, error: AppError) -> bool {
        let now = facts_now(&error);
        // Another person has signed in meanwhile. That says nothing about earlier attempts: one may have succeeded.
        let is_of_another = error == AppError::OtherMember;
        if !self.after_try(mutation, attempt, State::Refused(error)) {
            return false;
        }
        let Some(no) = self.get(mutation).cloned() else { return false };
        if matches!(no.command, Command::SetPlans(_)) {
            for (row, base) in no.rows {
                self.follow(row, base);
            }
            return true;
        }
        if is_of_another {
            return true;
        }
        let [(row, base)] = no.rows.as_slice() else { return true };
        let last = self.of(*row).last().filter(|last| last.mutation != mutation && last.command.deletes());
        let Some(deletion) = last.map(|last| last.mutation) else {
            if no.command.deletes() {
                self.not_deleted(&no, *row, *base, now);
            }
            return true;
        };
        self.all.retain(|pending| !pending.changes(*row) || (pending.mutation == deletion && !no.is_new()));
        if let Some(deletion) = self.find(deletion) {
            deletion.rows = vec![(*row, *base)];
        }
        true
    }

    fn not_deleted(&mut self, deletion: &Pending, row: RowId, base: Base, now: Vec<Fact>) {
        let next = self.of(row).nth(1).filter(|next| next.command.restores());
        if let Some(back) = next.map(|next| next.mutation) {
            self.all.retain(|one| one.mutation != deletion.mutation && one.mutation != back);
            return self.follow(row, base);
        }
        if let Some(deletion) = self.find(deletion.mutation).filter(|_| !now.is_empty()) {
            deletion.seen = Seen::Facts(now);
        }
    }

    /// Sends the refused command of a row again, unchanged, on the version that the person has seen since.
    pub fn try_again(&mut self, row: RowId, version: Option<i64>) {
        for pending in self.all.iter_mut().filter(|pending| pending.changes(row)) {
            if pending.is_refused() {
                pending.state = State::Waiting;
                if let ([(_, base)], Some(version)) = (pending.rows.as_mut_slice(), version) {
                    *base = Base::Version(version);
                }
            }
        }
    }

    /// Inserts the restoration of a row before its refused command, which is queued again under a new id, based on the
    /// result of the restoration.
    pub fn restore_before(&mut self, row: RowId, restoration: Pending, new_id: MutationId) {
        let refused = |pending: &Pending| pending.changes(row) && pending.is_refused();
        let Some(at) = self.all.iter().position(refused) else { return };
        if let Some(refused) = self.all.get_mut(at) {
            (refused.mutation, refused.state, refused.tries) = (new_id, State::Waiting, 0);
            (refused.uncertain, refused.is_taken_over) = (false, false);
            for (_, base) in refused.rows.iter_mut().filter(|(other, _)| *other == row) {
                *base = Base::After;
            }
        }
        self.all.insert(at, restoration);
    }

    /// Discards the refused command of a row and the commands made on its result.
    pub fn give_up(&mut self, row: RowId) -> Vec<Pending> {
        let refused = self.refused_of(row).map(|refused| refused.mutation);
        refused.map(|refused| self.give_up_one(refused)).unwrap_or_default()
    }

    /// Discards a refused command and the commands made on its result, except plans, which are independent of
    /// each other. Commands that only name its row stay, and so do commands that were not refused.
    pub fn give_up_one(&mut self, mutation: MutationId) -> Vec<Pending> {
        let Some(refused) = self.get(mutation).filter(|pending| pending.is_refused()).cloned() else {
            return Vec::new();
        };
        let alone = matches!(refused.command, Command::SetPlans(_));
        let goes = |pending: &mut Pending| {
            pending.mutation == mutation
                || (!alone && refused.rows.iter().any(|(row, _)| pending.changes(*row)))
        };
        self.all.extract_if(.., goes).collect()
    }

    /// Removes a command that another page has discarded. What that page did not know of yet is made on the
    /// version that the command was made on.
    pub fn forget(&mut self, mutation: MutationId) {
        let Some(at) = self.all.iter().position(|pending| pending.mutation == mutation) else { return };
        for (row, made_on) in self.all.remove(at).rows {
            self.follow(row, made_on);
        }
    }
}

/// The current facts of the row, if the command was refused because another member changed it.
fn facts_now(error: &AppError) -> Vec<Fact> {
    let AppError::Stale { current } = error else { return Vec::new() };
    let group = serde_json::from_str(current).map(|FactGroup { facts, .. }| facts);
    group.or_else(|_| serde_json::from_str(current).map(|fact| vec![fact])).unwrap_or_default()
}
