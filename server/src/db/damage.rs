//! Whether a statement has found that the store is damaged.
//!
//! Damage of one page or table is met by the statements that read it and by no others. So the first one that meets it
//! counts for the whole store: it is reported as damaged and takes no more writes, which could make the damage worse.
//! Reading goes on where it can. Only a restart ends this: nobody else can say that the file is whole again.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// What a process knows about damage of its store, shared between clones.
#[derive(Clone, Debug, Default)]
pub struct Damage(Arc<AtomicBool>);

/// An earlier statement has found damage.
#[derive(Debug, thiserror::Error)]
#[error("the database is damaged: nothing is written until the program is restarted")]
struct FoundDamage;

impl Damage {
    /// Records that a statement has found damage.
    pub(super) fn found(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Checks that no statement has found damage.
    ///
    /// # Errors
    /// [`FoundDamage`], within [`sqlx::Error::Io`].
    pub(super) fn check(&self) -> sqlx::Result<()> {
        if self.0.load(Ordering::Acquire) {
            return Err(sqlx::Error::Io(io::Error::other(FoundDamage)));
        }
        Ok(())
    }
}

/// Whether an error is that of a store in which an earlier statement has found damage.
pub(super) fn was_found(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<FoundDamage>())
}
