//! The line to one client: the library's RFC 6455, with a bypass for frames that everybody gets.
//!
//! The library reads, and answers pings, pongs and closes. It would copy each frame into a buffer of its own,
//! which never shrinks: 10,000 of those are most of what sockets cost. So frames that are encoded already
//! ([`Encoded`]) go from the shared ring to the kernel, as many in one call as it takes. The two writers
//! never interleave: what the library has queued is sent first, and a frame that is partly sent is completed
//! before the library sends anything.

use crate::{journal::encoded::Encoded, linger::Lingering};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use std::{
    collections::VecDeque,
    future::poll_fn,
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{io::AsyncWrite, net::TcpStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message, Utf8Bytes,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

/// Frames handed to the kernel in one call.
const AT_ONCE: usize = 64;

/// An open line.
pub struct Line {
    library: WebSocketStream<TcpStream>,
    /// Frames to send; empty except while sending, or after sending was cancelled.
    outgoing: VecDeque<Encoded>,
    /// Bytes of the first of them that are already sent.
    sent: usize,
}

/// Small buffers, since the library's defaults take 128 KiB per socket. It only writes pings, pongs and the
/// close frame, each at once.
fn small_buffers() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(128)
        .write_buffer_size(0)
        .max_write_buffer_size(1024)
        .max_message_size(Some(4096))
        .max_frame_size(Some(4096))
}

impl Line {
    /// Takes over the connection after the upgrade.
    ///
    /// # Errors
    /// If the connection is gone by then.
    pub async fn open(upgrade: OnUpgrade) -> io::Result<Self> {
        let upgraded = upgrade.await.map_err(io::Error::other)?;
        let parts = upgraded
            .downcast::<TokioIo<Lingering>>()
            .map_err(|_| io::Error::other("not a connection of this program's listener"))?;
        let (stream, read) = (parts.io.into_inner().into_inner(), parts.read_buf.to_vec());
        let library =
            WebSocketStream::from_partially_read(stream, read, Role::Server, Some(small_buffers())).await;
        Ok(Self { library, outgoing: VecDeque::new(), sent: 0 })
    }

    /// The next message; `None` at the end. Cancel-safe.
    pub async fn receive(&mut self) -> Option<Result<Message, Error>> {
        self.library.next().await
    }

    /// Sends frames in as few packets as possible. After cancelling this, only [`Line::close`] may be called.
    ///
    /// # Errors
    /// If the line is cut.
    pub async fn send(&mut self, frames: Vec<Encoded>) -> io::Result<()> {
        self.flush().await?;
        self.outgoing = frames.into();
        poll_fn(|cx| self.poll_send(cx)).await
    }

    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            let mut slices = [IoSlice::new(&[]); AT_ONCE];
            let mut count = 0;
            for (slice, frame) in slices.iter_mut().zip(&self.outgoing) {
                let from = if count == 0 { self.sent } else { 0 };
                *slice = IoSlice::new(frame.as_bytes().get(from..).unwrap_or_default());
                count += 1;
            }
            let stream = Pin::new(self.library.get_mut());
            match ready!(stream.poll_write_vectored(cx, &slices[..count]))? {
                0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                written => self.advance(written),
            }
        }
        // Sockets mostly wait, so they keep no capacity.
        self.outgoing = VecDeque::new();
        Poll::Ready(Ok(()))
    }

    fn advance(&mut self, written: usize) {
        self.sent += written;
        while let Some(frame) = self.outgoing.front()
            && self.sent >= frame.as_bytes().len()
        {
            self.sent -= frame.as_bytes().len();
            self.outgoing.pop_front();
        }
    }

    /// Sends a ping.
    ///
    /// # Errors
    /// If the line is cut.
    pub async fn ping(&mut self) -> io::Result<()> {
        self.library.send(Message::Ping(Bytes::new())).await.map_err(cut)
    }

    /// Sends what the library has queued: answers to pings, and to the other side's close.
    ///
    /// # Errors
    /// If the line is cut, as it is after a close was answered.
    pub async fn flush(&mut self) -> io::Result<()> {
        self.library.flush().await.map_err(cut)
    }

    /// Sends a close frame. A frame that is partly sent is completed before it; the others are dropped.
    ///
    /// # Errors
    /// If the other side is gone.
    pub async fn close(&mut self, code: u16) -> io::Result<()> {
        self.outgoing.truncate(usize::from(self.sent > 0));
        poll_fn(|cx| self.poll_send(cx)).await?;
        let frame = CloseFrame { code: code.into(), reason: Utf8Bytes::from_static("") };
        self.library.send(Message::Close(Some(frame))).await.map_err(cut)
    }
}

#[cfg(feature = "trial")]
impl Line {
    /// Echoes messages until the end, for the test cases of RFC 6455. It closes with the codes of that
    /// document, not with those of the live protocol.
    ///
    /// # Errors
    /// If the line is cut.
    pub async fn echo(mut self) -> io::Result<()> {
        loop {
            match self.receive().await {
                Some(Ok(Message::Text(text))) => self.send(vec![Encoded::new(text.to_string())]).await?,
                Some(Ok(Message::Binary(bytes))) => self.send(vec![Encoded::binary(bytes)]).await?,
                Some(Ok(Message::Close(_))) | None => return self.flush().await,
                Some(Ok(_)) => {}
                Some(Err(Error::Utf8(_))) => return self.close(1007).await,
                Some(Err(Error::Capacity(_))) => return self.close(1009).await,
                Some(Err(_)) => return self.close(1002).await,
            }
        }
    }
}

fn cut(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        other => io::Error::other(other),
    }
}
