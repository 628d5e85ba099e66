//! The only SQL in the program: one text for two engines.
//!
//! A function here runs one statement for one caller inside a transaction that the caller holds. What is
//! allowed, and in which order, is decided by the ledger. Where the engines truly differ, two arms stand side
//! by side with the reason.

pub mod accounts;
pub mod actors;
pub mod advice;
pub mod articles;
pub mod attempts;
pub mod balances;
pub mod beside;
mod causes;
mod certificates;
pub mod change_log;
pub mod connect;
pub mod copying;
mod counting;
mod damage;
pub mod demos;
pub mod digest;
pub mod due;
pub mod erasure;
pub mod fact_pages;
pub mod facts;
pub mod file;
pub mod financial_centers;
mod fitting;
pub mod folding;
pub mod households;
mod imprint;
pub mod invites;
mod left_journal;
pub mod links;
pub mod lock;
pub mod members;
pub mod merging;
pub mod migrations;
mod missing_right;
pub mod moving;
pub mod occurrences;
pub mod opening;
pub mod password_links;
pub mod plans;
mod pledge;
pub mod provenance;
mod reaching;
pub mod recurring;
pub mod refusal;
mod rights;
pub mod search;
mod server_watch;
pub mod sessions;
pub mod sizes;
pub mod stray;
pub mod totals;
mod transaction;
pub mod whole;
pub mod writable;
pub mod writers;

use app::domain::HouseholdId;
use file::DatabaseFile;
use pledge::{Origin, Pledge};
use sqlx::{Connection, SqlSafeStr, Transaction, pool::PoolConnection};
use sqlx_postgres::{PgPool, Postgres};
use sqlx_sqlite::{Sqlite, SqlitePool};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};
pub use transaction::{Held, Tx};
use writable::Writable;
use writers::{Turn, Writers};

/// The store: a SQLite file or a PostgreSQL server.
#[derive(Clone, Debug)]
pub enum Database {
    /// SQLite, with one writing connection, since SQLite has one writer anyway and our queue is fair, and
    /// readers beside it.
    Sqlite {
        /// The only connection that writes.
        writer: SqlitePool,
        /// Connections that see the last commit and never wait for the writer.
        readers: SqlitePool,
        /// The file behind both, if it must stay the one that was opened.
        file: Option<Arc<DatabaseFile>>,
        /// What the writes share.
        writers: Writers,
    },
    /// PostgreSQL, and what the writes share.
    Postgres(PgPool, Writers),
}

/// Expands one body, which ends in an sqlx result, for both engines; `$conn` is the connection of the
/// transaction's engine.
macro_rules! on_engine {
    ($tx:expr, |$conn:ident| $body:expr) => {
        match $tx {
            $crate::db::Tx::Sqlite(tx) => {
                let $conn = tx.connection();
                let ended = $body;
                tx.note(ended)
            }
            $crate::db::Tx::Postgres(tx) => {
                let $conn = tx.connection();
                let ended = $body;
                tx.note(ended)
            }
        }
    };
}
pub(crate) use on_engine;

/// Names the statements of a file, and lists them for the test that prepares each on both engines.
macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(const $name: &str = $sql;)*
        /// Every statement of this file.
        pub const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use statements;

/// Every statement of the program with the name of its file.
#[must_use]
pub fn all_statements() -> Vec<(&'static str, &'static str, &'static str)> {
    [
        ("accounts", accounts::STATEMENTS),
        ("actors", actors::STATEMENTS),
        ("articles", articles::STATEMENTS),
        ("attempts", attempts::STATEMENTS),
        ("balances", balances::STATEMENTS),
        ("change_log", change_log::STATEMENTS),
        ("demos", demos::STATEMENTS),
        ("due", due::STATEMENTS),
        ("erasure", erasure::STATEMENTS),
        ("fact_pages", fact_pages::STATEMENTS),
        ("facts", facts::STATEMENTS),
        ("financial_centers", financial_centers::STATEMENTS),
        ("folding", folding::STATEMENTS),
        ("households", households::STATEMENTS),
        ("invites", invites::STATEMENTS),
        ("members", members::STATEMENTS),
        ("merging", merging::STATEMENTS),
        ("occurrences", occurrences::STATEMENTS),
        ("password_links", password_links::STATEMENTS),
        ("plans", plans::STATEMENTS),
        ("recurring", recurring::STATEMENTS),
        ("sessions", sessions::STATEMENTS),
        ("sizes", sizes::STATEMENTS),
        ("totals", totals::STATEMENTS),
        ("writable", writable::STATEMENTS),
    ]
    .into_iter()
    .flat_map(|(file, statements)| statements.iter().map(move |(name, sql)| (file, *name, *sql)))
    .collect()
}

impl Database {
    /// Begins a writing transaction that locks no household.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        self.begin_in(&[]).await
    }

    /// Begins a writing transaction that locks these households, once it is its turn.
    ///
    /// # Errors
    /// If the store does not answer, or the turn does not come in time.
    pub async fn begin_in(&self, households: &[HouseholdId]) -> sqlx::Result<Tx> {
        self.begin_before(households, Instant::now() + self.patience()).await
    }

    /// The turn and the connection are waited for together, until the deadline.
    async fn begin_before(&self, households: &[HouseholdId], deadline: Instant) -> sqlx::Result<Tx> {
        let turn = self.writers().turn(households, deadline).await?;
        self.begin_now(turn, deadline).await
    }

    async fn begin_now(&self, turn: Turn, deadline: Instant) -> sqlx::Result<Tx> {
        let pledge = Pledge::new(self.origin(), self.writable().clone());
        pledge.check_whole()?;
        match self {
            // `immediate`: a deferred transaction that reads first may fail to become a writer later.
            Self::Sqlite { writer, .. } => {
                let begun = async {
                    let connection = before(deadline, writer.acquire()).await?;
                    Transaction::begin(connection, Some("begin immediate".into_sql_str())).await
                };
                let tx = begun.await.map_err(|error| pledge.failed(error))?;
                Ok(Tx::Sqlite(Held::Writing(tx, pledge, turn)))
            }
            Self::Postgres(pool, _) => {
                let begun =
                    async { Transaction::begin(before(deadline, self.of_pool(pool)).await?, None).await };
                let tx = begun.await.map_err(|error| pledge.failed(error))?;
                Ok(Tx::Postgres(Held::Writing(tx, pledge, turn)))
            }
        }
    }

    /// Begins a reading transaction whose statements all see one snapshot.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn read(&self) -> sqlx::Result<Tx> {
        let origin = self.origin();
        match self {
            Self::Sqlite { readers, .. } => {
                let begun = Transaction::begin(reader(readers, &origin).await?, None).await;
                let tx = begun.map_err(|error| origin.cause(error))?;
                Ok(Tx::Sqlite(Held::Whole(tx, origin)))
            }
            Self::Postgres(pool, _) => {
                let begin = "begin isolation level repeatable read read only";
                let tx = Transaction::begin(self.of_pool(pool).await?, Some(begin.into_sql_str())).await?;
                Ok(Tx::Postgres(Held::Whole(tx, origin)))
            }
        }
    }

    /// A connection for one reading statement; a transaction around it would double its cost.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn glance(&self) -> sqlx::Result<Tx> {
        let origin = self.origin();
        match self {
            Self::Sqlite { readers, .. } => {
                Ok(Tx::Sqlite(Held::Single(reader(readers, &origin).await?, origin)))
            }
            Self::Postgres(pool, _) => Ok(Tx::Postgres(Held::Single(self.of_pool(pool).await?, origin))),
        }
    }

    /// A connection to PostgreSQL, if the server is there.
    async fn of_pool(&self, pool: &PgPool) -> sqlx::Result<PoolConnection<Postgres>> {
        self.writers().server.connection(pool, pool.acquire()).await
    }

    /// Whether the store answers, from the file that was opened, and is not known to be damaged.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> sqlx::Result<()> {
        let mut tx = self.glance().await?;
        // A row, and not a constant, which SQLite answers without the file.
        let sql = "select exists (select 1 from households)";
        on_engine!(&mut tx, |conn| sqlx::query(sql).execute(conn).await.map(|_| ()))?;
        self.check_whole()
    }

    /// Checks that the store is the file that was opened.
    ///
    /// # Errors
    /// If it was moved, deleted, replaced or overwritten.
    pub fn check_file(&self) -> sqlx::Result<()> {
        self.origin().check()
    }

    /// The same, and that no statement has found damage.
    fn check_whole(&self) -> sqlx::Result<()> {
        self.origin().check_whole()
    }

    fn origin(&self) -> Origin {
        let damage = self.writers().damage.clone();
        match self {
            Self::Sqlite { file, .. } => Origin::new(file.clone(), damage),
            Self::Postgres(..) => Origin::new(None, damage),
        }
    }

    const fn writers(&self) -> &Writers {
        match self {
            Self::Sqlite { writers, .. } | Self::Postgres(_, writers) => writers,
        }
    }

    const fn writable(&self) -> &Writable {
        &self.writers().writable
    }

    /// How long a write waits for its turn and then for a connection, together.
    fn patience(&self) -> Duration {
        match self {
            Self::Sqlite { writer, .. } => writer.options().get_acquire_timeout(),
            Self::Postgres(pool, _) => pool.options().get_acquire_timeout(),
        }
    }

    /// Waits until every connection is closed; SQLite checkpoints its write-ahead log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, file, .. } => {
                readers.close().await;
                if let Some(file) = file {
                    file.release_log().await;
                }
                writer.close().await;
                if let Some(file) = file.as_ref().filter(|file| !file.is_overwritten()) {
                    file.imprint().release();
                }
            }
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}

/// A connection that is free before a deadline.
async fn before<T>(deadline: Instant, connection: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    timeout_at(deadline, connection).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}

/// A reading connection. While the file or its log is not the one that was opened, only one that is open: a new one
/// would find the other file with this one's log, or create a new log in the place of this one's, and would reset the
/// index of the log, which the open ones use. None if the bytes of another file are in it: what an open one reads would
/// be pages of both.
async fn reader(readers: &SqlitePool, origin: &Origin) -> sqlx::Result<PoolConnection<Sqlite>> {
    let Err(displaced) = origin.check() else {
        return readers.acquire().await.map_err(|error| origin.cause(error));
    };
    if origin.is_overwritten() {
        return Err(displaced);
    }
    // All are open, so none is opened.
    if readers.size() == readers.options().get_max_connections() {
        return readers.acquire().await.map_err(|error| origin.cause(error));
    }
    match readers.try_acquire() {
        Some(connection) if !connection.is_in_transaction() => Ok(connection),
        _ => Err(displaced),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx_postgres::PgPoolOptions;
    use sqlx_sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn a_write_waits_for_its_turn_no_longer_than_for_a_connection() {
        let (writers, ours) = (Writers::of_pool(16), HouseholdId::new());
        let before = writers.turn(&[ours], Instant::now() + LONG).await.expect("nobody writes");
        let sqlite = SqlitePoolOptions::new().acquire_timeout(Duration::ZERO);
        let sqlite = sqlite.connect_lazy("sqlite://nowhere.db").expect("a URL");
        let postgres = PgPoolOptions::new().acquire_timeout(Duration::ZERO);
        let postgres = postgres.connect_lazy("postgres://nobody@127.0.0.1:1/none").expect("a URL");
        let (readers, writers) = (sqlite.clone(), writers.clone());
        let sqlite = Database::Sqlite { writer: sqlite, readers, file: None, writers: writers.clone() };
        for database in [sqlite, Database::Postgres(postgres, writers)] {
            let ours = [ours];
            let begun = tokio::time::timeout(Duration::from_secs(60), database.begin_in(&ours)).await;
            let begun = begun.expect("it does not wait for ever");
            assert!(matches!(begun, Err(sqlx::Error::PoolTimedOut)), "{begun:?}");
        }
        drop(before);
    }

    #[tokio::test]
    async fn a_write_whose_turn_came_late_waits_no_longer_for_a_connection() {
        let folder = tempfile::tempdir().expect("a folder");
        let options =
            SqliteConnectOptions::new().filename(folder.path().join("book.db")).create_if_missing(true);
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(LONG).connect_with(options);
        let writer = pool.await.expect("it opens");
        let held = writer.acquire().await.expect("nobody writes");
        let writers = Writers::default();
        let sqlite = Database::Sqlite {
            writer: writer.clone(),
            readers: writer,
            file: None,
            writers: writers.clone(),
        };
        // Nothing listens there, which a pool notices only when it connects.
        let nowhere = PgPoolOptions::new().max_connections(1).acquire_timeout(LONG);
        let nowhere = nowhere.connect_lazy("postgres://nobody@127.0.0.1:1/none").expect("a URL");
        for database in [sqlite, Database::Postgres(nowhere, Writers::default())] {
            // It is its turn at once, and its time is over.
            let late = database.begin_before(&[], Instant::now());
            let begun = tokio::time::timeout(Duration::from_secs(60), late).await.expect("it does not wait");
            assert!(matches!(begun, Err(sqlx::Error::PoolTimedOut)), "{begun:?}");
        }
        drop(held);
    }
}
