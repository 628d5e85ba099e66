//! What a commit tells: the screens of this process, and other processes on the same book.
//!
//! To others go hints only: that a log has grown, that a session has ended, who is here, that there are other links. What was committed
//! they read in the database. So nothing here has to arrive, and nothing waits for it: a hint is put into a
//! box, or dropped when the box is full, and [`redis`] empties it. What is lost, [`crate::live`] finds by
//! looking: changes within a second, ended sessions within a minute, and both at once when the line to
//! Redis is there again. Open links are asked for again then, too.

pub mod redis;

use crate::live::{encoded::Encoded, hub::Hub, links::Links, meters};
use app::{
    domain::{HouseholdId, SessionId},
    wire::{Present, Seq},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Hints that wait at most for the line to Redis. A second of a busy process.
const BOX: usize = 4096;

/// What one process tells others. JSON without a value of the book: ids, numbers, close codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// The log of a household goes up to here.
    Changed(HouseholdId, Seq),
    /// The sockets of a session close with this code.
    Ended(SessionId, u16),
    /// Who has a screen of a household open at the sender.
    Here(HouseholdId, Vec<Present>),
    /// Open links of a household were made, used or withdrawn.
    Links(HouseholdId, Links),
}

/// One message: hints, and from which process. Without hints it is a sign of life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The sender, which hears itself too.
    pub from: Uuid,
    /// In the order in which things happened.
    pub hints: Vec<Hint>,
}

/// Tells what a commit means for screens, here and elsewhere.
#[derive(Clone, Debug)]
pub struct Bus {
    hub: Arc<Hub>,
    /// None where there are no other processes, or nothing carries hints to them.
    outbox: Option<mpsc::Sender<Hint>>,
}

/// The other end of the box.
pub type Outbox = mpsc::Receiver<Hint>;

impl Bus {
    /// Tells the screens of this process only.
    #[must_use]
    pub const fn local(hub: Arc<Hub>) -> Self {
        Self { hub, outbox: None }
    }

    /// Tells other processes too, through whoever empties the box.
    #[must_use]
    pub fn with_outbox(hub: Arc<Hub>) -> (Self, Outbox) {
        hub.note_people();
        let (outbox, hints) = mpsc::channel(BOX);
        (Self { hub, outbox: Some(outbox) }, hints)
    }

    /// The screens of this process.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// A transaction was committed.
    pub fn committed(&self, household: HouseholdId, seq: Seq, frame: Encoded) {
        self.hub.ring(household, seq, frame);
        self.tell(Hint::Changed(household, seq));
    }

    /// A session has ended, or looks at another household: its sockets close.
    pub fn ended(&self, session: SessionId, code: u16) {
        self.hub.end_session(session, code);
        self.tell(Hint::Ended(session, code));
    }

    /// Open links of a household were made, used or withdrawn.
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
    fn nobody_waits_for_a_box_that_nobody_empties() {
        let (bus, mut hints) = Bus::with_outbox(Arc::default());
        let home = HouseholdId::new();
        for seq in 1..=100_000 {
            bus.committed(home, seq, Encoded::default());
        }
        assert_eq!(hints.len(), BOX, "the rest is found by looking");
        assert_eq!(hints.try_recv(), Ok(Hint::Changed(home, 1)));
    }

    #[test]
    fn a_letter_says_ids_and_numbers_only() {
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
