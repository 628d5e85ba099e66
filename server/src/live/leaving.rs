//! The last frame of a socket.

use super::{ending::End, line::Line};
use crate::meters;
use std::time::Duration;
use tokio::time::timeout;

/// How long the last frame may take.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// Counts the end of a socket, and sends the close frame.
pub(super) async fn leave(line: Option<Line>, end: End) {
    let code = match end {
        End::Close(code) => code.to_string(),
        End::Left => "left".to_owned(),
        End::Gone => "gone".to_owned(),
    };
    metrics::counter!(meters::CLOSES, "code" => code).increment(1);
    let Some(mut line) = line else { return };
    let last = async {
        match end {
            End::Close(code) => line.close(code).await,
            // If the other side closed, the library's answer is flushed, in case that side still reads.
            End::Left | End::Gone => line.flush().await,
        }
    };
    // Whether or not the other side receives it, the socket ends here.
    if timeout(CLOSE_LIMIT, last).await.is_err() {
        tracing::debug!(?end, "the last frame was not sent in time");
    }
}
