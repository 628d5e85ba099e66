//! A client that sends arbitrary bytes.

use super::{Member, PATIENCE};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// An upgraded connection without a library on the client's side.
pub struct RawSocket {
    stream: TcpStream,
}

impl Member {
    /// Opens the live stream by hand.
    pub async fn raw_socket(&self) -> RawSocket {
        let mut stream = TcpStream::connect(self.addr).await.expect("the server is there");
        let head = format!(
            "GET /api/v1/budget/ws HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\ncookie: {1}\r\nconnection: upgrade\r\n\
             upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.addr, self.cookie
        );
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.expect("an answer"));
        }
        assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
        RawSocket { stream }
    }
}

impl RawSocket {
    /// Sends bytes as they are.
    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("it is sent");
    }

    /// The next frame: its first byte and its content; `None` at the end.
    async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = self.stream.read_u8().await.ok()?;
        let length = match self.stream.read_u8().await.ok()? {
            126 => usize::from(self.stream.read_u16().await.ok()?),
            127 => usize::try_from(self.stream.read_u64().await.ok()?).ok()?,
            short => usize::from(short),
        };
        let mut content = vec![0; length];
        self.stream.read_exact(&mut content).await.ok()?;
        Some((first, content))
    }

    /// Reads until the server closes; returns the close code.
    pub async fn close_code(&mut self) -> Option<u16> {
        let code = async {
            while let Some((first, content)) = self.frame().await {
                if first == 0x88 {
                    return Some(u16::from_be_bytes(content.get(..2)?.try_into().ok()?));
                }
            }
            None
        };
        timeout(PATIENCE, code).await.expect("the stream ends")
    }

    /// Whether a text with this word arrives before the end.
    pub async fn reads(&mut self, word: &str) -> bool {
        let found = async {
            while let Some((_, content)) = self.frame().await {
                if String::from_utf8_lossy(&content).contains(word) {
                    return true;
                }
            }
            false
        };
        timeout(PATIENCE, found).await.expect("the word comes, or the end")
    }
}
