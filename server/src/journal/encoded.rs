//! A frame as it is sent: the JSON text behind the header of RFC 6455. Encoded once and shared by all sockets
//! and the ring, without copies.

use app::wire::{Check, Frame};
use bytes::Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::{
    Frame as Raw,
    coding::{Data, OpCode},
};

/// A complete, unmasked text frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    bytes: Bytes,
    /// The check of the change that it announces; `None` for other frames.
    pub check: Option<Check>,
}

impl Encoded {
    /// Encodes a text frame.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self::raw(Raw::message(text, OpCode::Data(Data::Text), true))
    }

    /// Encodes the text frame of a change.
    #[must_use]
    pub fn of_change(text: String, check: Option<Check>) -> Self {
        Self { check, ..Self::new(text) }
    }

    /// Encodes a binary frame, which the protocol does not use.
    #[cfg(feature = "trial")]
    #[must_use]
    pub fn binary(bytes: Bytes) -> Self {
        Self::raw(Raw::message(bytes, OpCode::Data(Data::Binary), true))
    }

    fn raw(raw: Raw) -> Self {
        let mut bytes = Vec::with_capacity(raw.len());
        // Writing to a vector does not fail.
        if let Err(error) = raw.format(&mut bytes) {
            tracing::error!(%error, "a frame cannot be encoded");
        }
        // The ring keeps frames for long: drop the spare capacity.
        Self { bytes: bytes.into_boxed_slice().into(), check: None }
    }

    /// Encodes a frame of the protocol.
    ///
    /// # Errors
    /// If a row cannot be serialized as JSON.
    pub fn of(frame: &Frame) -> Result<Self, serde_json::Error> {
        let check = match frame {
            Frame::Commit(commit) => commit.check,
            Frame::Reload { check, .. } => *check,
            _ => None,
        };
        Ok(Self { check, ..Self::new(frame.encode()?) })
    }

    /// The bytes to send.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text of the frame.
    #[must_use]
    pub fn text(&self) -> &str {
        let header = match self.bytes.get(1) {
            Some(126) => 4,
            Some(127) => 10,
            _ => 2,
        };
        // It was text when it was encoded.
        std::str::from_utf8(self.bytes.get(header..).unwrap_or_default()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_any_length_follows_its_header() {
        for (length, header) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let text = "x".repeat(length);
            let encoded = Encoded::new(text.clone());
            assert_eq!((encoded.text(), encoded.as_bytes().len()), (text.as_str(), header + length));
            assert_eq!(encoded.as_bytes()[0], 0x81, "one text frame, unmasked");
        }
    }
}
