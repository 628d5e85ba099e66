//! What a person decides about refused commands.

use super::{
    Outbox, RefusedCommand,
    pending::{Pending, State},
    queue::Queue,
    row::{RowId, restoration_of},
    stale::version_now,
};
use crate::{
    command::Command,
    domain::{Fact, MutationId},
    error::AppError,
};

/// Whether the book does not know the transaction that a change was refused for: the server was restored from a backup
/// that does not contain it.
#[must_use]
pub fn is_unknown(command: &Command, error: &AppError) -> bool {
    *error == AppError::NotFound
        && matches!(command, Command::ReviseFact { .. } | Command::ReviseGroup { .. })
}

impl Outbox {
    /// The refused command of a row.
    #[must_use]
    pub fn refused(&self, row: impl Into<RowId>) -> Option<RefusedCommand> {
        let inner = self.lock();
        let pending = inner.queue.refused_of(row.into())?;
        let State::Refused(error) = &pending.state else { return None };
        Some(RefusedCommand {
            is_new: pending.is_new() || is_unknown(&pending.command, error),
            seen: pending.seen.clone(),
            command: pending.command.clone(),
            error: error.clone(),
        })
    }

    /// The refused change of a row, for the form that corrects it. A deletion needs no form.
    #[must_use]
    pub fn refused_change(&self, row: impl Into<RowId>) -> Option<RefusedCommand> {
        self.refused(row).filter(|refused| !refused.command.deletes())
    }

    /// The facts that the last command on a row was to result in. If it was refused, the row shows those of the book.
    #[must_use]
    pub fn wanted(&self, row: impl Into<RowId>) -> Vec<Fact> {
        self.lock().queue.of(row.into()).last().map(|last| last.shown().to_vec()).unwrap_or_default()
    }

    /// Sends the refused command of a row again, unchanged. If it was stale, it is now made on the version
    /// that the refusal showed.
    pub fn try_again(&self, row: impl Into<RowId>) {
        let row = row.into();
        let version = self.refused(row).and_then(|refused| version_now(&refused.error));
        self.lock().queue.try_again(row, version);
        self.start_waiting();
        self.list();
    }

    /// Restores a row that another member has deleted, and then makes the refused revision of it again.
    pub fn restore_with_change(&self, row: impl Into<RowId>) {
        let row = row.into();
        let Some(command) = self.refused(row).and_then(|refused| restoration_of(&refused.command)) else {
            return;
        };
        {
            let mut inner = self.lock();
            let member = inner.replica.as_ref().map(|replica| replica.me);
            let restoration = Pending { member, ..Pending::new(MutationId::new(), command, None) };
            inner.queue.restore_before(row, restoration, MutationId::new());
        }
        self.start_waiting();
        self.list();
    }

    /// Discards the refused command of a row, which is then shown as in the book. Commands that only name the
    /// row continue.
    pub fn discard(&self, row: impl Into<RowId>) {
        let row = row.into();
        self.give_up(|queue| queue.give_up(row));
    }

    /// Discards all refused commands, with those that were made on their result.
    pub fn discard_refused(&self) {
        self.give_up(|queue| {
            let refused: Vec<MutationId> =
                queue.all().iter().filter(|one| one.is_refused()).map(|one| one.mutation).collect();
            refused.into_iter().flat_map(|mutation| queue.give_up_one(mutation)).collect()
        });
    }

    pub(super) fn give_up(&self, give_up: impl FnOnce(&mut Queue) -> Vec<Pending>) {
        let mut inner = self.lock();
        let gone = give_up(&mut inner.queue);
        inner.forms.retain(|(form, _)| gone.iter().all(|pending| pending.mutation != *form));
        drop(inner);
        self.start_waiting();
        self.list();
    }
}
