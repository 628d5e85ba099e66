//! `BudgetWSClient`: the socket to `/api/v1/budget/ws`, kept open.
//!
//! It registers handlers by event name, reconnects by itself, notices a dead connection by the missing
//! heartbeat, and resumes from the position of whoever follows it. What a frame means is the
//! follower's business; what to do next is decided in [`crate::lifecycle`], and carried out here.

use crate::{
    browser::{self, Listening, Wake},
    handlers::Handlers,
    lifecycle::{Action, CameTo, Ending, Event, Lifecycle, Moment, Said, Sight},
};
use app::{
    domain::FactId,
    live_link::Connection,
    replica::apply::Outcome,
    wire::{Editing, Frame, Position, close},
};
use futures_channel::mpsc;
use futures_util::{FutureExt, SinkExt, StreamExt, future::OptionFuture, select_biased};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use std::{cell::RefCell, collections::VecDeque, future::Future, pin::Pin, rc::Rc};
use wasm_bindgen_futures::spawn_local;

/// Who keeps a position and is moved by frames.
pub trait Follower {
    /// Where to resume.
    fn position(&self) -> Position;
    /// The row that is open in this page's editor.
    fn editing(&self) -> Option<FactId>;
    /// Moves by a frame.
    fn apply(&self, frame: Frame) -> Outcome;
    /// Reads everything again; false when that did not work.
    fn resync(&self) -> Pin<Box<dyn Future<Output = bool>>>;
}

/// The live connection of the page.
#[derive(Clone)]
pub struct BudgetWSClient {
    inner: Rc<Inner>,
}

struct Inner {
    handlers: Handlers,
    connection: ArcRwSignal<Connection>,
    /// Wakes the running task; none while disconnected. Set by `connect`, taken by `disconnect`.
    task: RefCell<Option<mpsc::UnboundedSender<Wake>>>,
}

impl BudgetWSClient {
    /// A client that is not connected yet; `connection` tells the screens how it is.
    #[must_use]
    pub fn new(connection: ArcRwSignal<Connection>) -> Self {
        let inner = Inner { handlers: Handlers::default(), connection, task: RefCell::default() };
        Self { inner: Rc::new(inner) }
    }

    /// Calls `handler` with the data of every frame of this event, after the frame was applied. The
    /// entries of a `changes` frame are events of their own.
    pub fn on(&self, event: &str, handler: impl Fn(&str) + 'static) {
        self.inner.handlers.on(event, handler);
    }

    /// How the connection is, for whoever shows it.
    #[must_use]
    pub fn connection(&self) -> ArcRwSignal<Connection> {
        self.inner.connection.clone()
    }

    /// Connects, and stays connected until [`BudgetWSClient::disconnect`]. A second call takes over
    /// from the first.
    pub fn connect(&self, follower: Rc<dyn Follower>) {
        let (sender, wakes) = mpsc::unbounded();
        let listening = browser::on_wake(sender.clone());
        if let Some(before) = self.inner.task.replace(Some(sender)) {
            before.close_channel();
        }
        let task = Task::new(self.inner.clone(), follower, listening);
        spawn_local(task.run(wakes));
    }

    /// Closes the socket and stays away.
    pub fn disconnect(&self) {
        if let Some(task) = self.inner.task.take() {
            task.close_channel();
        }
    }

    /// What is edited here may be another row by now: the others are told.
    pub fn edited(&self) {
        if let Some(task) = self.inner.task.borrow().as_ref() {
            // Without a socket there is nobody to tell; the next welcome looks itself.
            drop(task.unbounded_send(Wake::Edited));
        }
    }
}

/// What a connected client runs, until another one takes over or it is disconnected.
struct Task {
    inner: Rc<Inner>,
    follower: Rc<dyn Follower>,
    socket: Option<WebSocket>,
    /// The reading of everything that was asked for; none while there is none.
    rereading: Option<Pin<Box<dyn Future<Output = bool>>>>,
    /// What this socket was told of the row that is edited here.
    said: Option<FactId>,
    /// Since when the connection is not live, as the browser writes the time of day.
    lost_at: Option<String>,
    /// Removed with the task.
    _listening: Option<Listening>,
}

impl Task {
    fn new(inner: Rc<Inner>, follower: Rc<dyn Follower>, listening: Option<Listening>) -> Self {
        let (socket, rereading, said, lost_at) = (None, None, None, None);
        Self { inner, follower, socket, rereading, said, lost_at, _listening: listening }
    }

    async fn run(mut self, mut wakes: mpsc::UnboundedReceiver<Wake>) {
        let (mut life, first) = Lifecycle::begin(moment());
        let mut actions = VecDeque::from(first);
        loop {
            while let Some(action) = actions.pop_front() {
                if let Some(event) = self.carry_out(action) {
                    actions.extend(life.on(event, moment()));
                }
            }
            if life.is_welcome() {
                self.say_what_is_edited().await;
            }
            let left = life.deadline().map(|until| until - browser::now_ms());
            let event = match self.next(&mut wakes, left).await {
                Next::Over => return self.close(),
                Next::Event(event) => Some(event),
                Next::Edited => None,
                // What the page shows cannot be trusted any more.
                Next::Message(_) if browser::has_stopped() => return self.close(),
                Next::Message(message) => self.heard(message),
            };
            if let Some(event) = event {
                actions.extend(life.on(event, moment()));
            }
        }
    }

    /// Waits for whatever comes first.
    async fn next(&mut self, wakes: &mut mpsc::UnboundedReceiver<Wake>, left_ms: Option<f64>) -> Next {
        let mut message = OptionFuture::from(self.socket.as_mut().map(|socket| socket.next().fuse()));
        let mut reread = OptionFuture::from(self.rereading.as_mut().map(FutureExt::fuse));
        let mut elapsed =
            OptionFuture::from(left_ms.map(|left| TimeoutFuture::new(milliseconds(left)).fuse()));
        let next = select_biased! {
            wake = wakes.next() => match wake {
                // Another task took over, or there shall be none.
                None => Next::Over,
                Some(Wake::Edited) => Next::Edited,
                Some(Wake::Online) => Next::Event(Event::Online),
                Some(Wake::Offline) => Next::Event(Event::Offline),
                Some(Wake::Shown) => Next::Event(Event::Shown),
            },
            message = message => Next::Message(message.flatten()),
            done = reread => Next::Event(Event::Reread(done.unwrap_or(false))),
            _ = elapsed => Next::Event(Event::Elapsed),
        };
        if matches!(next, Next::Event(Event::Reread(_))) {
            self.rereading = None;
        }
        next
    }

    /// Does what was decided; an event if that fails at once.
    fn carry_out(&mut self, action: Action) -> Option<Event> {
        match action {
            Action::Open => {
                (self.socket, self.said, self.rereading) = (self.open(), None, None);
                return self.socket.is_none().then_some(Event::Failed);
            }
            Action::Close => self.close(),
            Action::Reread => self.rereading = Some(self.follower.resync()),
            Action::Show(sight) => {
                if sight == Sight::Live {
                    self.lost_at = None;
                } else {
                    self.lost_at.get_or_insert_with(browser::time_of_day);
                }
                self.inner.connection.set(self.connection(sight));
            }
        }
        None
    }

    fn connection(&self, sight: Sight) -> Connection {
        match sight {
            Sight::Live => Connection::Live { since: browser::time_of_day() },
            Sight::CatchingUp => Connection::CatchingUp,
            Sight::Offline => Connection::Offline { since: self.lost_at.clone().unwrap_or_default() },
            Sight::Ended(Ending::SignedOut) => Connection::SignedOut,
            Sight::Ended(Ending::NotAMember) => Connection::NotAMember,
            Sight::Ended(Ending::Crowded) => Connection::Crowded,
            Sight::Ended(Ending::Refused) => Connection::Refused,
        }
    }

    fn open(&self) -> Option<WebSocket> {
        let Position { epoch, seq, check } = self.follower.position();
        let mut path = format!("/api/v1/budget/ws?epoch={epoch}&since={seq}");
        if let Some(check) = check {
            path.push_str("&check=");
            path.push_str(&check.to_string());
        }
        WebSocket::open(&browser::socket_url(&path)?).ok()
    }

    /// Closes the socket ourselves. It takes its listeners with it, so no event follows.
    fn close(&mut self) {
        if let Some(socket) = self.socket.take() {
            // A socket that is closed already is what we want.
            drop(socket.close(Some(close::POSITION_LOST), None));
        }
    }

    /// Tells the others which row is open in an editor here, if they do not know.
    async fn say_what_is_edited(&mut self) {
        let editing = self.follower.editing();
        if let Some(socket) = self.socket.as_mut()
            && editing != self.said
            && let Ok(text) = (Editing { fact_id: editing }).encode()
        {
            // A socket that cannot be written to says so itself, to whoever reads it.
            let sent = socket.send(Message::Text(text)).await.is_ok();
            self.said = editing.filter(|_| sent);
        }
    }

    /// Applies what arrived.
    fn heard(&mut self, message: Option<Result<Message, WebSocketError>>) -> Option<Event> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Bytes(_))) => return None,
            Some(Err(WebSocketError::ConnectionClose(event))) => {
                self.socket = None;
                return Some(Event::Closed(event.code));
            }
            Some(Err(_)) | None => {
                self.socket = None;
                return Some(Event::Failed);
            }
        };
        let (said, outcome) = match Frame::parse(&text) {
            Ok(frame) => (said(&frame), self.follower.apply(frame)),
            Err(_) => (Said::Other, Outcome::Resync),
        };
        let came_to = match outcome {
            Outcome::Applied(_) => CameTo::Moved,
            Outcome::Duplicate | Outcome::Noted { behind: false } => CameTo::Nothing,
            Outcome::Noted { behind: true } => CameTo::Behind,
            Outcome::Gap => CameTo::Gap,
            Outcome::Resync => CameTo::Unusable,
        };
        if matches!(outcome, Outcome::Applied(_) | Outcome::Noted { .. }) {
            self.inner.handlers.tell(&text);
        }
        Some(Event::Frame { said, came_to, seq: self.follower.position().seq })
    }
}

/// What comes first.
enum Next {
    /// Nobody wants this connection any more.
    Over,
    /// For the lifecycle.
    Event(Event),
    /// Another row is edited here, or none any more.
    Edited,
    /// Of the socket.
    Message(Option<Result<Message, WebSocketError>>),
}

const fn said(frame: &Frame) -> Said {
    match frame {
        Frame::Welcome(welcome) => Said::Welcome { head: welcome.head, heartbeat_ms: welcome.heartbeat_ms },
        Frame::Heartbeat(heartbeat) => Said::Heartbeat { head: heartbeat.seq },
        Frame::Bye(bye) => Said::Bye { retry_ms: bye.retry_ms },
        _ => Said::Other,
    }
}

fn moment() -> Moment {
    Moment { now_ms: browser::now_ms(), chance: browser::chance() }
}

/// At least one, so that the deadline is reached when the time is over; a deadline is at most minutes away.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 1,000,000")]
fn milliseconds(ms: f64) -> u32 {
    ms.ceil().clamp(1.0, 1_000_000.0) as u32
}
