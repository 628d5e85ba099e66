//! The connection to Redis: one channel that every process publishes to and subscribes to.
//!
//! Uses RESP3, so that one connection does both. It subscribes again whenever it reconnects; once the
//! subscription is confirmed, everything is checked again, since what was published meanwhile is lost. (The
//! library's own connection manager would resubscribe, but ignores a subscription that fails while Redis
//! loads its data.) Each process receives its own heartbeats: if they stop, the connection is dead, whatever
//! the system reports.

use super::{Hint, Hints, Letter};
use crate::hub::Hub;
use redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, IntoConnectionInfo, Msg, ProtocolVersion, PushInfo,
    PushKind, RedisError, aio::MultiplexedConnection,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const CHANNEL: &str = "family-budget";
/// The time limit of one operation; Redis is expected nearby.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often presence changes are published.
const TICK: Duration = Duration::from_millis(250);
/// Ticks between two heartbeats.
const BEAT: u32 = 4;
/// Ticks between two checks for silent processes: three seconds.
const FORGET: u32 = 12;
/// Ticks between two full announcements of presence: ten seconds.
const ANNOUNCE: u32 = 40;
/// Without any heartbeat for this long, not even our own, the connection is dead.
const SILENCE: Duration = Duration::from_secs(3);
/// Hints in one message, at most.
const LETTER: usize = 200;
/// The longest pause between two attempts to connect.
const RETRY: Duration = Duration::from_secs(1);

/// The text is not the URL of a Redis.
#[derive(Debug, thiserror::Error)]
#[error(
    "the URL of Redis cannot be used: {0}; it looks like redis://127.0.0.1:6379 or rediss://user:password@host:6379"
)]
pub struct NotARedis(RedisError);

/// The address of Redis. Its `Debug` hides the password.
#[derive(Clone)]
pub struct Address(ConnectionInfo);

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.addr())
    }
}

impl std::str::FromStr for Address {
    type Err = NotARedis;

    fn from_str(url: &str) -> Result<Self, NotARedis> {
        let info = url.into_connection_info().map_err(NotARedis)?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        Ok(Self(info.set_redis_settings(settings)))
    }
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error(transparent)]
    Redis(#[from] RedisError),
    #[error("it says nothing any more")]
    Silent,
    #[error("the line was cut")]
    Gone,
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// The connection of one process.
pub struct RedisLine {
    address: Address,
    hub: Arc<Hub>,
    outbox: Hints,
    /// Identifies this process to the others.
    process: Uuid,
    stop: CancellationToken,
}

impl RedisLine {
    /// A connection that is not open yet.
    #[must_use]
    pub fn new(address: Address, hub: Arc<Hub>, outbox: Hints, stop: CancellationToken) -> Self {
        Self { address, hub, outbox, process: Uuid::new_v4(), stop }
    }

    /// Carries hints until `stop`, reconnecting as often as needed.
    pub async fn run(&mut self) {
        let mut lost = false;
        while !self.stop.is_cancelled() {
            let stop = self.stop.clone();
            let connected = tokio::select! {
                connected = self.connect() => connected,
                () = stop.cancelled() => return,
            };
            let cut = match connected {
                Ok((connection, heard)) => {
                    if std::mem::take(&mut lost) {
                        tracing::info!("Redis is there again");
                    }
                    match self.carry(connection, heard).await {
                        Ok(()) => return,
                        Err(cut) => cut,
                    }
                }
                Err(cut) => cut,
            };
            if !std::mem::replace(&mut lost, true) {
                tracing::warn!(error = %cut, "Redis is away: until it is back, a change of another process takes up to a second");
            }
            // Presence of other processes is unknown now.
            self.hub.forget_silent();
            let pause = RETRY.mul_f64(0.2 + fastrand::f64() * 0.8);
            tokio::select! {
                () = sleep(pause) => {}
                () = self.stop.cancelled() => return,
            }
        }
    }

    async fn connect(&self) -> Result<(MultiplexedConnection, mpsc::UnboundedReceiver<PushInfo>), Cut> {
        let (push, heard) = mpsc::unbounded_channel();
        let config = AsyncConnectionConfig::new()
            .set_push_sender(push)
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let client = Client::open(self.address.0.clone())?;
        let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
        connection.subscribe(CHANNEL).await?;
        Ok((connection, heard))
    }

    async fn carry(
        &mut self,
        mut connection: MultiplexedConnection,
        mut heard: mpsc::UnboundedReceiver<PushInfo>,
    ) -> Result<(), Cut> {
        // From here on nothing is missed. Check everything that may have happened before.
        self.hub.look_again();
        self.hub.links_may_have_changed();
        self.announce(&mut connection).await?;
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut count, mut alive) = (0_u32, Instant::now());
        loop {
            tokio::select! {
                push = heard.recv() => {
                    let push = push.ok_or(Cut::Gone)?;
                    match push.kind {
                        PushKind::Disconnection => return Err(Cut::Gone),
                        PushKind::Message if self.hear(push) => alive = Instant::now(),
                        _ => {}
                    }
                }
                first = self.outbox.recv() => {
                    let Some(first) = first else { return Ok(()) };
                    let mut hints = vec![first];
                    while hints.len() < LETTER && let Ok(next) = self.outbox.try_recv() {
                        hints.push(next);
                    }
                    self.send(&mut connection, hints).await?;
                }
                _ = ticks.tick() => {
                    if alive.elapsed() > SILENCE {
                        return Err(Cut::Silent);
                    }
                    count = count.wrapping_add(1);
                    if count.is_multiple_of(FORGET) {
                        self.hub.forget_silent();
                    }
                    if count.is_multiple_of(ANNOUNCE) {
                        self.announce(&mut connection).await?;
                    }
                    let people = self.hub.stirred();
                    if !people.is_empty() || count.is_multiple_of(BEAT) {
                        self.send_people(&mut connection, people).await?;
                    }
                }
                () = self.stop.cancelled() => {
                    let last = async {
                        let mut hints = Vec::new();
                        while let Ok(next) = self.outbox.try_recv() {
                            hints.push(next);
                        }
                        let people = self.hub.stirred();
                        hints.extend(people.into_iter().map(|(household, list)| Hint::Here(household, list)));
                        self.send(&mut connection, hints).await
                    };
                    // Whether anybody receives it or not.
                    drop(timeout(PATIENCE, last).await);
                    return Ok(());
                }
            }
        }
    }

    /// Publishes everybody who is present here.
    async fn announce(&self, connection: &mut MultiplexedConnection) -> Result<(), Cut> {
        self.send_people(connection, self.hub.everybody()).await
    }

    async fn send_people(
        &self,
        connection: &mut MultiplexedConnection,
        people: Vec<(app::domain::HouseholdId, Vec<app::wire::Present>)>,
    ) -> Result<(), Cut> {
        let mut hints: Vec<_> =
            people.into_iter().map(|(household, list)| Hint::Here(household, list)).collect();
        loop {
            let rest = hints.split_off(hints.len().min(LETTER));
            self.send(connection, hints).await?;
            if rest.is_empty() {
                return Ok(());
            }
            hints = rest;
        }
    }

    async fn send(&self, connection: &mut MultiplexedConnection, hints: Vec<Hint>) -> Result<(), Cut> {
        let letter = serde_json::to_vec(&Letter { from: self.process, hints })?;
        redis::cmd("PUBLISH").arg(CHANNEL).arg(letter).exec_async(connection).await?;
        Ok(())
    }

    /// Handles a received message; returns true if it is one of our own.
    fn hear(&self, push: PushInfo) -> bool {
        let letter = Msg::from_push_info(push).and_then(|message| {
            // A newer version may send what this one does not know.
            serde_json::from_slice::<Letter>(message.get_payload_bytes()).ok()
        });
        let Some(letter) = letter else { return false };
        if letter.from == self.process {
            return true;
        }
        let hub = &self.hub;
        for hint in letter.hints {
            match hint {
                Hint::Changed(household, seq) => hub.told(household, seq),
                Hint::Ended(session, code) => hub.end_session(session, code),
                Hint::Here(household, people) => hub.elsewhere(letter.from, household, people),
                Hint::Links(household, links) => hub.links_changed(household, links),
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_understood_or_refused_and_keeps_its_password() {
        for good in ["redis://127.0.0.1:6379", "redis://:secret@cache:6380/2", "rediss://user:secret@cache"] {
            let address: Address = good.parse().expect(good);
            assert!(!format!("{address:?}").contains("secret"), "{address:?}");
        }
        for bad in ["", "cache:6379", "http://cache"] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }
}
