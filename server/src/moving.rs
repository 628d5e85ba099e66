//! A book moves house: from a SQLite file into an empty PostgreSQL database.
//!
//! One transaction: everything arrives and adds up, or nothing is there. Ids and history stay, whoever is
//! signed in stays signed in; only the logs get new names, so that every screen takes a fresh snapshot. The
//! file is not changed but for bringing it up to date.

use crate::db::{
    Database, beside,
    connect::{self, ConnectError, Settings},
    copying::{self, Epochs},
    moving::{self, Census, TABLES},
};
use std::path::Path;
use uuid::Uuid;

/// Why nothing was moved. Each is one line for whoever asked.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The wrong way round, or between two of a kind.
    #[error("a book moves --from sqlite://FILE --to postgres://…; the other way is not possible")]
    Direction,
    /// The target has rows.
    #[error("the target is not empty: its table {0} has rows; name an empty database")]
    NotEmpty(&'static str),
    /// What arrived is not what left.
    #[error("nothing was copied: {what} are {left} here and {arrived} there{of}")]
    Differs {
        /// What was counted or added up.
        what: String,
        /// In the file.
        left: i64,
        /// In PostgreSQL.
        arrived: i64,
        /// Of which household, if it is one's.
        of: String,
    },
    /// A store does not open.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// A store refuses.
    #[error("nothing was copied: {0}")]
    Store(#[from] sqlx::Error),
}

/// Moves a book; `tell` hears of each table and how many rows it has.
///
/// # Errors
/// See [`MoveError`]; then the target is as empty as it was.
pub async fn run(from: &str, to: &str, mut tell: impl FnMut(&str, usize)) -> Result<(), MoveError> {
    let path =
        from.strip_prefix("sqlite://").filter(|_| to.starts_with("postgres")).ok_or(MoveError::Direction)?;
    // Opening it would make one.
    beside::check_file(Path::new(path))?;
    let source = connect::open(from, Settings::default()).await?;
    // A large table takes longer than a statement of the running program may.
    let target =
        connect::open(to, Settings { connections: 1, statement_timeout: std::time::Duration::ZERO }).await?;
    let moved = transfer(&source.database, &target.database, &mut tell).await;
    target.database.close().await;
    source.database.close().await;
    moved
}

/// Copies everything from one store into another, empty one, whichever engines they are, and gives every
/// household's log a new epoch.
///
/// # Errors
/// See [`MoveError`]; then the target is as empty as it was.
pub async fn transfer(
    source: &Database,
    target: &Database,
    tell: &mut impl FnMut(&str, usize),
) -> Result<(), MoveError> {
    let (mut left, mut arrived) = (source.read().await?, target.begin().await?);
    moving::lock(&mut arrived).await?;
    if let Some(table) = moving::first_used(&mut arrived).await? {
        return Err(MoveError::NotEmpty(table));
    }
    moving::clear_counters(&mut arrived).await?;
    for table in TABLES {
        let count = copying::copy(&mut left, &mut arrived, table, Epochs::Renewed).await?;
        tell(table, count);
    }
    compare(&moving::census(&mut left).await?, &moving::census(&mut arrived).await?)?;
    Ok(arrived.commit().await?)
}

fn compare(left: &Census, arrived: &Census) -> Result<(), MoveError> {
    for key in left.keys().chain(arrived.keys()) {
        let of = |census: &Census| census.get(key).copied().unwrap_or(0);
        if of(left) != of(arrived) {
            let household = |id: Uuid| format!(", in household {id}");
            return Err(MoveError::Differs {
                what: key.1.clone(),
                left: of(left),
                arrived: of(arrived),
                of: key.0.map(household).unwrap_or_default(),
            });
        }
    }
    Ok(())
}
