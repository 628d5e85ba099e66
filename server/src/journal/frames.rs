//! Turns entries of the log into frames, each encoded once for all sockets.

use super::LogEntry;
use crate::journal::encoded::Encoded;
use app::{
    domain::MutationId,
    trial::{self, Flaw},
    wire::{Change, Check, Commit, Entry, FRAME_LIMIT, Frame, Reload, Seq},
};

/// No changed row takes fewer bytes in a frame: its id alone takes 38, and the name of its event 12 or more.
const LEAST_BYTES: usize = 50;

/// The part of an entry that is sent: of the previous row, only what totals need.
///
/// # Errors
/// If the previous row cannot be parsed by this program.
pub fn entry(logged: LogEntry) -> Result<Entry, serde_json::Error> {
    let before = match (&logged.change, logged.before) {
        (Change::FactUpdated(_) | Change::FactDeleted(_), Some(before)) if !trial::has(Flaw::NoBefore) => {
            Some(serde_json::from_str(before.get())?)
        }
        _ => None,
    };
    Ok(Entry { change: logged.change, before })
}

/// The frame of a committed transaction. If it is too large, it is only announced, and screens read again.
///
/// # Errors
/// If a row cannot be serialized as JSON.
pub fn of_commit(
    seq: Seq,
    check: Option<Check>,
    mutation_id: Option<MutationId>,
    logged: Vec<LogEntry>,
) -> Result<Encoded, serde_json::Error> {
    let count = logged.len();
    // An article that is deleted together with other changes was merged into another one.
    let merge = count > 1 && logged.iter().any(|entry| matches!(entry.change, Change::ArticleDeleted(_)));
    let reason = if merge { "merge" } else { "bulk" };
    // Thousands of rows are not encoded only to find that they are too large.
    if count <= FRAME_LIMIT / LEAST_BYTES {
        let mut entries = logged.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        if trial::has(Flaw::HalfTransaction) {
            entries.truncate(count.div_ceil(2));
        }
        let text = Frame::Commit(Commit { seq, check, mutation_id, entries }).encode()?;
        if text.len() <= FRAME_LIMIT {
            return Ok(Encoded::of_change(text, check));
        }
    }
    let data = Reload { scope: "all".into(), from: None, to: None, count, reason: reason.into() };
    Encoded::of(&Frame::Reload { seq, check, data })
}
