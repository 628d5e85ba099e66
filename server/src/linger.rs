//! Closes a connection so that the other side still receives the last response.
//!
//! A body that is too large is refused while it is still being sent. Closing the connection at once would
//! lose the response: data that arrives at a closed socket is answered with a reset, and a reset discards
//! what the other side has received but not read yet. So this side shuts down sending first, and keeps
//! reading for a moment.

use std::{
    future::Future,
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Sleep, sleep},
};

/// How long the other side may keep sending after the last response.
const MOMENT: Duration = Duration::from_secs(2);

/// A stream that is drained while it shuts down.
pub struct Lingering {
    stream: TcpStream,
    /// When to close in any case. Set by `poll_shutdown`.
    until: Option<Pin<Box<Sleep>>>,
}

impl Lingering {
    /// Wraps a stream so that it closes gracefully.
    #[must_use]
    pub const fn new(stream: TcpStream) -> Self {
        Self { stream, until: None }
    }

    /// The wrapped stream, which its new owner closes.
    #[must_use]
    pub fn into_inner(self) -> TcpStream {
        self.stream
    }
}

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Shuts down sending, then reads until the other side stops too or the time limit is reached.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.until.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            self.until = Some(Box::pin(sleep(MOMENT)));
        }
        let mut room = [MaybeUninit::uninit(); 4096];
        loop {
            if self.until.as_mut().is_some_and(|until| until.as_mut().poll(cx).is_ready()) {
                return Poll::Ready(Ok(()));
            }
            let mut buf = ReadBuf::uninit(&mut room);
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buf));
            if read.is_err() || buf.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
