//! The only SQL in the program: one text for two engines.
//!
//! A function here runs one statement for one caller inside a transaction that the caller holds. What is
//! allowed, and in which order, is decided by the ledger. Where the engines truly differ, two arms stand side
//! by side with the reason.

pub mod accounts;
pub mod articles;
pub mod attempts;
pub mod beside;
pub mod change_log;
pub mod connect;
pub mod copying;
pub mod demos;
pub mod due;
pub mod erasure;
pub mod facts;
pub mod file;
pub mod financial_centers;
pub mod folding;
pub mod households;
pub mod invites;
pub mod links;
pub mod members;
pub mod migrations;
pub mod moving;
pub mod occurrences;
pub mod password_links;
pub mod plans;
mod pledge;
pub mod recurring;
pub mod refusal;
pub mod sessions;
pub mod sizes;
pub mod whole;
pub mod writable;

use file::DatabaseFile;
use pledge::Pledge;
use sqlx::{
    PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction, pool::PoolConnection,
};
use std::sync::Arc;
use writable::Writable;

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
        /// Whether writes work.
        writable: Writable,
    },
    /// PostgreSQL, and whether writes work.
    Postgres(PgPool, Writable),
}

/// A transaction on either engine. Dropping it without [`Tx::commit`] rolls it back.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Held<Sqlite>),
    /// On PostgreSQL.
    Postgres(Held<Postgres>),
}

/// A connection, with or without a transaction.
#[derive(Debug)]
pub enum Held<DB: sqlx::Database> {
    /// A reading transaction: all statements see one snapshot.
    Whole(Transaction<'static, DB>),
    /// A writing transaction.
    Writing(Transaction<'static, DB>, Pledge),
    /// A connection for one reading statement, which sees one snapshot anyway.
    Single(PoolConnection<DB>),
}

impl<DB: sqlx::Database> Held<DB> {
    fn connection(&mut self) -> &mut DB::Connection {
        match self {
            Self::Whole(tx) | Self::Writing(tx, _) => tx,
            Self::Single(connection) => connection,
        }
    }

    /// Records how a statement ended.
    fn note<T>(&self, ended: sqlx::Result<T>) -> sqlx::Result<T> {
        if let (Self::Writing(_, pledge), Err(error)) = (self, &ended) {
            pledge.failed(error);
        }
        ended
    }

    async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Whole(tx) => tx.commit().await,
            Self::Writing(tx, pledge) => {
                pledge.check_file()?;
                tx.commit().await.inspect_err(|error| pledge.failed(error))?;
                // The file may have been replaced during the write.
                pledge.check_file()?;
                pledge.keep();
                Ok(())
            }
            // There was nothing to commit.
            Self::Single(_) => Ok(()),
        }
    }
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
        ("articles", articles::STATEMENTS),
        ("attempts", attempts::STATEMENTS),
        ("change_log", change_log::STATEMENTS),
        ("demos", demos::STATEMENTS),
        ("due", due::STATEMENTS),
        ("erasure", erasure::STATEMENTS),
        ("facts", facts::STATEMENTS),
        ("financial_centers", financial_centers::STATEMENTS),
        ("folding", folding::STATEMENTS),
        ("households", households::STATEMENTS),
        ("invites", invites::STATEMENTS),
        ("members", members::STATEMENTS),
        ("occurrences", occurrences::STATEMENTS),
        ("password_links", password_links::STATEMENTS),
        ("plans", plans::STATEMENTS),
        ("recurring", recurring::STATEMENTS),
        ("sessions", sessions::STATEMENTS),
        ("sizes", sizes::STATEMENTS),
        ("writable", writable::STATEMENTS),
    ]
    .into_iter()
    .flat_map(|(file, statements)| statements.iter().map(move |(name, sql)| (file, *name, *sql)))
    .collect()
}

impl Database {
    /// Begins a writing transaction.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn begin(&self) -> sqlx::Result<Tx> {
        match self {
            // `immediate`: a deferred transaction that reads first may fail to become a writer later.
            Self::Sqlite { writer, file, writable, .. } => {
                if let Some(file) = file {
                    file.check_itself()?;
                }
                let pledge = Pledge::new(file.clone(), writable.clone());
                let tx = writer.begin_with("begin immediate").await;
                let tx = tx.inspect_err(|error| pledge.failed(error))?;
                Ok(Tx::Sqlite(Held::Writing(tx, pledge)))
            }
            Self::Postgres(pool, writable) => {
                let pledge = Pledge::new(None, writable.clone());
                let tx = pool.begin().await.inspect_err(|error| pledge.failed(error))?;
                Ok(Tx::Postgres(Held::Writing(tx, pledge)))
            }
        }
    }

    /// Begins a reading transaction whose statements all see one snapshot.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn read(&self) -> sqlx::Result<Tx> {
        match self {
            Self::Sqlite { readers, .. } => {
                let tx = readers.begin().await.map_err(|error| self.cause(error))?;
                Ok(Tx::Sqlite(Held::Whole(tx)))
            }
            Self::Postgres(pool, _) => {
                let begin = "begin isolation level repeatable read read only";
                pool.begin_with(begin).await.map(Held::Whole).map(Tx::Postgres)
            }
        }
    }

    /// A connection for one reading statement; a transaction around it would double its cost.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn glance(&self) -> sqlx::Result<Tx> {
        match self {
            Self::Sqlite { readers, .. } => {
                let connection = readers.acquire().await.map_err(|error| self.cause(error))?;
                Ok(Tx::Sqlite(Held::Single(connection)))
            }
            Self::Postgres(pool, _) => pool.acquire().await.map(Held::Single).map(Tx::Postgres),
        }
    }

    /// Why no connection could be had: one that has to be opened finds no file if it was moved, and the pool tries
    /// until its time is over.
    fn cause(&self, error: sqlx::Error) -> sqlx::Error {
        match self {
            Self::Sqlite { file: Some(file), .. } => file.check().err().unwrap_or(error),
            Self::Sqlite { file: None, .. } | Self::Postgres(..) => error,
        }
    }

    /// Whether the store answers, from the file that was opened.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> sqlx::Result<()> {
        let mut tx = self.glance().await?;
        on_engine!(&mut tx, |conn| sqlx::query("select 1").execute(conn).await.map(|_| ()))?;
        match self {
            Self::Sqlite { file: Some(file), .. } => file.check(),
            Self::Sqlite { file: None, .. } | Self::Postgres(..) => Ok(()),
        }
    }

    const fn writable(&self) -> &Writable {
        match self {
            Self::Sqlite { writable, .. } | Self::Postgres(_, writable) => writable,
        }
    }

    /// Waits until every connection is closed; SQLite checkpoints its write-ahead log into the file.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool, _) => pool.close().await,
        }
    }
}

impl Tx {
    /// The connection, if it is SQLite's.
    pub fn sqlite(&mut self) -> Option<&mut SqliteConnection> {
        match self {
            Self::Sqlite(tx) => Some(tx.connection()),
            Self::Postgres(_) => None,
        }
    }

    /// The connection, if it is PostgreSQL's.
    pub fn postgres(&mut self) -> Option<&mut PgConnection> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(tx) => Some(tx.connection()),
        }
    }

    /// Commits the transaction.
    ///
    /// # Errors
    /// If the store does not confirm; then nothing may be acknowledged.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}
