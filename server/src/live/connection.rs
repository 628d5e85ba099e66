//! One socket: a task and a cursor.
//!
//! There is no queue per socket. When the bell rings, the task sends everything from its cursor to the head,
//! taken from the ring or read from the log; a slow client simply has an older cursor. The task waits for incoming
//! frames, the bell, the end of its session, the end of the program, and one deadline.

use super::{
    Live,
    arrival::{Cursor, SocketRefusal, SocketRequest, arrive},
    ending::{End, within},
    leaving::leave,
    limits::Guest,
    line::Line,
    missed::missed,
    seat::Seat,
};
use crate::{
    hub::feed::{Bell, Tail},
    journal::encoded::Encoded,
};
use app::{
    trial::{self, Flaw},
    wire::{Bye, Check, EditingFrame, Frame, Heartbeat, Position, Resync, ResyncReason, Seq, close},
};
use futures_util::FutureExt;
use hyper::upgrade::OnUpgrade;
use std::{pin::Pin, sync::Arc, time::Duration};
use tokio::{sync::watch, time::Instant};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

const FRAMES_PER_SECOND: u32 = 10;

struct Connection {
    line: Line,
    seat: Seat,
    bell: watch::Receiver<Bell>,
    /// The last change that was sent. Set by `welcome`, advanced by `deliver`.
    cursor: Seq,
    /// The check of that change, for the heartbeat; `None` if it is unknown.
    check: Option<Check>,
    /// The number of the presence list that was sent.
    presence: u32,
    /// Frames received in the second that began at `.0`.
    received: (Instant, u32),
    /// When the next heartbeat is due.
    beat_at: Instant,
    /// When the next ping is due.
    ping_at: Instant,
    /// When the pong to the last ping is due. `None` once it has arrived.
    pong_by: Option<Instant>,
    /// When to close, once the program ends.
    leave_at: Option<Instant>,
}

/// Serves a socket until it ends.
///
/// Ten thousand of these futures wait at any time. What is needed only at the beginning or the end is boxed
/// and freed, and a test keeps the rest small.
pub fn serve(
    upgrade: OnUpgrade,
    live: Arc<Live>,
    guest: Guest,
    asked: SocketRequest,
) -> impl Future<Output = ()> + Send + 'static {
    let arriving: Brief<Result<Connection, SocketRefusal>> = Box::pin(async {
        let (line, seat, cursor) = arrive(upgrade, live, guest, asked).await?;
        Ok(Connection::new(line, seat, cursor))
    });
    async move {
        let mut arrived = arriving.await;
        let ended = match &mut arrived {
            Ok(connection) => Some(connection.run().await),
            Err(_) => None,
        };
        let leaving: Brief<()> = Box::pin(async move {
            // The seat is dropped first: the socket no longer counts as open, and nobody waits for it.
            let (line, end) = match arrived {
                Ok(connection) => (Some(connection.line), ended.unwrap_or(End::Gone)),
                Err(refused) => refused,
            };
            leave(line, end).await;
        });
        leaving.await;
    }
}

/// A future that ends long before its socket does.
type Brief<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Waits for the close code of the session's end.
async fn end_of_session(ended: &mut watch::Receiver<u16>) -> u16 {
    ended.wait_for(|code| *code != 0).await.map_or(close::NOT_SIGNED_IN, |code| *code)
}

impl Connection {
    fn new(line: Line, seat: Seat, (cursor, check): Cursor) -> Self {
        let (now, bell) = (Instant::now(), seat.feed.bell());
        seat.arrive();
        // Spread over time: ten thousand sockets that opened at once would otherwise send their heartbeats at
        // once for ever.
        let beat_at = now + seat.live.pace.heartbeat.mul_f64(0.5 + chance() / 2.0);
        Self {
            line,
            seat,
            bell,
            cursor,
            check,
            presence: 0,
            received: (now, 0),
            beat_at,
            ping_at: beat_at,
            pong_by: None,
            leave_at: None,
        }
    }

    async fn run(&mut self) -> End {
        let shutdown = self.seat.live.shutdown.clone();
        let timer = tokio::time::sleep_until(self.beat_at);
        tokio::pin!(timer);
        loop {
            if self.is_behind()
                && let Err(end) = Box::pin(self.deliver()).await
            {
                return end;
            }
            let due = self.due();
            // Resetting the timer takes a lock that all sockets share.
            if timer.deadline() != due {
                timer.as_mut().reset(due);
            }
            let result = tokio::select! {
                rung = self.bell.changed() => rung.map_err(|_| End::Gone),
                received = self.line.receive() => self.receive(received),
                () = timer.as_mut() => Box::pin(self.tick()).await,
                code = end_of_session(&mut self.seat.ended) => Err(End::Close(code)),
                () = shutdown.cancelled(), if self.leave_at.is_none() => {
                    self.leave_at = Some(Instant::now() + self.seat.live.farewell().mul_f64(chance()));
                    Ok(())
                }
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    fn due(&self) -> Instant {
        [self.pong_by, self.leave_at].into_iter().flatten().fold(self.beat_at, Instant::min)
    }

    fn is_behind(&mut self) -> bool {
        let bell = self.bell.borrow_and_update();
        bell.head > self.cursor || bell.presence != self.presence || bell.links != self.seat.links
    }

    /// Sends everything from the cursor to the head, the presence list, and that links have changed.
    async fn deliver(&mut self) -> Result<(), End> {
        let bell = self.seat.feed.now();
        loop {
            // A client far behind must not keep its socket open longer than others.
            if *self.seat.ended.borrow() != 0 || self.leave_at.is_some_and(|at| at <= Instant::now()) {
                return Ok(());
            }
            let (mut frames, last, rung) = match self.seat.feed.after(self.cursor) {
                Tail::Frames(frames, last) => (frames, last, true),
                Tail::Missing => match Box::pin(missed(&self.seat, self.cursor)).await {
                    Ok(Some((frames, last))) => (frames, last, false),
                    Ok(None) => (Vec::new(), self.cursor, false),
                    Err(End::Close(close::POSITION_LOST)) => return Err(self.resync().await),
                    Err(end) => return Err(end),
                },
            };
            let (changes, check) = (!frames.is_empty(), frames.last().and_then(|frame| frame.check));
            if bell.presence != self.presence {
                self.presence = bell.presence;
                frames.push(self.seat.feed.presence());
            }
            if bell.links != self.seat.links {
                if self.seat.feed.concerns(self.seat.actor.member, self.seat.links, bell.links) {
                    frames.push(Encoded::of(&Frame::LinksChanged).map_err(|_| End::Gone)?);
                }
                self.seat.links = bell.links;
            }
            if frames.is_empty() {
                return Ok(());
            }
            let limit = self.seat.live.pace.flush;
            within(limit, self.line.send(frames)).await?;
            self.cursor = last;
            if changes {
                self.check = check;
                // A steady stream of writes does not postpone the heartbeat.
                self.beat_at = self.beat_at.min(Instant::now() + self.seat.live.pace.after_burst);
                if rung {
                    self.seat.live.bell_to_flush.record(bell.at.elapsed());
                }
            }
        }
    }

    /// Asks for a snapshot, because only a later version of this program can read the next change. The
    /// snapshot includes its effect, and the stream continues from there.
    async fn resync(&mut self) -> End {
        let read = self.seat.live.ledger.position(self.seat.actor.household).await;
        let Ok(Position { epoch, seq, check }) = read else { return End::Close(close::RESTARTING) };
        match self.say(&Frame::Resync(Resync { epoch, seq, check, reason: ResyncReason::TooFar })).await {
            Ok(()) => End::Close(close::POSITION_LOST),
            Err(end) => end,
        }
    }

    /// Does what is due.
    async fn tick(&mut self) -> Result<(), End> {
        let (now, pace) = (Instant::now(), self.seat.live.pace);
        if self.leave_at.is_some_and(|at| at <= now) {
            let retry_ms = [100, self.seat.live.comeback_ms()];
            self.say(&Frame::Bye(Bye { retry_ms, reason: "restarting".into() })).await?;
            return Err(End::Close(close::RESTARTING));
        }
        if self.pong_by.is_some_and(|by| by <= now) {
            // The pong may have arrived while something else took time, and only waits to be read.
            if let Some(received) = self.line.receive().now_or_never() {
                return self.receive(received);
            }
            return Err(End::Close(close::NO_PONG));
        }
        if self.beat_at > now {
            return Ok(());
        }
        self.beat_at = now + pace.heartbeat;
        let ping = self.ping_at <= now;
        if ping {
            self.ping_at = now + pace.heartbeat;
        }
        let feed = &self.seat.feed;
        let today = self.seat.live.clock.today(&feed.zone());
        let seq = feed.now().head.max(self.cursor);
        if !trial::has(Flaw::NoHeartbeat) {
            let check = self.check.filter(|_| seq == self.cursor);
            self.say(&Frame::Heartbeat(Heartbeat { seq, check, today })).await?;
        }
        if ping {
            within(pace.flush, self.line.ping()).await?;
            self.pong_by = Some(Instant::now() + pace.pong);
        }
        Ok(())
    }

    async fn say(&mut self, frame: &Frame) -> Result<(), End> {
        let frame = Encoded::of(frame).map_err(|_| End::Gone)?;
        within(self.seat.live.pace.flush, self.line.send(vec![frame])).await
    }

    /// Handles a received frame. Only `editing` is needed from a client; everything else is counted and
    /// ignored.
    fn receive(&mut self, received: Option<Result<Message, WsError>>) -> Result<(), End> {
        self.pong_by = None;
        match received {
            None => Err(End::Gone),
            Some(Ok(Message::Close(_))) => Err(End::Left),
            Some(Ok(Message::Binary(_))) => Err(End::Close(close::PROTOCOL)),
            // Too large, or not a frame: a protocol violation. If the line was cut instead, nobody receives
            // the code.
            Some(Err(_)) => Err(End::Close(close::PROTOCOL)),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => self.count(),
            Some(Ok(Message::Text(text))) => {
                self.count()?;
                if let Some(editing) = EditingFrame::parse(&text) {
                    self.seat.edit(editing.fact_id);
                }
                Ok(())
            }
        }
    }

    fn count(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if now - self.received.0 >= Duration::from_secs(1) {
            self.received = (now, 0);
        }
        self.received.1 += 1;
        if self.received.1 > FRAMES_PER_SECOND { Err(End::Close(close::TOO_MANY_FRAMES)) } else { Ok(()) }
    }
}

/// A random number between 0 and 1. Without randomness all sockets get the same delay, which is only less
/// smooth.
pub(super) fn chance() -> f64 {
    f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size<A, B, C, D, F>(_: impl Fn(A, B, C, D) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn a_waiting_socket_takes_little_memory() {
        // 16 of them are the check of the last change, for the heartbeat.
        assert!(size(serve) <= 1_310, "the future of a socket has {} bytes", size(serve));
    }
}
