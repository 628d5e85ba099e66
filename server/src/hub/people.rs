//! Presence in a feed: who comes, goes and edits, in this process and in others.

use super::{
    feed::{Feed, lock},
    presence::{Here, PresenceTracker},
};
use crate::journal::encoded::Encoded;
use app::{
    domain::{FactId, MemberId},
    wire::Present,
};
use std::sync::Arc;
use tokio::time::Instant;
use uuid::Uuid;

impl Feed {
    /// Registers a socket of a member.
    pub fn arrive(self: &Arc<Self>, socket: u64, member: MemberId) {
        self.change_presence(|presence, now| presence.arrive(Here { socket, member, editing: None }, now));
    }

    /// Records what the member of a socket edits.
    pub fn edit(self: &Arc<Self>, socket: u64, fact: Option<FactId>) {
        self.change_presence(|presence, now| presence.edit(socket, fact, now));
    }

    /// Removes a socket.
    pub fn depart(self: &Arc<Self>, socket: u64) {
        self.change_presence(|presence, now| presence.depart(socket, now));
    }

    /// Who is present in this process.
    #[must_use]
    pub fn own_people(&self) -> Vec<Present> {
        lock(&self.presence).own()
    }

    /// Takes over who is present in another process; returns true if that process is new.
    pub fn elsewhere(self: &Arc<Self>, process: Uuid, people: Vec<Present>) -> bool {
        let mut is_new = false;
        self.change_presence(|presence, now| {
            let due;
            (due, is_new) = presence.elsewhere(process, people, now);
            due
        });
        is_new
    }

    /// Removes the people of processes that no longer send heartbeats.
    pub fn forget_silent(self: &Arc<Self>) {
        self.change_presence(PresenceTracker::forget_silent);
    }

    /// The frame with the presence list.
    #[must_use]
    pub fn presence(&self) -> Encoded {
        lock(&self.presence).frame()
    }

    fn change_presence(
        self: &Arc<Self>,
        change: impl FnOnce(&mut PresenceTracker, Instant) -> Option<Instant>,
    ) {
        let Some(due) = change(&mut lock(&self.presence), Instant::now()) else { return };
        self.later(due, move |feed| {
            // An earlier list may already include this change.
            if lock(&feed.presence).publish(due) {
                feed.bell.send_modify(|bell| bell.presence = bell.presence.wrapping_add(1).max(1));
            }
        });
    }
}
