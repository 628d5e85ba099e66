//! Announces a commit: to the screens of this process and to other processes on the same book.
//!
//! Other processes receive hints only: that a log has grown, that a session has ended, who is present, that
//! there are other invitation links. They read the committed changes from the database. So delivery is best
//! effort and nothing waits for it: a hint goes into a bounded queue, or is dropped if the queue is full, and
//! [`redis`] drains it. [`crate::live`] recovers lost hints by polling: changes within a second, ended
//! sessions within a minute, and both, with the open links, as soon as the connection to Redis is back.

pub mod redis;

use crate::{
    hub::{Hub, links::Links},
    journal::encoded::Encoded,
    meters,
};
use app::{
    domain::{HouseholdId, SessionId},
    wire::{Present, Seq},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::mpsc;
use uuid::Uuid;

/// How many hints wait for the connection to Redis at most: about a second of a busy process.
const BOX: usize = 4096;

/// What one process tells others. JSON without values of the book: ids, numbers, close codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// The log of a household has grown to this number.
    Changed(HouseholdId, Seq),
    /// The sockets of a session close with this code.
    Ended(SessionId, u16),
    /// Who has a screen of a household open in the sending process.
    Here(HouseholdId, Vec<Present>),
    /// Open invitation links of a household were made, used or revoked.
    Links(HouseholdId, Links),
}

/// One message: hints and the process they come from. Without hints it is a heartbeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The sender, which receives its own messages too.
    pub from: Uuid,
    /// In the order in which they happened.
    pub hints: Vec<Hint>,
}

/// Announces commits to screens, here and in other processes.
#[derive(Clone, Debug)]
pub struct Bus {
    hub: Arc<Hub>,
    /// `None` if there are no other processes or no Redis is configured.
    outbox: Option<mpsc::Sender<Hint>>,
}

/// The receiving end of the queue.
pub type Hints = mpsc::Receiver<Hint>;

impl Bus {
    /// Announces to the screens of this process only.
    #[must_use]
    pub const fn local(hub: Arc<Hub>) -> Self {
        Self { hub, outbox: None }
    }

    /// Announces to other processes too, through the task that drains the returned queue.
    #[must_use]
    pub fn with_outbox(hub: Arc<Hub>) -> (Self, Hints) {
        hub.note_people();
        let (outbox, hints) = mpsc::channel(BOX);
        (Self { hub, outbox: Some(outbox) }, hints)
    }

    /// The screens of this process.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Announces a committed transaction.
    pub fn committed(&self, household: HouseholdId, seq: Seq, frame: Encoded) {
        self.hub.ring(household, seq, frame);
        self.tell(Hint::Changed(household, seq));
    }

    /// Announces that a session has ended or switched to another household: its sockets close.
    pub fn ended(&self, session: SessionId, code: u16) {
        self.hub.end_session(session, code);
        self.tell(Hint::Ended(session, code));
    }

    /// Announces that open invitation links of a household were made, used or revoked.
    pub fn links_changed(&self, household: HouseholdId, links: Links) {
        self.hub.links_changed(household, links.clone());
        self.tell(Hint::Links(household, links));
    }

    fn tell(&self, hint: Hint) {
        if self.outbox.as_ref().is_some_and(|outbox| outbox.try_send(hint).is_err()) {
            metrics::counter!(meters::HINTS_DROPPED).increment(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sending_does_not_wait_for_a_queue_that_nobody_drains() {
        let (bus, mut hints) = Bus::with_outbox(Arc::default());
        let home = HouseholdId::new();
        for seq in 1..=100_000 {
            bus.committed(home, seq, Encoded::default());
        }
        assert_eq!(hints.len(), BOX, "the rest is found by looking");
        assert_eq!(hints.try_recv(), Ok(Hint::Changed(home, 1)));
    }

    #[test]
    fn a_letter_carries_ids_and_numbers_only() {
        let letter = Letter {
            from: Uuid::nil(),
            hints: vec![
                Hint::Changed(Uuid::nil().into(), 7),
                Hint::Ended(Uuid::nil().into(), 4501),
                Hint::Here(Uuid::nil().into(), Vec::new()),
                Hint::Links(Uuid::nil().into(), Links::Invites),
                Hint::Links(Uuid::nil().into(), Links::Passwords(vec![Uuid::nil().into()])),
            ],
        };
        let text = serde_json::to_string(&letter).expect("JSON");
        let id = Uuid::nil();
        assert_eq!(
            text,
            format!(
                r#"{{"from":"{id}","hints":[{{"changed":["{id}",7]}},{{"ended":["{id}",4501]}},{{"here":["{id}",[]]}},{{"links":["{id}","invites"]}},{{"links":["{id}",{{"passwords":["{id}"]}}]}}]}}"#
            )
        );
        assert_eq!(serde_json::from_str::<Letter>(&text).expect("a letter"), letter);
    }
}
