//! `BudgetWSClient`: the socket to `/api/v1/budget/ws`, kept open.
//!
//! It registers handlers by event name, reconnects by itself, notices a dead connection by the missing
//! heartbeat, and resumes from the position of whoever follows it. What a frame means is the
//! follower's business.

use crate::{
    backoff::Backoff,
    browser::{self, Wake},
};
use app::{
    domain::FactId,
    live_link::Connection,
    replica::apply::Outcome,
    wire::{Editing, Frame, HEARTBEAT_MS, Position, close},
};
use futures_channel::mpsc;
use futures_util::{FutureExt, SinkExt, StreamExt, select};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    future::Future,
    pin::Pin,
    rc::Rc,
};
use wasm_bindgen_futures::spawn_local;

/// Without a frame for so long the connection is dead, whatever the browser believes.
const SILENCE_MS: u64 = HEARTBEAT_MS + 10_000;
/// A socket that is not open after so long is tried anew.
const OPEN_MS: u32 = 10_000;
/// A snapshot that does not arrive in this time is asked for again.
const RESYNC_MS: u32 = 15_000;
/// The log was further than we are for so long: something was lost on the way.
const BEHIND_MS: u32 = 1_000;

/// A socket that lasted so long was a good one.
const HEALTHY_MS: f64 = 10_000.0;

/// Gets the data of a frame as JSON text.
type Handler = Box<dyn Fn(&str)>;

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
    handlers: RefCell<HashMap<String, Vec<Handler>>>,
    connection: ArcRwSignal<Connection>,
    /// Wakes the running task; none while disconnected. Set by `connect`, taken by `disconnect`.
    task: RefCell<Option<mpsc::UnboundedSender<Wake>>>,
    /// Counts the tasks, so that one that was replaced knows.
    generation: Cell<u64>,
}

/// Why a socket ended.
enum End {
    /// Come back after the usual delay.
    Retry,
    /// Come back at once.
    Now,
    /// Read everything again, then come back.
    Resync,
    /// Never come back by itself; this is how it is then.
    Stop(Connection),
}

#[derive(Deserialize)]
struct Named {
    event: String,
    #[serde(default)]
    data: Option<Box<RawValue>>,
}

impl BudgetWSClient {
    /// A client that is not connected yet; `connection` tells the screens how it is.
    #[must_use]
    pub fn new(connection: ArcRwSignal<Connection>) -> Self {
        let inner = Inner {
            handlers: RefCell::default(),
            connection,
            task: RefCell::default(),
            generation: Cell::new(0),
        };
        Self { inner: Rc::new(inner) }
    }

    /// Calls `handler` with the data of every frame of this event, after the frame was applied. The
    /// entries of a `changes` frame are events of their own.
    pub fn on(&self, event: &str, handler: impl Fn(&str) + 'static) {
        self.inner.handlers.borrow_mut().entry(event.to_owned()).or_default().push(Box::new(handler));
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
        browser::on_wake(&sender);
        if let Some(before) = self.inner.task.replace(Some(sender)) {
            before.close_channel();
        }
        self.inner.generation.set(self.inner.generation.get() + 1);
        let (client, generation) = (self.clone(), self.inner.generation.get());
        spawn_local(async move { client.run(follower, wakes, generation).await });
    }

    /// Closes the socket and stays away.
    pub fn disconnect(&self) {
        self.inner.generation.set(self.inner.generation.get() + 1);
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

    async fn run(
        self,
        follower: Rc<dyn Follower>,
        mut wakes: mpsc::UnboundedReceiver<Wake>,
        generation: u64,
    ) {
        let mut backoff = Backoff::default();
        let mut lost_at = None;
        // Coming back at once is for those who got further since the last time; else it could go round
        // and round.
        let mut rushed = false;
        while self.inner.generation.get() == generation {
            let (from, began) = (follower.position(), browser::now_ms());
            let end = self.socket(follower.as_ref(), &mut wakes, &mut backoff, &mut lost_at).await;
            if follower.position() != from || browser::now_ms() - began > HEALTHY_MS {
                rushed = false;
            }
            if self.inner.generation.get() != generation || browser::has_stopped() {
                return;
            }
            if let End::Stop(state) = end {
                self.inner.connection.set(state);
                lost_at.get_or_insert_with(browser::time_of_day);
                // Somebody may sign in again in another tab: looked at when this one is.
                if woken(&mut wakes).await.is_none() {
                    return;
                }
                continue;
            }
            match &lost_at {
                // The first attempt to come back is worth no alarm.
                None => {
                    lost_at = Some(browser::time_of_day());
                    self.inner.connection.set(Connection::CatchingUp);
                }
                Some(since) => self.inner.connection.set(Connection::Offline { since: since.clone() }),
            }
            let read_again = match end {
                End::Resync => select! {
                    done = follower.resync().fuse() => done,
                    () = TimeoutFuture::new(RESYNC_MS).fuse() => false,
                },
                _ => true,
            };
            let delay = match end {
                End::Now | End::Resync if read_again && !rushed => {
                    rushed = true;
                    0
                }
                _ => backoff.delay(browser::now_ms(), browser::chance()),
            };
            if delay > 0 {
                select! {
                    () = TimeoutFuture::new(delay).fuse() => {}
                    wake = woken(&mut wakes).fuse() => if wake.is_none() { return },
                }
            }
        }
    }

    /// One socket, from opening to its end.
    async fn socket(
        &self,
        follower: &dyn Follower,
        wakes: &mut mpsc::UnboundedReceiver<Wake>,
        backoff: &mut Backoff,
        lost_at: &mut Option<String>,
    ) -> End {
        let Position { epoch, seq, check } = follower.position();
        let mut path = format!("/api/v1/budget/ws?epoch={epoch}&since={seq}");
        if let Some(check) = check {
            path.push_str("&check=");
            path.push_str(&check.to_string());
        }
        let Some(mut socket) = browser::socket_url(&path).and_then(|url| WebSocket::open(&url).ok()) else {
            return End::Retry;
        };
        let (mut heard, mut head) = (browser::now_ms(), seq);
        let mut silence = TimeoutFuture::new(OPEN_MS).fuse();
        let (mut progressed, mut welcomed, mut said) = (false, false, None);
        let mut behind: futures_util::future::Fuse<TimeoutFuture> = futures_util::future::Fuse::terminated();
        loop {
            let editing = follower.editing();
            if welcomed && editing != said {
                said = editing;
                if let Ok(text) = (Editing { fact_id: editing }).encode()
                    // A socket that cannot be written to says so itself, to whoever reads it.
                    && socket.send(Message::Text(text)).await.is_err()
                {
                    said = None;
                }
            }
            let message = select! {
                message = socket.next().fuse() => message,
                wake = wakes.next() => {
                    let quiet = browser::now_ms() - heard;
                    match wake {
                        None => return End::Stop(Connection::SignedOut),
                        // The network is another one: the old socket would only time out.
                        Some(Wake::Online) => return self.leave(socket, End::Now),
                        // After a sleep the socket may be dead without knowing.
                        Some(Wake::Shown) if quiet > heartbeat_ms() + 2_000.0 => return self.leave(socket, End::Now),
                        Some(Wake::Shown | Wake::Edited) => continue,
                    }
                }
                () = silence => return self.leave(socket, End::Retry),
                () = behind => {
                    if follower.position().seq < head {
                        return self.leave(socket, if progressed { End::Now } else { End::Retry });
                    }
                    continue;
                }
            };
            if browser::has_stopped() {
                return self.leave(socket, End::Retry);
            }
            let text = match message {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Bytes(_))) => continue,
                Some(Err(WebSocketError::ConnectionClose(event))) => {
                    return match event.code {
                        close::TOO_MANY_SOCKETS => End::Stop(Connection::Crowded),
                        close::NOT_A_MEMBER => End::Stop(Connection::NotAMember),
                        code if !close::reconnects(code) => End::Stop(Connection::SignedOut),
                        close::POSITION_LOST => End::Resync,
                        _ => End::Retry,
                    };
                }
                Some(Err(_)) | None => return End::Retry,
            };
            heard = browser::now_ms();
            silence = TimeoutFuture::new(milliseconds(SILENCE_MS)).fuse();
            let Ok(frame) = Frame::parse(&text) else { return self.leave(socket, End::Resync) };
            match &frame {
                Frame::Welcome(welcome) => {
                    (head, welcomed) = (welcome.head, true);
                    backoff.connected(heard);
                }
                Frame::Heartbeat(heartbeat) => head = heartbeat.seq,
                Frame::Bye(bye) => backoff.asked(bye.retry_ms),
                _ => {}
            }
            let welcome = matches!(frame, Frame::Welcome(_));
            match follower.apply(frame) {
                Outcome::Applied(_) => {
                    self.tell(&text);
                    progressed = true;
                    // What arrives is not lost: only silence while we are behind is.
                    if follower.position().seq < head {
                        behind = TimeoutFuture::new(BEHIND_MS).fuse();
                    }
                }
                Outcome::Duplicate => {}
                Outcome::Noted { behind: true } => {
                    self.tell(&text);
                    // After a welcome the rest is on its way; after a heartbeat it should be here.
                    let patience = if welcome { OPEN_MS } else { BEHIND_MS };
                    behind = TimeoutFuture::new(patience).fuse();
                }
                Outcome::Noted { behind: false } => self.tell(&text),
                Outcome::Gap => return self.leave(socket, End::Now),
                Outcome::Resync => return self.leave(socket, End::Resync),
            }
            if follower.position().seq >= head {
                *lost_at = None;
                if self.inner.connection.with_untracked(|state| !matches!(state, Connection::Live { .. })) {
                    self.inner.connection.set(Connection::Live { since: browser::time_of_day() });
                }
            }
        }
    }

    /// Closes the socket ourselves. It takes its listeners with it, so no event follows.
    fn leave(&self, socket: WebSocket, end: End) -> End {
        // A socket that is closed already is what we want.
        drop(socket.close(Some(close::POSITION_LOST), None));
        end
    }

    fn tell(&self, text: &str) {
        let handlers = self.inner.handlers.borrow();
        if handlers.is_empty() {
            return;
        }
        for named in events(text) {
            let data = named.data.as_ref().map_or("null", |data| data.get());
            for handler in handlers.get(&named.event).into_iter().flatten() {
                handler(data);
            }
        }
    }
}

/// Waits until the page wakes, whatever is edited meanwhile; none when the client goes away.
async fn woken(wakes: &mut mpsc::UnboundedReceiver<Wake>) -> Option<Wake> {
    loop {
        match wakes.next().await {
            Some(Wake::Edited) => {}
            wake => return wake,
        }
    }
}

/// The events of a frame: itself, and each entry of a `changes`.
fn events(text: &str) -> Vec<Named> {
    let Ok(frame) = serde_json::from_str::<Named>(text) else { return Vec::new() };
    let entries = frame.data.as_ref().filter(|_| frame.event == "changes").map(|data| data.get());
    let entries: Vec<Named> =
        entries.and_then(|entries| serde_json::from_str(entries).ok()).unwrap_or_default();
    std::iter::once(frame).chain(entries).collect()
}

fn heartbeat_ms() -> f64 {
    f64::from(milliseconds(HEARTBEAT_MS))
}

fn milliseconds(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_called_once_for_a_frame_and_once_for_each_entry_of_several() {
        let client = BudgetWSClient::new(ArcRwSignal::new(Connection::default()));
        let told = Rc::new(RefCell::new(Vec::new()));
        for event in ["changes", "budget_fact_updated", "article_updated"] {
            let told = told.clone();
            client.on(event, move |data| told.borrow_mut().push((event, data.to_owned())));
        }
        client.tell(r#"{"event":"article_updated","data":{"id":1},"seq":3,"later":true}"#);
        assert_eq!(told.take(), [("article_updated", r#"{"id":1}"#.to_owned())]);
        let entries = r#"[{"event":"budget_fact_updated","data":{"id":1},"before":{}},{"event":"article_updated","data":{"id":2}},{"event":"member_updated","data":{}}]"#;
        client.tell(&format!(r#"{{"event":"changes","data":{entries},"seq":4}}"#));
        let expected = [
            ("changes", entries),
            ("budget_fact_updated", r#"{"id":1}"#),
            ("article_updated", r#"{"id":2}"#),
        ];
        assert_eq!(told.take(), expected.map(|(event, data)| (event, data.to_owned())));
        client.tell("not a frame");
        assert!(told.take().is_empty());
    }
}
