//! Reading the older facts while the page is idle, from the device or from the server, and showing them as somebody scrolls.

use super::{
    Outbox,
    older::{OlderFacts, OlderReading, OlderTexts},
};
use crate::{
    replica::Arrival,
    service::{Event, FactPage, Read},
};
use leptos::prelude::GetUntracked;
use uuid::Uuid;

impl Outbox {
    /// Reads the older facts that the device has, if they belong to the book of the page.
    pub(super) fn load_older(&self) {
        let stored = self.lock().stored.as_ref().map(|stored| (stored.store.clone(), stored.owner));
        let Some((store, owner)) = stored else { return };
        let this = self.clone();
        store.load_older(owner, Box::new(move |texts| this.take_older(texts)));
    }

    fn take_older(&self, texts: Option<OlderTexts>) {
        let log = {
            let mut inner = self.lock();
            let inner = &mut *inner;
            let (Some(texts), Some(keeping), Some(replica)) = (texts, &mut inner.keeping, &inner.replica)
            else {
                return;
            };
            let here = replica.position.get_untracked();
            let place = replica.boundary().filter(|_| keeping.older.is_none());
            let Some(facts) = place.and_then(|upper| OlderFacts::read(&texts, upper, here)) else { return };
            if facts.position() == here {
                (keeping.older, keeping.given) = (Some(OlderReading::new(facts)), None);
                None
            } else {
                // Meanwhile no page of them is asked for.
                keeping.reads_soon = true;
                Some((keeping.keeper.log.clone(), facts))
            }
        };
        match log {
            Some((ask, facts)) => {
                let this = self.clone();
                ask(facts.position(), Box::new(move |log| this.catch_up(facts, log)));
            }
            None => self.keep_book_soon(),
        }
    }

    /// Moves what the device has on with what has changed since it was stored.
    fn catch_up(&self, facts: OlderFacts, log: Option<Read<Vec<Event>>>) {
        {
            let mut inner = self.lock();
            let inner = &mut *inner;
            let (Some(keeping), Some(replica)) = (&mut inner.keeping, &inner.replica) else { return };
            keeping.reads_soon = false;
            let is_same = keeping.older.is_none() && replica.boundary() == Some(facts.upper());
            let log = log.filter(|_| is_same);
            let moved = log.and_then(|log| facts.moved(&log, replica.position.get_untracked()));
            keeping.older = keeping.older.take().or(moved.map(OlderReading::new));
            keeping.given = None;
        }
        self.keep_book_soon();
        self.read_older_soon();
    }

    /// Reads the next older facts from the server once the page is idle, if the device is to keep more of them.
    pub fn read_older_soon(&self) {
        self.once_idle(|keeping| &mut keeping.reads_soon, Self::read_older);
    }

    fn read_older(&self) {
        let asked = {
            let mut inner = self.lock();
            let inner = &mut *inner;
            let (Some(keeping), Some(replica)) = (&mut inner.keeping, &inner.replica) else { return };
            keeping.reads_soon = false;
            let Some(boundary) = replica.boundary().filter(|_| (keeping.keeper.allowed)()) else { return };
            let begin = || OlderReading::new(OlderFacts::below(boundary, replica.position.get_untracked()));
            let older = keeping.older.get_or_insert_with(begin);
            let above = replica.count_above(older.facts.upper());
            let (month, _) = replica.today.get_untracked().month().days();
            older.ask(above, month).map(|after| (keeping.keeper.older.clone(), after))
        };
        if let Some((ask, after)) = asked {
            let this = self.clone();
            ask(after, Box::new(move |page| this.received_older(page)));
        }
    }

    fn received_older(&self, page: Option<Read<FactPage>>) {
        let is_taken = {
            let mut inner = self.lock();
            inner
                .keeping
                .as_mut()
                .and_then(|keeping| keeping.older.as_mut())
                .is_some_and(|older| older.received(page))
        };
        self.go_on_reading(is_taken);
    }

    /// Reads the next page after one was taken over, and keeps what there is.
    fn go_on_reading(&self, is_taken: bool) {
        if is_taken {
            self.lost_book();
            self.keep_book_soon();
            self.read_older_soon();
        }
    }

    /// Handles what has arrived in the book of the page.
    pub(super) fn move_on(&self, arrival: &Arrival<'_>) {
        let Arrival::Changes(_, entries) = arrival else { return self.book_was_read() };
        let is_taken = {
            let mut inner = self.lock();
            let inner = &mut *inner;
            let (Some(keeping), Some(replica)) = (&mut inner.keeping, &inner.replica) else { return };
            let older = keeping.older.as_mut();
            older.is_some_and(|older| older.arrived(replica.position.get_untracked(), entries))
        };
        self.go_on_reading(is_taken);
    }

    /// Records that the book was read from the server. What the device has may be of last month although it has the same
    /// position, or of a log that was put back.
    fn book_was_read(&self) {
        if let Some(keeping) = &mut self.lock().keeping {
            (keeping.given, keeping.read, keeping.older) = (None, Some(Uuid::now_v7()), None);
        }
    }

    /// Shows the next of the older facts below the rows of the list, if there are any here.
    pub fn show_older(&self) {
        let inner = self.lock();
        let older = inner.keeping.as_ref().and_then(|keeping| keeping.older.as_ref());
        let Some((older, replica)) = older.zip(inner.replica.as_ref()) else { return };
        let Some(boundary) = replica.boundary() else { return };
        // Both are moved on by the same changes.
        if older.facts.position() != replica.position.get_untracked() {
            return;
        }
        let (facts, lower) = older.facts.portion(boundary);
        let replica = replica.clone();
        drop(inner);
        if !facts.is_empty() || lower.is_none() {
            replica.extend(facts, lower);
        }
    }
}
