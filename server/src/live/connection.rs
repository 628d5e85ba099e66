//! One socket: a task, a cursor, and nothing in between.
//!
//! There is no queue per socket. On the bell it sends everything from its cursor to the head, read
//! from the ring or from the log; a slow client is only an old cursor.

use super::{
    Live,
    hub::{Book, Tail},
};
use app::{
    error::AppError,
    service::{Actor, BudgetService},
    wire::{Bye, Frame, HEARTBEAT_MS, Heartbeat, REPLAY_LIMIT, Resync, ResyncReason, Seq, Welcome, close},
};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use futures_util::SinkExt;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use uuid::Uuid;

const HEARTBEAT: Duration = Duration::from_millis(HEARTBEAT_MS);
/// A heartbeat so soon after a burst shows a client that it lost the last message.
const AFTER_BURST: Duration = Duration::from_secs(1);
const FLUSH_LIMIT: Duration = Duration::from_secs(10);
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
const LOG_BATCH: i64 = 256;
const FRAMES_PER_SECOND: u32 = 10;

/// Where a client wants to go on.
#[derive(Clone, Copy, Debug)]
pub struct Resume {
    /// The log it knows.
    pub epoch: Uuid,
    /// The last change it has.
    pub since: Seq,
}

/// Why a socket ends.
enum End {
    /// We say so, with this code.
    Close(u16),
    /// The other side is gone.
    Gone,
}

struct Connection<'a> {
    socket: WebSocket,
    live: &'a Live,
    actor: Actor,
    book: Arc<Book>,
    epoch: Uuid,
    /// The last change that was sent. Set by `welcome`, moved by `deliver`.
    cursor: Seq,
    /// Frames received in the second that began at `.0`.
    received: (Instant, u32),
    /// Whether the last ping was answered, or something else came.
    alive: bool,
    /// When the next ping is due.
    ping_at: Instant,
}

/// Serves a socket until it ends. `token` is the session's secret.
pub async fn serve(socket: WebSocket, live: Live, token: Option<String>, resume: Option<Resume>) {
    let mut socket = socket;
    let token = token.unwrap_or_default();
    let actor = match live.ledger.actor(token.clone()).await {
        Ok(actor) => actor,
        Err(error) => return say_close(&mut socket, refusal(&error)).await,
    };
    let (book, ended) = (live.hub.open(actor.household), live.hub.enter(actor.session));
    // Only now is a sign-out sure to reach this socket, so the session is looked at again.
    let again = match live.ledger.actor(token).await {
        Ok(again) if (again.household, again.member) == (actor.household, actor.member) => Ok(()),
        // The session looks at another household by now: come back and find that one.
        Ok(_) => Err(close::POSITION_LOST),
        Err(error) => Err(refusal(&error)),
    };
    let end = if let Err(code) = again {
        End::Close(code)
    } else {
        let received = (Instant::now(), 0);
        let book = book.clone();
        let mut connection = Connection {
            socket,
            live: &live,
            actor,
            book,
            epoch: Uuid::nil(),
            cursor: 0,
            received,
            alive: true,
            ping_at: Instant::now() + HEARTBEAT,
        };
        let end = match connection.welcome(resume).await {
            Ok(()) => connection.run(ended.clone()).await,
            Err(end) => end,
        };
        socket = connection.socket;
        end
    };
    live.hub.leave(actor.household, book);
    live.hub.exit(actor.session, ended);
    if let End::Close(code) = end {
        say_close(&mut socket, code).await;
    }
}

/// The close code of a session that could not be looked up. Only one that does not exist is told to
/// stay away: a store that is busy comes back.
const fn refusal(error: &AppError) -> u16 {
    match error {
        AppError::NotSignedIn => close::NOT_SIGNED_IN,
        _ => close::RESTARTING,
    }
}

async fn say_close(socket: &mut WebSocket, code: u16) {
    let frame = Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static("") }));
    // Whether the other side hears it or not, the socket ends here.
    if timeout(CLOSE_LIMIT, socket.send(frame)).await.is_err() {
        tracing::debug!(code, "a close was not heard");
    }
}

/// The close code of the session's end, once it has come.
async fn end_of_session(ended: &mut watch::Receiver<u16>) -> u16 {
    ended.wait_for(|code| *code != 0).await.map_or(close::NOT_SIGNED_IN, |code| *code)
}

impl Connection<'_> {
    /// Says where the stream continues; ends the socket where the log cannot continue it.
    async fn welcome(&mut self, resume: Option<Resume>) -> Result<(), End> {
        let head = self.live.ledger.head(self.actor.household).await;
        let head = head.map_err(|_| End::Close(close::RESTARTING))?;
        self.book.heard(head.position.seq);
        self.book.set_zone(&head.time_zone);
        self.epoch = head.position.epoch;
        let lost = resume.and_then(|Resume { epoch, since }| match () {
            () if epoch != self.epoch => Some(ResyncReason::Epoch),
            () if since > head.position.seq => Some(ResyncReason::Ahead),
            () if head.position.seq.saturating_sub(since) > REPLAY_LIMIT => Some(ResyncReason::TooFar),
            () => None,
        });
        self.cursor = resume.filter(|_| lost.is_none()).map_or(head.position.seq, |resume| resume.since);
        self.say(&Frame::Welcome(Welcome {
            epoch: self.epoch,
            seq: self.cursor,
            head: head.position.seq,
            today: self.live.clock.today(&head.time_zone),
            build: self.live.build.to_string(),
            protocol: 1,
            heartbeat_ms: HEARTBEAT_MS,
        }))
        .await?;
        if let Some(reason) = lost {
            self.say(&Frame::Resync(Resync { epoch: self.epoch, seq: head.position.seq, reason })).await?;
            return Err(End::Close(close::POSITION_LOST));
        }
        Ok(())
    }

    async fn run(&mut self, mut ended: watch::Receiver<u16>) -> End {
        let mut bell = self.book.bell();
        let shutdown = self.live.shutdown.clone();
        let timer = tokio::time::sleep(HEARTBEAT);
        tokio::pin!(timer);
        loop {
            match self.deliver(&ended).await {
                // A steady stream of writes does not put it off.
                Ok(true) => {
                    let soon = (Instant::now() + AFTER_BURST).min(timer.deadline());
                    timer.as_mut().reset(soon);
                }
                Ok(false) => {}
                Err(end) => return end,
            }
            let result = tokio::select! {
                rung = bell.changed() => if rung.is_err() { Err(End::Gone) } else { Ok(()) },
                received = self.socket.recv() => self.receive(received),
                () = timer.as_mut() => {
                    timer.as_mut().reset(Instant::now() + HEARTBEAT);
                    self.beat().await
                }
                code = end_of_session(&mut ended) => Err(End::Close(code)),
                () = shutdown.cancelled() => self.goodbye().await,
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    /// Sends everything from the cursor to the head; whether there was anything.
    async fn deliver(&mut self, ended: &watch::Receiver<u16>) -> Result<bool, End> {
        let mut sent = false;
        loop {
            // Somebody far behind is not kept longer than anybody else.
            if *ended.borrow() != 0 || self.live.shutdown.is_cancelled() {
                return Ok(sent);
            }
            let (frames, last) = match self.book.after(self.cursor) {
                Tail::Frames(frames, _) if frames.is_empty() => return Ok(sent),
                Tail::Frames(frames, last) => (frames, last),
                Tail::Missing => match self.read_log().await? {
                    Some(read) => read,
                    None => return Ok(sent),
                },
            };
            self.send(frames).await?;
            self.cursor = last;
            sent = true;
        }
    }

    /// What follows the cursor, from the log. One socket of a household reads at a time, and what it
    /// finds serves the others.
    async fn read_log(&mut self) -> Result<Option<(Vec<Bytes>, Seq)>, End> {
        let _one_at_a_time = self.book.reading.lock().await;
        if let Tail::Frames(frames, last) = self.book.after(self.cursor) {
            return Ok((!frames.is_empty()).then_some((frames, last)));
        }
        let read = self.live.ledger.frames_after(self.actor.household, self.cursor, LOG_BATCH).await;
        // The store does not answer: the client comes back, and the log still has everything.
        let frames = read.map_err(|_| End::Close(close::RESTARTING))?;
        self.book.keep(&frames);
        let last = frames.last().map(|(seq, _)| *seq);
        Ok(last.map(|last| (frames.into_iter().map(|(_, frame)| frame).collect(), last)))
    }

    /// Writes frames in as few packets as they fit, and waits for a slow client only so long.
    async fn send(&mut self, frames: Vec<Bytes>) -> Result<(), End> {
        let writing = async {
            for frame in frames {
                // Frames are JSON that we encoded, so this never fails.
                let text = Utf8Bytes::try_from(frame).map_err(|_| End::Gone)?;
                self.socket.feed(Message::Text(text)).await.map_err(|_| End::Gone)?;
            }
            self.socket.flush().await.map_err(|_| End::Gone)
        };
        timeout(FLUSH_LIMIT, writing).await.unwrap_or(Err(End::Close(close::TOO_SLOW)))
    }

    async fn say(&mut self, frame: &Frame) -> Result<(), End> {
        let text = frame.encode().map_err(|_| End::Gone)?;
        self.send(vec![text.into()]).await
    }

    /// Shows that we are here, and looks whether the other side is.
    async fn beat(&mut self) -> Result<(), End> {
        let today = self.live.clock.today(&self.book.zone());
        self.say(&Frame::Heartbeat(Heartbeat { seq: self.book.head().max(self.cursor), today })).await?;
        if Instant::now() < self.ping_at {
            return Ok(());
        }
        self.ping_at = Instant::now() + HEARTBEAT;
        if !std::mem::replace(&mut self.alive, false) {
            return Err(End::Close(close::NO_PONG));
        }
        let ping = self.socket.send(Message::Ping(Bytes::new()));
        timeout(FLUSH_LIMIT, ping).await.map_err(|_| End::Close(close::TOO_SLOW))?.map_err(|_| End::Gone)
    }

    async fn goodbye(&mut self) -> Result<(), End> {
        self.say(&Frame::Bye(Bye { retry_ms: [100, 2000], reason: "restarting".into() })).await?;
        Err(End::Close(close::RESTARTING))
    }

    /// From a client nothing is needed: what it says is counted and otherwise ignored.
    fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.alive = true;
        match received {
            None | Some(Ok(Message::Close(_))) => Err(End::Gone),
            // Too large, or not a frame: what we understand of it is that it breaks the protocol.
            Some(Err(_)) | Some(Ok(Message::Binary(_))) => Err(End::Close(close::PROTOCOL)),
            Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_))) => {
                let now = Instant::now();
                if now - self.received.0 >= Duration::from_secs(1) {
                    self.received = (now, 0);
                }
                self.received.1 += 1;
                if self.received.1 > FRAMES_PER_SECOND {
                    return Err(End::Close(close::TOO_MANY_FRAMES));
                }
                Ok(())
            }
        }
    }
}
