//! The live stream of a member.

use super::{Member, PATIENCE};
use app::wire::{Change, Frame, Present};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{net::TcpSocket, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{Error as WsError, Message, client::IntoClientRequest},
};

impl Member {
    /// Opens the live stream; `query` is empty or `?epoch=…&since=…`.
    pub async fn socket(&self, query: &str) -> Socket {
        self.socket_from(query, Some(&format!("http://{}", self.addr))).await.expect("the upgrade is done")
    }

    /// Opens the live stream as a page of this origin.
    pub async fn socket_from(&self, query: &str, origin: Option<&str>) -> Result<Socket, u16> {
        let url = format!("ws://{}/api/v1/budget/ws{query}", self.addr);
        let mut request = url.into_client_request().expect("a URL");
        let headers = request.headers_mut();
        if !self.cookie.is_empty() {
            headers.insert("cookie", self.cookie.parse().expect("a header"));
        }
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().expect("a header"));
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Socket { stream }),
            Err(WsError::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("the socket does not open: {error}"),
        }
    }
}

impl Member {
    /// A socket whose other side never reads, with a tiny receive buffer.
    pub async fn deaf_socket(&self) -> Socket {
        let connection = TcpSocket::new_v4().expect("a socket");
        connection.set_recv_buffer_size(2048).expect("a small buffer");
        let connection = connection.connect(self.addr).await.expect("the server is there");
        let mut request =
            format!("ws://{}/api/v1/budget/ws", self.addr).into_client_request().expect("a URL");
        request.headers_mut().insert("cookie", self.cookie.parse().expect("a header"));
        let origin = format!("http://{}", self.addr).parse().expect("a header");
        request.headers_mut().insert("origin", origin);
        let opened = client_async(request, MaybeTlsStream::Plain(connection)).await;
        Socket { stream: opened.expect("the upgrade is done").0 }
    }
}

/// A live stream.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
}

impl Socket {
    /// The next text frame, or the close code.
    pub async fn next(&mut self) -> Result<String, u16> {
        loop {
            let message = timeout(PATIENCE, self.stream.next()).await.expect("a frame comes");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(Message::Close(None))) | None => return Err(1005),
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("the socket broke: {error}"),
            }
        }
    }

    /// The next frame as JSON.
    pub async fn json(&mut self) -> Value {
        let text = self.next().await.expect("a frame, not the end");
        serde_json::from_str(&text).expect("a frame is JSON")
    }

    /// The next frame about the book, skipping heartbeats, presence and changed links. Those never end, so
    /// they do not restart the time limit.
    pub async fn frame(&mut self) -> Frame {
        let frame = async {
            loop {
                let text = self.next().await.expect("a frame, not the end");
                match Frame::parse(&text).expect("a frame of the protocol") {
                    Frame::Heartbeat(_) | Frame::Presence(_) | Frame::LinksChanged => {}
                    frame => return frame,
                }
            }
        };
        timeout(PATIENCE, frame).await.expect("a frame that is not a heartbeat comes")
    }

    /// The next presence list: each member with the fact that is open in their editor.
    pub async fn presence(&mut self) -> Vec<Present> {
        let list = async {
            loop {
                let text = self.next().await.expect("a frame, not the end");
                if let Frame::Presence(presence) = Frame::parse(&text).expect("a frame of the protocol") {
                    return presence.members;
                }
            }
        };
        timeout(PATIENCE, list).await.expect("a list of people comes")
    }

    /// Counts the notices of changed links until a fact is recorded.
    pub async fn links_until_fact(&mut self) -> usize {
        let count = async {
            let mut count = 0;
            loop {
                let text = self.next().await.expect("a frame, not the end");
                match Frame::parse(&text).expect("a frame of the protocol") {
                    Frame::LinksChanged => count += 1,
                    Frame::Commit(commit) if matches!(commit.entries[0].change, Change::FactCreated(_)) => {
                        return count;
                    }
                    _ => {}
                }
            }
        };
        timeout(PATIENCE, count).await.expect("a fact comes")
    }

    /// Reads until the end; returns the close code.
    pub async fn closed(&mut self) -> u16 {
        let end = async {
            loop {
                if let Err(code) = self.next().await {
                    return code;
                }
            }
        };
        timeout(PATIENCE, end).await.expect("the stream ends")
    }

    /// Reads in the background, so that pings are answered while the test does long work, and yields the close
    /// code.
    pub fn reading(mut self) -> tokio::task::JoinHandle<u16> {
        tokio::spawn(async move {
            loop {
                if let Err(code) = self.next().await {
                    return code;
                }
            }
        })
    }

    /// Reads the rest; returns the close code, or `None` if the connection was cut.
    pub async fn last_words(&mut self) -> Option<u16> {
        let end = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        timeout(PATIENCE, end).await.expect("the stream ends")
    }

    pub async fn say(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("it can be sent");
    }

    pub async fn say_bytes(&mut self, bytes: Vec<u8>) {
        self.stream.send(Message::binary(bytes)).await.expect("it can be sent");
    }
}
