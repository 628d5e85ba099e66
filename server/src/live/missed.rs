//! The frames that a socket has missed, for which the ring does not reach back far enough.

use super::{ending::End, seat::Seat};
use crate::{hub::feed::Tail, journal::encoded::Encoded, meters};
use app::{
    error::AppError,
    wire::{Seq, close},
};

/// Reads what follows a cursor from the log; `None` if nothing does. One socket of a household reads at a time,
/// and what it reads serves the others.
pub(super) async fn missed(seat: &Seat, cursor: Seq) -> Result<Option<(Vec<Encoded>, Seq)>, End> {
    let feed = &seat.feed;
    let _one_at_a_time = feed.reading.lock().await;
    if let Tail::Frames(frames, last) = feed.after(cursor) {
        return Ok((!frames.is_empty()).then_some((frames, last)));
    }
    if let Some(held) = feed.held(cursor) {
        return Ok(Some(held));
    }
    if feed.is_unreadable(cursor + 1) {
        return Err(End::Close(close::POSITION_LOST));
    }
    metrics::counter!(meters::CATCH_UPS).increment(1);
    let household = seat.actor.household;
    let read = seat.live.ledger.frames_after(household, cursor).await;
    let frames = read.map_err(|error| {
        End::Close(match error {
            AppError::PositionLost => {
                feed.cannot_read(cursor + 1);
                close::POSITION_LOST
            }
            // The store does not answer: the client reconnects, and the log still has everything.
            _ => close::RESTARTING,
        })
    })?;
    feed.keep(&frames);
    feed.hold(cursor, &frames);
    let last = frames.last().map(|(seq, _)| *seq);
    Ok(last.map(|last| (frames.into_iter().map(|(_, frame)| frame).collect(), last)))
}
