//! Copies a book from one store into another, empty one.
//!
//! Everything happens in one transaction: either everything arrives and the figures agree, or the target
//! stays empty. Ids, history and sessions are kept; only the logs get new epochs, so that every screen takes
//! a fresh snapshot.

use crate::db::{
    Database,
    copying::{self, Epochs},
    moving::{self, Census, TABLES},
    refusal::told,
};
use uuid::Uuid;

/// Why nothing was moved. Each variant is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// The target has rows.
    #[error("the target is not empty: its table {0} has rows; name an empty database")]
    NotEmpty(&'static str),
    /// The copy differs from the source.
    #[error("nothing was copied: {0}")]
    Differs(Discrepancy),
    /// A store returned an error.
    #[error("nothing was copied: {}", told(.0))]
    Store(#[from] sqlx::Error),
}

/// A figure that differs between a store and its copy.
#[derive(Debug, thiserror::Error)]
#[error("{what} are {left} here and {arrived} there{of}")]
pub struct Discrepancy {
    what: String,
    /// Its value in the source.
    left: i64,
    /// Its value in the target.
    arrived: i64,
    /// The household it belongs to, if any.
    of: String,
}

/// Copies everything from one store into another, empty one, whichever engines they are, and gives every
/// household's log a new epoch.
///
/// # Errors
/// See [`MoveError`]; the target stays empty then.
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
            return Err(MoveError::Differs(Discrepancy {
                what: key.1.clone(),
                left: of(left),
                arrived: of(arrived),
                of: key.0.map(household).unwrap_or_default(),
            }));
        }
    }
    Ok(())
}
