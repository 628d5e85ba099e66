//! Where a stream resumes, or why it cannot. Pure, so that a model test can drive it.

use app::wire::{Check, Position, ResyncReason, Seq};

/// Where the stream of a client that stood at `from` continues, with the log at `head`. A client more than
/// `limit` changes behind takes a snapshot instead.
///
/// `known` is the check of the log's entry `from.seq`. If the client has another one, the log was restored to
/// an earlier state since and has used the number again. A client without a check is trusted.
///
/// # Errors
/// Why the client cannot resume from the log; it takes a snapshot then.
pub fn resume(
    head: Position,
    from: Option<Position>,
    known: Option<Check>,
    limit: Seq,
) -> Result<Seq, ResyncReason> {
    match from {
        None => Ok(head.seq),
        Some(from) if from.epoch != head.epoch => Err(ResyncReason::Epoch),
        Some(from) if from.seq > head.seq => Err(ResyncReason::Ahead),
        Some(from) if from.check.is_some() && from.check != known => Err(ResyncReason::Epoch),
        Some(from) if head.seq - from.seq > limit => Err(ResyncReason::TooFar),
        Some(from) => Ok(from.seq),
    }
}
