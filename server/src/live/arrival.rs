//! How a socket opens: it identifies the caller, finds where the stream resumes, and sends the welcome.

use super::{
    Live,
    ending::{End, within},
    limits::Guest,
    line::Line,
    resume::resume,
    seat::Seat,
};
use crate::journal::encoded::Encoded;
use app::{
    error::AppError,
    wire::{Check, Frame, Position, REPLAY_LIMIT, Resync, Seq, Welcome, close},
};
use hyper::upgrade::OnUpgrade;
use std::sync::Arc;

/// What a client sent when it opened the socket.
pub struct SocketRequest {
    /// The session's secret, if there is one.
    pub token: Option<String>,
    /// The position to resume from.
    pub from: Option<Position>,
}

/// The last change that was sent on a socket, and its check, if it is known.
pub(super) type Cursor = (Seq, Option<Check>);

/// A socket that is refused, and its line, if there is one, to send the close code on.
pub(super) type SocketRefusal = (Option<Line>, End);

/// Identifies the caller, finds where the stream continues, and sends the welcome.
pub(super) async fn arrive(
    upgrade: OnUpgrade,
    live: Arc<Live>,
    guest: Guest,
    asked: SocketRequest,
) -> Result<(Line, Seat, Cursor), SocketRefusal> {
    let mut line = Line::open(upgrade).await.map_err(|_| (None, End::Gone))?;
    match greet(&mut line, &live, guest, asked).await {
        Ok((seat, cursor)) => Ok((line, seat, cursor)),
        Err(end) => Err((Some(line), end)),
    }
}

async fn greet(
    line: &mut Line,
    live: &Arc<Live>,
    mut guest: Guest,
    asked: SocketRequest,
) -> Result<(Seat, Cursor), End> {
    let token = asked.token.ok_or(End::Close(close::NOT_SIGNED_IN))?;
    let since = asked.from.map(|from| from.seq);
    let gone_by = live.hub.gone_by();
    let mut stand = live.ledger.stand(&token, since).await.map_err(|error| refusal(&error))?;
    if !guest.belongs_to(stand.actor.member) {
        return Err(End::Close(close::TOO_MANY_SOCKETS));
    }
    let seat = Seat::take(live.clone(), guest, stand.actor);
    // Only from here on does a sign-out close this socket and a commit ring its bell. If the hub counted
    // anything since, it may have been one of these: look again at both.
    if live.hub.gone_by() != gone_by {
        stand = live.ledger.stand(&token, since).await.map_err(|error| refusal(&error))?;
    }
    let lost = resume(stand.position, asked.from, stand.check, REPLAY_LIMIT);
    if lost.is_err() {
        // The check that was read is of the entry that the client stands at, not of the last one.
        stand = live.ledger.stand(&token, None).await.map_err(|error| refusal(&error))?;
    }
    if (stand.actor.household, stand.actor.member) != (seat.actor.household, seat.actor.member) {
        // The session has moved to another household: the client reconnects and finds that one.
        return Err(End::Close(close::POSITION_LOST));
    }
    let head = stand.position;
    seat.feed.heard(head.seq);
    seat.feed.set_zone(head.seq, &stand.time_zone);
    let cursor = lost.unwrap_or(head.seq);
    let mut frames = vec![Frame::Welcome(Welcome {
        epoch: head.epoch,
        seq: cursor,
        check: stand.check,
        head: head.seq,
        today: live.clock.today(&stand.time_zone),
        build: live.build.to_string(),
        protocol: 1,
        heartbeat_ms: u64::try_from(live.pace.heartbeat.as_millis()).unwrap_or(u64::MAX),
        member: Some(stand.actor.member),
    })];
    if let Err(reason) = lost {
        let Position { epoch, seq, check } = head;
        frames.push(Frame::Resync(Resync { epoch, seq, check, reason }));
    }
    let frames = frames.iter().map(Encoded::of).collect::<Result<Vec<_>, _>>().map_err(|_| End::Gone)?;
    within(live.pace.flush, line.send(frames)).await?;
    if lost.is_err() {
        return Err(End::Close(close::POSITION_LOST));
    }
    Ok((seat, (cursor, stand.check)))
}

/// The close code for a failed lookup of the session. Only a missing session tells the client to stay away;
/// if the store is busy, the client reconnects.
const fn refusal(error: &AppError) -> End {
    End::Close(match error {
        AppError::NotSignedIn => close::NOT_SIGNED_IN,
        _ => close::RESTARTING,
    })
}
