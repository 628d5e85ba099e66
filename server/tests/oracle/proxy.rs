//! The network between people and program: it cuts connections, stalls, delivers in slices, and drops single
//! messages on their way to a screen.

use fastrand::Rng;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

pub struct Proxy {
    address: SocketAddr,
    target: SocketAddr,
    /// Connections of an older generation end.
    generation: watch::Sender<u64>,
    stalled: watch::Sender<bool>,
    sliced: AtomicBool,
    /// How many changes are still to be dropped.
    swallow: AtomicU32,
    /// How many were dropped since the number was set.
    lost: AtomicUsize,
}

impl Proxy {
    pub async fn start(target: SocketAddr) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let proxy = Arc::new(Self {
            address: listener.local_addr().expect("an address"),
            target,
            generation: watch::Sender::new(0),
            stalled: watch::Sender::new(false),
            sliced: AtomicBool::new(false),
            swallow: AtomicU32::new(0),
            lost: AtomicUsize::new(0),
        });
        let serving = proxy.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().carry(stream));
            }
        });
        proxy
    }

    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn cut(&self) {
        self.generation.send_modify(|generation| *generation += 1);
    }

    pub fn stall(&self, stalled: bool) {
        self.stalled.send_replace(stalled);
    }

    pub fn slice(&self, sliced: bool) {
        self.sliced.store(sliced, Ordering::SeqCst);
    }

    pub fn swallow(&self, changes: u32) {
        self.lost.store(0, Ordering::SeqCst);
        self.swallow.store(changes, Ordering::SeqCst);
    }

    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }

    pub fn heal(&self) {
        self.stall(false);
        self.slice(false);
        self.swallow(0);
    }

    async fn carry(self: Arc<Self>, stream: TcpStream) {
        // The program may be away.
        let Ok(beyond) = TcpStream::connect(self.target).await else { return };
        let mut generation = self.generation.subscribe();
        generation.mark_unchanged();
        let ((near_in, near_out), (far_in, far_out)) = (stream.into_split(), beyond.into_split());
        tokio::select! {
            _ = self.pump(near_in, far_out, None) => {}
            _ = self.pump(far_in, near_out, Some(Frames::default())) => {}
            _ = generation.changed() => {}
        }
    }

    async fn pump(
        &self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        mut frames: Option<Frames>,
    ) -> std::io::Result<()> {
        let mut rng = Rng::new();
        let mut buffer = vec![0; 16 * 1024];
        let mut stalled = self.stalled.subscribe();
        loop {
            let read = from.read(&mut buffer).await?;
            if read == 0 {
                return Ok(());
            }
            drop(stalled.wait_for(|stalled| !stalled).await);
            let mut bytes = &buffer[..read];
            let kept;
            if let Some(frames) = &mut frames {
                kept = frames.pass(bytes, || self.lose());
                bytes = &kept;
            }
            while !bytes.is_empty() {
                let length = if self.sliced.load(Ordering::SeqCst) {
                    rng.usize(1..40).min(bytes.len())
                } else {
                    bytes.len()
                };
                to.write_all(&bytes[..length]).await?;
                bytes = &bytes[length..];
                tokio::task::yield_now().await;
            }
        }
    }

    fn lose(&self) -> bool {
        let lose =
            self.swallow.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        self.lost.fetch_add(usize::from(lose), Ordering::SeqCst);
        lose
    }
}

/// What the program sends on one connection: an HTTP response, and after an upgrade, frames.
#[derive(Default)]
struct Frames {
    waiting: Vec<u8>,
    kind: Kind,
}

#[derive(Default, PartialEq)]
enum Kind {
    #[default]
    Unknown,
    Http,
    Socket,
}

impl Frames {
    /// The bytes to forward; `lose` decides for each complete change.
    fn pass(&mut self, bytes: &[u8], mut lose: impl FnMut() -> bool) -> Vec<u8> {
        self.waiting.extend_from_slice(bytes);
        let mut out = Vec::new();
        if self.kind == Kind::Unknown {
            let Some(end) = self.waiting.windows(4).position(|four| four == b"\r\n\r\n") else { return out };
            self.kind = if self.waiting.starts_with(b"HTTP/1.1 101") { Kind::Socket } else { Kind::Http };
            out.extend(self.waiting.drain(..end + 4));
        }
        if self.kind == Kind::Http {
            out.append(&mut self.waiting);
            return out;
        }
        while let Some(length) = frame_length(&self.waiting).filter(|length| *length <= self.waiting.len()) {
            let frame: Vec<u8> = self.waiting.drain(..length).collect();
            let change = frame[0] == 0x81 && {
                let text = String::from_utf8_lossy(&frame);
                text.contains("\"seq\":")
                    && !["welcome", "heartbeat", "resync"]
                        .iter()
                        .any(|event| text.contains(&format!("\"event\":\"{event}\"")))
            };
            if !(change && lose()) {
                out.extend(frame);
            }
        }
        out
    }
}

/// The length of the first frame with its header, once the header is complete.
fn frame_length(bytes: &[u8]) -> Option<usize> {
    Some(match *bytes.get(1)? {
        126 => 4 + usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
        127 => 10 + usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?,
        short => 2 + usize::from(short),
    })
}
