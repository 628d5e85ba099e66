//! How a socket ends.

use app::wire::close;
use std::{io, time::Duration};
use tokio::time::timeout;

/// Why a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// We close it, with this code.
    Close(u16),
    /// The other side closed it.
    Left,
    /// The other side is gone.
    Gone,
}

/// Limits how long a slow client may take to receive a frame.
pub(super) async fn within(
    limit: Duration,
    sending: impl Future<Output = io::Result<()>>,
) -> Result<(), End> {
    timeout(limit, sending).await.map_err(|_| End::Close(close::TOO_SLOW))?.map_err(|_| End::Gone)
}
