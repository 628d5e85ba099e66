//! A command as the device stores it. A build reads what earlier ones have stored: what is written here stays.

use super::{
    pending::{Base, Pending, Seen, State},
    row::{RowId, names_of},
};
use crate::{
    command::{Command, TypedIn},
    domain::{Fact, MemberId, MutationId},
    error::AppError,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// The shape of the records of this program. Records of another shape are left alone.
const SHAPE: u8 = 1;

/// Without a connection, another tab tries to send a command only if the one that made it has not done so after this time.
const OTHER_TABS: Duration = Duration::from_secs(5);

/// A command as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredCommand {
    shape: u8,
    /// Its place in the order of commands: a UUIDv7 of when it was stored first.
    pub(super) place: Uuid,
    member: Option<MemberId>,
    pub(super) command: Command,
    rows: Vec<(RowId, Base)>,
    /// Absent in the records of earlier builds, and where the command has no amount.
    #[serde(default, skip_serializing_if = "TypedIn::is_absent")]
    typed_in: TypedIn,
    seen: Seen,
    /// What the screen shows for it, also once it was refused.
    foreseen: Vec<Fact>,
    pub(super) refusal: Option<AppError>,
}

impl StoredCommand {
    pub(super) fn of(pending: &Pending, place: Uuid) -> Self {
        let refusal = match &pending.state {
            State::Refused(error) => Some(error.clone()),
            State::Waiting | State::Sending => None,
        };
        Self {
            shape: SHAPE,
            place,
            member: pending.member,
            command: pending.command.clone(),
            rows: pending.rows.clone(),
            typed_in: pending.typed_in,
            seen: pending.seen.clone(),
            foreseen: pending.foreseen.clone(),
            refusal,
        }
    }

    /// Reads a record; `None` if another build has written it in another shape.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|record: &Self| record.shape == SHAPE)
    }

    /// The text of the record.
    pub(super) fn write(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// The command as it was queued. It may have been sent, so that the book may contain it.
    pub(super) fn pending(self, mutation: MutationId) -> Pending {
        Pending {
            mutation,
            member: self.member,
            names: names_of(&self.command),
            command: self.command,
            rows: self.rows,
            typed_in: self.typed_in,
            seen: self.seen,
            foreseen: self.foreseen,
            state: self.refusal.map_or(State::Waiting, State::Refused),
            tries: 0,
            failures: 0,
            is_taken_over: true,
            is_in_line: false,
            is_passed: false,
            uncertain: true,
        }
    }

    /// The same command, to be sent once more.
    pub(super) fn without_refusal(self) -> Self {
        Self { refusal: None, ..self }
    }

    /// How long the tab that made it is given to send it.
    pub(super) fn rest(&self, now: Uuid) -> Duration {
        let time = |id: Uuid| {
            let timestamp = id.get_timestamp().map(|time| time.to_unix());
            timestamp.map_or(Duration::ZERO, |(seconds, nanos)| Duration::new(seconds, nanos))
        };
        // A clock that was set back does not make it wait longer.
        OTHER_TABS.saturating_sub(time(now).abs_diff(time(self.place)))
    }
}
