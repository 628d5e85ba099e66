//! A transaction on either engine, and what an error of one of its statements means.

use super::{
    pledge::{Origin, Pledge},
    writers::Turn,
};
use app::domain::HouseholdId;
use sqlx::{Transaction, pool::PoolConnection};
use sqlx_postgres::{PgConnection, Postgres};
use sqlx_sqlite::{Sqlite, SqliteConnection};

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
    Whole(Transaction<'static, DB>, Origin),
    /// A writing transaction, and the turn that ends after it.
    Writing(Transaction<'static, DB>, Pledge, Turn),
    /// A connection for one reading statement, which sees one snapshot anyway.
    Single(PoolConnection<DB>, Origin),
}

impl<DB: sqlx::Database> Held<DB> {
    pub(super) fn connection(&mut self) -> &mut DB::Connection {
        match self {
            Self::Whole(tx, _) | Self::Writing(tx, ..) => tx,
            Self::Single(connection, _) => connection,
        }
    }

    /// Records how a statement ended, and names the cause of its failure.
    pub(super) fn note<T>(&self, ended: sqlx::Result<T>) -> sqlx::Result<T> {
        ended.map_err(|error| match self {
            Self::Writing(_, pledge, _) => pledge.failed(error),
            Self::Whole(_, origin) | Self::Single(_, origin) => origin.cause(error),
        })
    }

    fn is_turn_of(&self, household: HouseholdId) -> bool {
        matches!(self, Self::Writing(_, _, turn) if turn.is_of(household))
    }

    async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Whole(tx, origin) => tx.commit().await.map_err(|error| origin.cause(error)),
            // The turn ends with the scope, after the commit.
            Self::Writing(tx, pledge, _turn) => {
                pledge.check_file()?;
                tx.commit().await.map_err(|error| pledge.failed(error))?;
                // The file may have been replaced during the write.
                pledge.check_file()?;
                pledge.keep();
                Ok(())
            }
            // There was nothing to commit.
            Self::Single(..) => Ok(()),
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

    /// Whether it was begun in the turn of a household.
    pub(super) fn is_turn_of(&self, household: HouseholdId) -> bool {
        match self {
            Self::Sqlite(tx) => tx.is_turn_of(household),
            Self::Postgres(tx) => tx.is_turn_of(household),
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
