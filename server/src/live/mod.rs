//! The sockets of the live side.
//!
//! | module | knows |
//! | --- | --- |
//! | [`arrival`], [`connection`], [`line`], [`seat`], `leaving` | one socket |
//! | `missed` | the frames that are no longer in the ring |
//! | [`resume`] | where a stream resumes |
//! | `reconcile` | what other processes committed |
//! | [`crew`] | the threads |
//! | [`limits`], [`pace`] | limits, intervals and time limits |
//!
//! This module decides which page may open a socket.

pub mod arrival;
pub mod connection;
pub mod crew;
mod ending;
mod leaving;
pub mod limits;
pub mod line;
mod missed;
pub mod pace;
mod reconcile;
pub mod resume;
pub mod seat;

use crate::{
    clock::Clock,
    http::{
        problem::Refused,
        request::{Filter, From},
        session,
    },
    hub::Hub,
    ledger::Ledger,
    security::Access,
};
use app::{
    domain::Refusals,
    error::AppError,
    wire::{Check, Position, close},
};
use arrival::SocketRequest;
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use crew::Crew;
use hyper::upgrade::OnUpgrade;
use limits::Door;
use pace::Pace;
use serde::Deserialize;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

/// State shared by all sockets.
pub struct Live {
    /// The book.
    pub ledger: Ledger,
    /// The last frames and the bells.
    pub hub: Arc<Hub>,
    /// The limits on sockets.
    pub door: Arc<Door>,
    /// Intervals and time limits.
    pub pace: Pace,
    /// The current time and day.
    pub clock: Clock,
    /// Which origins are ours.
    pub access: Arc<Access>,
    /// Identifies this program to its pages.
    pub build: Arc<str>,
    /// Cancelled at shutdown; all sockets are closed then.
    pub shutdown: CancellationToken,
    /// The threads that sockets run on.
    pub crew: Crew,
    /// Tracks the sockets at shutdown.
    pub sockets: TaskTracker,
    /// Time from a change's bell to the flush of a socket.
    pub bell_to_flush: metrics::Histogram,
}

impl Live {
    /// The time over which closing all sockets is spread.
    fn farewell(&self) -> Duration {
        (self.pace.farewell * u32::try_from(self.door.open()).unwrap_or(u32::MAX) / 1000).min(FAREWELL_LIMIT)
    }

    /// The time within which closed clients reconnect, in milliseconds.
    fn comeback_ms(&self) -> u64 {
        u64::try_from(self.door.open()).unwrap_or(u64::MAX).clamp(2_000, 5_000)
    }

    /// Waits until all sockets have ended.
    pub async fn drained(&self) {
        self.sockets.close();
        if tokio::time::timeout(FAREWELL_LIMIT + self.pace.flush, self.sockets.wait()).await.is_err() {
            tracing::warn!(sockets = self.door.open(), "some sockets did not end in time");
        }
    }

    /// Periodically checks whether the sessions of all sockets are still valid, in case the end of one was
    /// missed; one query, however many there are.
    pub async fn recheck(&self) {
        let mut again = self.hub.looks();
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.pace.recheck) => {}
                _ = again.changed() => {}
                () = self.shutdown.cancelled() => return,
            }
            let open = self.hub.sessions();
            match self.ledger.lasting(&open.iter().map(|(session, _)| *session).collect::<Vec<_>>()).await {
                Ok(lasting) => {
                    let lasting: HashMap<_, _> = lasting.into_iter().collect();
                    for (session, household) in open {
                        match lasting.get(&session) {
                            Some(now) if *now == household => {}
                            Some(_) => self.hub.end_session(session, close::POSITION_LOST),
                            None => self.hub.end_session(session, close::NOT_SIGNED_IN),
                        }
                    }
                }
                // Retried on the next round.
                Err(error) => tracing::warn!(%error, "cannot look at the sessions of open sockets"),
            }
        }
    }
}

/// The upper bound of the time for closing all sockets.
const FAREWELL_LIMIT: Duration = Duration::from_secs(5);

/// Where to resume: `epoch` and `since` are both given or both absent.
#[derive(Debug, Deserialize)]
pub struct ResumeQuery {
    epoch: Option<String>,
    since: Option<String>,
    check: Option<String>,
}

impl ResumeQuery {
    fn position(&self) -> Result<Option<Position>, AppError> {
        let mut refusals = Refusals::default();
        let epoch: Option<Uuid> = refusals.given("epoch", self.epoch.as_ref());
        let since = refusals.number("since", self.since.as_ref(), 0..=i64::MAX);
        let check: Option<Check> = refusals.given("check", self.check.as_ref());
        refusals.finish()?;
        Ok(epoch.zip(since).map(|(epoch, seq)| Position { epoch, seq, check }))
    }
}

/// Opens the live stream of the caller's household.
///
/// The README and `app::wire` describe the frames. A foreign `Origin` answers 403. A missing sign-in
/// completes the upgrade and closes with 4501, since a browser cannot read the status of a refused one.
#[utoipa::path(
    get,
    path = "/budget/ws",
    tag = "live",
    params(
        ("epoch" = Option<Uuid>, Query, description = "the log that `since` is a number of"),
        ("since" = Option<i64>, Query, minimum = 0, description = "the last change the client has"),
        ("check" = Option<String>, Query, pattern = "^[0-9a-fA-F]{8}$", description = "what that change, or the snapshot, carried as `check`: another one means that the book was put back, and is answered by `resync`"),
    ),
    responses((status = 101, description = "a WebSocket of JSON text frames with an `event`: `welcome`, `budget_fact_created`, `budget_fact_updated`, `budget_fact_deleted`, `article_created`, `article_updated`, `article_deleted`, `financial_center_created`, `financial_center_updated`, `financial_center_deleted`, `recurring_created`, `recurring_updated`, `recurring_deleted`, `plan_updated`, `member_created`, `member_updated`, `household_updated`, `changes`, `reload`, `heartbeat`, `presence`, `links_changed`, `resync`, `bye`"), (status = 403, description = "a page of another site"),
        (status = 503, description = "as many sockets as this process takes, or it is stopping; see Retry-After"))
)]
pub async fn upgrade(
    State(live): State<Arc<Live>>,
    Filter(query): Filter<ResumeQuery>,
    From(identity): From,
    cookies: CookieJar,
    mut request: Request,
) -> Response {
    let token = session::token(&cookies, identity.secure);
    if !live.access.allows_socket(request.headers(), token.is_some()) {
        return Refused(AppError::ForeignOrigin).into_response();
    }
    let from = match query.position() {
        Ok(from) => from,
        Err(error) => return Refused(error).into_response(),
    };
    // A plain GET, without an upgrade.
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let (Some(upgrade), Ok(answer)) = (upgrade, create_response_with_body(&request, Body::empty)) else {
        return Refused(AppError::Malformed).into_response();
    };
    if live.shutdown.is_cancelled() {
        return Refused(AppError::Unavailable).into_response();
    }
    if session::is_left(&cookies) {
        // The socket then finds that nobody is signed in.
        drop(session::caller(&live.ledger, &cookies, identity.secure).await);
    }
    let guest = match live.door.enter(identity.device.address.parse().ok()) {
        Ok(guest) => guest,
        Err(error) => return Refused(error).into_response(),
    };
    let asked = SocketRequest { token, from };
    let serving = connection::serve(upgrade, live.clone(), guest, asked);
    live.crew.run(live.sockets.track_future(serving));
    answer
}

/// A socket with the settings of every socket that only echoes.
#[cfg(feature = "trial")]
pub async fn echo(mut request: Request) -> Response {
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let (Some(upgrade), Ok(answer)) = (upgrade, create_response_with_body(&request, Body::empty)) else {
        return Refused(AppError::Malformed).into_response();
    };
    tokio::spawn(async {
        if let Err(error) = async { line::Line::open(upgrade).await?.echo().await }.await {
            tracing::debug!(%error, "an echo ended");
        }
    });
    answer
}
