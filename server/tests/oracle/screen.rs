//! One open page: a replica that is updated by frames, with the rules of the browser's client. It reconnects
//! with its position when its connection is cut, detects lost messages, and takes a snapshot when told to.

use crate::{
    World,
    judge::wrong,
    person::{Person, Reply},
};
use app::{
    domain::FactKey,
    replica::apply::{Book, Outcome},
    service::Snapshot,
    wire::{Frame, close},
};
use fastrand::Rng;
use futures_util::{FutureExt, StreamExt};
use reqwest::Method;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// If the log is ahead for this long, something was lost on the way.
const BEHIND: Duration = Duration::from_secs(1);
/// After a welcome the rest may take this long to arrive.
const ARRIVING: Duration = Duration::from_secs(10);
/// While a busy machine opens all pages at once, a page may ask this long for its first snapshot.
const OPENING: Duration = Duration::from_secs(60);
/// Without any frame for this long the connection is dead.
const SILENCE: Duration = Duration::from_secs(30);

/// The state of the page.
pub struct Page {
    pub book: Book,
    /// Rows after this key were never loaded.
    pub boundary: Option<FactKey>,
    /// How often the stream could not be resumed and a snapshot was taken.
    pub snapshots: usize,
    /// When the last welcome arrived, and when the page last changed.
    pub welcomed: Instant,
    pub moved: Instant,
}

#[derive(Clone)]
pub struct Screen {
    world: World,
    pub person: Person,
    pub household: usize,
    page: Arc<Mutex<Page>>,
}

/// How a stream ended.
enum End {
    Again,
    Resync,
}

impl Screen {
    pub async fn open(world: World, person: Person, household: usize, seed: u64) -> Self {
        let snapshot = timeout(OPENING, async {
            loop {
                // A busy machine may take longer than one request waits; no other answer is right.
                if let Some(reply) = ask(&world, &person).await {
                    break serde_json::from_value(reply.body.clone()).unwrap_or_else(|_| {
                        panic!("nothing is broken yet: {} {}", reply.status, reply.body)
                    });
                }
            }
        });
        let snapshot: Snapshot = snapshot.await.expect("a snapshot in time");
        let page = Page {
            boundary: snapshot.boundary(),
            book: Book::new(snapshot),
            snapshots: 0,
            welcomed: Instant::now(),
            moved: Instant::now(),
        };
        let screen = Self { world, person, household, page: Arc::new(Mutex::new(page)) };
        tokio::spawn(screen.clone().follow(Rng::with_seed(seed)));
        screen
    }

    pub fn page(&self) -> MutexGuard<'_, Page> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn follow(self, mut rng: Rng) {
        let mut attempt = 0_u32;
        loop {
            let before = self.page().book.position();
            match self.stream().await {
                End::Again => {}
                End::Resync => {
                    if let Some(snapshot) = read(&self.world, &self.person).await {
                        let mut page = self.page();
                        page.boundary = snapshot.boundary();
                        page.book = Book::new(snapshot);
                        page.snapshots += 1;
                        page.moved = Instant::now();
                    }
                }
            }
            attempt = if self.page().book.position() == before { (attempt + 1).min(4) } else { 0 };
            sleep(Duration::from_millis(rng.u64(0..200 << attempt))).await;
        }
    }

    /// Through any proxy: nobody is bound to a process.
    async fn stream(&self) -> End {
        let at = self.page().book.position();
        let address = self.world.any_proxy().address();
        let check = at.check.map(|check| format!("&check={check}")).unwrap_or_default();
        let url = format!("ws://{address}/api/v1/budget/ws?epoch={}&since={}{check}", at.epoch, at.seq);
        let mut request = url.into_client_request().expect("a URL");
        request.headers_mut().insert("cookie", self.person.cookie.parse().expect("a header"));
        request.headers_mut().insert("origin", format!("http://{address}").parse().expect("a header"));
        let Ok(Ok((mut socket, _))) = timeout(ARRIVING, connect_async(request)).await else {
            return End::Again;
        };
        let (mut head, mut behind) = (at.seq, None::<Instant>);
        loop {
            let late = async {
                match behind {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            let message = tokio::select! {
                biased;
                message = timeout(SILENCE, socket.next()) => message,
                () = late => {
                    if self.page().book.position().seq < head {
                        return End::Again;
                    }
                    behind = None;
                    continue;
                }
            };
            let text = match message {
                Ok(Some(Ok(Message::Text(text)))) => text,
                Ok(Some(Ok(Message::Close(Some(frame))))) => {
                    let code = u16::from(frame.code);
                    if !close::reconnects(code) {
                        wrong(&format!("a screen was told {code}: do not come back"));
                    }
                    return if code == close::POSITION_LOST { End::Resync } else { End::Again };
                }
                Ok(Some(Ok(_))) => continue,
                Ok(Some(Err(_)) | None) | Err(_) => return End::Again,
            };
            self.stays_at_home(&text);
            let frame = Frame::parse(&text).expect("a frame of the protocol");
            let mut patience = BEHIND;
            match &frame {
                Frame::Welcome(welcome) => {
                    (head, patience) = (welcome.head, ARRIVING);
                    self.page().welcomed = Instant::now();
                }
                Frame::Heartbeat(heartbeat) => head = heartbeat.seq,
                _ => {}
            }
            let outcome = self.page().book.apply(frame);
            if matches!(outcome, Outcome::Applied(_)) {
                self.page().moved = Instant::now();
            }
            match outcome {
                Outcome::Applied(_) if self.page().book.position().seq < head => {
                    behind = Some(Instant::now() + BEHIND)
                }
                Outcome::Noted { behind: true } => behind = Some(Instant::now() + patience),
                Outcome::Applied(_) | Outcome::Duplicate | Outcome::Noted { .. } => {}
                Outcome::Gap => return End::Again,
                Outcome::Resync => return End::Resync,
            }
            // Answers to pings are sent with the next read.
            drop(futures_util::SinkExt::<Message>::flush(&mut socket).now_or_never());
        }
    }

    /// Checks that every comment of a writer names the household it was written in.
    fn stays_at_home(&self, text: &str) {
        for (at, _) in text.match_indices("\"comment\":\"h") {
            let tag = &text[at + 11..];
            if !tag.starts_with(&format!("h{} ", self.household)) {
                wrong(&format!("a screen of household {} was sent {text}", self.household));
            }
        }
    }
}

/// Loads the whole page, through the network; `None` unless a snapshot arrived.
async fn read(world: &World, person: &Person) -> Option<Snapshot> {
    serde_json::from_value(ask(world, person).await?.body).ok()
}

async fn ask(world: &World, person: &Person) -> Option<Reply> {
    person.attempt(world, Method::GET, "/snapshot", &[], None).await
}
