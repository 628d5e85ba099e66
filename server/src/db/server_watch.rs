//! Whether the PostgreSQL server is there, so that nobody waits long for one that is not.
//!
//! A pool tries to connect for as long as anybody waits, ten seconds for each request. Whether its connections are all
//! in use or the server is away, it cannot tell; so whoever waits unusually long has one task ask the server. While
//! that finds no server, everybody is refused at once, and it asks until there is one.

use super::reaching::{is_away, silent};
use sqlx::Connection;
use sqlx_postgres::{PgConnection, PgPool};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

/// How long a connection may take before the server is asked.
const SLOW: Duration = Duration::from_secs(1);
/// How long the server may take to answer.
const ANSWER: Duration = Duration::from_secs(5);
/// The pause before it is asked again.
const PAUSE: Duration = Duration::from_millis(500);

/// What a process knows about its server.
#[derive(Clone, Debug)]
pub(super) struct ServerWatch {
    away: Arc<watch::Sender<bool>>,
    /// Whether the task runs that asks.
    asks: Arc<AtomicBool>,
}

impl Default for ServerWatch {
    fn default() -> Self {
        Self { away: Arc::new(watch::Sender::new(false)), asks: Arc::default() }
    }
}

impl ServerWatch {
    /// A connection of the pool.
    ///
    /// # Errors
    /// As for a server that does not answer, while it is away.
    pub async fn connection<T>(
        &self,
        pool: &PgPool,
        acquiring: impl Future<Output = sqlx::Result<T>>,
    ) -> sqlx::Result<T> {
        let mut away = self.away.subscribe();
        if *away.borrow() {
            return Err(silent());
        }
        tokio::pin!(acquiring);
        match timeout(SLOW, &mut acquiring).await {
            Ok(acquired) => {
                if acquired.is_err() {
                    self.ask(pool);
                }
                acquired
            }
            Err(_) => {
                self.ask(pool);
                tokio::select! {
                    acquired = acquiring => acquired,
                    _ = away.wait_for(|away| *away) => Err(silent()),
                }
            }
        }
    }

    /// Begins to ask, unless that is being done.
    fn ask(&self, pool: &PgPool) {
        if self.asks.swap(true, Ordering::AcqRel) {
            return;
        }
        let (watched, pool) = (self.clone(), pool.clone());
        tokio::spawn(async move {
            while !pool.is_closed() && !answers(&pool).await {
                if !watched.away.send_replace(true) {
                    tracing::warn!("the database is away: requests are refused until it is back");
                }
                sleep(PAUSE).await;
            }
            if watched.away.send_replace(false) {
                tracing::info!("the database is back");
            }
            watched.asks.store(false, Ordering::Release);
        });
    }
}

/// Whether the server answers, be it that it has no connection to spare.
async fn answers(pool: &PgPool) -> bool {
    match timeout(ANSWER, PgConnection::connect_with(&pool.connect_options())).await {
        Ok(Ok(connection)) => {
            // What was asked is known.
            drop(connection.close().await);
            true
        }
        Ok(Err(error)) => !is_away(error),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Database, writers::Writers};
    use sqlx_postgres::PgPoolOptions;
    use std::{pin::pin, task::Poll};

    #[tokio::test]
    async fn while_the_server_is_away_requests_are_refused_at_once() {
        // Nothing listens there, which a pool notices only when it connects.
        let nowhere = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(3600));
        let nowhere = nowhere.connect_lazy("postgres://nobody@127.0.0.1:1/none").expect("a URL");
        let database = Database::Postgres(nowhere, Writers::default());
        let first = timeout(Duration::from_secs(60), database.glance()).await.expect("it is given up");
        assert!(matches!(first, Err(sqlx::Error::Io(_))), "{first:?}");
        for _ in 0..3 {
            let next = futures_util::poll!(pin!(database.read()));
            assert!(matches!(next, Poll::Ready(Err(sqlx::Error::Io(_)))), "{next:?}");
            let next = futures_util::poll!(pin!(database.begin()));
            assert!(matches!(next, Poll::Ready(Err(sqlx::Error::Io(_)))), "{next:?}");
        }
    }
}
