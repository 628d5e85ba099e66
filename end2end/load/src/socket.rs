//! One client, which counts every change of its household and detects a missing or repeated one.

use crate::people::{Person, Stand};
use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use hdrhistogram::Histogram;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

/// A histogram of times in nanoseconds, up to a minute and with three digits.
pub fn times() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_max(60_000_000_000, 3)?)
}

/// A time in nanoseconds, as these histograms record it.
pub fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The shared results of all clients of a run.
pub struct Board {
    /// The origin of the send times in the events.
    pub start: Instant,
    /// Changes received by all clients together.
    pub deliveries: AtomicU64,
    /// Clients that missed a change, received one twice, or lost their socket.
    pub faults: AtomicU64,
    /// The length of the last change in bytes.
    pub bytes: AtomicU64,
    /// From the send time in the event to its arrival, in nanoseconds.
    latency: Vec<Mutex<Histogram<u64>>>,
    /// Whether the run is over: a socket that ends then has lost nothing.
    over: AtomicBool,
    /// Wakes the task that waits for deliveries.
    pub arrived: Notify,
    /// The number of deliveries that is waited for.
    awaited: AtomicU64,
    /// When it was reached, in nanoseconds since `start`.
    reached: AtomicU64,
}

impl Board {
    /// An empty board.
    pub fn new() -> Result<Arc<Self>> {
        let latency = (0..16).map(|_| Ok(Mutex::new(times()?))).collect::<Result<_>>()?;
        Ok(Arc::new(Self {
            start: Instant::now(),
            deliveries: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            latency,
            over: AtomicBool::new(false),
            arrived: Notify::new(),
            awaited: AtomicU64::new(u64::MAX),
            reached: AtomicU64::new(0),
        }))
    }

    /// Another board whose send times have the same origin.
    pub fn beside(&self) -> Result<Arc<Self>> {
        let mut board = Self::new()?;
        if let Some(board) = Arc::get_mut(&mut board) {
            board.start = self.start;
        }
        Ok(board)
    }

    /// Ends the run.
    pub fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// All latencies so far.
    pub fn latency(&self) -> Result<Histogram<u64>> {
        let mut all = times()?;
        for part in &self.latency {
            all.add(&*part.lock().unwrap_or_else(PoisonError::into_inner))?;
        }
        Ok(all)
    }

    /// Starts to wait for the `count`-th delivery from now on.
    pub fn expect(&self, count: u64) {
        let goal = self.deliveries.load(Ordering::SeqCst) + count;
        self.reached.store(0, Ordering::SeqCst);
        self.awaited.store(goal, Ordering::SeqCst);
    }

    /// Waits for it and returns when it arrived.
    pub async fn complete(&self) -> Result<Instant> {
        let goal = self.awaited.load(Ordering::SeqCst);
        let wait = async {
            loop {
                let arrived = self.arrived.notified();
                if self.deliveries.load(Ordering::SeqCst) >= goal && self.reached.load(Ordering::SeqCst) > 0 {
                    return;
                }
                arrived.await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(60), wait).await.is_err() {
            bail!("{} of {goal} deliveries arrived in a minute", self.deliveries.load(Ordering::SeqCst));
        }
        Ok(self.start + Duration::from_nanos(self.reached.load(Ordering::SeqCst)))
    }

    fn delivered(&self, shard: usize, sent: Option<u64>) {
        let now = nanos(self.start.elapsed());
        if let Some(sent) = sent {
            let part = &self.latency[shard % self.latency.len()];
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            part.saturating_record(now.saturating_sub(sent));
        }
        // The task that reaches the awaited count is the last one, except for tasks that run at this very
        // moment.
        if self.deliveries.fetch_add(1, Ordering::SeqCst) + 1 == self.awaited.load(Ordering::Relaxed) {
            self.reached.store(now, Ordering::SeqCst);
            self.arrived.notify_waiters();
        }
    }
}

/// An open socket whose other side never reads, with a tiny receive buffer.
pub struct Deaf {
    _stream: TcpStream,
}

impl Deaf {
    /// Opens a socket.
    pub async fn open(person: &Person) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(2048)?;
        let mut stream = socket.connect(person.address.parse()?).await?;
        let head = format!(
            "GET /api/v1/budget/ws HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\ncookie: {1}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            person.address, person.cookie
        );
        stream.write_all(head.as_bytes()).await?;
        stream.readable().await?;
        Ok(Self { _stream: stream })
    }
}

/// An open socket.
pub struct Client {
    /// The last change that it has received.
    pub seq: Arc<AtomicI64>,
    task: JoinHandle<()>,
}

impl Client {
    /// Opens a socket of a person; returns the time from the first packet to `welcome`.
    pub async fn open(person: &Person, board: &Arc<Board>, shard: usize) -> Result<(Self, Duration)> {
        let began = Instant::now();
        let mut stream = connect(&person.address, "/api/v1/budget/ws", Some(person)).await?;
        let Some(Ok(Message::Text(welcome))) = stream.next().await else { bail!("no welcome") };
        let took = began.elapsed();
        let from = number(&welcome, "\"seq\":").context("a welcome with a number")?;
        let seq = Arc::new(AtomicI64::new(from));
        let task = tokio::spawn(follow(stream, board.clone(), seq.clone(), shard));
        Ok((Self { seq, task }, took))
    }

    /// Opens a socket that resumes from a position.
    pub async fn resume(person: &Person, board: &Arc<Board>, shard: usize, from: &Stand) -> Result<Self> {
        let path = format!("/api/v1/budget/ws?epoch={}&since={}", from.epoch, from.seq);
        let mut stream = connect(&person.address, &path, Some(person)).await?;
        let Some(Ok(Message::Text(_))) = stream.next().await else { bail!("no welcome") };
        let seq = Arc::new(AtomicI64::new(from.seq));
        let task = tokio::spawn(follow(stream, board.clone(), seq.clone(), shard));
        Ok(Self { seq, task })
    }

    /// A socket of the bare loop, whose frames all count.
    pub async fn bare(address: &str, board: &Arc<Board>) -> Result<Self> {
        let mut stream = connect(address, "/", None).await?;
        let (seq, board) = (Arc::new(AtomicI64::new(0)), board.clone());
        let task = tokio::spawn(async move {
            while let Some(Ok(Message::Text(text))) = stream.next().await {
                // The same parsing as of a real change.
                let _read = (number(&text, ",\"seq\":"), sent(&text));
                board.delivered(0, None);
            }
        });
        Ok(Self { seq, task })
    }

    /// Waits until it has received this change.
    pub async fn reaches(&self, seq: i64) -> Result<()> {
        let since = Instant::now();
        while self.seq.load(Ordering::Relaxed) < seq {
            if since.elapsed() > Duration::from_secs(30) {
                bail!("a client is short: {} of {seq}", self.seq.load(Ordering::Relaxed));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// Closes it immediately.
    pub fn close(self) {
        self.task.abort();
    }
}

async fn connect(address: &str, path: &str, person: Option<&Person>) -> Result<WebSocketStream<TcpStream>> {
    let mut request = format!("ws://{address}{path}").into_client_request()?;
    if let Some(person) = person {
        request.headers_mut().insert("cookie", person.cookie.parse()?);
        request.headers_mut().insert("origin", format!("http://{address}").parse()?);
    }
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(8 * 1024);
    Ok(client_async_with_config(request, stream, Some(config)).await?.0)
}

async fn follow(
    mut stream: WebSocketStream<TcpStream>,
    board: Arc<Board>,
    seq: Arc<AtomicI64>,
    shard: usize,
) {
    let mut mine = seq.load(Ordering::Relaxed);
    loop {
        match stream.next().await {
            Some(Ok(Message::Text(text))) => {
                let Some(new) =
                    number(&text, ",\"seq\":").filter(|_| !text.starts_with("{\"event\":\"heartbeat\""))
                else {
                    continue;
                };
                if new != mine + 1 {
                    eprintln!("a client at {mine} got {new}");
                    board.faults.fetch_add(1, Ordering::SeqCst);
                }
                mine = new;
                seq.store(mine, Ordering::Relaxed);
                board.bytes.store(u64::try_from(text.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
                board.delivered(shard, sent(&text));
            }
            // The library has queued the pong; it is sent here.
            Some(Ok(Message::Ping(_))) => drop(stream.flush().await),
            Some(Ok(Message::Close(_))) | Some(Err(_)) | None if board.over.load(Ordering::SeqCst) => return,
            Some(Ok(Message::Close(_))) | Some(Err(_)) | None => {
                eprintln!("a client lost its socket at {mine}");
                board.faults.fetch_add(1, Ordering::SeqCst);
                return;
            }
            Some(Ok(_)) => {}
        }
    }
}

/// The number after the last `key`.
fn number(text: &str, key: &str) -> Option<i64> {
    let rest = &text[text.rfind(key)? + key.len()..];
    rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].parse().ok()
}

/// The send time in a change.
fn sent(text: &str) -> Option<u64> {
    const KEY: &str = "\"comment\":\"t";
    let rest = &text[text.find(KEY)? + KEY.len()..];
    rest[..rest.find('"')?].parse().ok()
}
