//! `BudgetWSClient`: the socket to `/api/v1/budget/ws`, kept open.
//!
//! It calls handlers by event name, reconnects automatically, detects a dead connection by missing
//! heartbeats, and resumes from the follower's position. The follower interprets the frames;
//! [`crate::lifecycle`] decides what to do next, and this module carries it out.

use crate::{
    browser::{self, Listening, Wake},
    handlers::Handlers,
    lifecycle::{Action, CameTo, Ending, Lifecycle, LifecycleEvent, Moment, Said, Sight},
};
use app::{
    domain::FactId,
    live_link::Connection,
    replica::apply::Outcome,
    wire::{EditingFrame, Frame, Position, close},
};
use futures_channel::mpsc;
use futures_util::{FutureExt, SinkExt, StreamExt, future::OptionFuture, select_biased};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use std::{cell::RefCell, collections::VecDeque, future::Future, pin::Pin, rc::Rc};
use wasm_bindgen_futures::spawn_local;

/// Has a position and applies frames.
pub trait Follower {
    /// The position to resume from.
    fn position(&self) -> Position;
    /// The fact that is open in this page's editor.
    fn editing(&self) -> Option<FactId>;
    /// Applies a frame.
    fn apply(&self, frame: Frame) -> Outcome;
    /// Reads everything again; returns false if that failed.
    fn resync(&self) -> Pin<Box<dyn Future<Output = bool>>>;
}

/// The live connection of the page.
#[derive(Clone)]
pub struct BudgetWSClient {
    inner: Rc<ClientState>,
}

struct ClientState {
    handlers: Handlers,
    connection: ArcRwSignal<Connection>,
    /// Wakes the running task; `None` while disconnected. Set by `connect`, taken by `disconnect`.
    task: RefCell<Option<mpsc::UnboundedSender<Wake>>>,
}

impl BudgetWSClient {
    /// A client that is not connected yet; `connection` shows its state on the screens.
    #[must_use]
    pub fn new(connection: ArcRwSignal<Connection>) -> Self {
        let inner = ClientState { handlers: Handlers::default(), connection, task: RefCell::default() };
        Self { inner: Rc::new(inner) }
    }

    /// Calls `handler` with the data of every frame of this event, after the frame was applied. Each entry of
    /// a `changes` frame is an event of its own.
    pub fn on(&self, event: &str, handler: impl Fn(&str) + 'static) {
        self.inner.handlers.on(event, handler);
    }

    /// The state of the connection, for the screens.
    #[must_use]
    pub fn connection(&self) -> ArcRwSignal<Connection> {
        self.inner.connection.clone()
    }

    /// Connects, and stays connected until [`BudgetWSClient::disconnect`]. A second call replaces the first.
    pub fn connect(&self, follower: Rc<dyn Follower>) {
        let (sender, wakes) = mpsc::unbounded();
        let listening = browser::on_wake(sender.clone());
        if let Some(before) = self.inner.task.replace(Some(sender)) {
            before.close_channel();
        }
        let task = Task::new(self.inner.clone(), follower, listening);
        spawn_local(task.run(wakes));
    }

    /// Closes the socket and does not reconnect.
    pub fn disconnect(&self) {
        if let Some(task) = self.inner.task.take() {
            task.close_channel();
        }
    }

    /// Replaces the socket, as if the network had changed.
    pub fn reconnect(&self) {
        if let Some(task) = self.inner.task.borrow().as_ref() {
            // Without a task nothing is connected.
            drop(task.unbounded_send(Wake::Online));
        }
    }

    /// Tells the task that another fact may be open in the editor, so that it notifies the server.
    pub fn edited(&self) {
        if let Some(task) = self.inner.task.borrow().as_ref() {
            // Without a socket nobody is notified; the next welcome sends the current state.
            drop(task.unbounded_send(Wake::Edited));
        }
    }
}

/// The task of a connected client, until another one replaces it or it is disconnected.
struct Task {
    inner: Rc<ClientState>,
    follower: Rc<dyn Follower>,
    socket: Option<WebSocket>,
    /// The read of everything, while one is in progress.
    rereading: Option<Pin<Box<dyn Future<Output = bool>>>>,
    /// The fact that this socket last reported as being edited.
    said: Option<FactId>,
    /// Since when the connection is not live, as the browser formats the time of day.
    lost_at: Option<String>,
    /// Dropped with the task, which removes the listeners.
    _listening: Option<Listening>,
}

impl Task {
    fn new(inner: Rc<ClientState>, follower: Rc<dyn Follower>, listening: Option<Listening>) -> Self {
        let (socket, rereading, said) = (None, None, None);
        let lost_at = match inner.connection.get_untracked() {
            Connection::Offline { since } => Some(since),
            _ => None,
        };
        Self { inner, follower, socket, rereading, said, lost_at, _listening: listening }
    }

    async fn run(mut self, mut wakes: mpsc::UnboundedReceiver<Wake>) {
        let begin = if self.lost_at.is_some() { Lifecycle::begin_offline } else { Lifecycle::begin };
        let (mut life, first) = begin(moment());
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
                // After a panic the state of the page cannot be trusted.
                Next::Message(_) if browser::has_stopped() => return self.close(),
                Next::Message(message) => self.heard(message),
            };
            if let Some(event) = event {
                actions.extend(life.on(event, moment()));
            }
        }
    }

    /// Waits for the next event.
    async fn next(&mut self, wakes: &mut mpsc::UnboundedReceiver<Wake>, left_ms: Option<f64>) -> Next {
        let mut message = OptionFuture::from(self.socket.as_mut().map(|socket| socket.next().fuse()));
        let mut reread = OptionFuture::from(self.rereading.as_mut().map(FutureExt::fuse));
        let mut elapsed =
            OptionFuture::from(left_ms.map(|left| TimeoutFuture::new(milliseconds(left)).fuse()));
        let next = select_biased! {
            wake = wakes.next() => match wake {
                // Another task has replaced this one, or the client was disconnected.
                None => Next::Over,
                Some(Wake::Edited) => Next::Edited,
                Some(Wake::Online) => Next::Event(LifecycleEvent::Online),
                Some(Wake::Offline) => Next::Event(LifecycleEvent::Offline),
                Some(Wake::Shown) => Next::Event(LifecycleEvent::Shown),
                Some(Wake::SignedOut) => Next::Event(LifecycleEvent::SignedOut),
            },
            message = message => Next::Message(message.flatten()),
            done = reread => Next::Event(LifecycleEvent::Reread(done.unwrap_or(false))),
            _ = elapsed => Next::Event(LifecycleEvent::Elapsed),
        };
        if matches!(next, Next::Event(LifecycleEvent::Reread(_))) {
            self.rereading = None;
        }
        next
    }

    /// Carries out an action; returns an event if it fails at once.
    fn carry_out(&mut self, action: Action) -> Option<LifecycleEvent> {
        match action {
            Action::Open => {
                (self.socket, self.said, self.rereading) = (self.open(), None, None);
                return self.socket.is_none().then_some(LifecycleEvent::Failed);
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

    /// Closes the socket from this side. Its listeners are dropped with it, so no event follows.
    fn close(&mut self) {
        if let Some(socket) = self.socket.take() {
            // A socket that is already closed is fine.
            drop(socket.close(Some(close::POSITION_LOST), None));
        }
    }

    /// Reports which fact is open in the editor, unless that was reported already.
    async fn say_what_is_edited(&mut self) {
        let editing = self.follower.editing();
        if let Some(socket) = self.socket.as_mut()
            && editing != self.said
            && let Ok(text) = (EditingFrame { fact_id: editing }).encode()
        {
            // If the socket cannot be written to, reading from it reports the error.
            let sent = socket.send(Message::Text(text)).await.is_ok();
            self.said = editing.filter(|_| sent);
        }
    }

    /// Applies a received message.
    fn heard(&mut self, message: Option<Result<Message, WebSocketError>>) -> Option<LifecycleEvent> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Bytes(_))) => return None,
            Some(Err(WebSocketError::ConnectionClose(event))) => {
                self.socket = None;
                return Some(LifecycleEvent::Closed(event.code));
            }
            Some(Err(_)) | None => {
                self.socket = None;
                return Some(LifecycleEvent::Failed);
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
        Some(LifecycleEvent::Frame { said, came_to, seq: self.follower.position().seq })
    }
}

/// What happened next.
enum Next {
    /// The connection is no longer needed.
    Over,
    /// An event for the lifecycle.
    Event(LifecycleEvent),
    /// Another fact is open in the editor, or none any more.
    Edited,
    /// A message of the socket.
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

/// At least 1, so that the deadline has passed when the timer fires; a deadline is at most minutes away.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 1,000,000")]
fn milliseconds(ms: f64) -> u32 {
    ms.ceil().clamp(1.0, 1_000_000.0) as u32
}
