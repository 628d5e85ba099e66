//! The live stream of a member.

use super::{Member, PATIENCE};
use app::wire::Frame;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
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

    /// The next frame that is not a heartbeat. Heartbeats go on for ever: they do not renew the patience.
    pub async fn frame(&mut self) -> Frame {
        let frame = async {
            loop {
                let text = self.next().await.expect("a frame, not the end");
                match Frame::parse(&text).expect("a frame of the protocol") {
                    Frame::Heartbeat(_) => {}
                    frame => return frame,
                }
            }
        };
        timeout(PATIENCE, frame).await.expect("a frame that is not a heartbeat comes")
    }

    /// Reads until the end and answers its code.
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

    pub async fn say(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("it can be sent");
    }

    pub async fn say_bytes(&mut self, bytes: Vec<u8>) {
        self.stream.send(Message::binary(bytes)).await.expect("it can be sent");
    }
}
