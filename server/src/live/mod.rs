//! The live side: who has a screen open, and how a change gets there.
//!
//! `hub` knows the last frames of each household, `connection` serves one socket, `frames` is what they
//! send. Here is the door: whose page may open a socket, and with which buffers.

pub mod connection;
pub mod frames;
pub mod hub;

use crate::{
    clock::Clock,
    ledger::Ledger,
    rest::{problem::Refused, request::Filter},
    security::Access,
    session,
};
use app::{domain::Reason, error::AppError};
use axum::{
    extract::{
        State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use connection::Resume;
use hub::Hub;
use serde::Deserialize;
use std::sync::Arc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

/// What every socket needs.
#[derive(Clone)]
pub struct Live {
    /// The book.
    pub ledger: Ledger,
    /// The last frames and the bells.
    pub hub: Arc<Hub>,
    /// What day it is.
    pub clock: Clock,
    /// Which pages are ours.
    pub access: Arc<Access>,
    /// Names this program to its pages.
    pub build: Arc<str>,
    /// Says goodbye to all sockets.
    pub shutdown: CancellationToken,
    /// Waits for them.
    pub tasks: TaskTracker,
}

/// Where to go on; both or none.
#[derive(Debug, Deserialize)]
pub struct ResumeQuery {
    epoch: Option<Uuid>,
    since: Option<i64>,
}

/// Opens the live stream of the caller's household.
///
/// Frames are described in the README and in `app::wire`. A foreign `Origin` answers 403; a missing
/// sign-in completes the upgrade and closes 4501, since a browser cannot read the status of a refused one.
#[utoipa::path(
    get,
    path = "/budget/ws",
    tag = "live",
    params(
        ("epoch" = Option<Uuid>, Query, description = "the log that `since` is a number of"),
        ("since" = Option<i64>, Query, description = "the last change the client has"),
    ),
    responses((status = 101, description = "a WebSocket of JSON text frames"), (status = 403, description = "a page of another site"))
)]
pub async fn upgrade(
    State(live): State<Live>,
    Filter(query): Filter<ResumeQuery>,
    headers: HeaderMap,
    cookies: CookieJar,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let token = session::token(&cookies, &live.access);
    if !live.access.allows_socket(&headers, token.is_some()) {
        return Refused(AppError::ForeignOrigin).into_response();
    }
    if query.since.is_some_and(|since| since < 0) {
        return Refused(AppError::field("since", Reason::OutOfRange)).into_response();
    }
    // A plain GET: nothing here answers one.
    let Ok(upgrade) = upgrade else { return Refused(AppError::Malformed).into_response() };
    let resume = query.epoch.zip(query.since).map(|(epoch, since)| Resume { epoch, since });
    let tasks = live.tasks.clone();
    upgrade
        // The default buffers take 128 KiB a socket; these were measured to do as well.
        .read_buffer_size(1024)
        .write_buffer_size(4096)
        .max_write_buffer_size(65536)
        .max_message_size(4096)
        .max_frame_size(4096)
        .on_upgrade(move |socket| tasks.track_future(connection::serve(socket, live, token, resume)))
}
