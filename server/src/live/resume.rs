//! Where a stream goes on, or why it cannot. Pure, so that a model can drive it.

use app::wire::{Check, Position, ResyncReason, Seq};

/// Where the stream of a client that stood at `from` continues, the log being at `head`. A client more
/// than `limit` changes back is better served by a snapshot.
///
/// `known` is the check of the log's entry `from.seq`. Where the client has another one, the log was put
/// back to an earlier state since and has taken the number again. A client without a check is believed.
///
/// # Errors
/// Why the log cannot bring the client from where it is: it takes a snapshot then.
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
