//! The copy of the book on the device, for a start without a network.
//!
//! The record of a command is deleted in the transaction that stores a book which contains its change. So whenever the
//! page is killed, the next one shows the change, and shows it once.

use super::{
    BookKeeper, Outbox,
    device_book::{DeviceBook, Keeping, KeptReader},
    inner::OutboxState,
};
use crate::domain::MutationId;
use leptos::prelude::GetUntracked;
use std::collections::BTreeSet;
use uuid::Uuid;

impl OutboxState {
    /// The commands whose records are to be kept although they are carried out: the book does not contain them yet. With
    /// `waits`, also those that it contains as long as another one is on its way: a page that has much to send then stores the
    /// book once at the end, and not after each response. If it is killed before, the next one sends them again, and gets the
    /// same responses.
    pub(super) fn held(&self, waits: bool) -> BTreeSet<MutationId> {
        let is_waiting = waits && !self.carried_out.is_empty() && self.queue.is_sending();
        if self.settling.is_empty() && !is_waiting {
            return BTreeSet::new();
        }
        let holds = |keeping: &Keeping| !keeping.is_ending && (keeping.keeper.allowed)();
        if !self.keeping.as_ref().is_some_and(holds) {
            return BTreeSet::new();
        }
        let settling = self.settling.iter().map(|one| one.pending.mutation);
        settling.chain(self.carried_out.iter().copied().filter(|_| is_waiting)).collect()
    }

    /// The book as it is to be stored now; `None` if it is not kept, or if the store was given it already.
    pub(super) fn book_to_keep(&mut self) -> Option<DeviceBook> {
        let keeping = self.keeping.as_mut()?;
        let keeper = &keeping.keeper;
        if !(keeper.allowed)() {
            keeping.given = None;
            return None;
        }
        // Records are deleted at once then: a book without these changes would hide them.
        if keeping.is_ending && !self.settling.is_empty() {
            return None;
        }
        let replica = self.replica.as_ref()?;
        if keeping.given == Some(replica.position.get_untracked()) {
            return None;
        }
        let kept = replica.kept()?;
        let position = kept.snapshot.position;
        let older =
            keeping.older.as_ref().map(|older| &older.facts).filter(|older| older.position() == position);
        let older = older.and_then(|older| Some((older.upper(), older.copy()?)));
        // What was shown of them since is stored with them.
        let (kept, older) = match older {
            Some((upper, copy)) => (kept.above(upper), Some(copy)),
            None => (kept, None),
        };
        let reader = KeptReader {
            language: keeper.language,
            day: (keeper.day)(kept.snapshot.today),
            ..KeptReader::new(kept.snapshot.me, keeper.email.clone(), position, Uuid::now_v7())
        };
        let (reader, book) = (reader.write()?, kept.write()?);
        keeping.given = Some(position);
        Some(DeviceBook { reader, book, older, position, read: keeping.read })
    }
}

impl Outbox {
    /// Keeps the book on the device from now on, beside the commands. Has no effect before [`Self::store_in`], or if it is
    /// kept already.
    pub fn begin_to_keep(&self, keeper: BookKeeper) {
        {
            let mut inner = self.lock();
            if inner.stored.is_none() || inner.keeping.is_some() {
                return;
            }
            let read = keeper.read_id();
            inner.keeping = Some(Keeping::new(keeper, read));
        }
        // Before the copy is replaced, of whose older facts more may be usable.
        self.load_older();
        self.keep_book_now();
    }

    pub(super) fn keep_book_now(&self) {
        let is_new = {
            let mut inner = self.lock();
            let here = inner.replica.as_ref().map(|replica| replica.position.get_untracked());
            let keeping = inner.keeping.as_mut();
            keeping.is_some_and(|keeping| {
                keeping.is_due = false;
                keeping.given != here
            })
        };
        if is_new {
            self.store_all(true);
        }
    }

    pub(super) fn keep_book_soon(&self) {
        self.once_idle(|keeping| &mut keeping.is_due, Self::keep_book_now);
    }

    /// Calls a function once the page is idle, unless the mark says that it will be called. The function removes the mark.
    pub(super) fn once_idle(&self, mark: fn(&mut Keeping) -> &mut bool, run: fn(&Self)) {
        let later = self.lock().keeping.as_mut().and_then(|keeping| {
            let is_marked = std::mem::replace(mark(keeping), true);
            (!is_marked).then(|| keeping.keeper.later.clone())
        });
        if let Some(later) = later {
            let this = self.clone();
            later(Box::new(move || run(&this)));
        }
    }

    /// Records that the device has no copy of the book any more, or an outdated one.
    pub fn lost_book(&self) {
        if let Some(keeping) = &mut self.lock().keeping {
            keeping.given = None;
        }
    }

    /// Whether the person is signing out: then what is carried out leaves the device at once, as the book will.
    pub fn end_keeping(&self, is_ending: bool) {
        if let Some(keeping) = &mut self.lock().keeping {
            keeping.is_ending = is_ending;
        }
        self.list();
    }
}
